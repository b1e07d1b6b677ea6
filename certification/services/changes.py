"""What can happen to a certificate after it was issued."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import confirm_name
from certification.exceptions import AlreadyRevoked, CertificationError
from certification.models import AchievementCredential, CredentialEvent, default_shares
from certification.selectors import replaced_by, waits_for_refresher
from certification.services.history import announce, issue, record, standing_row

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


@transaction.atomic
def correct_credential(
    credential: AchievementCredential, *, holder_name: str, by: User | None, reason: str, at: datetime
) -> AchievementCredential:
    """Issue the same certificate again with another name on it. It has its own number; dates and content stay.

    Raises CertificationError when the certificate was withdrawn or replaced.
    """
    wrong = standing_row(credential)
    right = AchievementCredential(
        kind=AchievementCredential.Kind.CORRECTION,
        holder_name=holder_name,
        **{field: getattr(wrong, field) for field in _COPIED},
    )
    issue(right, at=at, by=by, reason=reason, other=wrong)
    record(wrong, CredentialEvent.Kind.SUPERSEDED, at=at, by=by, reason=reason, other=right)
    announce(right, at=at)
    return right


@transaction.atomic
def confirm_holder_name(
    credential: AchievementCredential, *, name: str, at: datetime
) -> AchievementCredential:
    """The holder says how her name is written. Returns the certificate that carries it: this one, or a corrected one."""
    row = standing_row(credential)
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
        record(earlier, CredentialEvent.Kind.RESTORED, at=at, by=by, other=withdrawn)


@transaction.atomic
def revoke_credential(
    credential: AchievementCredential, *, by: User | None, reason: str, at: datetime, appeal: str = ""
) -> CredentialEvent:
    """Withdraw a certificate for good. Where it had replaced an earlier training, that one counts again.

    `appeal` tells the holder how to have it looked at again.

    Raises AlreadyRevoked the second time, and CertificationError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise CertificationError("Say why the certificate is withdrawn.")
    User.objects.select_for_update().get(pk=credential.user_id)
    if CredentialEvent.objects.filter(credential=credential, kind=CredentialEvent.Kind.REVOKED).exists():
        raise AlreadyRevoked("This certificate was withdrawn before.")
    detail = {"appeal": appeal.strip()} if appeal.strip() else {}
    event = record(credential, CredentialEvent.Kind.REVOKED, at=at, by=by, reason=reason, detail=detail)
    _restore_earlier(credential, at=at, by=by)
    announce(credential, at=at)
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
    row = standing_row(credential)
    if row.suspended_at is not None and not waits_for_refresher(row):
        raise CertificationError("This certificate is paused already.")
    event = record(row, CredentialEvent.Kind.SUSPENDED, at=at, by=by, reason=reason)
    announce(row, at=at)
    return event


@transaction.atomic
def reinstate_credential(
    credential: AchievementCredential, *, by: User | None, reason: str, at: datetime
) -> CredentialEvent:
    """End a pause. Raises CertificationError without a reason, and when it is not paused."""
    reason = reason.strip()
    if not reason:
        raise CertificationError("Say why the pause ends.")
    row = standing_row(credential)
    if row.suspended_at is None:
        raise CertificationError("This certificate is not paused.")
    event = record(row, CredentialEvent.Kind.REINSTATED, at=at, by=by, reason=reason)
    announce(row, at=at)
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
        record(row, CredentialEvent.Kind.SHARES_CHANGED, at=at, by=by, detail=changed)
    return row
