"""Figures of an agency on a day: how many people stand where, by unit, by role and by certificate."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from accounts.models import ProfessionalRole
from agencies.models import Agency
from compliance.models import OPEN_STATES, READY_STATES, ReadinessPoint, StatusPeriod, StatusTally
from compliance.status import State
from courses.models import Course

# Units of so many people or fewer are not set beside others: one person's week would move them.
COMPARED_ABOVE = 10
WEEKS = 52


@dataclass(frozen=True)
class Figures:
    """People of one unit, role or certificate. Who need not hold it (`waived`) is in no other number."""

    certified: int = 0
    ends_in_30: int = 0
    ends_in_60: int = 0
    ends_in_90: int = 0
    lapsed: int = 0
    overdue: int = 0
    not_started: int = 0
    in_progress: int = 0
    waived: int = 0

    @property
    def people(self) -> int:
        return self.certified + self.lapsed + self.not_started + self.in_progress

    @property
    def late(self) -> int:
        """Lapsed, or past the day on which they were due."""
        return self.lapsed + self.overdue

    @property
    def open(self) -> int:
        """Not certified yet, and not late with it."""
        return self.not_started + self.in_progress - self.overdue

    @property
    def safe(self) -> int:
        """Certified for more than 90 days."""
        return self.certified - self.ends_in_90

    @property
    def gap(self) -> int:
        return self.people - self.certified

    @property
    def percent(self) -> int | None:
        """Certified in a hundred, never rounded up to all of them. None where nobody has to be."""
        return self.certified * 100 // self.people if self.people else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{name: value + getattr(other, name) for name, value in vars(self).items()})


@dataclass(frozen=True)
class Tally:
    """How many people of one place in the tree, in one role, are in one state."""

    path: str
    course_id: int
    role_id: int | None
    state: str
    people: int
    overdue: int
    ends_in_30: int
    ends_in_60: int
    ends_in_90: int


def figures_of(tallies: Iterable[Tally]) -> Figures:
    total: dict[str, int] = defaultdict(int)
    for one in tallies:
        if one.state in READY_STATES:
            total["certified"] += one.people
        elif one.state in (State.LAPSED, State.REFRESHER):
            total["lapsed"] += one.people
        else:
            total[one.state] += one.people
        for name in ("overdue", "ends_in_30", "ends_in_60", "ends_in_90"):
            total[name] += getattr(one, name)
    return Figures(**total)


def tallies_now(agency: Agency) -> list[Tally]:
    """Of everything under an agency, gathered for each unit directly below it. `services.count_units` first. One query."""
    names = ("people", "overdue", "ends_in_30", "ends_in_60", "ends_in_90")
    rows = (
        StatusTally.objects.within(agency)
        .order_by()
        .values_list(_place(agency), "course_id", "professional_role_id", "state")
        .annotate(*(Sum(name) for name in names))
    )
    return [Tally(*row) for row in rows]


def tallies_on(agency: Agency, *, day: date) -> list[Tally]:
    """The same for a past day, from the history. One query."""
    ready = Q(state__in=READY_STATES)
    ends = [
        Count("pk", filter=ready & Q(valid_until__lte=day + timedelta(days=days))) for days in (30, 60, 90)
    ]
    rows = (
        StatusPeriod.objects.within(agency)
        .on(day)
        .order_by()
        .values_list(_place(agency), "course_id", "professional_role_id", "state")
        .annotate(
            people=Count("pk"),
            overdue=Count("pk", filter=Q(late_from__lte=day, state__in=OPEN_STATES)),
            ends_in_30=ends[0],
            ends_in_60=ends[1],
            ends_in_90=ends[2],
        )
    )
    return [Tally(*row) for row in rows]


def _place(agency: Agency) -> Any:
    """The path of the unit directly below the agency that a row belongs to; the agency's own path for its own people."""
    return Substr("agency__path", 1, len(agency.path) + Agency.steplen)


@dataclass(frozen=True)
class Group:
    """One bar: a unit, a role or a certificate."""

    name: str
    figures: Figures
    unit: Agency | None = None
    role: ProfessionalRole | None = None
    course: Course | None = None


@dataclass(frozen=True)
class Overview:
    figures: Figures
    units: Sequence[Group]
    # People in units too small to be set beside others; they count in everything above.
    in_small_units: Figures
    small_units: int
    roles: Sequence[Group]
    courses: Sequence[Group]


def overview(
    agency: Agency,
    tallies: Sequence[Tally],
    *,
    course: Course,
    role: ProfessionalRole | None,
    children: Sequence[Agency],
    roles: Sequence[ProfessionalRole],
    courses: Sequence[Course],
    own_people: str,
) -> Overview:
    """Bars, the widest gap first. `own_people` names those who work in the agency itself and in none of its units."""
    of_role = [one for one in tallies if role is None or one.role_id == role.pk]
    here = [one for one in of_role if one.course_id == course.pk]
    named = [(unit.path, Group(unit.name, Figures(), unit=unit)) for unit in children]
    named.append((agency.path, Group(own_people, Figures(), unit=agency)))
    units = [
        Group(group.name, figures_of(one for one in here if one.path == path), unit=group.unit)
        for path, group in named
    ]
    units = [one for one in units if one.figures.people or one.figures.waived]
    small = [one for one in units if one.figures.people <= COMPARED_ABOVE]
    of_roles = [
        Group(one.name, figures_of(row for row in here if row.role_id == one.pk), role=one) for one in roles
    ]
    of_courses = [
        Group(one.title, figures_of(row for row in of_role if row.course_id == one.pk), course=one)
        for one in courses
    ]
    return Overview(
        figures=figures_of(here),
        units=_widest_first(one for one in units if one.figures.people > COMPARED_ABOVE)
        if len(units) > 1
        else [],
        in_small_units=sum((one.figures for one in small), Figures()),
        small_units=len(small) if len(units) > 1 else 0,
        roles=_widest_first(one for one in of_roles if one.figures.people > COMPARED_ABOVE),
        courses=[one for one in of_courses if one.figures.people],
    )


def _widest_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda one: (one.figures.percent or 0, -one.figures.gap, one.name))


def trend(agency: Agency, *, course: Course, on: date) -> list[ReadinessPoint]:
    """Week by week for a year back. One query."""
    return list(
        ReadinessPoint.objects.filter(
            agency=agency, course=course, week__gt=on - timedelta(weeks=WEEKS), week__lte=on
        ).order_by("week")
    )


def courses_asked_in(agency: Agency) -> list[Course]:
    """Certificates that anybody under an agency is asked for, the one for everybody first. One query."""
    counted = StatusTally.objects.within(agency).values("course")
    return sorted(Course.objects.filter(pk__in=counted), key=lambda one: (one.tier != "essential", one.title))
