"""What leads fill in about training from elsewhere, waivers and more time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import Recognition
from courses.models import Course


class RecognitionForm(forms.Form):
    """What an agency takes in place of a certificate, for one person."""

    person = forms.CharField(
        label=_("Who"),
        max_length=254,
        help_text=_("The e-mail address or the staff number."),
        error_messages={"required": _("Type the e-mail address or the staff number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("What"), choices=Recognition.Kind.choices)
    course = forms.ModelChoiceField(Course.objects.none(), label=_("Course"), empty_label=None)
    starts_on = forms.DateField(
        label=_("From"),
        help_text=_("For training that was done: the day on which it was finished."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("The last day on which it counts."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("An auditor may read it. Nothing about health, and nothing about any case."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For training that was done: which paper, and where it is kept."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course = self.fields["course"]
        assert isinstance(course, forms.ModelChoiceField)  # noqa: S101
        course.queryset = Course.objects.filter(tier="essential", renews__isnull=True).order_by("title")


class WithdrawForm(forms.Form):
    recognition = forms.UUIDField()
    reason = forms.CharField(max_length=500)


class CompletionsForm(forms.Form):
    """A list of earlier completions: as a file the first time, as text in the page from then on."""

    file = forms.FileField(label=_("The list as a CSV file"), required=False)
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "input"}),
        help_text=_(
            "The first line names the columns: person, course, completed_on, valid_until, evidence. Dates as 2026-03-31. Without valid_until it counts for twelve months."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        initial=_("Training before this platform was used"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            if file.size > 1_000_000:
                raise forms.ValidationError(_("The file is larger than 1 MB. Send several lists."))
            content = file.read()
            try:
                data["text"] = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                data["text"] = content.decode("cp1252", errors="replace")
        if not (data.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste the list."))
        if "\x00" in data["text"]:
            raise forms.ValidationError(_("This is no text. Save the list as CSV and choose that file."))
        return data
