"""What people type about certificates."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 5 * 1024 * 1024


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=200,
        help_text=_("Like WL-7K4M-2Q9D-X3TB-H8VC. Spaces, small letters and missing dashes are fine."),
        error_messages={"required": _("Type the number that stands at the foot of the certificate.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )


class CompareNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name to compare"),
        max_length=200,
        help_text=_(
            "The whole name, as on the certificate. Capitals, accents and the order of the parts do not matter."
        ),
        error_messages={"required": _("Type the name that you want to compare.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The file that you were given"),
        help_text=_("PDF, PNG, SVG, JSON or JWT, at most 5 MB. It is looked at and not kept."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB. Certificates are far smaller."))
        return file


class ListForm(FileForm):
    file = forms.FileField(
        label=_("Your list, as CSV"),
        help_text=_(
            "The numbers in the first column. In the second, if you like, the name that you were given: it is compared, and you are told only whether it matches. Nothing is kept."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class HolderNameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name, as it should stand on the certificate"),
        max_length=200,
        help_text=_("Letters of any script. Other people will compare it with your papers."),
        error_messages={"required": _("A certificate needs a name. Type yours as it is on your papers.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class SharesForm(forms.Form):
    """What the holder agrees to. Keys are those of `certification.models.default_shares`."""

    name = forms.BooleanField(
        label=_("Show my name"),
        required=False,
        help_text=_("Anyone with the number or the code can read it."),
    )
    compare_name = forms.BooleanField(
        label=_("Let a name be compared"),
        required=False,
        help_text=_("Whoever already knows your name can type it, and is told only whether it matches."),
    )
    agency = forms.BooleanField(
        label=_("Show the agency that I learned under"),
        required=False,
        help_text=_("Leave this off if anyone could draw conclusions from where you work."),
    )
    lead = forms.BooleanField(
        label=_("Let my training lead open the certificate"),
        required=False,
        help_text=_("Otherwise your lead sees the status and the dates, and not this document."),
    )

    evidence = forms.BooleanField(
        label=_("List the lessons in the credential"),
        required=False,
        help_text=_("In files for wallets and for other systems. The PDF always names them."),
    )
    results = forms.BooleanField(
        label=_("Say in the credential that I finished"),
        required=False,
        help_text=_("The word “completed” and nothing else: no answer, score or time is ever in it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It shares a page with the name form: without an id of its own, the label of one would tick the other.
        kwargs.setdefault("auto_id", "shows_%s")
        super().__init__(*args, **kwargs)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("The reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Kept in the history of the certificate. The holder can read it; the public page does not show it."
        ),
        error_messages={"required": _("Give a reason. What is done without one cannot be explained later.")},
    )


class RevocationForm(ReasonForm):
    appeal = forms.CharField(
        label=_("How it can be appealed"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The holder reads it: whom to write to, and until when. Left empty, it says to write to the training lead."
        ),
    )


class BirthMonthForm(forms.Form):
    month = forms.TypedChoiceField(
        label=_("The month in which you were born"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("I would rather not say")), *MONTHS.items()],
        help_text=_("Your certificate ends with that month. The day and the year are not asked."),
    )


class SignForm(forms.Form):
    person = forms.UUIDField()
    code = forms.CharField(max_length=40)
    withdraw = forms.BooleanField(required=False)


class LicenceForm(forms.Form):
    body = forms.CharField(
        label=_("Accrediting body or board"),
        max_length=200,
        help_text=_("As it is named on your licence."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "bodies"}),
    )
    number = forms.CharField(
        label=_("Licence or board number"),
        max_length=80,
        help_text=_("Kept encrypted. Only a report to that body contains it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
