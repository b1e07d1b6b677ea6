"""What is said about a certificate in the learning record: that it was issued, until when, and that it was
withdrawn. Never its number, never a name.
"""

from datetime import datetime
from typing import Any

from django.conf import settings

from certification.models import Achievement, AchievementCredential
from records import builders
from records.services import store_statements
from records.vocabulary import waylight


def achievement_iri(achievement: Achievement) -> str:
    return f"{settings.PUBLIC_URL}/xapi/activities/achievement/{achievement.uuid}"


def _say(credential: AchievementCredential, verb: dict[str, Any], *, at: datetime, key: str) -> None:
    statement = builders.statement(
        builders.actor(credential.user),
        verb,
        builders.activity(
            achievement_iri(credential.achievement),
            name=f"{credential.course_title}: {credential.role_name}, {credential.jurisdiction_name}",
            type_=waylight.ACTIVITY_ACHIEVEMENT,
        ),
        at=at,
        registration=credential.registration_uuid,
        extensions={waylight.EXTENSION_VALID_UNTIL: credential.valid_until.isoformat()},
        key=key,
    )
    store_statements([statement], agency=credential.agency, at=at)


def say_certified(credential: AchievementCredential, *, at: datetime) -> None:
    _say(
        credential,
        waylight.CERTIFIED,
        at=at,
        key=f"{credential.registration_uuid}/certified/{credential.achievement.uuid}",
    )


def say_revoked(credential: AchievementCredential, *, at: datetime) -> None:
    _say(credential, waylight.REVOKED, at=at, key=f"{credential.uuid}/revoked")
