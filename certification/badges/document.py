"""A certificate as an Open Badges 3.0.3 AchievementCredential (a W3C Verifiable Credential 2.0), not yet signed.

Made from the certificate's row alone, whose words never change. Sources: https://www.imsglobal.org/spec/ob/v3p0 and
https://www.w3.org/TR/vc-data-model-2.0/.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from certification.badges.keys import issuer_did
from certification.badges.status import entry_of
from certification.models import AchievementCredential
from certification.words import pack_label

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
# The core competencies of the US Department of Health and Human Services, 24 February 2021, in its own words (TRN-13).
FRAMEWORK = "Core Competencies for Human Trafficking Response in Health Care and Behavioral Health Systems"
FRAMEWORK_URL = "https://www.acf.hhs.gov/media/press/2021/core-competencies-anti-trafficking-response-healthcare-systems-released"
COMPETENCIES = {
    "1": "Understand the nature and epidemiology of trafficking",
    "2": "Evaluate and identify the risk of trafficking",
    "3": "Evaluate the needs of individuals who have experienced trafficking or individuals who are at risk of trafficking",
    "4": "Provide patient-centered care",
    "5": "Use legal and ethical standards",
    "6": "Integrate trafficking prevention strategies into clinical practice and systems of care",
    "U": "Universal: use a trauma- and survivor-informed, culturally responsive approach",
}
# Which of them a lesson works towards, by the module at the start of its code (CURRICULUM.md, section 2).
BY_MODULE = {
    "1": "U",
    "2": "U",
    "3": "5",
    "4": "12",
    "5": "5",
    "6": "5",
    "7": "356",
    "8": "34",
    "9": "6",
    "12": "3",
    "13": "6",
}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end_of(day: date) -> str:
    """The last second of a day of the site's calendar, because a certificate holds on its last day too."""
    next_day = datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    return _moment(next_day - timedelta(seconds=1))


def identity(value: str, *, kind: str) -> dict[str, Any]:
    """A hashed `IdentityObject`: whoever knows the value can confirm it, and nobody can read it.

    `kind` is "emailAddress" or "name". The hash is SHA-256 of the value followed by the salt.
    """
    salt = secrets.token_hex(16)
    digest = hashlib.sha256((value + salt).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": kind,
        "salt": salt,
    }


def matches(identity_object: Mapping[str, Any], value: str) -> bool:
    """Whether a hashed `IdentityObject` is that of this value."""
    digest = hashlib.sha256((value + identity_object["salt"]).encode()).hexdigest()
    return bool(identity_object["identityHash"] == f"sha256${digest}")


def alignments(credential: AchievementCredential) -> list[dict[str, Any]]:
    modules = {code.partition(".")[0] for code in credential.content_versions if code[:1].isdigit()}
    met = {number for module in modules for number in BY_MODULE.get(module, "")}
    return [
        {
            "type": ["Alignment"],
            "targetCode": f"HHS-{number}",
            "targetName": name,
            "targetFramework": FRAMEWORK,
            "targetUrl": FRAMEWORK_URL,
            "targetType": "ceasn:Competency",
        }
        for number, name in COMPETENCIES.items()
        if number in met
    ]


def _achievement(credential: AchievementCredential) -> dict[str, Any]:
    achievement_id = f"urn:uuid:{credential.achievement.uuid}"
    words = credential.words["languages"]["en-gb"]
    achievement: dict[str, Any] = {
        "id": achievement_id,
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": f"{credential.course_title}: {credential.role_name}",
        "description": f"{words['made_of']}. Law taught: {pack_label(credential)}.",
        "criteria": {"narrative": credential.achievement.criteria or words["made_of"]},
        "inLanguage": "en-GB",
        "version": credential.course_version,
        "specialization": credential.role_name,
    }
    aligned = alignments(credential)
    if aligned:
        achievement["alignment"] = aligned
    if credential.accrediting_body and credential.approval_number:
        achievement["creditsAvailable"] = float(credential.credit_hours)
    if credential.shows("results"):
        achievement["resultDescription"] = [
            {
                "id": f"{achievement_id}#status",
                "type": ["ResultDescription"],
                "name": "Training finished",
                "resultType": "Status",
            }
        ]
    return achievement


def _subject(credential: AchievementCredential) -> dict[str, Any]:
    words = credential.words["languages"]["en-gb"]
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "achievement": _achievement(credential),
        "role": credential.role_name,
        "activityEndDate": _moment(credential.issued_at),
        "narrative": " ".join([words["review"], words["credit"], words["limits"]]),
    }
    user = credential.user
    if user.deleted_at is None:
        known = [("emailAddress", user.email.strip().lower()), ("name", credential.holder_name)]
        subject["identifier"] = [identity(value, kind=kind) for kind, value in known if value]
    if credential.accrediting_body and credential.approval_number:
        subject["creditsEarned"] = float(credential.credit_hours)
    if credential.agency_name and credential.shows("agency"):
        subject["source"] = {
            "id": f"urn:uuid:{credential.agency.uuid}",
            "type": ["Profile"],
            "name": credential.agency_name,
        }
    if credential.shows("results"):
        subject["result"] = [
            {
                "type": ["Result"],
                "resultDescription": f"{subject['achievement']['id']}#status",
                "status": "Completed",
            }
        ]
    return subject


def credential_document(credential: AchievementCredential) -> dict[str, Any]:
    """The whole document without its proof. It says what the holder agreed to show; her name only as a salted hash."""
    document: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": credential.words["verify_url"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{credential.course_title}: {credential.role_name}",
        "issuer": {
            "id": issuer_did(),
            "type": ["Profile"],
            "name": credential.issuer_name,
            "url": settings.PUBLIC_URL,
        },
        "validFrom": _moment(credential.issued_at),
        "validUntil": _end_of(credential.valid_until),
        "awardedDate": _moment(credential.issued_at),
        "credentialSubject": _subject(credential),
        "credentialSchema": [dict(SCHEMA)],
        "credentialStatus": entry_of(credential),
    }
    if credential.shows("evidence"):
        learned = ", ".join(
            f"{code} ({version})" for code, version in sorted(credential.content_versions.items())
        )
        document["evidence"] = [
            {"type": ["Evidence"], "name": "Content learned, each with its version", "narrative": learned}
        ]
    return document
