"""What is said about a certificate in the learning record: that it was earned, and until when.
Never its number, never a name.
"""

from datetime import datetime

from django.conf import settings

from certification.models import Achievement, AchievementCredential
from records import builders
from records.services import store_statements
from records.vocabulary import badges, waylight


def achievement_iri(achievement: Achievement) -> str:
    return f"{settings.PUBLIC_URL}/xapi/activities/achievement/{achievement.uuid}"


def say_earned(credential: AchievementCredential, *, at: datetime) -> None:
    statement = builders.statement(
        builders.actor(credential.user),
        badges.EARNED,
        builders.activity(
            achievement_iri(credential.achievement),
            name=f"{credential.course_title}: {credential.role_name}, {credential.jurisdiction_name}",
            type_=badges.ACTIVITY_BADGE,
        ),
        at=at,
        registration=credential.registration_uuid,
        extensions={waylight.EXTENSION_VALID_UNTIL: credential.valid_until.isoformat()},
        key=f"{credential.registration_uuid}/earned/{credential.achievement.uuid}",
    )
    store_statements([statement], agency=credential.agency, at=at)
