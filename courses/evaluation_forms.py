"""Questionnaires of which every question may be left empty, and the agency's look into its own records."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.personal_details import find_details
from courses.evaluation import AGREEMENT, ATTITUDES, MOST_RECORDS, REACTIONS, WORKLOAD, Statement

LONGEST_CHANGE = 500


def _scale(statement: Statement) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=statement.text,
        choices=AGREEMENT,
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )


class ScaleForm(forms.Form):
    statements: Sequence[Statement] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scales = {one.code: _scale(one) for one in self.statements}
        self.fields = {**scales, **self.fields}

    @property
    def scales(self) -> list[forms.BoundField]:
        return [self[one.code] for one in self.statements]

    @property
    def answers(self) -> dict[str, int]:
        """Of a valid form: what was answered, by the statements' codes."""
        return {
            one.code: self.cleaned_data[one.code]
            for one in self.statements
            if self.cleaned_data.get(one.code) is not None
        }


class AttitudeForm(ScaleForm):
    statements = ATTITUDES


class ReactionForm(ScaleForm):
    statements = REACTIONS

    workload = forms.ChoiceField(
        label=gettext_lazy("How much was it?"), choices=WORKLOAD, required=False, widget=forms.RadioSelect
    )
    change = forms.CharField(
        label=gettext_lazy("What should we change?"),
        help_text=gettext_lazy("No names and no case details, please, neither of others nor of yours."),
        required=False,
        max_length=LONGEST_CHANGE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_change(self) -> str:
        change: str = self.cleaned_data["change"].replace("\x00", "").strip()
        if find_details(change):
            raise forms.ValidationError(
                _(
                    "There is a long number or an e-mail address in it. Take it out; it could point to somebody."
                )
            )
        return change


class AuditForm(forms.Form):
    """Numbers only. Each is held against the one that it is a part of."""

    records = forms.IntegerField(
        label=gettext_lazy("How many records did you look at?"),
        help_text=gettext_lazy(
            "The last ten to thirty in which somebody noted a concern, in the order in which they were made. Leave none out."
        ),
        min_value=1,
        max_value=MOST_RECORDS,
    )
    private_offered = forms.IntegerField(
        label=gettext_lazy("In how many was the person offered time alone?"),
        min_value=0,
        max_value=MOST_RECORDS,
    )
    interpreter_needed = forms.IntegerField(
        label=gettext_lazy("In how many was an interpreter needed?"), min_value=0, max_value=MOST_RECORDS
    )
    interpreter_used = forms.IntegerField(
        label=gettext_lazy("In how many of those was a professional interpreter used?"),
        help_text=gettext_lazy(
            "Not a relative, not somebody who came with the person, not a colleague who happens to speak it."
        ),
        min_value=0,
        max_value=MOST_RECORDS,
    )
    consent_recorded = forms.IntegerField(
        label=gettext_lazy("In how many does it say whether the person agreed to passing anything on?"),
        help_text=gettext_lazy("A refusal that is written down counts."),
        min_value=0,
        max_value=MOST_RECORDS,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for part, whole, message in (
            ("private_offered", "records", _("This cannot be more than the records that you looked at.")),
            ("interpreter_needed", "records", _("This cannot be more than the records that you looked at.")),
            ("consent_recorded", "records", _("This cannot be more than the records that you looked at.")),
            (
                "interpreter_used",
                "interpreter_needed",
                _("This cannot be more than those in which an interpreter was needed."),
            ),
        ):
            if part in cleaned and whole in cleaned and cleaned[part] > cleaned[whole]:
                self.add_error(part, message)
        return cleaned
