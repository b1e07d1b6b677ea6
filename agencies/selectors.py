"""Questions about agencies and who works in them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Value, When

from accounts.models import Jurisdiction, ProfessionalRole, User
from accounts.setters import SetByAgency
from agencies.models import INDEPENDENT_SLUG, Agency, Delegation, IdentityProvider, Membership
from agencies.permissions import READS_STAFF


def agency_by_slug(slug: str) -> Agency | None:
    found: Agency | None = Agency.objects.filter(slug=slug).first()
    return found


def root_path(agency: Agency) -> str:
    """Of the agency that a unit belongs to; everything under it is one tenant. No query."""
    return str(agency.path[: Agency.steplen])


def root_of(agency: Agency) -> Agency:
    """The agency that a unit belongs to. One query for a unit, none for an agency."""
    return agency if agency.depth == 1 else Agency.objects.get(path=root_path(agency))


def current_memberships(user: User, on: date) -> list[Membership]:
    """Newest first, Independent last. One query."""
    rank = Case(
        When(agency__slug=INDEPENDENT_SLUG, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return list(
        user.memberships.current(on=on)
        .select_related("agency__jurisdiction", "professional_role")
        .order_by(rank, "-started_on", "-id")
    )


def current_membership(user: User, on: date) -> Membership | None:
    """Where the person works today; Independent counts. One query."""
    return next(iter(current_memberships(user, on)), None)


def jurisdiction_of(agency: Agency) -> Jurisdiction | None:
    """The law that this unit, or the nearest one above it, sets. One query when the unit itself sets none."""
    if agency.jurisdiction_id is not None:
        return agency.jurisdiction
    steps = range(Agency.steplen, len(agency.path), Agency.steplen)
    above = (
        Agency.objects.filter(path__in=[agency.path[:step] for step in steps], jurisdiction__isnull=False)
        .select_related("jurisdiction")
        .order_by("-depth")
        .first()
    )
    return above.jurisdiction if above else None


def set_by_agency(user: User, on: date) -> SetByAgency | None:
    """What the person's present agency decided for her, for `accounts.setters`."""
    membership = current_membership(user, on)
    if membership is None or membership.agency.is_independent:
        return None
    agency = membership.agency
    return SetByAgency(
        agency_name=root_of(agency).name,
        professional_role=membership.professional_role if agency.sets_roles else None,
        jurisdiction=jurisdiction_of(agency),
    )


@dataclass(frozen=True)
class WorkingAs:
    """In which role, under whose law and for whom a person learns today."""

    membership: Membership | None
    professional_role: ProfessionalRole | None
    jurisdiction: Jurisdiction | None

    @property
    def is_complete(self) -> bool:
        return (
            self.membership is not None
            and self.professional_role is not None
            and self.jurisdiction is not None
        )


def working_as(user: User, on: date, membership: Membership | None = None) -> WorkingAs:
    """What the agency sets, and for the rest what the person chose. At most three queries."""
    membership = membership or current_membership(user, on)
    role = law = None
    if membership is not None:
        role = membership.professional_role if membership.agency.sets_roles else None
        law = jurisdiction_of(membership.agency)
    return WorkingAs(membership, role or user.professional_role, law or user.jurisdiction)


def agencies_led_by(user: User, on: date) -> list[Agency]:
    """Agencies and units whose staff the person may see, by name. One query."""
    if not user.is_authenticated:
        return []
    delegations = Delegation.objects.current(on=on).filter(user=user, kind__in=READS_STAFF)
    return list(Agency.objects.filter(delegations__in=delegations).distinct().order_by("name"))


def units_within(agency: Agency) -> list[Agency]:
    """The agency and everything below it, in the order of the tree. One query."""
    return list(Agency.objects.filter(path__startswith=agency.path).order_by("path"))


def units_below(agency: Agency) -> list[Agency]:
    """The units directly below an agency, by name. One query."""
    return list(Agency.objects.filter(path__startswith=agency.path, depth=agency.depth + 1).order_by("name"))


def identity_providers(agency: Agency) -> list[IdentityProvider]:
    """Those that are switched on."""
    return list(
        agency.identity_providers.filter(is_on=True)
        .select_related("social_app", "agency")
        .order_by("social_app__name")
    )


def provider_for(provider_id: str) -> IdentityProvider | None:
    """The agency's provider behind an allauth provider id."""
    return (
        IdentityProvider.objects.filter(social_app__provider_id=provider_id)
        .select_related("agency", "social_app")
        .first()
        if provider_id
        else None
    )
