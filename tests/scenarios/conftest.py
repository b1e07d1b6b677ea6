"""Stories, a learner and her agency for the tests of scenarios."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Jurisdiction, User
from agencies.models import Agency
from scenarios.documents import ScenarioDocument, read_scenario
from scenarios.models import Attempt, Scenario
from scenarios.services import begin, load_scenario, start_attempt

FILES = sorted((Path(__file__).resolve().parents[2] / "content" / "curriculum" / "scenarios").glob("*.yaml"))
SLUGS = [path.stem for path in FILES]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def document(slug: str) -> ScenarioDocument:
    return read_scenario(next(path for path in FILES if path.stem == slug))


@pytest.fixture
def agency(db: None) -> Agency:
    return Agency.add_root(name="Northgate Police", slug="northgate-police")


@pytest.fixture
def learner(db: None) -> User:
    uk, _created = Jurisdiction.objects.get_or_create(code="UK", defaults={"name": "United Kingdom"})
    return User.objects.create_user("amina@northgate.example", "a long enough word", name="Amina Diallo", jurisdiction=uk)


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.create_user("chidi@brannoc.example", "a long enough word", name="Chidi Okafor")


@pytest.fixture
def seen_alone(db: None) -> Scenario:
    return load_scenario(document("seen-alone"), at=NOW)


@pytest.fixture
def attempt(learner: User, agency: Agency, seen_alone: Scenario) -> Attempt:
    started = start_attempt(
        learner, scenario_slug="seen-alone", agency=agency, registration_uuid=None, jurisdiction_code="UK", at=NOW
    )
    return begin(started, at=NOW)


@pytest.fixture
def chosen() -> Callable[[str], str]:
    """The UUID of a choice by its key in the files."""
    uuids: dict[str, str] = {}
    for slug in SLUGS:
        for scene in document(slug).data["scenes"]:
            uuids.update({choice["key"]: choice["uuid"] for choice in scene["choices"]})

    def find(key: str) -> str:
        return uuids[key]

    return find


def statements_of(attempt: Attempt) -> list[dict[str, Any]]:
    from records.models import Statement

    key = str(attempt.registration_uuid or attempt.uuid)
    return [row.payload for row in Statement.objects.order_by("pk") if row.payload["context"]["registration"] == key]
