"""What people and agencies choose about e-mails."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.models import AgencyReminders, ReminderChoice
from compliance.reminder_models import WEEKDAYS


def _hour(label: Any, help_text: Any = "", *, required: bool = False) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class _QuietForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None) and not self.errors:
            raise forms.ValidationError(_("Give both hours, or neither."))
        return data


class ChoiceForm(_QuietForm):
    only_last = forms.BooleanField(
        label=_("Only the last two reminders before a date"),
        required=False,
        help_text=_(
            "Seven days before and on the day. Your employer asks for these; they cannot be switched off."
        ),
    )
    quiet_from = _hour(
        _("No e-mail from"), _("By the clock of your time zone. Empty means as your agency has it.")
    )
    quiet_until = _hour(_("until"))
    digest = forms.BooleanField(label=_("Weekly summary, if you lead or manage people"), required=False)
    digest_weekday = forms.TypedChoiceField(
        label=_("Day of the weekly summary"),
        required=False,
        choices=[("", _("As your agency has it")), *WEEKDAYS],
        coerce=int,
        empty_value=None,
    )


class AgencyForm(_QuietForm):
    is_on = forms.BooleanField(label=_("Send reminders"), required=False)
    quiet_from = _hour(_("No e-mail from"), _("By the clock where each person is."), required=True)
    quiet_until = _hour(_("until"), required=True)
    digest_weekday = forms.TypedChoiceField(
        label=_("Day of the weekly summary"), choices=WEEKDAYS, coerce=int
    )


CHOICE_FIELDS = ("only_last", "quiet_from", "quiet_until", "digest", "digest_weekday")
AGENCY_FIELDS = ("is_on", "quiet_from", "quiet_until", "digest_weekday")


def values_of(row: ReminderChoice | AgencyReminders, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
