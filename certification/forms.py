"""What people type about certificates."""

from django import forms
from django.utils.translation import gettext_lazy as _


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


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Kept in the history of the certificate. The holder can read it; the public page does not show it."
        ),
        error_messages={"required": _("Say why. A withdrawal without a reason cannot be explained later.")},
    )
