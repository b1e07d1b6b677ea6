"""Inviting people by e-mail: a place that waits, a link that opens it, and who takes it.

Services. The place is held by an account without address and sign-in, so that every list looks the same whether or not the
person has an account elsewhere; only whoever opens the link in her own mail learns that.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.exceptions import AddressTaken
from accounts.models import ProfessionalRole, User
from agencies import services
from agencies.exceptions import AgencyError, AlreadyMember
from agencies.models import INDEPENDENT_SLUG, Agency, Delegation, Invitation, Membership
from agencies.permissions import can_lead
from agencies.selectors import root_of, root_path

logger = logging.getLogger(__name__)
LASTS = timedelta(days=21)
REMEMBERED = timedelta(days=90)
_SALT = "agencies.invitation"
WAITING_DOMAIN = "invited.invalid"
# Who asked for mail and was stopped before it went out.
STILL = timedelta(minutes=2)


def waiting_account(name: str) -> User:
    """Somebody who was invited and has not come yet. Not saved. It has no address and opens nothing."""
    return User(
        email=f"{uuid.uuid4().hex}@{WAITING_DOMAIN}",
        name=name.strip()[:200],
        is_active=False,
        password=make_password(None),
    )


def new_invitation(
    agency: Agency, *, email: str, name: str, membership: Membership | None, by: User, at: datetime
) -> Invitation:
    """Not saved, not sent."""
    return Invitation(
        agency=agency,
        email=email.strip().lower(),
        name=name.strip()[:200],
        membership=membership,
        invited_by=by,
        invited_at=at,
        expires_at=at + LASTS,
    )


def open_invitations(agency: Agency) -> "list[Invitation]":
    """Of an agency and everything below it, newest first. One query."""
    return list(
        Invitation.objects.filter(
            agency__path__startswith=agency.path, accepted_at__isnull=True, withdrawn_at__isnull=True
        ).select_related("agency", "membership__professional_role", "invited_by")
    )


def invited_under(email: str, *, agency: Agency) -> Invitation | None:
    """The open invitation to an address in an agency, wherever in its tree."""
    return (
        Invitation.objects.filter(
            email=email.strip().lower(),
            agency__path__startswith=root_path(agency),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
        )
        .select_related("agency", "membership__user")
        .first()
    )


@transaction.atomic
def invite(
    agency: Agency,
    *,
    email: str,
    name: str,
    by: User,
    at: datetime,
    professional_role: ProfessionalRole | None = None,
    staff_number: str = "",
    started_on: date | None = None,
) -> Invitation:
    """A new member of staff. Raises AlreadyMember where the address waits in this part of the tree or works there already."""
    on = timezone.localdate(at)
    address = email.strip().lower()
    here = Membership.objects.current(on=on).within(agency)
    waits = Invitation.objects.filter(
        email=address,
        agency__path__startswith=agency.path,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    if here.filter(user__email=address).exists() or waits.exists():
        raise AlreadyMember(_("Somebody with this address works here already or is invited."))
    person = waiting_account(name)
    person.save()
    membership = services.add_member(
        person,
        agency,
        professional_role=professional_role,
        started_on=started_on or on,
        staff_number=staff_number,
    )
    invitation = new_invitation(agency, email=address, name=name, membership=membership, by=by, at=at)
    invitation.save()
    transaction.on_commit(lambda: send_by_worker.enqueue([invitation.pk]))
    return invitation


@transaction.atomic
def invite_to_act(
    agency: Agency, *, email: str, name: str, role: str, ends_on: date | None, by: User, at: datetime
) -> Invitation:
    """Somebody from outside who is to act for an agency: an auditor, say. She becomes no member of staff."""
    invitation = new_invitation(agency, email=email, name=name, membership=None, by=by, at=at)
    invitation.role, invitation.role_ends_on = role, ends_on
    invitation.save()
    transaction.on_commit(lambda: send_by_worker.enqueue([invitation.pk]))
    return invitation


def secret_of(invitation: Invitation) -> str:
    return signing.dumps([invitation.uuid.hex, invitation.round], salt=_SALT)


def invitation_behind(secret: str, *, at: datetime) -> Invitation | None:
    """The open invitation that a link leads to; None for one that ran out, was withdrawn, taken or sent anew."""
    try:
        number, turn = signing.loads(secret, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = (
        Invitation.objects.filter(
            uuid=number, round=turn, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
        )
        .select_related("agency", "membership__user", "invited_by")
        .first()
    )
    return found


@transaction.atomic
def send_again(invitation: Invitation, *, at: datetime, email: str = "") -> Invitation:
    """With a new link; the one before stops working. Raises AgencyError once it was taken or withdrawn."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise AgencyError(_("This invitation is no longer open."))
    invitation.round = F("round") + 1
    invitation.expires_at, invitation.sent_at = at + LASTS, None
    if email:
        invitation.email = email
    invitation.save()
    transaction.on_commit(lambda: send_by_worker.enqueue([invitation.pk]))
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, at: datetime) -> None:
    """The link stops working, and the place that waited is taken back. Raises AgencyError once somebody took it."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise AgencyError(_("This invitation is no longer open."))
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    if invitation.membership is not None and not invitation.membership.user.is_active:
        for place in invitation.membership.user.memberships.filter(ended_on__isnull=True):
            services.end_membership(place, on=timezone.localdate(at))


def send_waiting(invitations: Iterable[int] | None = None, *, at: datetime) -> int:
    """Send those that were not sent yet; with none named, all that have waited for longer than a worker takes.

    An invitation is marked after its mail went out, so that none is lost. Should a worker be killed between the two, the
    second mail has the same Message-ID and the same link. One that cannot be sent is tried again the next time.
    """
    rows = Invitation.objects.filter(
        sent_at__isnull=True, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    rows = rows.exclude(email="").select_related("agency", "invited_by")
    rows = (
        rows.filter(pk__in=list(invitations))
        if invitations is not None
        else rows.filter(invited_at__lt=at - STILL)
    )
    sent = 0
    roots: dict[str, str] = {}
    connection = get_connection()
    for invitation in rows.order_by("pk"):
        path = root_path(invitation.agency)
        name = roots.get(path) or roots.setdefault(path, root_of(invitation.agency).name)
        try:
            connection.send_messages([_mail(invitation, agency_name=name)])
        except OSError as error:
            # SMTP errors are OSErrors. The address stays out of the log.
            logger.warning("Invitation %s was not sent: %s", invitation.uuid, type(error).__name__)
            continue
        Invitation.objects.filter(pk=invitation.pk, round=invitation.round).update(sent_at=at)
        sent += 1
    return sent


def _mail(invitation: Invitation, *, agency_name: str) -> EmailMessage:
    """Subject and first line tell a bystander that there is an account, and nothing of what is taught."""
    with translation.override(invitation.invited_by.language or settings.LANGUAGE_CODE):
        link = settings.PUBLIC_URL + reverse("agencies:join", args=[secret_of(invitation)])
        return EmailMessage(
            _("Your account for staff training"),
            render_to_string(
                "agencies/mail/invitation.txt",
                {
                    "name": invitation.name,
                    "agency": agency_name,
                    "link": link,
                    "until": invitation.expires_at,
                },
            ),
            None,
            [invitation.email],
            headers={"Message-ID": f"<invitation-{invitation.uuid}-{invitation.round}@waylight.invalid>"},
        )


def forget_withdrawn(*, at: datetime) -> int:
    """Addresses and names of people who never came go when the invitation was withdrawn for long enough. How many."""
    return (
        Invitation.objects.filter(withdrawn_at__lt=at - REMEMBERED)
        .exclude(email="")
        .update(email="", name="")
    )


@task()  # type: ignore[untyped-decorator]
def send_by_worker(invitations: list[int]) -> None:
    send_waiting(invitations, at=timezone.now())


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """She opened the link in her mail, so the address is hers. Raises AddressTaken where she has an account already."""
    invitation = _still_open(invitation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise AddressTaken(invitation.email)
    person = (
        invitation.membership.user if invitation.membership is not None else waiting_account(invitation.name)
    )
    if person.is_active:
        raise AgencyError(_("This invitation is no longer open."))
    person.email, person.is_active = invitation.email, True
    person.name = " ".join(name.split())[:200] or person.name
    person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    _taken(invitation, person, at=at)
    return person


@transaction.atomic
def accept_as(invitation: Invitation, person: User, *, at: datetime) -> None:
    """She has an account: everything that waited for her is hers, and what held the place goes."""
    invitation = _still_open(invitation)
    on = timezone.localdate(at)
    if invitation.membership is not None:
        waiting = User.objects.select_for_update().get(pk=invitation.membership.user_id)
        if waiting.is_active:
            raise AgencyError(_("This invitation is no longer open."))
        mine = set(person.memberships.filter(ended_on__isnull=True).values_list("agency_id", flat=True))
        for place in waiting.memberships.all():
            if place.ended_on is None and place.agency_id in mine:
                # She works there already under her own account.
                place.ended_on = place.started_on
            place.user = person
            place.save(update_fields=["user", "ended_on"])
        Membership.objects.filter(manager=waiting).update(manager=person)
        for elsewhere in person.memberships.filter(agency__slug=INDEPENDENT_SLUG, ended_on__isnull=True):
            services.end_membership(elsewhere, on=max(on, elsewhere.started_on))
        waiting.deleted_at, waiting.name = at, ""
        waiting.save(update_fields=["deleted_at", "name"])
        services.announce_person(waiting.pk, invitation.agency_id, at=at)
    _taken(invitation, person, at=at)


def _still_open(invitation: Invitation) -> Invitation:
    """Locked, so that a link opened twice at once is taken once."""
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("agency", "membership__user", "invited_by")
        .get(pk=invitation.pk)
    )
    if not locked.is_open:
        raise AgencyError(_("This invitation is no longer open."))
    return locked


def _taken(invitation: Invitation, person: User, *, at: datetime) -> None:
    on = timezone.localdate(at)
    also = Q(membership__user=person) if invitation.membership is not None else Q(pk=None)
    Invitation.objects.filter(
        Q(pk=invitation.pk) | also, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(accepted_at=at, accepted_by=person)
    if invitation.role:
        if not can_lead(invitation.invited_by, invitation.agency, on):
            raise AgencyError(_("Whoever invited you no longer acts for this agency. Ask there."))
        services.delegate(
            person,
            invitation.agency,
            kind=Delegation.Kind(invitation.role),
            starts_on=on,
            ends_on=invitation.role_ends_on,
            by=invitation.invited_by,
            at=at,
        )
    services.announce_person(person.pk, invitation.agency_id, at=at)
