"""The statements that scenarios write: which choice, never its words; how it ended, never how long it took."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from records import builders
from records.services import store_statements
from records.vocabulary import adl, waylight
from scenarios.engine import CompetencyResult
from scenarios.models import Attempt, Scenario

# xAPI Profiles asks for the id of the version, so that a reader knows which rules a statement was written by.
_PROFILE = {
    "id": waylight.PROFILE_BRANCHING_VERSION,
    "definition": {"type": adl.ACTIVITY_PROFILE},
}


def scenario_iri(scenario: Scenario) -> str:
    return f"{settings.PUBLIC_URL}/xapi/activities/scenario/{scenario.slug}"


def _activity(attempt: Attempt) -> dict[str, Any]:
    return builders.activity(
        scenario_iri(attempt.scenario), name=attempt.scenario.title, type_=adl.ACTIVITY_SIMULATION
    )


def _say(
    attempt: Attempt,
    verb: dict[str, Any],
    target: dict[str, Any],
    *,
    at: datetime,
    key: str,
    result: dict[str, Any] | None = None,
    parent: bool = False,
    extensions: dict[str, Any] | None = None,
) -> None:
    statement = builders.statement(
        builders.actor(attempt.user),
        verb,
        target,
        at=at,
        registration=attempt.registration_uuid or attempt.uuid,
        result=result,
        context_activities={"category": [_PROFILE], **({"parent": [_activity(attempt)]} if parent else {})},
        extensions={waylight.EXTENSION_VERSION: str(attempt.version.number)} | (extensions or {}),
        key=f"scenario/{attempt.uuid}/{key}",
    )
    store_statements([statement], agency=attempt.agency, at=at)


def say_initialized(attempt: Attempt, *, at: datetime) -> None:
    _say(attempt, adl.INITIALIZED, _activity(attempt), at=at, key="initialized")


def say_suspended(attempt: Attempt, *, sequence: int, at: datetime) -> None:
    _say(attempt, adl.SUSPENDED, _activity(attempt), at=at, key=f"suspended/{sequence}")


def say_resumed(attempt: Attempt, *, sequence: int, at: datetime) -> None:
    _say(attempt, adl.RESUMED, _activity(attempt), at=at, key=f"resumed/{sequence}")


def say_responded(
    attempt: Attempt, *, scene_uuid: str, choice_uuid: str, move: str, step: int, at: datetime
) -> None:
    target = builders.activity(
        f"{scenario_iri(attempt.scenario)}/scenes/{scene_uuid}", type_=adl.ACTIVITY_INTERACTION
    )
    _say(
        attempt,
        adl.RESPONDED,
        target,
        at=at,
        key=f"responded/{step}",
        result={"response": choice_uuid},
        parent=True,
        extensions={waylight.EXTENSION_STEP: step} | ({waylight.EXTENSION_MOVE_TYPE: move} if move else {}),
    )


def say_completed(
    attempt: Attempt,
    *,
    sequence: int,
    ending: str,
    results: Iterable[CompetencyResult],
    critical: list[str],
    at: datetime,
) -> None:
    """A story read as text has no ending of the learner's own, and completes all the same."""
    extensions: dict[str, Any] = {}
    if ending:
        extensions = {
            waylight.EXTENSION_ENDING: ending,
            waylight.EXTENSION_COMPETENCIES: {
                one.competency: one.percent for one in results if one.percent is not None
            },
            waylight.EXTENSION_CRITICAL_CHOICES: critical,
        }
    result: dict[str, Any] = {"completion": True}
    if extensions:
        result["extensions"] = extensions
    _say(attempt, adl.COMPLETED, _activity(attempt), at=at, key=f"completed/{sequence}", result=result)
