"""What certification keeps about a person, for her own file: rows, signed files, history, links, transcript."""

import logging
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from certification.badges.documents import export
from certification.badges.transcript_files import transcript_file
from certification.exceptions import NoSigningKey
from certification.models import (
    AchievementCredential,
    CredentialEvent,
    LicenceNumber,
    Recognition,
    ShareLink,
    SupervisorSignOff,
)
from certification.pdf import FALLBACK_LANGUAGE
from certification.rules import CredentialState
from certification.selectors import credential_state, today
from certification.transcripts import transcript_of

logger = logging.getLogger(__name__)
USABLE = {CredentialState.VALID, CredentialState.EXPIRED}


def _whose(person_id: int | None, user: User) -> str:
    """Names of other people are theirs."""
    return "" if person_id is None else "you" if person_id == user.pk else "somebody else"


def _event(event: CredentialEvent, user: User) -> dict[str, Any]:
    return {
        "at": event.at,
        "what": event.kind,
        "by": _whose(event.by_id, user),
        "reason": event.reason,
        "other_certificate": event.other.number if event.other else "",
        "detail": event.detail,
    }


def _link(link: ShareLink) -> dict[str, Any]:
    return {
        "certificate": link.credential.number,
        "for_whom": link.label,
        "shows": link.shows,
        "made_at": link.made_at,
        "works_until": link.expires_on,
        "withdrawn_at": link.withdrawn_at,
        "times_opened": link.openings,
        "last_opened_on": link.last_opened_on,
    }


def _certificate(credential: AchievementCredential, state: str, user: User) -> dict[str, Any]:
    left_out = {"id", "achievement", "user", "agency", "layout", "words"}
    columns = [field.name for field in credential._meta.concrete_fields if field.name not in left_out]
    return {
        **{column: getattr(credential, column) for column in columns},
        "state": state,
        "history": [_event(event, user) for event in credential.events.all()],
    }


def _recognition(row: Recognition) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "course": row.course.title,
        "agency": row.agency.name,
        "from": row.starts_on,
        "until": row.ends_on,
        "reason": row.reason,
        "evidence": row.evidence,
        "recorded_at": row.at,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_because": row.withdrawn_reason,
    }


def _files(user: User, credentials: list[AchievementCredential], *, at: datetime) -> dict[str, bytes]:
    """As the holder could download them one by one: nothing without a confirmed name, nothing that was withdrawn."""
    if not user.name or user.name_confirmed_at is None:
        return {}
    files: dict[str, bytes] = {}
    language = get_language() or FALLBACK_LANGUAGE
    for credential in credentials:
        if credential.holder_name and credential_state(credential, today(at)) in USABLE:
            for kind in ("pdf", "json"):
                files[f"certificates/{credential.number}.{kind}"] = export(
                    credential, kind, language=language
                )
    transcript = transcript_of(user, at=at, with_agencies=True, with_other_names=True)
    if not transcript.is_empty:
        for kind in ("pdf", "json"):
            files[f"transcript.{kind}"] = transcript_file(transcript, user, kind, language=language)
    return files


def own_data_of(user: User, *, at: datetime) -> dict[str, Any]:
    credentials = list(
        AchievementCredential.objects.filter(user=user)
        .with_history()
        .select_related("achievement", "user", "agency")
        .prefetch_related("events__other")
    )
    links = ShareLink.objects.filter(credential__user=user).select_related("credential")
    recognised = Recognition.objects.filter(user=user).select_related("course", "agency")
    signed_off = SupervisorSignOff.objects.filter(user=user).select_related("agency")
    given: dict[str, Any] = {
        "certificates.json": [
            _certificate(credential, str(credential_state(credential, today(at))), user)
            for credential in credentials
        ],
        "share-links.json": [_link(link) for link in links],
        "recognised.json": [_recognition(row) for row in recognised],
        "licence-numbers.json": [
            {"body": row.body, "number": row.number} for row in LicenceNumber.objects.filter(user=user)
        ],
        "signed-off.json": [
            {
                "what": row.title,
                "agency": row.agency.name,
                "signed_at": row.at,
                "withdrawn_at": row.withdrawn_at,
            }
            for row in signed_off
        ],
    }
    try:
        return given | _files(user, credentials, at=at)
    except NoSigningKey as error:
        logger.error("The files of a person's certificates cannot be signed: %s", error)
        note = _("The signed files could not be made. Download them from the pages of your certificates.")
        return given | {"certificates/README.txt": note.encode()}
