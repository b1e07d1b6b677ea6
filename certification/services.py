"""The only functions that change what certification keeps."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.services import confirm_name
from certification import statements
from certification.badges.status import place_of
from certification.exceptions import AlreadyRevoked, CertificationError
from certification.models import (
    Achievement,
    AchievementCredential,
    CredentialEvent,
    IssuerProfile,
    default_shares,
)
from certification.rules import new_number, valid_until
from certification.selectors import replaced_by
from certification.signals import credential_changed
from certification.words import certificate_words
from courses.models import Registration
from courses.move_on import earns_certificate
from courses.selectors import content_state

SITE_ISSUER = "Waylight"
DEFAULT_MONTHS = 12
NEWEST_LAYOUT = 1

# What a correction says again, word for word.
_COPIED = (
    "achievement",
    "user",
    "registration_uuid",
    "agency",
    "issuer_name",
    "agency_name",
    "role_code",
    "role_name",
    "jurisdiction_code",
    "jurisdiction_name",
    "pack_name",
    "pack_version",
    "course_code",
    "course_title",
    "course_version",
    "content_versions",
    "credit_hours",
    "accrediting_body",
    "approval_number",
    "review_state",
    "issued_at",
    "issued_on",
    "valid_until",
    "shares",
)


def _announce(credential: AchievementCredential, *, at: datetime) -> None:
    news = {"user_id": credential.user_id, "achievement_id": credential.achievement_id, "at": at}
    transaction.on_commit(lambda: credential_changed.send(sender=AchievementCredential, **news))


def _record(
    credential: AchievementCredential,
    kind: str,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
    other: AchievementCredential | None = None,
    detail: dict[str, Any] | None = None,
) -> CredentialEvent:
    return CredentialEvent.objects.create(
        credential=credential, kind=kind, at=at, by=by, reason=reason, other=other, detail=detail or {}
    )


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


def _issue(
    credential: AchievementCredential,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
    other: AchievementCredential | None = None,
) -> AchievementCredential:
    credential.number = new_number()
    credential.layout = NEWEST_LAYOUT
    credential.words = certificate_words(credential)
    credential.save()
    place_of(credential)
    _record(credential, CredentialEvent.Kind.ISSUED, at=at, by=by, reason=reason, other=other)
    return credential


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
    _issue(credential, at=at)
    for older in standing:
        # News may come late: whichever training was finished last stands.
        old, new = (older, credential) if older.issued_at <= issued_at else (credential, older)
        if replaced_by(old) is None:
            _record(old, CredentialEvent.Kind.SUPERSEDED, at=new.issued_at, other=new)
    statements.say_earned(credential, at=issued_at)
    _announce(credential, at=at)
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


def _standing(credential: AchievementCredential) -> AchievementCredential:
    """The row, locked with its holder, if it is neither withdrawn nor replaced."""
    User.objects.select_for_update().get(pk=credential.user_id)
    row = (
        AchievementCredential.objects.with_history()
        .select_related("achievement", "user", "agency")
        .get(pk=credential.pk)
    )
    if row.revoked_at is not None:
        raise AlreadyRevoked("This certificate was withdrawn.")
    if row.superseded_at is not None:
        raise CertificationError("This certificate was replaced by a newer one.")
    return row


@transaction.atomic
def correct_credential(
    credential: AchievementCredential, *, holder_name: str, by: User | None, reason: str, at: datetime
) -> AchievementCredential:
    """Issue the same certificate again with another name on it. It has its own number; dates and content stay.

    Raises CertificationError when the certificate was withdrawn or replaced.
    """
    wrong = _standing(credential)
    right = AchievementCredential(
        kind=AchievementCredential.Kind.CORRECTION,
        holder_name=holder_name,
        **{field: getattr(wrong, field) for field in _COPIED},
    )
    _issue(right, at=at, by=by, reason=reason, other=wrong)
    _record(wrong, CredentialEvent.Kind.SUPERSEDED, at=at, by=by, reason=reason, other=right)
    _announce(right, at=at)
    return right


@transaction.atomic
def confirm_holder_name(
    credential: AchievementCredential, *, name: str, at: datetime
) -> AchievementCredential:
    """The holder says how her name is written. Returns the certificate that carries it: this one, or a corrected one."""
    row = _standing(credential)
    confirm_name(row.user, name=name, at=at)
    row.user.refresh_from_db(fields=["name", "name_confirmed_at"])
    if row.holder_name == row.user.name:
        return row
    return correct_credential(
        row, holder_name=row.user.name, by=row.user, reason="The holder confirmed her name.", at=at
    )


def _restore_earlier(withdrawn: AchievementCredential, *, at: datetime, by: User | None) -> None:
    """Bring back the newest earlier award that nothing else replaces.

    A correction says again what the corrected one said, so withdrawing it brings back neither that one nor any other
    of the same registration. An award that is past its day comes back as expired, which is what it is.
    """
    if replaced_by(withdrawn) is not None:
        return
    awards = AchievementCredential.objects.filter(
        user_id=withdrawn.user_id, achievement_id=withdrawn.achievement_id
    )
    if awards.standing().exists():
        return
    dead = awards.filter(events__kind=CredentialEvent.Kind.REVOKED).values("registration_uuid")
    earlier = awards.exclude(registration_uuid__in=dead).order_by("-issued_at", "-id").first()
    if earlier is not None:
        _record(earlier, CredentialEvent.Kind.RESTORED, at=at, by=by, other=withdrawn)


@transaction.atomic
def revoke_credential(
    credential: AchievementCredential, *, by: User | None, reason: str, at: datetime
) -> CredentialEvent:
    """Withdraw a certificate for good. Where it had replaced an earlier training, that one counts again.

    Raises AlreadyRevoked the second time, and CertificationError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise CertificationError("Say why the certificate is withdrawn.")
    User.objects.select_for_update().get(pk=credential.user_id)
    if CredentialEvent.objects.filter(credential=credential, kind=CredentialEvent.Kind.REVOKED).exists():
        raise AlreadyRevoked("This certificate was withdrawn before.")
    event = _record(credential, CredentialEvent.Kind.REVOKED, at=at, by=by, reason=reason)
    _restore_earlier(credential, at=at, by=by)
    _announce(credential, at=at)
    return event


@transaction.atomic
def suspend_credential(
    credential: AchievementCredential, *, by: User | None, reason: str, at: datetime
) -> CredentialEvent:
    """Say that a certificate is not to be relied upon for now. `reinstate_credential` takes that back.

    Raises CertificationError without a reason, and when it is paused, withdrawn or replaced already.
    """
    reason = reason.strip()
    if not reason:
        raise CertificationError("Say why the certificate is paused.")
    row = _standing(credential)
    if row.suspended_at is not None:
        raise CertificationError("This certificate is paused already.")
    event = _record(row, CredentialEvent.Kind.SUSPENDED, at=at, by=by, reason=reason)
    _announce(row, at=at)
    return event


@transaction.atomic
def reinstate_credential(
    credential: AchievementCredential, *, by: User | None, reason: str, at: datetime
) -> CredentialEvent:
    """End a pause. Raises CertificationError without a reason, and when it is not paused."""
    reason = reason.strip()
    if not reason:
        raise CertificationError("Say why the pause ends.")
    row = _standing(credential)
    if row.suspended_at is None:
        raise CertificationError("This certificate is not paused.")
    event = _record(row, CredentialEvent.Kind.REINSTATED, at=at, by=by, reason=reason)
    _announce(row, at=at)
    return event


@transaction.atomic
def set_shares(
    credential: AchievementCredential, *, shares: Mapping[str, bool], by: User, at: datetime
) -> AchievementCredential:
    """Keep what the holder agreed to show. Keys that we do not know are refused; keys left out stay as they are."""
    unknown = set(shares) - set(default_shares())
    if unknown:
        raise CertificationError(f"Nobody can share {', '.join(sorted(unknown))}.")
    row = AchievementCredential.objects.select_for_update().get(pk=credential.pk)
    before = {**default_shares(), **row.shares}
    after = {**before, **{key: bool(value) for key, value in shares.items()}}
    if after != before:
        row.shares = after
        row.save(update_fields=["shares"])
        changed = {key: after[key] for key in after if after[key] != before[key]}
        _record(row, CredentialEvent.Kind.SHARES_CHANGED, at=at, by=by, detail=changed)
    return row
