"""Where people work over the years: transfers, secondments, leave, coming back; and the units themselves. Services."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import ProfessionalRole, User
from agencies import services, signals
from agencies.audit import note_change
from agencies.exceptions import AgencyError
from agencies.models import Agency, Leave, Membership
from agencies.selectors import root_of, root_path

PART = 200


@transaction.atomic
def transfer(
    membership: Membership,
    *,
    to: Agency,
    on: date,
    professional_role: ProfessionalRole | None = None,
    manager: User | None = None,
) -> Membership:
    """One place ends and another begins on the same day, within one agency. The role stays where no other is named.

    Raises AgencyError where the day lies before the present place began, or it is over.
    """
    _same_tree(membership, to)
    if membership.ended_on is not None and membership.ended_on <= on:
        raise AgencyError(_("This membership is over by then."))
    if on < membership.started_on:
        raise AgencyError(_("The day lies before this membership began."))
    if membership.agency_id == to.pk:
        raise AgencyError(_("That is where the person works already."))
    made = services.add_member(
        membership.user,
        to,
        professional_role=professional_role or membership.professional_role,
        started_on=on,
        staff_number=membership.staff_number,
        kind=membership.kind,
        home=membership.home,
        manager=manager,
    )
    services.end_membership(membership, on=on)
    return made


@transaction.atomic
def second(
    membership: Membership, *, to: Agency, starts_on: date, ends_on: date, manager: User | None = None
) -> Membership:
    """For a while also elsewhere in the agency; the place at home stays. Raises AgencyError."""
    _same_tree(membership, to)
    if ends_on <= starts_on:
        raise AgencyError(_("The last day lies before the first."))
    if starts_on < membership.started_on or (
        membership.ended_on is not None and membership.ended_on <= starts_on
    ):
        raise AgencyError(_("The person does not work at home on that day."))
    made = services.add_member(
        membership.user,
        to,
        professional_role=membership.professional_role,
        started_on=starts_on,
        staff_number=membership.staff_number,
        kind=Membership.Kind.SECONDMENT,
        home=membership,
        manager=manager,
    )
    return services.end_membership(made, on=ends_on)


@transaction.atomic
def join_also(
    membership: Membership, *, to: Agency, on: date, professional_role: ProfessionalRole | None = None
) -> Membership:
    """A second place beside the one there is."""
    _same_tree(membership, to)
    return services.add_member(
        membership.user,
        to,
        professional_role=professional_role or membership.professional_role,
        started_on=on,
        staff_number=membership.staff_number,
    )


@transaction.atomic
def rehire(
    last: Membership, *, to: Agency, on: date, professional_role: ProfessionalRole | None = None
) -> Membership:
    """Somebody who left comes back. What was before stays as it was. Raises AgencyError while she has not left."""
    _same_tree(last, to)
    if last.ended_on is None or last.ended_on > on:
        raise AgencyError(_("The person has not left by then."))
    return services.add_member(
        last.user,
        to,
        professional_role=professional_role or last.professional_role,
        started_on=on,
        staff_number=last.staff_number,
    )


@transaction.atomic
def correct(
    membership: Membership,
    *,
    professional_role: ProfessionalRole | None,
    staff_number: str,
    manager: User | None,
    started_on: date,
    on: date,
) -> Membership:
    """What was entered wrongly, or is otherwise from now on. Raises AgencyError."""
    if membership.ended_on is not None and started_on > membership.ended_on:
        raise AgencyError(_("The last day lies before the first."))
    if manager is not None:
        _may_manage(manager, membership, on=on)
    membership.started_on, membership.manager = started_on, manager
    membership.save(update_fields=["started_on", "manager"])
    return services.set_membership_role(
        membership, professional_role=professional_role, staff_number=staff_number, on=on
    )


def _may_manage(manager: User, membership: Membership, *, on: date) -> None:
    root = root_path(membership.agency)
    works = manager.memberships.current(on=on).filter(agency__path__startswith=root)
    if manager.pk == membership.user_id or not works.exists():
        raise AgencyError(_("A manager is somebody else who works in the same agency."))


def _same_tree(membership: Membership, to: Agency) -> None:
    if root_path(membership.agency) != root_path(to):
        raise AgencyError(_("That unit belongs to another agency."))


@transaction.atomic
def record_leave(
    membership: Membership, *, starts_on: date, ends_on: date | None, by: User, at: datetime
) -> Leave:
    """Away from a day on, until a day or until further notice. Raises AgencyError where it overlaps another."""
    if ends_on is not None and ends_on <= starts_on:
        raise AgencyError(_("The day of coming back has to lie after the first day away."))
    overlapping = membership.leaves.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on))
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lt=ends_on)
    if overlapping.exists():
        raise AgencyError(_("Another leave lies in that time. End it first."))
    leave = Leave.objects.create(
        membership=membership, starts_on=starts_on, ends_on=ends_on, entered_by=by, entered_at=at
    )
    # That somebody was away, and nothing about why.
    note_change("member.leave", membership.agency, person=membership.user_id, by=by)
    services.announce_person(membership.user_id, membership.agency_id, at=at)
    return leave


@transaction.atomic
def end_leave(leave: Leave, *, on: date, at: datetime) -> Leave:
    """She is back from this day on. Ended before it began, it never was."""
    leave.ends_on = max(on, leave.starts_on)
    leave.save(update_fields=["ends_on"])
    note_change("member.leave", leave.membership.agency, person=leave.membership.user_id)
    services.announce_person(leave.membership.user_id, leave.membership.agency_id, at=at)
    return leave


def address_word(name: str, *, inside: Agency) -> str:
    """A free word for the unit's address that says nothing about which words other agencies took."""
    stem = f"{root_of(inside).slug}-{slugify(name) or 'unit'}"[:70].strip("-")
    taken = set(Agency.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(
        word for word in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if word not in taken
    )


@transaction.atomic
def add_unit(parent: Agency, *, name: str, on: date) -> Agency:
    """Raises AgencyError for a name that a unit beside it has."""
    _free_name(parent, name)
    if parent.closed_on is not None and parent.closed_on <= on:
        raise AgencyError(_("%(unit)s is closed. Choose another unit.") % {"unit": parent.name})
    return services.create_agency(
        name,
        slug=address_word(name, inside=parent),
        parent=parent,
        sets_roles=parent.sets_roles,
        support_text=parent.support_text,
        is_demo=parent.is_demo,
    )


def _free_name(parent: Agency, name: str, *, but: Agency | None = None) -> None:
    beside = Agency.objects.filter(
        path__startswith=parent.path, depth=parent.depth + 1, name__iexact=name.strip()
    )
    if but is not None:
        beside = beside.exclude(pk=but.pk)
    if not name.strip():
        raise AgencyError(_("A unit needs a name."))
    if beside.exists():
        raise AgencyError(
            _("There is a unit “%(name)s” there already. Choose another name.") % {"name": name.strip()}
        )


@transaction.atomic
def rename_unit(unit: Agency, *, name: str) -> Agency:
    if unit.depth > 1:
        _free_name(unit.get_parent(update=True), name, but=unit)
    unit.name = name.strip()[:200]
    unit.save(update_fields=["name"])
    note_change("unit.changed", unit, details={"name": unit.name})
    return unit


@transaction.atomic
def move_unit(unit: Agency, *, to: Agency, at: datetime) -> Agency:
    """With everything below it, to another place in the same agency. What is asked there is asked of its people from now on."""
    unit, to = Agency.objects.get(pk=unit.pk), Agency.objects.get(pk=to.pk)
    if root_path(unit) != root_path(to):
        raise AgencyError(_("That unit belongs to another agency."))
    if unit.depth == 1 or to.path.startswith(unit.path):
        raise AgencyError(_("A unit cannot be part of itself."))
    if to.closed_on is not None and to.closed_on <= timezone.localdate(at):
        raise AgencyError(_("%(unit)s is closed. Choose another unit.") % {"unit": to.name})
    if unit.get_parent(update=True) == to:
        return unit
    _free_name(to, unit.name)
    unit.move(to, pos="last-child")
    unit = Agency.objects.get(pk=unit.pk)
    note_change("unit.moved", unit, details={"to": to.name})
    people = (
        Membership.objects.current(on=timezone.localdate(at)).within(unit).values_list("user_id", flat=True)
    )
    tell_later(set(people))
    return unit


@transaction.atomic
def close_unit(unit: Agency, *, on: date) -> Agency:
    """Nobody can be put there from this day on. Raises AgencyError while people work in it or below it."""
    if unit.depth == 1:
        raise AgencyError(_("An agency itself is closed by whoever runs this site."))
    inside = Membership.objects.within(unit).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    count = inside.values("user").distinct().count()
    if count:
        raise AgencyError(
            _("%(count)s people work there. Move them first.") % {"count": count}
            if count > 1
            else _("Somebody works there. Move her or him first.")
        )
    Agency.objects.filter(path__startswith=unit.path, closed_on__isnull=True).update(closed_on=on)
    unit.refresh_from_db()
    note_change("unit.closed", unit, details={"on": on.isoformat()})
    return unit


@transaction.atomic
def reopen_unit(unit: Agency) -> Agency:
    unit.closed_on = None
    unit.save(update_fields=["closed_on"])
    note_change("unit.closed", unit, details={"reopened": "yes"})
    return unit


def tell_later(people: "set[int] | list[int]") -> None:
    """After commit, whoever listens hears of these people from a worker, some at a time."""
    ordered = sorted(people)
    parts = [ordered[start : start + PART] for start in range(0, len(ordered), PART)]
    transaction.on_commit(lambda: [tell_by_worker.enqueue(part) for part in parts] and None)


@task()  # type: ignore[untyped-decorator]
def tell_by_worker(people: list[int]) -> None:
    signals.memberships_changed.send(sender=Membership, user_ids=people)


def end_place(membership: Membership, *, on: date) -> Membership:
    """She leaves on this day, earlier or later than was said before; what she may do for the agency ends with the last place."""
    if membership.ended_on is not None and membership.ended_on <= on:
        membership.ended_on = None
    return services.end_membership(membership, on=on)
