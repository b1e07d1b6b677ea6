"""Staff lists: kept when uploaded, checked without changing anything, applied all or nothing, and undone. Services."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import User
from agencies import services, signals
from agencies.audit import note_change
from agencies.exceptions import AgencyError, ImportRefused
from agencies.invitations import STILL, forget_withdrawn, new_invitation, send_waiting, waiting_account
from agencies.isolation import across_agencies
from agencies.models import (
    INDEPENDENT_SLUG,
    Agency,
    Delegation,
    ImportHabit,
    Invitation,
    Membership,
    StaffChange,
    StaffImport,
)
from agencies.permissions import can_manage_staff
from agencies.places import add_unit, tell_later
from agencies.selectors import root_path
from agencies.staff_columns import guess_columns, plain
from agencies.staff_files import read_table
from agencies.staff_plan import Choices, Plan, make_plan

logger = logging.getLogger(__name__)
State, Kind = StaffImport.State, StaffChange.Kind
KEPT = timedelta(days=7)
PART = 200
BATCH = 500
FIELDS = ("agency_id", "professional_role_id", "staff_number", "started_on", "ended_on", "manager_id")


def habits(agency: Agency) -> dict[str, Any]:
    """How lists were written here before; in a unit that never had one, as in the nearest above it. One query."""
    steps = range(Agency.steplen, len(agency.path) + 1, Agency.steplen)
    found = (
        ImportHabit.objects.filter(agency__path__in=[agency.path[:step] for step in steps])
        .order_by("-agency__depth")
        .first()
    )
    return found.choices if found else {}


def columns_for(headers: Sequence[str], remembered: Mapping[str, Any]) -> dict[str, int]:
    """As the agency said the last time for headings of the same words, and guessed for the rest."""
    known: Mapping[str, str] = remembered.get("columns", {})
    found: dict[str, int] = {}
    for place, header in enumerate(headers):
        name = known.get(plain(header), "")
        if name and name not in found:
            found[name] = place
    unknown = ["" if plain(header) in known else header for header in headers]
    for name, place in guess_columns(unknown).items():
        if name not in found and not ({"name"} & {name} and {"given_name", "family_name"} & set(found)):
            found[name] = place
    return found


@transaction.atomic
def start_import(
    agency: Agency, *, content: bytes, file_name: str, is_complete: bool, by: User, at: datetime
) -> StaffImport:
    """Read and keep a list. Nothing else happens yet. Raises UnreadableFile."""
    table = read_table(content, name=file_name)
    remembered = habits(agency)
    choices = {
        "columns": columns_for(table.headers, remembered),
        "on": timezone.localdate(at).isoformat(),
        "order": remembered.get("order", ""),
        "roles": remembered.get("roles", {}),
        "units": remembered.get("units", {}),
        "is_complete": is_complete,
    }
    return StaffImport.objects.create(
        agency=agency,
        by=by,
        at=at,
        file_name=file_name[:200],
        header_row=table.header_row,
        headers=list(table.headers),
        rows=[[number, list(cells)] for number, cells in table.rows],
        choices=choices,
        total=len(table.rows),
        moved_at=at,
    )


def _plan(run: StaffImport) -> Plan:
    return make_plan(
        run.agency,
        headers=run.headers,
        rows=[(number, cells) for number, cells in run.rows],
        choices=Choices.of(run.choices),
        by=run.by_id,
    )


@transaction.atomic
def check_import(run: StaffImport, *, said: Mapping[str, Any], at: datetime) -> Plan:
    """Work out what the list would do, keep that to be shown, and remember how the agency writes its lists.

    Raises ImportRefused once it was applied.
    """
    run = StaffImport.objects.select_for_update(of=("self",)).select_related("agency").get(pk=run.pk)
    if run.state not in (State.READ, State.CHECKED, State.REFUSED):
        raise ImportRefused(_("This list was applied already."))
    run.choices = {**run.choices, **said, "on": timezone.localdate(at).isoformat()}
    plan = _plan(run)
    run.state = State.CHECKED
    run.changes, run.problems, run.counts = plan.changes, plan.problems, plan.counts
    run.counts["asks_order"] = plan.asks_order
    run.counts["unknown_roles"] = plan.unknown_roles
    run.counts["unknown_units"] = plan.unknown_units
    run.seen = plan.digest()
    run.moved_at = at
    run.save()
    columns = {place: name for name, place in run.choices["columns"].items()}
    habit, _created = ImportHabit.objects.get_or_create(agency=run.agency)
    habit.choices = {
        "columns": {
            **habit.choices.get("columns", {}),
            **{plain(header): columns.get(place, "") for place, header in enumerate(run.headers) if header},
        },
        "order": run.choices.get("order", ""),
        "roles": run.choices.get("roles", {}),
        "units": {said: unit for said, unit in run.choices.get("units", {}).items() if unit != "+"},
    }
    habit.save()
    return plan


@transaction.atomic
def apply_import(run: StaffImport, *, at: datetime) -> StaffImport:
    """Set a worker to it. Raises ImportRefused while there is a problem, or another list of the agency is being applied."""
    run = StaffImport.objects.select_for_update(of=("self",)).select_related("agency").get(pk=run.pk)
    if run.state in (State.APPLYING, State.TELLING, State.DONE):
        return run
    if run.state != State.CHECKED or run.problems:
        raise ImportRefused(_("This list has problems that have to be mended first."))
    busy = StaffImport.objects.filter(agency__path__startswith=root_path(run.agency), state=State.APPLYING)
    if busy.exists():
        raise ImportRefused(_("Another list of your agency is being applied. Wait until it is done."))
    run.state, run.moved_at, run.done = State.APPLYING, at, 0
    run.save(update_fields=["state", "moved_at", "done"])
    transaction.on_commit(lambda: work_on.enqueue(run.pk))
    return run


def continue_imports(*, at: datetime) -> int:
    """Every minute: set a worker to lists that stopped halfway, send invitations that were left, forget old uploads.

    How many lists go on.
    """
    stopped = 0
    for run in StaffImport.objects.filter(
        state__in=(State.APPLYING, State.TELLING), moved_at__lt=at - STILL
    ).only("pk", "moved_at"):
        # Only who moves the sign on sets a worker to it.
        if StaffImport.objects.filter(pk=run.pk, moved_at=run.moved_at).update(moved_at=at):
            work_on.enqueue(run.pk)
            stopped += 1
    send_waiting(at=at)
    forget_withdrawn(at=at)
    StaffImport.objects.filter(
        state__in=(State.READ, State.CHECKED, State.REFUSED), at__lt=at - KEPT
    ).delete()
    return stopped


@task()  # type: ignore[untyped-decorator]
def work_on(run_pk: int) -> None:
    """Apply in one transaction; then tell whoever listens and send invitations, some at a time, from where it stopped."""
    run = StaffImport.objects.select_related("agency", "by").get(pk=run_pk)
    if run.state == State.APPLYING:
        try:
            _apply(run, at=timezone.now())
        except (OperationalError, InterfaceError):
            raise
        except ImportRefused as error:
            _refuse(run, str(error))
        except Exception:
            logger.exception("Staff list %s could not be applied", run.uuid)
            _refuse(
                run, _("Something went wrong on our side, and nothing was changed. Check the list again.")
            )
        run.refresh_from_db()
    if run.state == State.TELLING:
        _tell(run)


def _refuse(run: StaffImport, why: str) -> None:
    StaffImport.objects.filter(pk=run.pk, state=State.APPLYING).update(
        state=State.REFUSED, problems=[{"row": 0, "column": "", "what": why}]
    )


@transaction.atomic
def _apply(run: StaffImport, *, at: datetime) -> None:
    run = StaffImport.objects.select_for_update(of=("self",)).select_related("agency", "by").get(pk=run.pk)
    if run.state != State.APPLYING:
        return
    if not can_manage_staff(run.by, run.agency, timezone.localdate(at)):
        raise ImportRefused(_("Whoever brought this list no longer acts for this unit."))
    plan = _plan(run)
    if plan.problems or plan.digest() != run.seen:
        raise ImportRefused(
            _("Since you checked the list, something changed here. Nothing was applied: check it once more.")
        )
    _Writer(run, at=at).write(plan.changes)
    note_change("list.applied", run.agency, by=run.by, details={"differences": len(plan.changes)})
    run.state = State.TELLING
    run.applied_at = run.moved_at = at
    # Names and addresses are kept where they belong, and nowhere else.
    run.rows, run.changes = [], []
    run.total = len(_people_of(run)) + _waiting_of(run).count()
    run.done = 0
    run.save()


def _people_of(run: StaffImport) -> list[int]:
    """Whom a run touched, in an order that stays the same."""
    return list(
        dict.fromkeys(
            run.made.filter(membership__isnull=False)
            .order_by("id")
            .values_list("membership__user_id", flat=True)
        )
    )


def _waiting_of(run: StaffImport) -> Any:
    return Invitation.objects.filter(
        pk__in=run.made.filter(invitation__isnull=False).values("invitation"), sent_at__isnull=True
    )


def _tell(run: StaffImport) -> None:
    """What was told or sent twice, because nobody wrote down that it was done, does no harm."""

    def sign(done: int) -> None:
        StaffImport.objects.filter(pk=run.pk).update(done=done, moved_at=timezone.now())

    people = _people_of(run)
    for start in range(min(run.done, len(people)), len(people), PART):
        part = people[start : start + PART]
        for _receiver, answer in signals.memberships_changed.send_robust(sender=Membership, user_ids=part):
            if isinstance(answer, Exception):
                logger.error("After staff list %s: %s", run.uuid, type(answer).__name__, exc_info=answer)
        sign(start + len(part))
    waiting = list(_waiting_of(run).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(waiting), PART):
        part = waiting[start : start + PART]
        send_waiting(part, at=timezone.now())
        # From the end, because some may have gone out before a worker was stopped.
        sign(run.total - (len(waiting) - start - len(part)))
    now = timezone.now()
    StaffImport.objects.filter(pk=run.pk, state=State.TELLING).update(
        state=State.DONE, finished_at=now, moved_at=now, done=run.total
    )


def _kept(membership: Membership) -> dict[str, Any]:
    """A membership as JSON can hold it, for comparing it later."""
    values = {name: getattr(membership, name) for name in FIELDS}
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in values.items()}


class _Writer:
    """Carries a plan out, many rows at a time. Whoever calls it holds the transaction."""

    def __init__(self, run: StaffImport, *, at: datetime) -> None:
        self.run, self.at, self.on = run, at, date.fromisoformat(run.choices["on"])
        self.made: list[StaffChange] = []
        self.units: dict[str, Agency] = {}
        self.new_people: dict[int, User] = {}

    def write(self, changes: Sequence[Mapping[str, Any]]) -> None:
        by_kind: dict[str, list[Mapping[str, Any]]] = {kind.value: [] for kind in Kind}
        for change in changes:
            by_kind[change["kind"]].append(change)
        self._units(by_kind[Kind.UNIT.value])
        wanted = [
            change["do"]["membership"]
            for kind in (Kind.MOVED, Kind.CHANGED, Kind.LEFT)
            for change in by_kind[kind.value]
        ]
        wanted += [
            change["do"]["set"]["start"][0]
            for kind in (Kind.MOVED, Kind.CHANGED)
            for change in by_kind[kind.value]
            if "start" in change["do"]["set"]
        ]
        self.places = {
            place.pk: place for place in _in_parts(Membership.objects.select_related("user"), wanted)
        }
        self._left(by_kind[Kind.LEFT.value])
        self._joined(by_kind[Kind.JOINED.value], by_kind[Kind.CAME_BACK.value])
        self._moved(by_kind[Kind.MOVED.value])
        self._changed(by_kind[Kind.CHANGED.value])
        self._invited(by_kind[Kind.INVITED.value])
        StaffChange.objects.bulk_create(self.made, batch_size=BATCH)

    def _note(self, kind: StaffChange.Kind, change: Mapping[str, Any], **fields: Any) -> None:
        self.made.append(StaffChange(run=self.run, kind=kind, row=change["row"], **fields))

    def _unit(self, key: int | str) -> int:
        return key if isinstance(key, int) else int(self.units[key].pk)

    def _manager(self, found: Mapping[str, int] | None) -> int | None:
        if found is None:
            return None
        return found["user"] if "user" in found else self.new_people[found["row"]].pk

    def _units(self, changes: Sequence[Mapping[str, Any]]) -> None:
        for change in changes:
            do = change["do"]
            parent = Agency.objects.get(pk=self._unit(do["parent"]))
            self.units[do["key"]] = add_unit(parent, name=do["name"], on=self.on)
            self._note(Kind.UNIT, change, unit=self.units[do["key"]])

    def _joined(self, new: Sequence[Mapping[str, Any]], back: Sequence[Mapping[str, Any]]) -> None:
        people = User.objects.bulk_create(
            [waiting_account(change["do"]["name"]) for change in new], batch_size=BATCH
        )
        self.new_people = {change["row"]: person for change, person in zip(new, people, strict=True)}
        known = [change["do"]["user"] for change in back]
        # Whoever joins an agency leaves Independent.
        for place in _in_parts(
            Membership.objects.filter(agency__slug=INDEPENDENT_SLUG, ended_on__isnull=True), known, by="user"
        ):
            services.end_membership(place, on=max(self.on, place.started_on))
        places = []
        for change, user in [
            *((change, person.pk) for change, person in zip(new, people, strict=True)),
            *zip(back, known, strict=True),
        ]:
            do = change["do"]
            places.append(
                Membership(
                    user_id=user,
                    agency_id=self._unit(do["unit"]),
                    professional_role_id=do["role"],
                    staff_number=do["number"],
                    started_on=date.fromisoformat(do["start"]),
                    ended_on=date.fromisoformat(do["end"]) if do["end"] else None,
                    manager_id=self._manager(do["manager"]),
                )
            )
        places = Membership.objects.bulk_create(places, batch_size=BATCH)
        agencies = {unit.pk: unit for unit in self.units.values()}
        agencies |= {unit.pk: unit for unit in Agency.objects.filter(pk__in={p.agency_id for p in places})}
        sent = Invitation.objects.bulk_create(
            [
                new_invitation(
                    agencies[place.agency_id],
                    email=change["do"]["email"],
                    name=change["do"]["name"],
                    membership=place,
                    by=self.run.by,
                    at=self.at,
                )
                for change, place in zip(new, places, strict=False)
            ],
            batch_size=BATCH,
        )
        for change, place, invitation in zip(new, places, sent, strict=False):
            self._note(Kind.JOINED, change, membership=place, invitation=invitation, after=_kept(place))
        for change, place in zip(back, places[len(new) :], strict=True):
            self._note(Kind.CAME_BACK, change, membership=place, after=_kept(place))

    def _set(self, place: Membership, values: Mapping[str, Any]) -> None:
        if "role" in values:
            place.professional_role_id = values["role"]
        if "number" in values:
            place.staff_number = values["number"]
        if "manager" in values:
            place.manager_id = self._manager(values["manager"])

    def _moved(self, changes: Sequence[Mapping[str, Any]]) -> None:
        ended, begun = [], []
        for change in changes:
            do, old = change["do"], self.places[change["do"]["membership"]]
            day = date.fromisoformat(do["on"])
            new = Membership(
                user_id=old.user_id,
                agency_id=self._unit(do["unit"]),
                professional_role_id=old.professional_role_id,
                staff_number=old.staff_number,
                kind=old.kind,
                home_id=old.home_id,
                started_on=day,
                ended_on=old.ended_on,
                manager_id=self._manager(do["manager"]),
            )
            self._set(new, do["set"])
            was = old.ended_on
            old.ended_on = day
            ended.append(old)
            begun.append(new)
            self._note(
                Kind.MOVED,
                change,
                before={"membership": old.pk, "ended_on": was.isoformat() if was else None},
                after={"left_on": day.isoformat()},
            )
        Membership.objects.bulk_update(ended, ["ended_on"], batch_size=BATCH)
        begun = Membership.objects.bulk_create(begun, batch_size=BATCH)
        if begun:
            for note, place in zip(self.made[-len(begun) :], begun, strict=True):
                note.membership = place
                note.after |= _kept(place)

    def _changed(self, changes: Sequence[Mapping[str, Any]]) -> None:
        touched: dict[int, Membership] = {}
        named: list[User] = []
        for change in changes:
            values = change["do"]["set"]
            place = self.places[change["do"]["membership"]]
            before = _kept(place)
            notes: dict[str, Any] = {}
            self._set(place, values)
            touched[place.pk] = place
            if "name" in values:
                notes["name"] = place.user.name
                place.user.name = values["name"]
                named.append(place.user)
            if "start" in values:
                first = self.places[values["start"][0]]
                if first.pk != place.pk:
                    notes["first"] = [first.pk, first.started_on.isoformat(), values["start"][1]]
                first.started_on = date.fromisoformat(values["start"][1])
                touched[first.pk] = first
            self._note(Kind.CHANGED, change, membership=place, before=before | notes, after=_kept(place))
        Membership.objects.bulk_update(
            touched.values(),
            ["professional_role", "staff_number", "manager", "started_on"],
            batch_size=BATCH,
        )
        User.objects.bulk_update(named, ["name"], batch_size=BATCH)

    def _left(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Access through the agency ends on the day; accounts, proof and history stay."""
        places = []
        for change in changes:
            place = self.places[change["do"]["membership"]]
            before = _kept(place)
            place.ended_on = date.fromisoformat(change["do"]["on"])
            places.append(place)
            self._note(Kind.LEFT, change, membership=place, before=before, after=_kept(place))
        Membership.objects.bulk_update(places, ["ended_on"], batch_size=BATCH)
        root = root_path(self.run.agency)
        people = [place.user_id for place in places]
        inside = Q(agency__path__startswith=root)
        stays = set(
            _in_parts(
                Membership.objects.filter(inside, ended_on__isnull=True).values_list("user_id", flat=True),
                people,
                by="user",
            )
        )
        notes = {
            note.membership.user_id: note for note in self.made if note.kind == Kind.LEFT and note.membership
        }
        gone = [user for user in people if user not in stays]
        day_of = {place.user_id: place.ended_on for place in places}
        for delegation in _in_parts(
            Delegation.objects.filter(inside).current(on=self.on).select_related("user", "agency"),
            gone,
            by="user",
        ):
            was = delegation.ends_on.isoformat() if delegation.ends_on else None
            notes[delegation.user_id].before.setdefault("delegations", []).append([delegation.pk, was])
            services.end_delegation(
                delegation, on=day_of[delegation.user_id] or self.on, by=self.run.by, at=self.at
            )
        now = [user for user in gone if (day_of[user] or self.on) <= self.on]
        waiting = _in_parts(
            Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).select_related(
                "membership"
            ),
            now,
            by="membership__user",
        )
        for invitation in waiting:
            assert invitation.membership is not None  # noqa: S101
            notes[invitation.membership.user_id].before.setdefault("withdrawn", []).append(invitation.pk)
            invitation.withdrawn_at = self.at
        Invitation.objects.bulk_update(waiting, ["withdrawn_at"], batch_size=BATCH)

    def _invited(self, changes: Sequence[Mapping[str, Any]]) -> None:
        wanted = [change["do"]["invitation"] for change in changes]
        found = {row.pk: row for row in _in_parts(Invitation.objects.all(), wanted)}
        for change in changes:
            invitation = found[change["do"]["invitation"]]
            was = invitation.email
            invitation.email, invitation.sent_at = change["do"]["email"], None
            invitation.round += 1
            self._note(
                Kind.INVITED,
                change,
                invitation=invitation,
                before={"email": was},
                after={"email": invitation.email},
            )
        Invitation.objects.bulk_update(found.values(), ["email", "sent_at", "round"], batch_size=BATCH)


def _in_parts(rows: Any, keys: Sequence[int], *, by: str = "pk") -> list[Any]:
    """The rows with these keys, asked for some at a time: databases take only so many parameters."""
    unique = list(dict.fromkeys(keys))
    return [
        row
        for start in range(0, len(unique), BATCH)
        for row in rows.filter(**{f"{by}__in": unique[start : start + BATCH]})
    ]


@dataclass(frozen=True)
class Undoing:
    """What can be taken back, and for the rest why not."""

    possible: Sequence[StaffChange]
    blocked: Sequence[tuple[StaffChange, str]]


def what_undoing_does(run: StaffImport) -> Undoing:
    """A change stands as long as nothing was built on it. Five queries, however long the list was."""
    changes = list(
        run.made.select_related("membership__user", "membership__agency", "invitation", "unit").order_by(
            "-id"
        )
    )
    later: set[int | None] = set(
        StaffChange.objects.filter(
            run__agency__path__startswith=root_path(run.agency), run__applied_at__gt=run.applied_at or run.at
        )
        .exclude(run__state=State.UNDONE)
        .values_list("membership_id", flat=True)
    )
    old = {
        place.pk: place
        for place in _in_parts(
            Membership.objects.all(),
            [change.before["membership"] for change in changes if "membership" in change.before],
        )
    }
    left = [change.membership.user_id for change in changes if change.kind == Kind.LEFT and change.membership]
    open_places = {
        (place.user_id, place.agency_id): place.pk
        for place in _in_parts(Membership.objects.filter(ended_on__isnull=True), left, by="user")
    }
    possible: list[StaffChange] = []
    blocked: list[tuple[StaffChange, str]] = []
    mine: set[int] = set()
    for change in changes:
        why = _why_not(change, later=later, old=old, open_places=open_places, mine=mine)
        if why:
            blocked.append((change, why))
        else:
            possible.append(change)
            if change.membership_id is not None:
                mine.add(change.membership_id)
    return Undoing(possible, blocked)


def _why_not(
    change: StaffChange,
    *,
    later: set[int | None],
    old: Mapping[int, Membership],
    open_places: Mapping[tuple[int, int], int],
    mine: set[int],
) -> str:
    place = change.membership
    if place is not None and place.pk in later:
        return _("A later list changed it again. Undo that one first.")
    if change.unit is not None:
        inside = Membership.objects.within(change.unit).exclude(ended_on=F("started_on"))
        if inside.exclude(pk__in=mine).exists():
            return _("People were put into this unit since.")
        return ""
    if change.kind == Kind.INVITED:
        return "" if change.invitation and change.invitation.is_open else _("The invitation was taken since.")
    assert place is not None  # noqa: S101
    if change.kind == Kind.JOINED and change.invitation and change.invitation.accepted_at:
        return _("The invitation was taken since.")
    now = _kept(place)
    if any(now[name] != change.after.get(name, "") for name in FIELDS):
        return _("It was changed again since.")
    if change.kind == Kind.MOVED:
        before = old.get(change.before["membership"])
        if before is None or str(before.ended_on) != change.after["left_on"]:
            return _("It was changed again since.")
    if change.kind == Kind.LEFT and not change.before["ended_on"]:
        other = open_places.get((place.user_id, place.agency_id))
        if other is not None and other != place.pk:
            return _("The person works there again since.")
    return ""


@transaction.atomic
def undo_import(run: StaffImport, *, by: User, even_in_part: bool, at: datetime) -> Undoing:
    """Put everything back as it was before the list. Raises ImportRefused, with `even_in_part` only where nothing can be.

    Mails that went out stay sent; their links no longer work.
    """
    run = StaffImport.objects.select_for_update(of=("self",)).select_related("agency").get(pk=run.pk)
    if run.state not in (State.DONE, State.TELLING):
        raise ImportRefused(_("Only a list that was applied can be undone."))
    found = what_undoing_does(run)
    if found.blocked and not even_in_part:
        raise ImportRefused(_("Something was built on this list since. Look at what cannot be undone."))
    # Who had no agency before goes back to having none, which her former lead cannot see.
    with across_agencies("a staff list is undone"):
        _Undoer(at=at, by=by).undo(found.possible)
    note_change("list.undone", run.agency, by=by, details={"differences": len(found.possible)})
    run.state, run.undone_at, run.undone_by = State.UNDONE, at, by
    run.save(update_fields=["state", "undone_at", "undone_by"])
    tell_later({change.membership.user_id for change in found.possible if change.membership})
    return found


class _Undoer:
    def __init__(self, *, at: datetime, by: User) -> None:
        self.at, self.by = at, by
        self.places: dict[int, Membership] = {}
        self.voided: list[Membership] = []
        self.invitations: list[Invitation] = []
        self.people: list[User] = []

    def undo(self, changes: Sequence[StaffChange]) -> None:
        steps: dict[str, Callable[[StaffChange], None]] = {
            Kind.JOINED: self._void,
            Kind.CAME_BACK: self._void,
            Kind.MOVED: self._move_back,
            Kind.CHANGED: self._put_back,
            Kind.LEFT: self._stay,
            Kind.INVITED: self._address_back,
        }
        wanted = [change.before["membership"] for change in changes if "membership" in change.before]
        wanted += [change.before["first"][0] for change in changes if "first" in change.before]
        self.old = {place.pk: place for place in _in_parts(Membership.objects.all(), wanted)}
        for change in changes:
            if change.kind in steps:
                steps[change.kind](change)
        # First what never held, so that no unit has the same person twice for a moment.
        Membership.objects.bulk_update(self.voided, ["ended_on"], batch_size=BATCH)
        Membership.objects.bulk_update(
            self.places.values(),
            ["professional_role", "staff_number", "manager", "started_on", "ended_on"],
            batch_size=BATCH,
        )
        Invitation.objects.bulk_update(self.invitations, ["withdrawn_at", "email", "round"], batch_size=BATCH)
        User.objects.bulk_update(self.people, ["name"], batch_size=BATCH)
        for change in changes:
            if change.kind == Kind.UNIT and change.unit is not None:
                unit = Agency.objects.get(pk=change.unit.pk)
                unit.closed_on = timezone.localdate(self.at)
                unit.save(update_fields=["closed_on"])

    def _void(self, change: StaffChange) -> None:
        place = change.membership
        assert place is not None  # noqa: S101
        place.ended_on = place.started_on
        self.voided.append(place)
        if change.invitation is not None and change.invitation.is_open:
            change.invitation.withdrawn_at = self.at
            self.invitations.append(change.invitation)

    def _move_back(self, change: StaffChange) -> None:
        self._void(change)
        old = self.old[change.before["membership"]]
        was = change.before["ended_on"]
        old.ended_on = date.fromisoformat(was) if was else None
        self.places[old.pk] = old

    def _put_back(self, change: StaffChange) -> None:
        place = change.membership
        assert place is not None  # noqa: S101
        before = change.before
        place.professional_role_id = before["professional_role_id"]
        place.staff_number, place.manager_id = before["staff_number"], before["manager_id"]
        place.started_on = date.fromisoformat(before["started_on"])
        self.places[place.pk] = place
        if "name" in before and not place.user.is_active:
            place.user.name = before["name"]
            self.people.append(place.user)
        if "first" in before:
            first = self.places.get(before["first"][0]) or self.old[before["first"][0]]
            first.started_on = date.fromisoformat(before["first"][1])
            self.places[first.pk] = first

    def _stay(self, change: StaffChange) -> None:
        place = change.membership
        assert place is not None  # noqa: S101
        was = change.before["ended_on"]
        place.ended_on = date.fromisoformat(was) if was else None
        self.places[place.pk] = place
        for pk, ends_on in change.before.get("delegations", []):
            with suppress(Delegation.DoesNotExist):
                delegation = Delegation.objects.select_related("user", "agency").get(pk=pk)
                with suppress(AgencyError):
                    services.delegate(
                        delegation.user,
                        delegation.agency,
                        kind=delegation.kind,
                        starts_on=delegation.starts_on,
                        ends_on=date.fromisoformat(ends_on) if ends_on else None,
                        by=self.by,
                        at=self.at,
                    )
        for pk in change.before.get("withdrawn", []):
            invitation = Invitation.objects.filter(pk=pk).first()
            if invitation is not None:
                invitation.withdrawn_at = None
                self.invitations.append(invitation)

    def _address_back(self, change: StaffChange) -> None:
        invitation = change.invitation
        assert invitation is not None  # noqa: S101
        invitation.email = change.before["email"]
        invitation.round += 1
        self.invitations.append(invitation)
