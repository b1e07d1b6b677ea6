"""What an agency recognises: which of it counts for whom, and lists of earlier completions as they are read."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from agencies.models import Agency, Membership
from certification.models import Recognition
from certification.models.recognition import RecognitionQuerySet
from certification.rules import add_months
from courses.models import Course

# How long each kind can count, in days. Longer would be a certificate by another name.
LONGEST_DAYS = {
    Recognition.Kind.EQUIVALENCE.value: 731,
    Recognition.Kind.PRIOR.value: 1_096,
    Recognition.Kind.WAIVER.value: 366,
    Recognition.Kind.EXTENSION.value: 184,
}
DEFAULT_MONTHS = 12
MOST_ROWS = 5_000
COLUMNS = ("person", "course", "completed_on", "valid_until", "evidence")


def recognitions_of(user: User, *, on: date) -> list[Recognition]:
    """Those that count on a day, the longest first. One query."""
    return list(
        Recognition.objects.in_force(on=on).filter(user=user).select_related("agency").order_by("-ends_on")
    )


def counting(
    rows: Iterable[Recognition], *, course: Course, agency: Agency, kinds: Sequence[str]
) -> Recognition | None:
    """The longest of these kinds for a course in an agency: given by it or by one above it."""
    return next(
        (
            row
            for row in rows
            if row.course_id == course.pk and row.kind in kinds and agency.path.startswith(row.agency.path)
        ),
        None,
    )


def recognised_in(agency: Agency) -> RecognitionQuerySet:
    """All that an agency and its units ever recorded, newest first."""
    return (
        Recognition.objects.filter(agency__path__startswith=agency.path)
        .select_related("user", "course", "by", "agency", "withdrawn_by")
        .order_by("-at", "-id")
    )


@dataclass(frozen=True)
class Completion:
    line: int
    user: User
    course: Course
    completed_on: date
    valid_until: date
    evidence: str


@dataclass(frozen=True)
class Reading:
    """A list as it was understood. With problems nothing of it is taken."""

    rows: Sequence[Completion]
    problems: Sequence[str]


def read_completions(text: str, *, agency: Agency, on: date) -> Reading:
    """A CSV list with a heading: person (e-mail address or staff number), course, completed_on, valid_until, evidence.

    `valid_until` may be left out: twelve months are taken. Every problem is named with its line. Three queries.
    """
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    lines = io.StringIO(text.lstrip("\ufeff"), newline="")
    reader = csv.DictReader(lines, delimiter=delimiter, restkey="more")
    try:
        heading = [(name or "").strip().lower() for name in reader.fieldnames or []]
    except csv.Error as error:
        return Reading(
            [], [_("Line %(line)s cannot be read as CSV: %(error)s.") % {"line": 1, "error": error}]
        )
    reader.fieldnames = heading
    missing = [name for name in ("person", "course", "completed_on") if name not in heading]
    if missing:
        return Reading(
            [],
            [
                _("Line 1: the heading has to name %(columns)s. It lacks %(missing)s.")
                % {"columns": ", ".join(COLUMNS), "missing": ", ".join(missing)}
            ],
        )
    people = _people(agency, on=on)
    courses = {code.casefold(): course for code, course in ((row.code, row) for row in Course.objects.all())}
    rows: list[Completion] = []
    problems: list[str] = []
    seen: dict[tuple[int, int, date], int] = {}
    try:
        for raw in reader:
            line = reader.line_num
            cells = {name: str(value or "").strip() for name, value in raw.items() if name != "more"}
            if not any(cells.values()):
                continue
            if len(rows) + len(problems) >= MOST_ROWS:
                problems.append(_("More than %(most)s rows: send several lists.") % {"most": MOST_ROWS})
                break
            found = _row(line, cells, people, courses, on=on, has_more="more" in raw)
            if isinstance(found, str):
                problems.append(found)
                continue
            key = (found.user.pk, found.course.pk, found.completed_on)
            if key in seen:
                problems.append(
                    _("Line %(line)s says the same as line %(other)s.") % {"line": line, "other": seen[key]}
                )
                continue
            seen[key] = line
            rows.append(found)
    except csv.Error as error:
        problems.append(
            _("Line %(line)s cannot be read as CSV: %(error)s.") % {"line": reader.line_num, "error": error}
        )
    if not rows and not problems:
        problems.append(_("There are no rows below the heading."))
    return Reading(rows, problems)


def _people(agency: Agency, *, on: date) -> dict[str, User]:
    """Who works in the agency or below it, by e-mail address and by staff number, in small letters."""
    here = (
        Membership.objects.current(on=on).filter(agency__path__startswith=agency.path).select_related("user")
    )
    found: dict[str, User] = {}
    for membership in here:
        found[membership.user.email.casefold()] = membership.user
        if membership.staff_number:
            found.setdefault(membership.staff_number.casefold(), membership.user)
    return found


def _row(
    line: int,
    cells: dict[str, str],
    people: dict[str, User],
    courses: dict[str, Course],
    *,
    on: date,
    has_more: bool,
) -> Completion | str:
    def wrong(what: str) -> str:
        return _("Line %(line)s: %(what)s") % {"line": line, "what": what}

    if has_more:
        return wrong(_("more cells than the heading has."))
    user = people.get(cells["person"].casefold())
    if user is None:
        return wrong(
            _("nobody with the address or staff number “%(person)s” works in this agency.")
            % {"person": cells["person"]}
        )
    course = courses.get(cells["course"].casefold())
    if course is None:
        return wrong(
            _("there is no course “%(course)s”. There are: %(known)s.")
            % {"course": cells["course"], "known": ", ".join(sorted(row.code for row in courses.values()))}
        )
    try:
        completed = date.fromisoformat(cells["completed_on"])
        until = (
            date.fromisoformat(cells["valid_until"])
            if cells.get("valid_until")
            else add_months(completed, DEFAULT_MONTHS)
        )
    except ValueError:
        return wrong(_("dates are written as 2026-03-31."))
    if completed > on:
        return wrong(_("the completion lies in the future."))
    if until < completed:
        return wrong(_("it ends before it was completed."))
    longest = LONGEST_DAYS[Recognition.Kind.PRIOR.value]
    if (until - completed).days > longest:
        return wrong(_("it can count for at most %(days)s days.") % {"days": longest})
    evidence = cells.get("evidence", "")
    if not evidence:
        return wrong(_("the column evidence is empty: say which paper, and where it is kept."))
    if len(evidence) > 500:
        return wrong(_("the evidence is longer than 500 letters."))
    return Completion(line, user, course, completed, until, evidence)
