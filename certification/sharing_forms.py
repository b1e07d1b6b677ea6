"""What a holder chooses for a share link and for a transcript."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.services.sharing import MOST_DAYS, SWITCHES, USUAL_DAYS
from certification.transcripts import Period, Transcript, transcript_of

DAYS = [
    (30, _("30 days")),
    (USUAL_DAYS, _("90 days")),
    (180, _("180 days")),
    (MOST_DAYS, _("One year")),
]


class ShareLinkForm(forms.Form):
    label = forms.CharField(
        label=_("For whom?"),
        max_length=120,
        required=False,
        help_text=_(
            "Only you read this: “Credentialing office, St Brannoc’s”, say. The page does not show it."
        ),
    )
    days = forms.TypedChoiceField(
        label=_("How long should it work?"), choices=DAYS, coerce=int, initial=USUAL_DAYS
    )
    name = forms.BooleanField(label=_("Your name"), required=False)
    agency = forms.BooleanField(
        label=_("The agency that you learned under"),
        required=False,
        help_text=_("Leave this off if anyone could draw conclusions from where you work."),
    )
    evidence = forms.BooleanField(
        label=_("The lessons and scenarios, each with its version"), required=False, initial=True
    )
    results = forms.BooleanField(
        label=_("That you finished"),
        required=False,
        initial=True,
        help_text=_("The word “completed” and nothing else."),
    )
    transcript = forms.BooleanField(
        label=_("Your whole transcript"),
        required=False,
        help_text=_("Every certificate and course of yours, not only this one."),
    )
    drawn = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": _("Open the page again.")})

    @classmethod
    def blank(cls) -> "ShareLinkForm":
        return cls(initial={"drawn": uuid.uuid4()})

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name in SWITCHES]

    @property
    def shows(self) -> dict[str, bool]:
        """What is ticked, or would be if nothing was touched."""
        if not self.is_bound:
            return {name: bool(self.fields[name].initial) for name in SWITCHES}
        return {name: bool(self.cleaned_data.get(name)) for name in SWITCHES}

    def expires_on(self, *, today: date) -> date:
        return today + timedelta(days=self.cleaned_data["days"])


class TranscriptForm(forms.Form):
    """Which time a transcript covers. Sent by GET, so that a download can be asked for by its address."""

    start = forms.DateField(
        label=_("From"), required=False, error_messages={"invalid": _("Type a day like 2026-01-31.")}
    )
    end = forms.DateField(
        label=_("To"), required=False, error_messages={"invalid": _("Type a day like 2026-01-31.")}
    )
    agencies = forms.BooleanField(
        label=_("Name the agencies that you learned under"),
        required=False,
        help_text=_("Leave this off if anyone could draw conclusions from where you work."),
    )
    names = forms.BooleanField(
        label=_("Say which certificates carry another name of yours"),
        required=False,
        help_text=_("Older ones may carry a name that you no longer use. Leave this off and it is not told."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day lies before the first."))
        return cleaned

    @property
    def ticks(self) -> list[forms.BoundField]:
        return [self["agencies"], self["names"]]

    def transcript(self, user: User, *, at: datetime) -> Transcript:
        """What was asked for. Only of a valid form."""
        chosen = self.cleaned_data
        return transcript_of(
            user,
            at=at,
            period=Period(chosen["start"], chosen["end"]),
            with_agencies=chosen["agencies"],
            with_other_names=chosen["names"],
        )
