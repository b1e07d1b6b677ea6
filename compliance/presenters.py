"""Words for what employers and learners see of a status."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import ComplianceStatus, StatusPeriod
from compliance.selectors import role_name
from compliance.status import State


@dataclass(frozen=True)
class StatusWords:
    """`kind` is one of those that ui/components/status.html knows: good, soon, late, plain."""

    kind: str
    text: str
    date: str


def status_words(row: ComplianceStatus | StatusPeriod, *, on: date) -> StatusWords:
    match row.state:
        case State.CERTIFIED:
            assert row.valid_until is not None  # noqa: S101
            return StatusWords("good", _("Certified"), _("Until %(day)s") % {"day": _day(row.valid_until)})
        case State.EXPIRING:
            assert row.valid_until is not None  # noqa: S101
            days = (row.valid_until - on).days
            left = (
                _("Expires today")
                if days <= 0
                else ngettext("Expires in %(days)s day", "Expires in %(days)s days", days) % {"days": days}
            )
            return StatusWords("soon", left, _day(row.valid_until))
        case State.LAPSED:
            assert row.valid_until is not None  # noqa: S101
            return StatusWords("late", _("Lapsed"), _("Ended %(day)s") % {"day": _day(row.valid_until)})
        case State.REFRESHER:
            return StatusWords("late", _("Refresher due"), _("Counts again once it is done"))
        case State.WAIVED:
            assert row.valid_until is not None  # noqa: S101
            return StatusWords("plain", _("Waived"), _("Until %(day)s") % {"day": _day(row.valid_until)})
    text = _("In progress") if row.state == State.IN_PROGRESS else _("Not started")
    if row.due_on is None:
        return StatusWords("plain", text, "")
    if row.late_from is not None and row.late_from <= on:
        words = _("%(status)s, overdue") % {"status": text}
        return StatusWords("late", words, _("Was due %(day)s") % {"day": _day(row.due_on)})
    return StatusWords("plain", text, _("Due %(day)s") % {"day": _day(row.due_on)})


def _day(day: date) -> str:
    return date_format(day, "j F Y")


@dataclass(frozen=True)
class StaffRow:
    """One line of the list: everything an employer may see of a person, and nothing else."""

    name: str
    staff_number: str
    unit: str
    role: str
    status: StatusWords


def staff_row(row: ComplianceStatus | StatusPeriod, *, on: date) -> StaffRow:
    return StaffRow(
        name=row.user.name or _("Name not given"),
        staff_number=row.membership.staff_number,
        unit=row.agency.name,
        role=role_name(row),
        status=status_words(row, on=on),
    )
