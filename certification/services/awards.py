"""Awards: what a registration has earned, once."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from certification import statements
from certification.models import (
    Achievement,
    AchievementCredential,
    AchievementVersion,
    CredentialEvent,
    IssuerProfile,
)
from certification.requirements import answers, met_at
from certification.selectors import replaced_by, today
from certification.services.credit import apply_credit
from certification.services.history import announce, issue, record
from certification.terms import (
    achievement_for,
    counts_since,
    is_shorter_way,
    learned,
    validity_of,
    version_of,
)
from certification.validity import Span, Validity, ends_on, last_renewal_day
from courses.models import Registration
from courses.move_on import earns_certificate
from courses.selectors import content_state, lessons_read_once

logger = logging.getLogger(__name__)
SITE_ISSUER = "Waylight"


def site_issuer() -> IssuerProfile:
    """This site as an issuer, made when first asked for."""
    profile = IssuerProfile.objects.filter(agency__isnull=True).order_by("pk").first()
    return profile or IssuerProfile.objects.create(name=SITE_ISSUER, url=settings.PUBLIC_URL)


def _achievement_of(registration: Registration) -> Achievement:
    """What the registration earns. Where no trainer has described it yet, it is described by its three coordinates."""
    course = registration.course_version.course
    key = {
        "course": course,
        "professional_role": registration.professional_role,
        "jurisdiction": registration.jurisdiction,
    }
    return (
        achievement_for(registration)
        or Achievement.objects.get_or_create(
            **key, defaults={"issuer": site_issuer(), "renewal_course": course.renewed_by}
        )[0]
    )


def _earned_at(registration: Registration, version: AchievementVersion | None) -> datetime | None:
    """When the course was finished and all that is asked for beside it; None while something is open."""
    if registration.satisfied_at is None or version is None or not version.requirements:
        return registration.satisfied_at
    found = answers(version.requirements, learned(registration.user, since=counts_since(registration)))
    return met_at(found, since=registration.satisfied_at)


def _when(credential: AchievementCredential) -> datetime:
    return credential.issued_at


def _may_renew(registration: Registration, span: Span | None, validity: Validity) -> bool:
    """The shorter way is open to whoever began it in the window, or finished it before the grace was over."""
    return span is not None and today(registration.registered_at) <= last_renewal_day(span, validity)


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

    version = version_of(registration, achievement)
    issued_at = _earned_at(registration, version)
    if issued_at is None:
        return None
    issued_on = today(issued_at)
    validity = validity_of(registration, version)
    standing = list(awards.standing())
    # News may come late: what was awarded for later training is none that this one renews.
    previous = max((row for row in standing if row.issued_on < issued_on), key=_when, default=None)
    span = Span(previous.issued_on, previous.valid_until) if previous else None
    if is_shorter_way(registration, achievement) and not _may_renew(registration, span, validity):
        return None
    rules = registration.course_version.rules
    content = content_state(registration)
    credential = AchievementCredential(
        kind=AchievementCredential.Kind.RENEWAL if awards.exists() else AchievementCredential.Kind.AWARD,
        achievement=achievement,
        rules=version,
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
        pack_name=content.pack_name,
        pack_version=content.pack_version,
        course_code=registration.course_version.course.code,
        course_title=registration.course_version.course.title,
        course_version=registration.course_version.label,
        content_versions=content.versions,
        credit_hours=Decimal(str(rules["credit_hours"])),
        review_state=list(content.missing_reviews),
        issued_at=issued_at,
        issued_on=issued_on,
        valid_until=ends_on(issued_on, validity, previous=span, birth_month=holder.birth_month),
    )
    apply_credit(credential)
    issue(credential, at=at)
    for older in standing:
        # News may come late: whichever training was finished last stands.
        old, new = (older, credential) if older.issued_at <= issued_at else (credential, older)
        if replaced_by(old) is None:
            record(old, CredentialEvent.Kind.SUPERSEDED, at=new.issued_at, other=new)
    statements.say_earned(credential, at=issued_at)
    announce(credential, at=at)
    return credential


def _waiting() -> QuerySet[Registration]:
    """Finished courses that have brought no certificate yet, because something stopped or something is still asked for."""
    awarded = AchievementCredential.objects.values("registration_uuid")
    return (
        Registration.objects.filter(satisfied_at__isnull=False)
        .exclude(uuid__in=awarded)
        .filter(~Q(course_version__rules__has_key="certificate") | Q(course_version__rules__certificate=True))
        .order_by("satisfied_at")
    )


@dataclass
class Batch:
    """How far an award of many has come. `problems` says of each registration that could not be considered why."""

    waiting: int
    looked_at: int = 0
    awarded: int = 0
    problems: dict[uuid.UUID, str] = field(default_factory=dict)


def award_batch(
    *, at: datetime, limit: int = 500, tell: Callable[[Batch], None] = lambda batch: None
) -> Batch:
    """Award what was earned but never awarded, because something stopped between the two. At most `limit`.

    Each award is committed by itself, so that who is stopped halfway goes on when called again, and two at once award
    nothing twice. What goes wrong with one person is noted and stops nobody else. Whoever still lacks something beside the
    course is looked at and passed over. `tell` hears of every step. Raises OperationalError where the database is gone.
    """
    numbers = list(_waiting().values_list("uuid", flat=True))
    batch = Batch(waiting=len(numbers))
    with lessons_read_once():
        for registration_uuid in numbers:
            try:
                batch.awarded += consider_award(registration_uuid, at=at) is not None
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                logger.exception("Registration %s could not be considered for its award", registration_uuid)
                batch.problems[registration_uuid] = f"{type(error).__name__}: {error}"
            batch.looked_at += 1
            tell(batch)
            if batch.awarded == limit:
                break
    return batch


def award_missing(*, at: datetime, limit: int = 500) -> int:
    """The same, for who wants to know only how many certificates that were."""
    return award_batch(at=at, limit=limit).awarded


def award_waiting(user: User, *, at: datetime) -> int:
    """After any news about a person beside her courses. How many certificates that were."""
    mine = _waiting().filter(user=user).values_list("uuid", flat=True)
    return sum(consider_award(registration_uuid, at=at) is not None for registration_uuid in list(mine))
