"""What every change of a certificate has in common: its row locked, its event recorded, its news sent."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from certification.badges.status import place_of
from certification.exceptions import AlreadyRevoked, CertificationError
from certification.looks import dress_in_version, template_in_force
from certification.models import AchievementCredential, CertificateTemplateVersion, CredentialEvent
from certification.rules import new_number
from certification.signals import credential_changed
from certification.words import certificate_words

NEWEST_LAYOUT = 2


def announce(credential: AchievementCredential, *, at: datetime) -> None:
    news = {"user_id": credential.user_id, "achievement_id": credential.achievement_id, "at": at}
    transaction.on_commit(lambda: credential_changed.send(sender=AchievementCredential, **news))


def record(
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


def _template_for(
    credential: AchievementCredential, other: AchievementCredential | None
) -> CertificateTemplateVersion | None:
    """The nearest template; for a correction the one of the certificate that it says again."""
    if credential.kind == AchievementCredential.Kind.CORRECTION and other is not None:
        return other.template_version
    return template_in_force(credential.agency)


def issue(
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
    credential.template_version = _template_for(credential, other)
    if credential.template_version is not None:
        credential.words["look"] = dress_in_version(credential, credential.template_version)
    credential.save()
    place_of(credential)
    record(credential, CredentialEvent.Kind.ISSUED, at=at, by=by, reason=reason, other=other)
    return credential


def standing_row(credential: AchievementCredential) -> AchievementCredential:
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
