"""What a lead may ask of the staff list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProfessionalRole
from agencies.models import Agency
from compliance.models import ComplianceStatus, SavedView
from compliance.selectors import StaffFilters
from courses.models import Course

OVERDUE = "overdue"


class PastDayField(forms.DateField):
    """A day up to today, as the list stood then."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("As on"),
            required=False,
            help_text=_("Today, or any past day."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **options,
        )


def _not_after(day: date | None, today: date) -> date | None:
    if day is not None and day > today:
        raise forms.ValidationError(_("This day is still to come. Choose today or a past day."))
    return day


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices


class StaffFilterForm(forms.Form):
    """An ordinary GET form. A value that is not on offer is dropped, so that an old link still shows a list."""

    q = forms.CharField(label=_("Name or staff number"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("Status"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("status", _("Most pressing first")),
            ("name", _("Name, A to Z")),
            ("-name", _("Name, Z to A")),
            ("date", _("Nearest date first")),
            ("unit", _("Unit")),
        ],
    )

    ends = forms.ChoiceField(label=_("Certificate ends"), required=False)
    course = forms.ChoiceField(label=_("Certificate"), required=False)
    on = PastDayField()

    def __init__(
        self,
        data: Any,
        *,
        units: Sequence[Agency],
        roles: Sequence[ProfessionalRole],
        courses: Sequence[Course],
        today: date,
    ) -> None:
        super().__init__(data)
        self.today = today
        self.courses = {course.code: course for course in courses}
        _offer(self, "course", [(course.code, course.title) for course in courses])
        _offer(
            self,
            "ends",
            [
                ("", _("On any day")),
                ("30", _("Within 30 days")),
                ("60", _("Within 60 days")),
                ("90", _("Within 90 days")),
            ],
        )
        self.units = {unit.slug: unit for unit in units}
        self.roles = {role.code: role for role in roles}
        _offer(self, "status", [("", _("Everyone")), *ComplianceStatus.STATES, (OVERDUE, _("Overdue"))])
        top = units[0].depth if units else 1
        _offer(
            self,
            "unit",
            [("", _("All units")), *((one.slug, f"{'– ' * (one.depth - top)}{one.name}") for one in units)],
        )
        _offer(self, "role", [("", _("All roles")), *((one.code, one.name) for one in roles)])
        self.is_valid()

    @property
    def filters(self) -> StaffFilters:
        data = self.cleaned_data
        status = data.get("status") or ""
        return StaffFilters(
            state="" if status == OVERDUE else status,
            overdue=status == OVERDUE,
            unit=self.units.get(data.get("unit") or ""),
            role=self.roles.get(data.get("role") or ""),
            words=data.get("q") or "",
            ends_within=int(data["ends"]) if data.get("ends") else None,
            sort=data.get("sort") or "status",
        )

    def clean_on(self) -> date | None:
        return _not_after(self.cleaned_data["on"], self.today)

    @property
    def past_day(self) -> date | None:
        """The day that was asked for, where it has gone by."""
        day: date | None = self.cleaned_data.get("on")
        return day if day != self.today else None

    @property
    def has_more(self) -> bool:
        """Whether one of the folded filters is in use, or needs a word."""
        names = ("unit", "role", "sort", "ends", "course", "on")
        return any(self.cleaned_data.get(name) or name in self.errors for name in names)


class OverviewForm(forms.Form):
    """What an overview is of: which certificate, in which role, on which day."""

    course = forms.ChoiceField(label=_("Certificate"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    on = PastDayField()

    def __init__(
        self, data: Any, *, roles: Sequence[ProfessionalRole], courses: Sequence[Course], today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        self.roles = {role.code: role for role in roles}
        self.courses = {course.code: course for course in courses}
        _offer(self, "course", [(course.code, course.title) for course in courses])
        _offer(self, "role", [("", _("All roles")), *((one.code, one.name) for one in roles)])
        self.is_valid()

    def clean_on(self) -> date | None:
        return _not_after(self.cleaned_data["on"], self.today)

    @property
    def past_day(self) -> date | None:
        day: date | None = self.cleaned_data.get("on")
        return day if day != self.today else None

    @property
    def is_in_use(self) -> bool:
        return bool(self.errors) or any(self.cleaned_data.values())


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name of this view"), max_length=60)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    page = forms.ChoiceField(choices=SavedView.PAGES, widget=forms.HiddenInput)
