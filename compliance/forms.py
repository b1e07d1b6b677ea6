"""What a lead may ask of the staff list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProfessionalRole
from agencies.models import Agency
from compliance.models import ComplianceStatus
from compliance.selectors import StaffFilters

OVERDUE = "overdue"


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

    def __init__(self, data: Any, *, units: Sequence[Agency], roles: Sequence[ProfessionalRole]) -> None:
        super().__init__(data)
        self.units = {unit.slug: unit for unit in units}
        self.roles = {role.code: role for role in roles}
        self._offer("status", [("", _("Everyone")), *ComplianceStatus.STATES, (OVERDUE, _("Overdue"))])
        top = units[0].depth if units else 1
        self._offer(
            "unit",
            [("", _("All units")), *((one.slug, f"{'– ' * (one.depth - top)}{one.name}") for one in units)],
        )
        self._offer("role", [("", _("All roles")), *((one.code, one.name) for one in roles)])
        self.is_valid()

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

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
            sort=data.get("sort") or "status",
        )

    @property
    def has_more(self) -> bool:
        """Whether one of the folded filters is in use."""
        return any(self.cleaned_data.get(name) for name in ("unit", "role", "sort"))
