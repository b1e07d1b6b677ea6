"""What leads and coordinators fill in about their staff. Every form hands its values to a service."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ProfessionalRole
from accounts.selectors import roles
from agencies.models import Agency, Delegation
from agencies.staff_columns import FIELDS, plain
from agencies.staff_plan import CREATE, NO_ROLE

LABELS = {
    "staff_number": gettext_lazy("Staff number"),
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Whole name"),
    "given_name": gettext_lazy("First name"),
    "family_name": gettext_lazy("Last name"),
    "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Professional role"),
    "started_on": gettext_lazy("Start date"),
    "ended_on": gettext_lazy("First day after leaving"),
    "moved_on": gettext_lazy("Day of a move to another unit"),
    "manager": gettext_lazy("Manager"),
}
MOST_WORDS = 60


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The list"),
        help_text=gettext_lazy(
            "CSV or .xlsx, as it comes out of your personnel system. At most 20,000 rows."
        ),
        error_messages={"required": gettext_lazy("Choose the file.")},
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )
    is_complete = forms.BooleanField(
        label=gettext_lazy("The list names everybody who works here"),
        help_text=gettext_lazy(
            "Then whoever is missing leaves today. You see who that is before anything happens."
        ),
        required=False,
    )


class ColumnsForm(forms.Form):
    """One question for every column of the file: what stands in it?"""

    def __init__(
        self,
        data: Any = None,
        *,
        headers: Sequence[str],
        rows: Sequence[Sequence[Any]],
        columns: Mapping[str, int],
    ) -> None:
        super().__init__(data)
        self.headers = headers
        said = {place: name for name, place in columns.items()}
        choices = [("", _("Leave it out")), *((name, LABELS[name]) for name in FIELDS)]
        for place, header in enumerate(headers):
            samples = [cells[place] for _number, cells in rows[:200] if cells[place]][:3]
            if not header and not samples:
                continue
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header or _("Column %(number)s, without a heading") % {"number": place + 1},
                # Help texts are drawn as they are, and these are a stranger's words.
                help_text=format_html("{}", ", ".join(sample[:60] for sample in samples)),
                choices=choices,
                required=False,
                initial=said.get(place, ""),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found: dict[str, int] = {}
        for key, name in list(data.items()):
            if not name:
                continue
            if name in found:
                self.add_error(
                    key,
                    _("“%(field)s” is chosen for two columns. Leave one of them out.")
                    % {"field": LABELS[name]},
                )
            found[name] = int(key.partition("_")[2])
        if not {"staff_number", "email"} & set(found):
            raise forms.ValidationError(
                _(
                    "Say which column holds the staff number or the e-mail address. Without one of them nobody can be found."
                )
            )
        self.columns = found
        return data


class WordsForm(forms.Form):
    """What the list's own words mean: roles and units that are not known here, and which way round dates are."""

    def __init__(
        self,
        data: Any = None,
        *,
        counts: Mapping[str, Any],
        choices: Mapping[str, Any],
        units: Sequence[Agency],
        may_create: bool,
    ) -> None:
        super().__init__(data)
        self.roles = sorted(counts.get("unknown_roles", {}))[:MOST_WORDS]
        self.units = sorted(counts.get("unknown_units", {}))[:MOST_WORDS]
        guesses = counts.get("unknown_roles", {})
        offered = [
            ("", _("Not said yet")),
            *((role.code, role.name) for role in roles()),
            (NO_ROLE, _("None of these: leave the role open")),
        ]
        for number, word in enumerate(self.roles):
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=_("Role “%(word)s”") % {"word": word},
                choices=offered,
                required=False,
                initial=guesses.get(word, ""),
            )
        top = units[0].depth
        places = [(str(unit.uuid), f"{'– ' * (unit.depth - top)}{unit.name}") for unit in units]
        new = [(CREATE, _("Create it"))] if may_create else []
        for number, word in enumerate(self.units):
            self.fields[f"unit_{number}"] = forms.ChoiceField(
                label=_("Unit “%(word)s”") % {"word": word},
                choices=[("", _("Not said yet")), *new, *places],
                required=False,
                # Where she may create none, the guess that it is new is no choice.
                initial=counts["unknown_units"].get(word, ""),
            )
        if self.units and may_create:
            self.fields["creates_units"] = forms.BooleanField(
                label=_("Create every unit that is not there yet"),
                required=False,
                initial=bool(choices.get("creates_units")),
            )
        if counts.get("asks_order") or choices.get("order"):
            self.fields["order"] = forms.ChoiceField(
                label=_("In a date such as 03/04/2026, the day is"),
                choices=[
                    ("", _("Not said yet")),
                    ("day", _("the first number: 3 April")),
                    ("month", _("the second number: 4 March")),
                ],
                required=False,
                initial=choices.get("order", ""),
            )

    @property
    def has_questions(self) -> bool:
        return bool(self.fields)

    def said(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What was known before and what was said now."""
        data = self.cleaned_data
        roles_said = dict(before.get("roles", {}))
        units_said = dict(before.get("units", {}))
        for number, word in enumerate(self.roles):
            if data.get(f"role_{number}"):
                roles_said[plain(word)] = data[f"role_{number}"]
        for number, word in enumerate(self.units):
            if data.get(f"unit_{number}"):
                parts = [plain(part) for part in word.replace("\\", "/").replace(">", "/").split("/")]
                units_said[" ".join(filter(None, parts))] = data[f"unit_{number}"]
        found: dict[str, Any] = {"roles": roles_said, "units": units_said}
        if "creates_units" in self.fields:
            found["creates_units"] = data["creates_units"]
        if "order" in self.fields:
            found["order"] = data["order"]
        return found


class PeopleFilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or staff number"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        choices=[
            ("", gettext_lazy("Everybody who works here")),
            ("invited", gettext_lazy("Invited, not here yet")),
            ("left", gettext_lazy("Who left")),
        ],
    )


class _UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    top = 1

    def label_from_instance(self, obj: Any) -> str:
        return f"{'– ' * (obj.depth - self.top)}{obj.name}"


def unit_field(units: Sequence[Agency], label: Any) -> "forms.ModelChoiceField[Any]":
    """A choice among the lead's own units that are open."""
    field = _UnitChoice(
        Agency.objects.filter(pk__in=[unit.pk for unit in units if unit.closed_on is None]).order_by("path"),
        label=label,
        empty_label=None,
        to_field_name="uuid",
    )
    field.top = units[0].depth
    return field


def _role_field() -> "forms.ModelChoiceField[Any]":
    return forms.ModelChoiceField(
        ProfessionalRole.objects.all(),
        label=gettext_lazy("Professional role"),
        required=False,
        empty_label=gettext_lazy("As before"),
        to_field_name="code",
    )


class PlaceForm(forms.Form):
    """One change to where somebody works: only the questions that this change asks."""

    ASKS: Mapping[str, tuple[str, ...]] = {
        "transfer": ("to", "on", "professional_role"),
        "second": ("to", "starts_on", "ends_on"),
        "also": ("to", "on", "professional_role"),
        "rehire": ("to", "on", "professional_role"),
        "leave": ("starts_on", "back_on"),
        "end": ("on",),
        "correct": ("professional_role", "staff_number", "manager", "started_on"),
    }

    def __init__(
        self,
        data: Any = None,
        *,
        what: str,
        units: Sequence[Agency],
        on: date,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"on": on, "starts_on": on, **(initial or {})})
        fields: dict[str, forms.Field] = {
            "to": unit_field(units, _("Unit")),
            "on": forms.DateField(
                label=_("First day after leaving") if what == "end" else _("From"), widget=_date_input()
            ),
            "starts_on": forms.DateField(
                label=_("First day away") if what == "leave" else _("From"), widget=_date_input()
            ),
            "ends_on": forms.DateField(label=_("First day back at home"), widget=_date_input()),
            "back_on": forms.DateField(
                label=_("First day back"),
                required=False,
                help_text=_("Leave empty while nobody knows."),
                widget=_date_input(),
            ),
            "professional_role": _role_field(),
            "staff_number": forms.CharField(label=_("Staff number"), max_length=64, required=False),
            "manager": forms.CharField(
                label=_("Manager"),
                required=False,
                max_length=254,
                help_text=_(
                    "Staff number or e-mail address of somebody who works in your part of the agency."
                ),
            ),
            "started_on": forms.DateField(label=_("Started on"), widget=_date_input()),
        }
        for name in self.ASKS[what]:
            self.fields[name] = fields[name]
        if what == "correct":
            role = self.fields["professional_role"]
            assert isinstance(role, forms.ModelChoiceField)  # noqa: S101
            role.empty_label = _("None: the person chooses")
            self.fields["started_on"] = fields["started_on"]
        if what == "correct":
            del_on = self.initial
            del_on.pop("on", None)
            del_on.pop("starts_on", None)


class InviteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    professional_role = _role_field()
    staff_number = forms.CharField(label=gettext_lazy("Staff number"), max_length=64, required=False)
    started_on = forms.DateField(label=gettext_lazy("Start date"), widget=_date_input())

    def __init__(self, *args: Any, units: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(units, _("Unit"))
        role = self.fields["professional_role"]
        assert isinstance(role, forms.ModelChoiceField)  # noqa: S101
        role.empty_label = _("None: the person chooses")
        self.order_fields(["name", "email", "unit"])


class UnitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)

    def __init__(self, *args: Any, units: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = unit_field(units, _("Part of"))


class GiveRoleForm(forms.Form):
    person = forms.CharField(
        label=gettext_lazy("Who"),
        max_length=254,
        help_text=gettext_lazy(
            "The staff number or e-mail address of somebody who works in your part of the agency."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("May act as"), choices=Delegation.Kind.choices)
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The first day on which it no longer holds. An auditor needs one."),
        widget=_date_input(),
    )
    is_outside = forms.BooleanField(
        label=gettext_lazy("This person does not work here"),
        help_text=gettext_lazy("She or he gets an invitation by e-mail. Needs a last day."),
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Name of somebody who does not work here"), required=False, max_length=200
    )

    def __init__(self, *args: Any, units: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(units, _("For"))
        self.order_fields(["person", "kind", "unit", "ends_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_outside"):
            if not data.get("name"):
                self.add_error("name", _("Somebody from outside needs a name."))
            try:
                forms.EmailField().clean(data.get("person", ""))
            except forms.ValidationError:
                self.add_error("person", _("For somebody from outside, enter an e-mail address."))
        return data


class JoinForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As it should stand on a certificate. You can change it later."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy(
            "At least 12 characters. Three or four words together are easy to remember and hard to guess."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        from django.contrib.auth.password_validation import validate_password

        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        elif data.get("password1"):
            try:
                validate_password(data["password1"], self.user)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data
