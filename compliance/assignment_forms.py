"""What leads fill in to ask their staff for a course."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProfessionalRole
from agencies.models import Agency
from compliance.assigning import LONGEST_GRACE, LONGEST_RENEWAL, Rule, rule_of
from compliance.models import Assignment
from courses.models import Course


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RuleForm(forms.Form):
    """By when, how often, and for whom of those who joined: what can be changed later."""

    days = forms.IntegerField(
        label=_("Days to finish"),
        required=False,
        min_value=1,
        max_value=1_826,
        help_text=_(
            "Counted from the day on which somebody joins. For people who are here already, from the day on which you save this."
        ),
    )
    due_on = _day(_("Or by one day for everybody"), _("Leave both empty where there is no hurry."))
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=LONGEST_GRACE,
        initial=0,
        required=False,
        help_text=_("Nobody shows as overdue before they are over."),
    )
    renew_months = forms.IntegerField(
        label=_("Renew every so many months"),
        min_value=1,
        max_value=LONGEST_RENEWAL,
        required=False,
        help_text=_("Leave empty where it is enough to renew when the certificate runs out."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Assignment.Priority.choices,
        coerce=int,
        initial=Assignment.Priority.NORMAL,
        help_text=_("What people see first among their tasks."),
    )
    joined_from = _day(_("Only people who joined on or after"))
    joined_before = _day(_("Only people who joined before"))

    def rule(self, *, existing: Assignment | None, on: date) -> Rule:
        data = self.cleaned_data
        starts_on = None
        if data["days"] is not None:
            starts_on = existing.starts_on if existing is not None and existing.days is not None else on
        return Rule(
            due_on=data["due_on"],
            days=data["days"],
            starts_on=starts_on,
            grace_days=data["grace_days"] or 0,
            renew_months=data["renew_months"],
            priority=data["priority"],
            joined_from=data["joined_from"],
            joined_before=data["joined_before"],
        )


class AssignmentForm(RuleForm):
    unit = forms.ChoiceField(label=_("Unit"), help_text=_("With every unit below it."))
    course = forms.ModelChoiceField(Course.objects.none(), label=_("Course"), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), required=False)
    field_order = ("unit", "role", "course")

    def __init__(
        self, *args: Any, units: Sequence[Agency], roles: Sequence[ProfessionalRole], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.slug: unit for unit in units}
        self.roles = {role.code: role for role in roles}
        top = units[0].depth if units else 1
        self._offer("unit", [(one.slug, f"{'– ' * (one.depth - top)}{one.name}") for one in units])
        self._offer("role", [("", _("All roles")), *((one.code, one.name) for one in roles)])
        course = self.fields["course"]
        assert isinstance(course, forms.ModelChoiceField)  # noqa: S101
        # What can be taken and ends with a certificate, without the shorter courses that renew one.
        course.queryset = (
            Course.objects.filter(versions__isnull=False, renews__isnull=True, achievements__isnull=False)
            .distinct()
            .order_by("title")
        )

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    @property
    def asked_unit(self) -> Agency:
        return self.units[self.cleaned_data["unit"]]

    @property
    def asked_role(self) -> ProfessionalRole | None:
        return self.roles.get(self.cleaned_data["role"])


def initial_of(row: Assignment) -> dict[str, Any]:
    return vars(rule_of(row)).copy()
