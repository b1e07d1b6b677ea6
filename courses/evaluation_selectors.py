"""Which questionnaires are open to somebody, and what everybody's answers say together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from courses.evaluation import (
    ATTITUDES,
    AUDIT,
    AUDIT_EVERY,
    BEFORE,
    BEFORE_ANYTHING,
    END,
    HIGHEST,
    LATER,
    LATER_AFTER,
    LATER_OPEN_FOR,
    LOWEST,
    REACTION_OPEN_FOR,
    REACTIONS,
    WORKLOAD,
    LearnerStanding,
    attitude_score,
    open_point,
    week_of,
)
from courses.models import (
    AssignableUnit,
    AttitudeAnswer,
    CheckAttempt,
    Course,
    PracticeAudit,
    ReactionAnswer,
    Registration,
    UnitProgress,
)
from courses.services import evaluation as services
from courses.statistics import Estimate, Gain, estimate, gain
from courses.suppression import SMALLEST, FollowUp, follow_up, in_batches, suppress

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Purpose = CheckAttempt.Purpose
# What fewer agencies found together could be told apart.
FEWEST_AGENCIES = 3


@dataclass(frozen=True)
class OpenQuestionnaire:
    """Something that a learner may answer now, or leave. `point` is of the attitudes, `course` of a reaction."""

    url: str
    point: str = ""
    course: Course | None = None


def open_questionnaires(user: User, *, at: datetime) -> list[OpenQuestionnaire]:
    """At most one on attitudes, and one on each course finished lately. Six queries at most."""
    mine = list(
        Registration.objects.filter(user=user)
        .select_related("course_version__course")
        .order_by("satisfied_at")
    )
    if not mine:
        return []
    finished = [row.satisfied_at for row in mine if row.satisfied_at is not None]
    names = services.pseudonyms(user.uuid, services.ATTITUDES)
    answered = dict(AttitudeAnswer.objects.filter(pseudonym__in=names).values_list("point", "declined"))
    # Who would rather not answer is not asked again at a later point.
    point = (
        None
        if any(answered.values())
        else open_point(
            LearnerStanding(
                is_registered=True,
                has_begun=not answered and _has_begun(mine),
                answered=set(answered),
                finished=finished,
            ),
            at=at,
        )
    )
    found = [OpenQuestionnaire(reverse("courses:attitudes", args=[point]), point=point)] if point else []
    lately = {
        row.course_version.course.code: row.course_version.course
        for row in mine
        if row.satisfied_at is not None and timedelta(0) <= at - row.satisfied_at < REACTION_OPEN_FOR
    }
    if lately:
        waves = list(names.values())
        by_name = {
            services.pseudonym(wave, user.uuid, services.reaction_to(code)): code
            for wave in waves
            for code in lately
        }
        done = {
            by_name[name]
            for name in ReactionAnswer.objects.filter(pseudonym__in=by_name).values_list(
                "pseudonym", flat=True
            )
        }
        found += [
            OpenQuestionnaire(reverse("courses:reaction", args=[code]), course=course)
            for code, course in lately.items()
            if code not in done
        ]
    return found


def _has_begun(mine: Sequence[Registration]) -> bool:
    """Whether a lesson beyond M00 was done."""
    return (
        UnitProgress.objects.filter(
            registration__in=mine, completed_at__isnull=False, unit__kind=AssignableUnit.Kind.LESSON
        )
        .exclude(unit__code__startswith=BEFORE_ANYTHING)
        .exists()
    )


def audits_of(agency: Agency) -> list[PracticeAudit]:
    return list(PracticeAudit.objects.filter(agency=agency)[:8])


def audit_is_due(agency: Agency, *, on: date) -> bool:
    """Three months after the first of its people finished a course, and three months after each look. Two queries."""
    first = Registration.objects.within(agency).filter(satisfied_at__date__lte=on - AUDIT_EVERY).exists()
    last = PracticeAudit.objects.filter(agency=agency).aggregate(last=Max("looked_on"))["last"]
    return first and (last is None or on - last >= AUDIT_EVERY)


@dataclass(frozen=True)
class ReactionRow:
    """`n` is None where the row is hidden; then the rest is too. Shares of workload are numbers of people."""

    label: str
    n: int | None
    items: tuple[Estimate | None, ...] = ()
    workload: tuple[int | None, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GainRow:
    label: str
    point: str
    follow_up: FollowUp
    gain: Gain | None


@dataclass(frozen=True)
class AttitudeRow:
    text: "StrOrPromise"
    direction: int
    before: float
    after: float


@dataclass(frozen=True)
class AuditRow:
    """`percent` is rounded to five; None where too few agencies or records stand behind it."""

    text: "StrOrPromise"
    percent: int | None


@dataclass(frozen=True)
class EvaluationReport:
    reaction_total: ReactionRow
    reactions: tuple[ReactionRow, ...]
    agencies: tuple[ReactionRow, ...]
    learning: tuple[GainRow, ...]
    attitudes: tuple[GainRow, ...]
    attitude_items: tuple[AttitudeRow, ...]
    audit: tuple[AuditRow, ...]
    audit_agencies: int | None


def evaluation_report(*, on: date) -> EvaluationReport:
    """All that may be shown of the answers until last week. The same number of queries however many there are.

    It takes no filter: two filters could be taken from one another.
    """
    reactions = _released(
        ReactionAnswer.objects.filter(declined=False).select_related("course", "agency"), on=on
    )
    rows, audit_agencies = _audit()
    attitudes, items = _attitudes(on=on)
    total = _reaction("", reactions)
    return EvaluationReport(
        reaction_total=total,
        reactions=_reactions_by(reactions, lambda row: row.course.title, on=on, with_changes=True),
        agencies=_reactions_by(
            reactions, lambda row: row.agency.name if row.agency is not None else "", on=on
        ),
        learning=_learning(on=on),
        attitudes=attitudes,
        attitude_items=items,
        audit=rows,
        audit_agencies=audit_agencies,
    )


def _released(rows: Any, *, on: date) -> list[Any]:
    return in_batches(list(rows), week_of=lambda row: row.week, this_week=week_of(on))


def _reactions_by(
    rows: Sequence[ReactionAnswer],
    label_of: Callable[[ReactionAnswer], str],
    *,
    on: date,
    with_changes: bool = False,
) -> tuple[ReactionRow, ...]:
    groups: dict[str, list[ReactionAnswer]] = {}
    for row in rows:
        groups.setdefault(label_of(row), []).append(row)
    ready = {label: _released(group, on=on) for label, group in groups.items()}
    shown = suppress({label: len(group) for label, group in ready.items()}, total=len(rows))
    return tuple(
        _reaction(label, ready[label], with_changes=with_changes)
        if shown[label] is not None
        else ReactionRow(label, None)
        for label in sorted(ready)
    )


def _reaction(label: str, rows: Sequence[ReactionAnswer], *, with_changes: bool = False) -> ReactionRow:
    if len(rows) < SMALLEST:
        return ReactionRow(label, None)
    items = [[row.answers[one.code] for row in rows if one.code in row.answers] for one in REACTIONS]
    counts = {code: sum(row.workload == code for row in rows) for code, _label in WORKLOAD}
    workload = suppress(counts, total=len(rows))
    # By their own words, which have nothing to do with who came first.
    changes = sorted(row.change for row in rows if row.change) if with_changes else []
    return ReactionRow(
        label,
        len(rows),
        tuple(estimate(values) if len(values) >= SMALLEST else None for values in items),
        tuple(workload[code] for code, _label in WORKLOAD),
        tuple(changes) if len(changes) >= SMALLEST else (),
    )


@dataclass(frozen=True)
class _Pair:
    before: Any
    after: Any
    week: date


def _gain_row(label: str, point: str, pairs: Sequence[_Pair], *, lost: int, best: float, on: date) -> GainRow:
    ready = _released(pairs, on=on)
    return GainRow(
        label,
        point,
        follow_up(again=len(ready), lost=lost),
        gain([(one.before, one.after) for one in ready], best=best) if len(ready) >= SMALLEST else None,
    )


def _learning(*, on: date) -> tuple[GainRow, ...]:
    """Questions before a course against those at its end and six months later. Two queries.

    Lost is who finished the course, answered before, and let the time for answering again go by.
    """
    attempts: dict[int, dict[str, CheckAttempt]] = {}
    for attempt in (
        CheckAttempt.objects.filter(
            submitted_at__isnull=False, score__isnull=False, purpose__in=CheckAttempt.AROUND
        )
        .select_related("registration__course_version__course")
        .order_by("pk")
    ):
        attempts.setdefault(attempt.registration_id, {})[attempt.purpose] = attempt
    closed = {Purpose.AFTER: LATER_AFTER, Purpose.LATER: LATER_AFTER + LATER_OPEN_FOR}
    pairs: dict[tuple[str, str], list[_Pair]] = {}
    lost: dict[tuple[str, str], int] = {}
    for own in attempts.values():
        before = own.get(Purpose.BEFORE)
        if before is None or before.score is None:
            continue
        registration = before.registration
        title = registration.course_version.course.title
        for purpose, open_for in closed.items():
            key = (title, str(purpose))
            after = own.get(purpose)
            if after is not None and after.score is not None and after.submitted_at is not None:
                week = week_of(timezone.localdate(after.submitted_at))
                pairs.setdefault(key, []).append(_Pair(float(before.score), float(after.score), week))
            elif registration.satisfied_at is not None and (
                timezone.localdate(registration.satisfied_at + open_for) < week_of(on)
            ):
                lost[key] = lost.get(key, 0) + 1
    return tuple(
        _gain_row(
            title, purpose, pairs.get((title, purpose), []), lost=lost.get((title, purpose), 0), best=1, on=on
        )
        for title, purpose in sorted(
            pairs.keys() | lost.keys(), key=lambda key: (key[0], key[1] != Purpose.AFTER)
        )
    )


def _attitudes(*, on: date) -> tuple[tuple[GainRow, ...], tuple[AttitudeRow, ...]]:
    """The score of the eight statements, and each of them, before and after. One query.

    Nobody knows which of the anonymous finished a course; who has not answered again counts as lost.
    """
    people: dict[str, dict[str, AttitudeAnswer]] = {}
    for row in AttitudeAnswer.objects.filter(declined=False):
        people.setdefault(row.pseudonym, {})[row.point] = row
    rows = []
    items: tuple[AttitudeRow, ...] = ()
    for point in (END, LATER):
        pairs = []
        both = []
        asked = 0
        for own in people.values():
            before, after = own.get(BEFORE), own.get(point)
            score = attitude_score(before.answers) if before is not None else None
            if before is None or score is None:
                continue
            asked += 1
            later = attitude_score(after.answers) if after is not None else None
            if after is not None and later is not None:
                pairs.append(_Pair(score, later, after.week))
                both.append(_Pair(before.answers, after.answers, after.week))
        rows.append(_gain_row("", point, pairs, lost=asked - len(pairs), best=HIGHEST, on=on))
        if point == END:
            items = _attitude_items(_released(both, on=on))
    return tuple(rows), items


def _attitude_items(pairs: Sequence[_Pair]) -> tuple[AttitudeRow, ...]:
    found = []
    for one in ATTITUDES:
        both: list[tuple[Mapping[str, int], Mapping[str, int]]] = [
            (pair.before, pair.after) for pair in pairs if one.code in pair.before and one.code in pair.after
        ]
        if len(both) >= SMALLEST:
            found.append(
                AttitudeRow(
                    one.text,
                    one.direction,
                    fmean(before[one.code] for before, _after in both),
                    fmean(after[one.code] for _before, after in both),
                )
            )
    return tuple(found)


def _audit() -> tuple[tuple[AuditRow, ...], int | None]:
    """The newest look of each agency, all together; never one agency's. One query."""
    newest: dict[int, PracticeAudit] = {}
    for audit in PracticeAudit.objects.order_by("looked_on", "pk"):
        newest[audit.agency_id] = audit
    enough = len(newest) >= FEWEST_AGENCIES
    rows = []
    for item in AUDIT:
        of = sum(getattr(audit, item.of) for audit in newest.values())
        part = sum(getattr(audit, item.code) for audit in newest.values())
        rows.append(AuditRow(item.text, 5 * round(20 * part / of) if enough and of >= SMALLEST else None))
    return tuple(rows), len(newest) if enough else None


__all__ = [
    "HIGHEST",
    "LATER",
    "LOWEST",
    "AttitudeRow",
    "AuditRow",
    "EvaluationReport",
    "GainRow",
    "OpenQuestionnaire",
    "ReactionRow",
    "audit_is_due",
    "audits_of",
    "evaluation_report",
    "open_questionnaires",
]
