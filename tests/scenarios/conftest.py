"""Stories and an attempt for the tests of scenarios."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from agencies.models import Agency
from scenarios.documents import ScenarioDocument
from scenarios.models import Attempt, Scenario
from scenarios.reading import read_scenario
from scenarios.services import begin, load_scenario, start_attempt

FILES = sorted((Path(__file__).resolve().parents[2] / "content" / "curriculum" / "scenarios").glob("*.yaml"))
SLUGS = [path.stem for path in FILES]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def document(slug: str) -> ScenarioDocument:
    return read_scenario(next(path for path in FILES if path.stem == slug))


@pytest.fixture
def seen_alone(db: None) -> Scenario:
    return load_scenario(document("seen-alone"), at=NOW)


@pytest.fixture
def fresh(amina: User, northgate: Agency, seen_alone: Scenario) -> Attempt:
    """Amina at the content note of Seen alone."""
    return start_attempt(
        amina,
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=NOW,
    )


@pytest.fixture
def attempt(fresh: Attempt) -> Attempt:
    """Amina in the first scene of Seen alone."""
    return begin(fresh, at=NOW)


@pytest.fixture(scope="session")
def chosen() -> Callable[[str], str]:
    """The UUID of a choice by its key in the files."""
    uuids = {
        choice["key"]: choice["uuid"]
        for slug in SLUGS
        for scene in document(slug).data["scenes"]
        for choice in scene["choices"]
    }

    def find(key: str) -> str:
        return str(uuids[key])

    return find


@pytest.fixture
def statements(db: None) -> Callable[[], list[dict[str, Any]]]:
    """What has been written to the record store, oldest first."""

    def read() -> list[dict[str, Any]]:
        from records.models import Statement

        return [json.loads(row.payload) for row in Statement.objects.order_by("seq")]

    return read
