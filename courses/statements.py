"""The statements that courses write: one place for what is said about a learner, and how."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import User
from courses.models import AssignableUnit, CheckAttempt, Registration
from records import builders
from records.services import store_statements
from records.vocabulary import adl, cmi5

_UNIT_TYPES = {
    AssignableUnit.Kind.LESSON: adl.ACTIVITY_LESSON,
    AssignableUnit.Kind.CHECK: adl.ACTIVITY_ASSESSMENT,
    AssignableUnit.Kind.SCENARIO: adl.ACTIVITY_SIMULATION,
}


def course_iri(code: str) -> str:
    return f"{settings.PUBLIC_URL}/xapi/activities/course/{code}"


def unit_iri(registration: Registration, unit: AssignableUnit) -> str:
    return f"{course_iri(registration.course_version.course.code)}/{unit.code}"


def _course_activity(registration: Registration) -> dict[str, Any]:
    course = registration.course_version.course
    return builders.activity(course_iri(course.code), name=course.title, type_=cmi5.ACTIVITY_COURSE)


def say_about_course(registration: Registration, verb: dict[str, Any], *, at: datetime, key: str) -> None:
    """A whole-course outcome: the only kind of statement that an employer may ever read."""
    statement = builders.statement(
        builders.actor(registration.user),
        verb,
        _course_activity(registration),
        at=at,
        registration=registration.uuid,
        context_activities={"category": [builders.activity(cmi5.CATEGORY_CMI5)]},
        key=f"{registration.uuid}/{key}",
    )
    store_statements([statement], agency=registration.agency, at=at)


def say_about_unit(
    registration: Registration,
    unit: AssignableUnit,
    verb: dict[str, Any],
    *,
    at: datetime,
    key: str,
    score: Decimal | None = None,
    success: bool | None = None,
    completion: bool | None = None,
    reason: str = "",
) -> None:
    """`reason` is cmi5's for a unit that is waived (section 9.5.5.2)."""
    result: dict[str, Any] = {}
    if score is not None:
        result["score"] = {"scaled": float(score)}
    if success is not None:
        result["success"] = success
    if completion is not None:
        result["completion"] = completion
    if reason:
        result |= {"completion": True, "success": True, "extensions": {cmi5.EXTENSION_REASON: reason}}
    statement = builders.statement(
        builders.actor(registration.user),
        verb,
        builders.activity(
            unit_iri(registration, unit), name=unit.title, type_=_UNIT_TYPES[AssignableUnit.Kind(unit.kind)]
        ),
        at=at,
        registration=registration.uuid,
        result=result or None,
        context_activities={"parent": [_course_activity(registration)]},
        key=f"{registration.uuid}/{unit.code}/{key}",
    )
    store_statements([statement], agency=registration.agency, at=at)


def attempt_iri(registration: Registration, attempt: CheckAttempt) -> str:
    """Of the check itself, or of the questions before or after its course."""
    if attempt.purpose == CheckAttempt.Purpose.CHECK:
        return unit_iri(registration, attempt.unit)
    course = course_iri(registration.course_version.course.code)
    if attempt.purpose == CheckAttempt.Purpose.REFRESHER:
        return f"{course}/refresher-{attempt.number}"
    return f"{course}/{attempt.purpose}-test"


def say_about_form(
    registration: Registration, attempt: CheckAttempt, *, at: datetime, score: Decimal
) -> None:
    """All questions before or after a course are answered: neither passed nor failed."""
    statement = builders.statement(
        builders.actor(registration.user),
        adl.COMPLETED,
        builders.activity(attempt_iri(registration, attempt), type_=adl.ACTIVITY_ASSESSMENT),
        at=at,
        registration=registration.uuid,
        result={"score": {"scaled": float(score)}, "completion": True},
        context_activities={"parent": [_course_activity(registration)]},
        key=f"{attempt.uuid}/completed",
    )
    store_statements([statement], agency=registration.agency, at=at)


def say_about_item(
    registration: Registration,
    attempt: CheckAttempt,
    *,
    code: str,
    answer: list[str],
    is_correct: bool,
    user: User,
    at: datetime,
    key: str,
) -> None:
    """An answer to a question of a check: option ids only, never their text, never the time it took."""
    statement = builders.statement(
        builders.actor(user),
        adl.ANSWERED,
        builders.activity(f"{attempt_iri(registration, attempt)}/{code}", type_=adl.ACTIVITY_INTERACTION),
        at=at,
        registration=registration.uuid,
        result={"response": "[,]".join(answer), "success": is_correct},
        context_activities={"parent": [builders.activity(attempt_iri(registration, attempt))]},
        key=key,
    )
    store_statements([statement], agency=registration.agency, at=at)
