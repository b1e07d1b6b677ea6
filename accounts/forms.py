"""What people tell us about themselves. Every form hands its values to a service."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction, ProfessionalRole, User
from accounts.preferences import Look
from accounts.setters import SetByAgency


class SignupForm(forms.Form):
    """Added by allauth to address and password."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As it should stand on a certificate. You can change it later."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request: HttpRequest, user: Any) -> None:
        """The adapter has kept the name already."""


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name on your certificates"),
        help_text=_(
            "Write it as you want others to read it. Certificates you already hold keep the name they have."
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class RoleForm(forms.Form):
    """What a person does and whose law she works under. What her agency sets is not asked."""

    professional_role = forms.ModelChoiceField(
        ProfessionalRole.objects.none(),
        label=_("What you do"),
        help_text=_("Examples and rules in the lessons are chosen for it, and your certificate names it."),
        empty_label=_("Choose your role"),
        error_messages={"required": _("Choose the role that is nearest to what you do.")},
    )
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.none(),
        label=_("Where you work"),
        help_text=_("Decides which law the lessons show. International shows none of a single country."),
        empty_label=_("Choose a place"),
        error_messages={"required": _("Choose where you work. If it is not listed, choose International.")},
    )

    def __init__(self, *args: Any, decided: SetByAgency | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided = decided
        if decided and decided.professional_role:
            del self.fields["professional_role"]
        else:
            self._choices("professional_role").queryset = ProfessionalRole.objects.all()
        if decided and decided.jurisdiction:
            del self.fields["jurisdiction"]
        else:
            self._choices("jurisdiction").queryset = Jurisdiction.objects.all()

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    @property
    def role(self) -> ProfessionalRole:
        """The chosen one, or the one that the agency sets."""
        chosen = self.cleaned_data.get("professional_role") or (
            self.decided and self.decided.professional_role
        )
        assert isinstance(chosen, ProfessionalRole)  # noqa: S101
        return chosen

    @property
    def law(self) -> Jurisdiction:
        chosen = self.cleaned_data.get("jurisdiction") or (self.decided and self.decided.jurisdiction)
        assert isinstance(chosen, Jurisdiction)  # noqa: S101
        return chosen


class PreferencesForm(forms.Form):
    """Each field may be left out: what is not sent stays as it is."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    text_size = forms.ChoiceField(label=_("Text size"), choices=User.TextSize.choices, required=False)
    theme = forms.ChoiceField(label=_("Colours"), choices=User.Theme.choices, required=False)
    motion = forms.ChoiceField(label=_("Motion"), choices=User.Motion.choices, required=False)
    content_notes = forms.ChoiceField(
        label=_("Content notes"),
        choices=User.ContentNotes.choices,
        required=False,
        help_text=_("Some lessons say beforehand what may be hard to read. Nobody else sees this choice."),
    )

    def look(self, before: Look) -> Look:
        return before.changed({key: self.cleaned_data[key] for key in ("text_size", "theme", "motion")})


class DeleteAccountForm(forms.Form):
    keeps_name = forms.ChoiceField(
        label=_("Certificates you earned"),
        choices=[
            ("no", _("Take my name off the page that checks them")),
            ("yes", _("Leave that page as it is, so that I can still show them")),
        ],
        initial="no",
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=_("I understand that I cannot sign in again and that this cannot be undone"),
        error_messages={"required": _("Tick this to delete the account. Otherwise nothing changes.")},
    )
