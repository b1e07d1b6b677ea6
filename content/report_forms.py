"""Forms for telling us what is wrong, and for working on what was told."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from content.models import ProblemReport
from content.personal_details import find_details

LONGEST_TEXT = 3000


class ReportForm(forms.Form):
    """Holds back a text that may point to a real person until its writer has looked at it once more."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of problem is it?"),
        choices=ProblemReport.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the one that fits best. “Something else” is fine.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        help_text=gettext_lazy(
            "No names, no case details, nothing about a person you met. Say which sentence or button, and what would be right."
        ),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write a sentence on what is wrong.")},
    )
    contact = forms.EmailField(
        label=gettext_lazy("E-mail address for an answer"),
        help_text=gettext_lazy(
            "Only reviewers can read it, and it is erased when your report is closed. Without one you still see the answer, on a page of your own."
        ),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(required=False, max_length=200)
    is_harmless = forms.BooleanField(
        label=gettext_lazy("It describes no real person: it is a help line, a law or a page number, say."),
        required=False,
    )

    details: tuple[str, ...] = ()

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty. It is there to stop programs."))
        return ""

    def clean_text(self) -> str:
        # PostgreSQL keeps no NUL, and nobody means one.
        text: str = self.cleaned_data["text"].replace("\x00", "")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.details = find_details(cleaned.get("text", ""))
        if self.details and not cleaned.get("is_harmless"):
            self.add_error("is_harmless", _("Look at your words once more. Nothing has been sent yet."))
        return cleaned


class WorkOnReportForm(forms.Form):
    assigned_to = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Assigned to"),
        required=False,
        empty_label=gettext_lazy("nobody yet"),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the sender"),
        help_text=gettext_lazy(
            "Shown on the page that the sender has the address of, and sent by e-mail where one was asked for."
        ),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=ProblemReport.State.choices)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For reviewers. What was changed, or why nothing was."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assigned_to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("state") in ProblemReport.CLOSED and not cleaned.get("note"):
            self.add_error("note", _("Say in a few words what was changed, or why nothing was."))
        return cleaned
