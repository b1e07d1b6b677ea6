"""Reminders to learners, summaries and escalations to leads. Services.

First what is to be said is entered into the outbox (`plan`), each reason once by its key; then it is sent (`send_waiting`). Both may be
stopped at any point and run beside another of their kind; `ReminderMail` says what then happens to a message.
"""

import smtplib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.isolation import on_behalf_of
from agencies.models import Agency, Delegation, Leave, Membership
from agencies.permissions import MANAGES_STAFF
from agencies.selectors import root_path
from compliance.asked import asked_of, late_from
from compliance.models import (
    OPEN_STATES,
    READY_STATES,
    AgencyReminders,
    ComplianceStatus,
    LateNote,
    ReminderChoice,
    ReminderMail,
)
from compliance.reminder_mail import (
    Content,
    Due,
    Figures,
    message,
    new_message_id,
    stop_url,
    write,
)
from compliance.reminding import (
    CATCH_UP,
    LAST_TWO,
    LATE_FOR,
    STEPS,
    Quiet,
    digest_day,
    step_for,
    week_word,
    window_of,
    zone_of,
)
from compliance.standings import Ground, ground
from compliance.status import State

Kind = ReminderMail.Kind
Outbox = ReminderMail.State

# A worker that has not gone on for so long was stopped.
STILL = timedelta(minutes=10)
MOST_TRIES = 5
BATCH = 500


@dataclass(frozen=True)
class Planned:
    before: int
    digests: int
    late: int


def plan(*, at: datetime) -> Planned:
    """Enter everything that it is time to say. Again at once enters nothing."""
    return Planned(_plan_before(at=at), _plan_digests(at=at), _plan_late(at=at))


def local_day(user: User, *, at: datetime) -> date:
    return at.astimezone(zone_of(user.time_zone)).date()


class _Ways:
    """How agencies and people have their e-mails, read once. Two queries."""

    def __init__(self) -> None:
        rows = AgencyReminders.objects.select_related("agency")
        self.agencies = {row.agency.path: row for row in rows}
        self.people = {row.user_id: row for row in ReminderChoice.objects.all()}
        self._leads: dict[date, set[tuple[int, str]]] = {}

    def of(self, path: str) -> AgencyReminders:
        return self.agencies.get(path[: Agency.steplen]) or AgencyReminders()

    def quiet(self, user_id: int, path: str) -> Quiet:
        mine, ours = self.people.get(user_id), self.of(path)
        if mine is not None and mine.quiet_from is not None and mine.quiet_until is not None:
            return Quiet(mine.quiet_from, mine.quiet_until)
        return Quiet(ours.quiet_from, ours.quiet_until)

    def only_last(self, user_id: int) -> bool:
        mine = self.people.get(user_id)
        return mine is not None and mine.only_last

    def has_digest(self, user_id: int) -> bool:
        mine = self.people.get(user_id)
        return mine is None or mine.digest

    def leads(self, user_id: int, path: str, *, on: date) -> bool:
        """Whether she leads or coordinates this unit or one above it. One query a day."""
        if on not in self._leads:
            self._leads[on] = {(one.user_id, one.agency.path) for one in _leads(on=on)}
        steps = range(Agency.steplen, len(path) + 1, Agency.steplen)
        return any((user_id, path[:step]) in self._leads[on] for step in steps)

    def weekday(self, user_id: int, path: str) -> int:
        mine = self.people.get(user_id)
        return (mine.digest_weekday if mine else None) or self.of(path).digest_weekday


def _statuses(*, on: date) -> QuerySet[ComplianceStatus]:
    """Of people who work there, can sign in, and are not away."""
    away = (
        Leave.objects.filter(membership=OuterRef("membership"), starts_on__lte=on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        .exclude(ends_on=F("starts_on"))
    )
    return (
        ComplianceStatus.objects.current(on=on)
        .filter(user__is_active=True, user__deleted_at__isnull=True)
        .filter(~Exists(away))
    )


def _date_of(row: ComplianceStatus) -> tuple[date, bool] | None:
    """The date that somebody is reminded of, and whether something runs out on it."""
    if row.state in OPEN_STATES:
        return (row.due_on, False) if row.due_on else None
    if row.state in (*READY_STATES, State.LAPSED):
        return (row.valid_until, True) if row.valid_until else None
    return None


def _plan_before(*, at: datetime) -> int:
    on = timezone.localdate(at)
    ways = _Ways()
    made = 0
    for step in STEPS:
        first, last = window_of(step, on=on)
        for states, field in ((OPEN_STATES, "due_on"), ((*READY_STATES, State.LAPSED.value), "valid_until")):
            taken = ReminderMail.objects.filter(
                membership=OuterRef("membership"),
                course=OuterRef("course"),
                for_on=OuterRef(field),
                step__lte=step,
            )
            rows = (
                _statuses(on=on)
                .filter(**{"state__in": states, f"{field}__gte": first, f"{field}__lte": last})
                .filter(~Exists(taken))
                .select_related("user", "agency")
                .order_by("pk")
            )
            if step not in LAST_TWO:
                rows = rows.exclude(user__reminder_choice__only_last=True)
            fresh: list[ReminderMail] = []
            for row in rows.iterator(chunk_size=BATCH):
                found = _date_of(row)
                assert found is not None  # noqa: S101
                day, _is_end = found
                if step_for((day - local_day(row.user, at=at)).days) != step:
                    continue
                if not ways.of(row.agency.path).is_on:
                    continue
                fresh.append(
                    ReminderMail(
                        key=f"before:{row.membership_id}:{row.course_id}:{day}:{step}",
                        kind=Kind.BEFORE,
                        recipient_id=row.user_id,
                        agency_id=row.agency_id,
                        membership_id=row.membership_id,
                        course_id=row.course_id,
                        step=step,
                        for_on=day,
                        made_at=at,
                        not_before=at,
                    )
                )
            made += _enter(fresh)
    return made


def _enter(rows: Sequence[ReminderMail]) -> int:
    """Whoever enters the same reason at the same moment loses without an error."""
    before = ReminderMail.objects.filter(key__in=[row.key for row in rows[:BATCH]]).count() if rows else 0
    ReminderMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    return len(rows) - before


def _leads(*, on: date) -> list[Delegation]:
    return list(
        Delegation.objects.current(on=on)
        .filter(kind__in=MANAGES_STAFF, user__is_active=True, user__deleted_at__isnull=True)
        .select_related("user", "agency")
        .order_by("agency__path", "pk")
    )


def _plan_digests(*, at: datetime) -> int:
    """For every lead and coordinator of her topmost units, and for managers of the people who name them."""
    on = timezone.localdate(at)
    ways = _Ways()
    fresh: list[ReminderMail] = []
    covered: dict[int, list[str]] = defaultdict(list)

    def enter(user: User, agency: Agency, *, name: str) -> None:
        day = digest_day(local_day(user, at=at), weekday=ways.weekday(user.pk, agency.path))
        if day is None or not ways.has_digest(user.pk) or not ways.of(agency.path).is_on:
            return
        fresh.append(
            ReminderMail(
                key=f"digest:{name}:{user.pk}:{agency.pk}:{week_word(day)}",
                kind=Kind.DIGEST,
                recipient=user,
                agency=agency,
                for_on=day,
                made_at=at,
                not_before=at,
            )
        )

    for row in _leads(on=on):
        if not any(row.agency.path.startswith(path) for path in covered[row.user_id]):
            covered[row.user_id].append(row.agency.path)
            enter(row.user, row.agency, name="lead")
    for manager, root in _managers(on=on):
        if not any(path.startswith(root.path) for path in covered[manager.pk]):
            enter(manager, root, name="team")
    known = set(ReminderMail.objects.filter(key__in=[row.key for row in fresh]).values_list("key", flat=True))
    return _enter([row for row in fresh if row.key not in known])


def _managers(*, on: date) -> list[tuple[User, Agency]]:
    """Who manages somebody in an agency in which she works herself, with that agency."""
    rows = (
        Membership.objects.current(on=on)
        .filter(manager__isnull=False, manager__is_active=True, manager__deleted_at__isnull=True)
        .values_list("manager_id", "agency__path")
        .distinct()
    )
    pairs = {(manager, path[: Agency.steplen]) for manager, path in rows}
    works = {
        (user, path[: Agency.steplen])
        for user, path in Membership.objects.current(on=on)
        .filter(user__in={manager for manager, _path in pairs})
        .values_list("user_id", "agency__path")
    }
    people = User.objects.in_bulk({manager for manager, _path in pairs})
    roots = {one.path: one for one in Agency.objects.filter(path__in={path for _manager, path in pairs})}
    return [(people[manager], roots[path]) for manager, path in sorted(pairs & works)]


def _plan_late(*, at: datetime) -> int:
    """Tell the nearest leads of whoever became late after grace, in one message a day for each of them."""
    on = timezone.localdate(at)
    ways = _Ways()
    noted = LateNote.objects.filter(membership=OuterRef("membership"), course=OuterRef("course"))
    since = on - timedelta(days=LATE_FOR)
    rows = list(
        _statuses(on=on)
        .filter(
            Q(state__in=OPEN_STATES, late_from__lte=on, late_from__gte=since)
            & ~Exists(noted.filter(for_on=OuterRef("due_on")))
            | Q(state=State.LAPSED, valid_until__lt=on, valid_until__gte=since - timedelta(days=400))
            & ~Exists(noted.filter(for_on=OuterRef("valid_until")))
        )
        .select_related("agency", "membership")
        .order_by("pk")
    )
    if not rows:
        return 0
    known = ground()
    late = [row for row in rows if ways.of(row.agency.path).is_on and _is_late(row, known=known, on=on)]
    if not late:
        return 0
    leads: dict[str, list[Delegation]] = defaultdict(list)
    for one in _leads(on=on):
        leads[one.agency.path].append(one)
    told: dict[tuple[int, int], set[int]] = defaultdict(set)
    people: dict[tuple[int, int], Delegation] = {}
    for row in late:
        for nearest in _nearest(row.agency.path, leads):
            if nearest.user_id == row.user_id:
                continue
            told[nearest.user_id, nearest.agency_id].add(row.membership_id)
            people[nearest.user_id, nearest.agency_id] = nearest
    with suppress(IntegrityError), transaction.atomic():
        # Notes and messages together or not at all; who comes second finds the notes and enters nothing.
        notes = [
            LateNote(
                membership_id=row.membership_id,
                course_id=row.course_id,
                for_on=found[0],
                at=at,
            )
            for row in late
            if (found := _date_of(row)) is not None
        ]
        LateNote.objects.bulk_create(notes)
        mails = [
            ReminderMail(
                key=f"late:{user_id}:{agency_id}:{at.isoformat()}",
                kind=Kind.LATE,
                recipient_id=user_id,
                agency_id=agency_id,
                people=len(memberships),
                for_on=on,
                made_at=at,
                not_before=at,
            )
            for (user_id, agency_id), memberships in told.items()
        ]
        ReminderMail.objects.bulk_create(mails)
        return len(mails)
    return 0


def _is_late(row: ComplianceStatus, *, known: Ground, on: date) -> bool:
    """What is open carries the day; what has lapsed is late after the days of grace of whoever asks for it."""
    if row.state in OPEN_STATES:
        return True
    asked = asked_of(
        known.asking_over(row.agency),
        path=row.agency.path,
        role_id=row.professional_role_id,
        joined_on=row.membership.started_on,
        of_everybody=known.essential,
    ).get(row.course_id)
    if asked is None or row.valid_until is None:
        return False
    day = late_from(row.valid_until, grace_days=asked.grace_days)
    return day is not None and on - timedelta(days=LATE_FOR) <= day <= on


def _nearest(path: str, leads: dict[str, list[Delegation]]) -> list[Delegation]:
    """Those of the unit itself, or of the first one above it that has any."""
    for length in range(len(path), 0, -Agency.steplen):
        if leads.get(path[:length]):
            return leads[path[:length]]
    return []


@dataclass
class Sent:
    sent: int = 0
    dropped: int = 0
    unclear: int = 0
    failed: int = 0


def send_waiting(*, at: datetime) -> Sent:
    """Send what waits and may go now. One person's trouble stops nobody else's message."""
    done = Sent()
    done.unclear += take_up_what_was_left(at=at)
    ways = _Ways()
    waiting = ReminderMail.objects.filter(state=Outbox.WAITING, not_before__lte=at)
    last = 0
    while rows := list(
        waiting.filter(pk__gt=last).select_related("recipient", "agency", "membership").order_by("pk")[:BATCH]
    ):
        last = rows[-1].pk
        together: dict[tuple[int, str, int], list[ReminderMail]] = defaultdict(list)
        for row in rows:
            # Several dates of one person go out in one message; summaries each by itself.
            apart = 0 if row.kind == Kind.BEFORE else row.pk
            together[row.recipient_id, row.kind, apart].append(row)
        for group in together.values():
            first = group[0]
            if ways.quiet(first.recipient_id, first.agency.path).holds(at, zone=first.recipient.time_zone):
                continue
            _send(group, ways=ways, at=at, done=done)
    return done


def take_up_what_was_left(*, at: datetime) -> int:
    """Of workers that were stopped: what they had not handed over waits again, what they may have sent stays unclear unless
    nothing follows that says it again. How many stay unclear."""
    left = ReminderMail.objects.filter(state=Outbox.CLAIMED, claimed_at__lt=at - STILL)
    left.update(state=Outbox.WAITING, claimed_at=None)
    handed = ReminderMail.objects.filter(state=Outbox.HANDED, handed_at__lt=at - STILL)
    handed.filter(Q(kind=Kind.LATE) | Q(step=0), tries__lt=MOST_TRIES).update(
        state=Outbox.WAITING, claimed_at=None, handed_at=None
    )
    return handed.update(state=Outbox.UNCLEAR)


def _move(rows: Iterable[ReminderMail], *, of: str, to: str, **fields: object) -> list[ReminderMail]:
    """Committed at once. Only rows that are still where they were thought to be: the others are somebody else's."""
    moved = []
    for row in rows:
        if ReminderMail.objects.filter(pk=row.pk, state=of).update(state=to, **fields):
            row.state = to
            moved.append(row)
    return moved


def _send(rows: list[ReminderMail], *, ways: _Ways, at: datetime, done: Sent) -> None:
    rows = _move(rows, of=Outbox.WAITING, to=Outbox.CLAIMED, claimed_at=at)
    if not rows:
        return
    content, wanted = _content(rows, ways=ways, at=at)
    unwanted = [row for row in rows if row not in wanted]
    done.dropped += len(_move(unwanted, of=Outbox.CLAIMED, to=Outbox.DROPPED))
    if content is None or not wanted:
        return
    recipient = wanted[0].recipient
    # A message that was given a number keeps it, however often it is tried.
    number = next((row.message_id for row in wanted if row.message_id), "") or new_message_id(wanted[0])
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        _again(wanted, of=Outbox.CLAIMED, at=at, done=done)
        return
    handed = _move(
        wanted, of=Outbox.CLAIMED, to=Outbox.HANDED, handed_at=at, message_id=number, tries=F("tries") + 1
    )
    for row in handed:
        row.tries += 1
    try:
        written = write(content, language=recipient.language)
        message(recipient, written, message_id=number, stop=content.stop_url, connection=connection).send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        # The server said no: it has nothing.
        _again(handed, of=Outbox.HANDED, at=at, done=done)
    except (smtplib.SMTPException, OSError):
        # The line broke, and nobody knows what the server has: as after a worker that was stopped.
        sure = [row for row in handed if row.is_last_word]
        _again(sure, of=Outbox.HANDED, at=at, done=done)
        done.unclear += len(
            _move([row for row in handed if row not in sure], of=Outbox.HANDED, to=Outbox.UNCLEAR)
        )
    else:
        done.sent += len(_move(handed, of=Outbox.HANDED, to=Outbox.SENT, sent_at=at))
    finally:
        connection.close()


def _again(rows: Iterable[ReminderMail], *, of: str, at: datetime, done: Sent) -> None:
    for row in rows:
        if row.tries >= MOST_TRIES:
            done.failed += len(_move([row], of=of, to=Outbox.FAILED))
        else:
            wait = timedelta(minutes=15 * 2**row.tries)
            _move([row], of=of, to=Outbox.WAITING, not_before=at + wait, claimed_at=None, handed_at=None)


def _content(
    rows: list[ReminderMail], *, ways: _Ways, at: datetime
) -> tuple[Content | None, list[ReminderMail]]:
    """What to say now, and which rows it is about: what no longer holds is said no more."""
    first = rows[0]
    if not first.recipient.is_active or first.recipient.deleted_at is not None:
        return None, []
    if not ways.of(first.agency.path).is_on:
        return None, []
    if first.kind == Kind.BEFORE:
        return _before(rows, ways=ways, at=at)
    if first.kind == Kind.DIGEST:
        return _digest(first, ways=ways, at=at)
    still = ways.leads(first.recipient_id, first.agency.path, on=timezone.localdate(at))
    if not still:
        return None, []
    content = Content(
        kind=Kind.LATE,
        agency_name=first.agency.name,
        agency_path=reverse("compliance:agency", args=[first.agency.slug]) + "?status=overdue",
        people=first.people or 0,
    )
    return content, rows


def _before(
    rows: list[ReminderMail], *, ways: _Ways, at: datetime
) -> tuple[Content | None, list[ReminderMail]]:
    on = timezone.localdate(at)
    recipient = rows[0].recipient
    statuses = {
        (one.membership_id, one.course_id): one
        for one in _statuses(on=on).filter(membership__in=[row.membership_id for row in rows])
    }
    wanted: list[ReminderMail] = []
    dues: set[Due] = set()
    for row in rows:
        assert row.membership_id is not None and row.course_id is not None  # noqa: S101, PT018
        status = statuses.get((row.membership_id, row.course_id))
        found = _date_of(status) if status else None
        if found is None or found[0] != row.for_on:
            continue
        if row.step not in LAST_TWO and ways.only_last(row.recipient_id):
            continue
        left = (found[0] - local_day(recipient, at=at)).days
        if left < -CATCH_UP:
            continue
        wanted.append(row)
        dues.add(Due(found[0], left, found[1]))
    if not wanted:
        return None, []
    return Content(kind=Kind.BEFORE, dues=sorted(dues, key=lambda due: (due.on, due.is_end))), wanted


def _digest(row: ReminderMail, *, ways: _Ways, at: datetime) -> tuple[Content | None, list[ReminderMail]]:
    on = timezone.localdate(at)
    if not ways.has_digest(row.recipient_id):
        return None, []
    is_lead = row.key.startswith("digest:lead:")
    people = ComplianceStatus.objects.current(on=on).filter(user__deleted_at__isnull=True)
    if is_lead:
        leads_it = ways.leads(row.recipient_id, row.agency.path, on=on)
        people = people.within(row.agency) if leads_it else people.none()
    else:
        works_here = (
            Membership.objects.current(on=on)
            .filter(user=row.recipient_id, agency__path__startswith=root_path(row.agency))
            .exists()
        )
        mine = people.filter(membership__manager=row.recipient_id)
        people = mine.filter(root=root_path(row.agency)) if works_here else people.none()
    figures = figures_of(people, on=on)
    if not figures:
        return None, []
    return (
        Content(
            kind=Kind.DIGEST,
            agency_name=row.agency.name,
            agency_path=reverse("compliance:agency", args=[row.agency.slug]) if is_lead else "",
            figures=figures,
            stop_url=stop_url(row.recipient, kind=Kind.DIGEST),
        ),
        [row],
    )


def figures_of(people: QuerySet[ComplianceStatus], *, on: date) -> Figures:
    """How many people are where; somebody with two courses counts once for each figure. One query."""
    soon = on + timedelta(days=30)

    def count(rule: Q) -> Count:
        return Count("user", filter=rule, distinct=True)

    found = people.order_by().aggregate(
        overdue=count(Q(state__in=OPEN_STATES, late_from__lte=on)),
        lapsed=count(Q(state=State.LAPSED)),
        ends_in_30=count(Q(state__in=READY_STATES, valid_until__lte=soon)),
        not_started=count(Q(state=State.NOT_STARTED)),
    )
    return Figures(**found)


def remind(*, at: datetime) -> tuple[Planned, Sent]:
    return plan(at=at), send_waiting(at=at)


@transaction.atomic
def save_choice(user: User, **fields: object) -> ReminderChoice:
    choice, _created = ReminderChoice.objects.update_or_create(user=user, defaults=fields)
    return choice


@transaction.atomic
def save_agency_reminders(agency: Agency, **fields: object) -> AgencyReminders:
    row, _created = AgencyReminders.objects.update_or_create(agency=agency, defaults=fields)
    return row


def stop(user: User, *, kind: str) -> bool:
    """No more of one kind of e-mail. Again changes nothing. Only summaries can be stopped: the rest is asked by employers."""
    if kind != Kind.DIGEST:
        return False
    # Whoever has the link is not signed in, and it is about nobody else.
    with on_behalf_of(user.pk):
        save_choice(user, digest=False)
    return True
