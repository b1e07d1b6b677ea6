"""The only functions that change agencies, memberships and delegations."""

from datetime import UTC, date, datetime, time
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.sites.models import Site
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Jurisdiction, ProfessionalRole, User
from agencies import signals
from agencies.audit import note_change
from agencies.exceptions import AgencyError, AlreadyMember, NoLeadHere, WrongDomain
from agencies.isolation import on_behalf_of
from agencies.models import (
    INDEPENDENT_SLUG,
    Agency,
    Delegation,
    DelegationEvent,
    IdentityProvider,
    Invitation,
    Membership,
    StaffChange,
)


@transaction.atomic
def create_agency(
    name: str,
    *,
    slug: str,
    parent: Agency | None = None,
    jurisdiction: Jurisdiction | None = None,
    sets_roles: bool = True,
    support_text: str = "",
    is_demo: bool = False,
) -> Agency:
    """An agency, or with a parent a unit of it. Raises Django's ValidationError, and AgencyError under Independent."""
    if parent is not None and parent.is_independent:
        raise AgencyError(_("Independent has no units."))
    agency = Agency(
        name=name.strip(), slug=slug, jurisdiction=jurisdiction, sets_roles=sets_roles, support_text=support_text,
        is_demo=is_demo,
    )  # fmt: skip
    agency.clean_fields(exclude=["path", "depth", "numchild", "jurisdiction"])
    if Agency.objects.filter(slug=slug).exists():
        raise AgencyError(_("The address word “%(slug)s” is taken. Choose another.") % {"slug": slug})
    if parent is None:
        made: Agency = Agency.add_root(instance=agency)
        return made
    # Read again: another unit may have been added since, and the tree counts its children.
    unit: Agency = Agency.objects.get(pk=parent.pk).add_child(instance=agency)
    note_change("unit.made", unit, details={"name": unit.name})
    return unit


@transaction.atomic
def update_agency(
    agency: Agency, *, name: str, jurisdiction: Jurisdiction | None, sets_roles: bool, support_text: str
) -> Agency:
    agency.name = name.strip()
    agency.jurisdiction = jurisdiction
    agency.sets_roles = sets_roles
    agency.support_text = support_text
    agency.save(update_fields=["name", "jurisdiction", "sets_roles", "support_text"])
    note_change("unit.changed", agency, details={"name": agency.name})
    return agency


@transaction.atomic
def independent_agency() -> Agency:
    """Where people without an agency are gathered. It has no lead, sets nothing and asks for nothing by a date."""
    existing: Agency | None = Agency.objects.filter(slug=INDEPENDENT_SLUG).first()
    if existing is not None:
        return existing
    made: Agency = Agency.add_root(
        instance=Agency(name=_("Independent"), slug=INDEPENDENT_SLUG, sets_roles=False)
    )
    return made


def _announce(membership: Membership, *, on: date) -> None:
    news: dict[str, Any] = {
        "user_id": membership.user_id,
        "agency_id": membership.agency_id,
        "at": datetime.combine(on, time(12), tzinfo=UTC),
    }
    transaction.on_commit(lambda: signals.membership_changed.send(sender=Membership, **news))


def announce_person(user_id: int, agency_id: int, *, at: datetime) -> None:
    """Something about where a person works is otherwise than before; told after commit."""
    news = {"user_id": user_id, "agency_id": agency_id, "at": at}
    transaction.on_commit(lambda: signals.membership_changed.send(sender=Membership, **news))


@transaction.atomic
def add_member(
    user: User,
    agency: Agency,
    *,
    professional_role: ProfessionalRole | None,
    started_on: date,
    staff_number: str = "",
    kind: str = Membership.Kind.POST,
    home: Membership | None = None,
    manager: User | None = None,
) -> Membership:
    """The person works here from this day on. Whoever joins an agency leaves Independent.

    Raises AlreadyMember, and AgencyError for a unit that is closed by then.
    """
    if agency.closed_on is not None and agency.closed_on <= started_on:
        raise AgencyError(_("%(unit)s is closed. Choose another unit.") % {"unit": agency.name})
    if Membership.objects.filter(user=user, agency=agency, ended_on__isnull=True).exists():
        raise AlreadyMember(_("This person already works there."))
    if not agency.is_independent:
        # Nobody else's to see, not even for who adds her.
        with on_behalf_of(user.pk):
            for other in user.memberships.filter(agency__slug=INDEPENDENT_SLUG, ended_on__isnull=True):
                end_membership(other, on=max(started_on, other.started_on))
    membership = Membership.objects.create(
        user=user,
        agency=agency,
        professional_role=professional_role,
        staff_number=staff_number.strip(),
        kind=kind,
        home=home,
        manager=manager,
        started_on=started_on,
    )
    _note_place("member.added", membership)
    _announce(membership, on=started_on)
    return membership


def _note_place(action: str, membership: Membership) -> None:
    """For agencies; people without one answer to nobody who could read it."""
    if not membership.agency.is_independent:
        role = membership.professional_role
        said = {
            "role": role.code if role else "",
            "from": membership.started_on.isoformat(),
            "until": membership.ended_on.isoformat() if membership.ended_on else "",
        }
        note_change(action, membership.agency, person=membership.user_id, details=said)


@transaction.atomic
def join_independent(user: User, *, on: date) -> Membership | None:
    """For people whom no agency has: returns None and changes nothing while one has."""
    if user.memberships.current(on=on).exists():
        return None
    return add_member(user, independent_agency(), professional_role=None, started_on=on)


@transaction.atomic
def set_membership_role(
    membership: Membership,
    *,
    professional_role: ProfessionalRole | None,
    staff_number: str | None = None,
    on: date,
) -> Membership:
    """Another role, or another staff number, from now on. What was earned in the old role stays."""
    membership.professional_role = professional_role
    if staff_number is not None:
        membership.staff_number = staff_number.strip()
    membership.save(update_fields=["professional_role", "staff_number"])
    _note_place("member.role", membership)
    _announce(membership, on=on)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, on: date) -> Membership:
    """From this day on the person no longer works here. Her proof stays; what she may do for the unit ends with it."""
    if membership.ended_on is not None and membership.ended_on <= on:
        return membership
    membership.ended_on = max(on, membership.started_on)
    membership.save(update_fields=["ended_on"])
    _note_place("member.ended", membership)
    still_inside = (
        Membership.objects.filter(user=membership.user_id, ended_on__isnull=True)
        .filter(agency__path__startswith=membership.agency.path[: Agency.steplen])
        .exists()
    )
    if not still_inside:
        mine = Delegation.objects.filter(user=membership.user_id).filter(
            agency__path__startswith=membership.agency.path[: Agency.steplen]
        )
        for delegation in mine.current(on=on):
            end_delegation(delegation, on=on)
    _announce(membership, on=on)
    return membership


@transaction.atomic
def forget_member(user: User, *, on: date) -> None:
    """The person deleted her account: every membership and delegation ends today, and staff numbers go."""
    for membership in user.memberships.filter(ended_on__isnull=True):
        end_membership(membership, on=on)
    user.memberships.update(staff_number="", manager=None)
    Membership.objects.filter(manager=user).update(manager=None)
    Invitation.objects.filter(accepted_by=user).update(email="", name="")
    StaffChange.objects.filter(membership__user=user).update(before={}, after={})
    for delegation in user.delegations.current(on=on):
        end_delegation(delegation, on=on)


def _said(delegation: Delegation) -> dict[str, str]:
    ends_on = delegation.ends_on
    return {"kind": str(delegation.kind), "until": ends_on.isoformat() if ends_on else ""}


def _log(delegation: Delegation, kind: str, *, by: User | None, at: datetime | None) -> None:
    DelegationEvent.objects.create(
        user=delegation.user,
        agency=delegation.agency,
        role=delegation.kind,
        kind=kind,
        starts_on=delegation.starts_on,
        ends_on=delegation.ends_on,
        by=by,
        at=at or timezone.now(),
    )


@transaction.atomic
def delegate(
    user: User,
    agency: Agency,
    *,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Delegation:
    """Let a person act for an agency and everything below it. Again with other dates changes them. Each time is logged."""
    if agency.is_independent:
        raise NoLeadHere(_("People without an agency have no lead."))
    before = Delegation.objects.filter(user=user, agency=agency, kind=kind).first()
    if before is not None and (before.starts_on, before.ends_on) == (starts_on, ends_on):
        return before
    delegation, created = Delegation.objects.update_or_create(
        user=user, agency=agency, kind=kind, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    note_change("delegation.given", agency, person=user, by=by, details=_said(delegation))
    kinds = DelegationEvent.Kind
    _log(delegation, kinds.GIVEN if created else kinds.CHANGED, by=by, at=at)
    return delegation


@transaction.atomic
def end_delegation(
    delegation: Delegation, *, on: date, by: User | None = None, at: datetime | None = None
) -> Delegation:
    delegation.ends_on = max(on, delegation.starts_on)
    delegation.save(update_fields=["ends_on"])
    note_change(
        "delegation.ended", delegation.agency, person=delegation.user_id, by=by, details=_said(delegation)
    )
    _log(delegation, DelegationEvent.Kind.ENDED, by=by, at=at)
    return delegation


def issuer_of(settings: dict[str, Any]) -> str:
    """Who numbers the people: the issuer (OIDC) or the entity (SAML)."""
    return str(settings.get("server_url") or settings.get("idp", {}).get("entity_id", ""))


@transaction.atomic
def save_identity_provider(
    agency: Agency,
    *,
    provider: str,
    provider_id: str,
    name: str,
    client_id: str,
    secret: str,
    settings: dict[str, Any],
    email_domains: str,
    is_on: bool = True,
    existing: IdentityProvider | None = None,
) -> IdentityProvider:
    """An agency's own sign-in. Only people whose address is in one of its domains get in through it.

    A provider's numbers for people mean nothing at another provider: where the kind, the word, the server or the agency
    changes, links made before are taken away, or a stranger with the same number would open somebody's account.
    """
    if agency.is_independent:
        raise AgencyError(_("Independent has no sign-in of its own."))
    domains = [line.strip().lower().removeprefix("@") for line in email_domains.splitlines() if line.strip()]
    if not domains:
        raise AgencyError(_("Name at least one e-mail domain, or nobody could join through it."))
    taken = SocialApp.objects.filter(provider_id=provider_id)
    if existing is not None:
        taken = taken.exclude(pk=existing.social_app_id)
    if taken.exists():
        raise AgencyError(
            _("The word “%(word)s” is taken by another provider. Choose another.") % {"word": provider_id}
        )
    app = existing.social_app if existing else SocialApp()
    if existing is None:
        SocialAccount.objects.filter(provider=provider_id).delete()
    elif (existing.agency_id, app.provider, app.provider_id, issuer_of(app.settings)) != (
        agency.pk,
        provider,
        provider_id,
        issuer_of(settings),
    ):
        SocialAccount.objects.filter(provider__in=[app.provider_id, provider_id]).delete()
    app.provider, app.provider_id, app.name, app.client_id = provider, provider_id, name, client_id
    if secret or existing is None:
        app.secret = secret
    app.settings = settings
    app.save()
    app.sites.add(Site.objects.get_current())
    row = existing or IdentityProvider(social_app=app)
    row.agency = agency
    row.email_domains = "\n".join(domains)
    row.is_on = is_on
    row.save()
    note_change("sign-in.saved", agency, details={"name": name})
    return row


@transaction.atomic
def delete_identity_provider(provider: IdentityProvider) -> None:
    """Nobody signs in through it any more; accounts and memberships stay.

    The links go: the next provider under the same word may be another agency's.
    """
    note_change("sign-in.removed", provider.agency, details={"name": provider.social_app.name})
    SocialAccount.objects.filter(provider=provider.social_app.provider_id).delete()
    provider.social_app.delete()


@transaction.atomic
def join_through(provider: IdentityProvider, user: User, *, email: str, on: date) -> Membership | None:
    """Just in time: whom the agency's provider vouches for becomes a member, once.

    A place that waits for the address is hers. Somebody who left is not brought back by signing in; that is for the lead to decide. Raises WrongDomain.
    """
    from agencies import invitations

    if not provider.is_on or not provider.accepts(email):
        raise WrongDomain(email)
    root = provider.agency.path[: Agency.steplen]
    waiting = invitations.invited_under(email, agency=provider.agency)
    if waiting is not None and waiting.membership is not None:
        # The agency answers for the address, as the link in a mail would.
        at = timezone.now()
        invitations.accept_as(waiting, user, at=at)
        return waiting.membership
    if Membership.objects.filter(user=user, agency__path__startswith=root).exists():
        return None
    return add_member(user, provider.agency, professional_role=None, started_on=on)
