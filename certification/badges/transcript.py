"""A transcript as a W3C Verifiable Credential 2.0, in words that Open Badges 3.0.3 defines.

It is one credential about one person, with one `AchievementSubject` for each thing earned, so that wallets and checkers
need no vocabulary beyond that of a badge. It is not an Open Badge itself, and does not say so.
"""

import uuid
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from certification.badges.document import identity
from certification.badges.keys import issuer_did
from certification.transcripts import EarnedCertificate, FinishedCourse, Transcript

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TYPE = ["VerifiableCredential"]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _identifiers(transcript: Transcript, user: User) -> list[dict[str, Any]]:
    known = [("emailAddress", user.email.strip().lower()), ("name", transcript.holder_name)]
    return [identity(value, kind=kind) for kind, value in known if value]


def _agency(name: str) -> dict[str, Any]:
    return {"type": ["Profile"], "name": name}


def _of_certificate(earned: EarnedCertificate) -> dict[str, Any]:
    credential = earned.credential
    words = credential.words["languages"]["en-gb"]
    achievement: dict[str, Any] = {
        "id": f"urn:uuid:{credential.achievement.uuid}",
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": f"{earned.course}: {earned.role}",
        "description": f"{words['made_of']}. Law taught: {earned.law}.",
        "criteria": {"narrative": words["made_of"]},
        "inLanguage": "en-GB",
        "version": earned.course_version,
        "specialization": earned.role,
    }
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "achievement": achievement,
        "role": earned.role,
        "activityEndDate": _moment(credential.issued_at),
        "narrative": f"Certificate {earned.number}. {earned.hours} of learning. {words['review']} {words['credit']}",
    }
    if earned.credit_hours is not None:
        subject["creditsEarned"] = float(earned.credit_hours)
    if earned.agency:
        subject["source"] = _agency(earned.agency)
    return subject


def _of_course(finished: FinishedCourse) -> dict[str, Any]:
    registration = finished.registration
    at = datetime.combine(finished.finished_on, time(12), tzinfo=timezone.get_default_timezone())
    hours = f"{finished.hours} of learning. " if finished.hours else ""
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": f"urn:uuid:{registration.course_version.course.uuid}",
            "type": ["Achievement"],
            "achievementType": "Course",
            "name": finished.course,
            "description": f"{finished.course} {finished.course_version}. Law: {finished.law}.",
            "criteria": {"narrative": "Every part of the course was finished."},
            "inLanguage": "en-GB",
            "version": finished.course_version,
            "specialization": finished.role,
        },
        "role": finished.role,
        "activityEndDate": _moment(at),
        "narrative": f"{hours}No certificate was issued for it, and no credit is claimed.",
    }
    if finished.agency:
        subject["source"] = _agency(finished.agency)
    return subject


def transcript_document(transcript: Transcript, user: User) -> dict[str, Any]:
    """The whole document without its proof. Name and e-mail address are in it only as salted hashes.

    Each certificate stands in `evidence` too, with the address at which it is checked: how it stands may change after
    this was signed.
    """
    with override("en-gb"):
        period = transcript.period.words
        subjects = [
            *(_of_certificate(earned) for earned in transcript.certificates),
            *(_of_course(finished) for finished in transcript.courses),
        ]
        evidence = [
            {
                "id": earned.address,
                "type": ["Evidence"],
                "name": f"Certificate {earned.number}",
                "narrative": f"{earned.state_words}, as it stood when this transcript was made.",
            }
            for earned in transcript.certificates
        ]
    identifiers = _identifiers(transcript, user)
    for subject in subjects:
        subject["identifier"] = [dict(one) for one in identifiers]
    document: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": list(TYPE),
        "name": "Training transcript",
        "description": f"{period}. It says what was finished, and when. It holds no score, answer or choice.",
        "issuer": {
            "id": issuer_did(),
            "type": ["Profile"],
            "name": _issuer(transcript),
            "url": settings.PUBLIC_URL,
        },
        "validFrom": _moment(transcript.made_at),
        "credentialSubject": subjects,
    }
    if evidence:
        document["evidence"] = evidence
    return document


def _issuer(transcript: Transcript) -> str:
    names = {earned.credential.issuer_name for earned in transcript.certificates}
    return names.pop() if len(names) == 1 else "Waylight"


def is_transcript(document: dict[str, Any]) -> bool:
    """Of what this site signs, only a transcript is a credential of no further type."""
    return document.get("type") == TYPE


def certificate_addresses(document: dict[str, Any]) -> list[str]:
    """Where the certificates of a transcript are checked."""
    evidence = document.get("evidence")
    listed = evidence if isinstance(evidence, list) else []
    return [one["id"] for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]
