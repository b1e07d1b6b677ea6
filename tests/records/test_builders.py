"""Our own statements against golden JSON; a missing file fails."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import User
from records import builders, xapi
from records.vocabulary import adl, badges, cmi5, video, waylight
from tests.factories.records import AT

GOLDEN = Path(__file__).parent / "golden"
REGISTRATION = uuid.UUID("7d9b2f0e-1c53-4f0a-8a35-0f6f2f1f9d10")
COURSE = "https://training.example/xapi/activities/course/R1-E"


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_URL = "https://training.example"


def build(name):
    actor = builders.actor(User(actor_name="q8Zt1c0Yd3Lw"))
    course = builders.activity(COURSE, name="Essential: patrol officers", type_=cmi5.ACTIVITY_COURSE)
    lesson = builders.activity(
        f"{COURSE}/1.3", name={"en": "Shock", "es": "Conmoción"}, type_=adl.ACTIVITY_LESSON
    )
    cmi5_category = {"category": [builders.activity(cmi5.CATEGORY_CMI5)]}
    common = {"at": AT, "registration": REGISTRATION, "key": name}
    return {
        "registered": lambda: builders.statement(
            actor, adl.REGISTERED, course, context_activities=cmi5_category, **common
        ),
        "lesson_completed": lambda: builders.statement(
            actor,
            adl.COMPLETED,
            lesson,
            result={
                "completion": True,
                "duration": builders.duration(timedelta(minutes=6, milliseconds=250)),
            },
            context_activities={"parent": [course]},
            **common,
        ),
        "satisfied": lambda: builders.statement(
            actor, cmi5.SATISFIED, course, context_activities=cmi5_category, **common
        ),
        "earned": lambda: builders.statement(
            actor,
            badges.EARNED,
            builders.activity(
                "https://training.example/achievement/1", name="R1", type_=badges.ACTIVITY_BADGE
            ),
            **common,
        ),
        "choice": lambda: builders.statement(
            actor,
            adl.RESPONDED,
            builders.activity("https://training.example/scenario/early-van/1", type_=waylight.ACTIVITY_SCENE),
            result={"response": "5f0c"},
            extensions={waylight.EXTENSION_STEP: 1},
            **common,
        ),
        "video_played": lambda: builders.statement(
            actor,
            video.PLAYED["id"],
            builders.activity("https://training.example/video/1", type_=video.ACTIVITY_VIDEO),
            context_activities={"category": [builders.activity(video.CATEGORY_VIDEO)]},
            result={"extensions": {video.EXTENSION_TIME: 0}},
            **common,
        ),
    }[name]()


NAMES = ["registered", "lesson_completed", "satisfied", "earned", "choice", "video_played"]


@pytest.mark.parametrize("name", NAMES)
def test_a_built_statement_is_the_golden_one(name):
    assert build(name) == json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", [xapi.Version.V1, xapi.Version.V2])
def test_a_built_statement_is_valid_in_both_versions(name, version):
    xapi.validate(build(name), version)


def test_the_actor_tells_nothing_about_the_person():
    user = User(actor_name="q8Zt1c0Yd3Lw", email="amina@northgate.example", name="Amina Rahman")

    assert builders.actor(user) == {
        "objectType": "Agent",
        "account": {"homePage": "https://training.example", "name": "q8Zt1c0Yd3Lw"},
    }


def test_the_same_fact_always_gets_the_same_id():
    assert build("satisfied")["id"] == build("satisfied")["id"]
    assert build("satisfied")["id"] != build("registered")["id"]


def test_a_built_statement_shares_nothing_with_the_constants():
    build("satisfied")["verb"]["id"] = "changed"

    assert cmi5.SATISFIED["id"] != "changed"
