"""Certificates as they come to be: a registration that is satisfied, then considered for its award."""

from datetime import UTC, datetime

from certification.models import AchievementCredential
from certification.services import consider_award
from courses.models import Registration
from tests.factories.courses import make_lesson, make_registration

EARNED = datetime(2026, 11, 14, 10, tzinfo=UTC)


def make_satisfied(user, agency, *, at=EARNED, role="R1", jurisdiction="UK") -> Registration:
    registration = make_registration(user, agency, role=role, jurisdiction=jurisdiction, at=at)
    registration.satisfied_at = at
    registration.save(update_fields=["satisfied_at"])
    return registration


def make_credential(user, agency, *, at=EARNED, role="R1", jurisdiction="UK") -> AchievementCredential:
    registration = make_satisfied(user, agency, at=at, role=role, jurisdiction=jurisdiction)
    credential = consider_award(registration.uuid, at=at)
    assert credential is not None
    return credential


__all__ = ["EARNED", "make_credential", "make_lesson", "make_satisfied"]
