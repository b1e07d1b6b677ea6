"""Awards: what a registration has earned, once."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from certification import statements
from certification.models import Achievement, AchievementCredential, CredentialEvent, IssuerProfile
from certification.rules import valid_until
from certification.selectors import replaced_by
from certification.services.history import announce, issue, record
from courses.models import Registration
from courses.move_on import earns_certificate
from courses.selectors import content_state

SITE_ISSUER = "Waylight"
DEFAULT_MONTHS = 12


def site_issuer() -> IssuerProfile:
    """This site as an issuer, made when first asked for."""
    profile = IssuerProfile.objects.filter(agency__isnull=True).order_by("pk").first()
    return profile or IssuerProfile.objects.create(name=SITE_ISSUER, url=settings.PUBLIC_URL)


def _achievement_of(registration: Registration) -> Achievement:
    """What the registration earns. Where no trainer has described it yet, it is described by its three coordinates."""
    key = {
        "course": registration.course_version.course,
        "professional_role": registration.professional_role,
        "jurisdiction": registration.jurisdiction,
    }
    existing = Achievement.objects.select_related("issuer").filter(**key).first()
    return existing or Achievement.objects.get_or_create(**key, defaults={"issuer": site_issuer()})[0]


@transaction.atomic
def consider_award(registration_uuid: uuid.UUID, *, at: datetime) -> AchievementCredential | None:
    """Award what a registration has earned, once, and freeze what the certificate will always say.

    None while the registration is not satisfied, or where there is none. Calling again, at the same time or years
    later, returns the first award. It does not wait for the holder to confirm her name: the date of the award is the
    day on which the training was finished, whatever happens afterwards.
    """
    holder_id = Registration.objects.filter(uuid=registration_uuid).values_list("user_id", flat=True).first()
    if holder_id is None:
        return None
    # One award at a time for one person: two workers with the same news, or with two registrations, take turns here.
    holder = User.objects.select_for_update().get(pk=holder_id)
    registration = Registration.objects.select_related(
        "course_version__course", "professional_role", "jurisdiction", "agency"
    ).get(uuid=registration_uuid)
    if registration.satisfied_at is None or not earns_certificate(registration.course_version.rules):
        return None
    achievement = _achievement_of(registration)
    awards = AchievementCredential.objects.filter(user=holder, achievement=achievement)
    first = (
        awards.filter(registration_uuid=registration_uuid)
        .exclude(kind=AchievementCredential.Kind.CORRECTION)
        .first()
    )
    if first is not None:
        return first

    issued_at = registration.satisfied_at
    issued_on = timezone.localtime(issued_at, timezone.get_default_timezone()).date()
    rules = registration.course_version.rules
    learned = content_state(registration)
    standing = list(awards.standing())
    credential = AchievementCredential(
        kind=AchievementCredential.Kind.RENEWAL if awards.exists() else AchievementCredential.Kind.AWARD,
        achievement=achievement,
        user=holder,
        registration_uuid=registration.uuid,
        agency=registration.agency,
        holder_name=holder.name,
        issuer_name=achievement.issuer.name,
        agency_name="" if registration.agency.is_independent else registration.agency.name,
        role_code=registration.professional_role.code,
        role_name=registration.professional_role.name,
        jurisdiction_code=registration.jurisdiction.code,
        jurisdiction_name=registration.jurisdiction.name,
        pack_name=learned.pack_name,
        pack_version=learned.pack_version,
        course_code=registration.course_version.course.code,
        course_title=registration.course_version.course.title,
        course_version=registration.course_version.label,
        content_versions=learned.versions,
        credit_hours=Decimal(str(rules["credit_hours"])),
        review_state=list(learned.missing_reviews),
        issued_at=issued_at,
        issued_on=issued_on,
        valid_until=valid_until(issued_on, months=int(rules.get("validity_months", DEFAULT_MONTHS))),
    )
    issue(credential, at=at)
    for older in standing:
        # News may come late: whichever training was finished last stands.
        old, new = (older, credential) if older.issued_at <= issued_at else (credential, older)
        if replaced_by(old) is None:
            record(old, CredentialEvent.Kind.SUPERSEDED, at=new.issued_at, other=new)
    statements.say_earned(credential, at=issued_at)
    announce(credential, at=at)
    return credential


def award_missing(*, at: datetime, limit: int = 500) -> int:
    """Award what was earned but never awarded, because something stopped between the two. How many that were."""
    awarded = AchievementCredential.objects.values("registration_uuid")
    earned = (
        Registration.objects.filter(satisfied_at__isnull=False)
        .exclude(uuid__in=awarded)
        .filter(~Q(course_version__rules__has_key="certificate") | Q(course_version__rules__certificate=True))
    )
    waiting = earned.order_by("satisfied_at").values_list("uuid", flat=True)[:limit]
    return sum(consider_award(registration_uuid, at=at) is not None for registration_uuid in list(waiting))
