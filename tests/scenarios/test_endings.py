"""Each of the seven stories is played to each of its endings, as a learner's browser without script would."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from agencies.models import Agency
from scenarios import engine, services
from scenarios.documents import DocumentStory
from scenarios.models import Attempt
from scenarios.presenters import typeset

from .conftest import NOW, SLUGS, document

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def way_to(slug: str, ending: str) -> list[str]:
    """Choices that lead to this ending, found by playing with more and less skill until one does."""
    story = DocumentStory(document(slug).data, jurisdiction="UK")
    chance = random.Random(f"{slug} {ending}")
    for number in range(5_000):
        skill = (number % 21) / 20
        state, _events = engine.start(story, AT)
        while state.scene is not None:
            scene = story.scene(state.scene)
            best = sorted(engine.best_choices(scene))
            offered = sorted(
                one.uuid for one in engine.offered(scene, state) if not one.is_critical or ending == "E4"
            )
            choice = chance.choice(best if chance.random() < skill else offered or best)
            state, _events = engine.step(story, state, choice, AT)
        if state.ending == ending:
            return [one.choice for one in state.path]
    raise AssertionError(f"No play of {slug} found the ending {ending}.")


@pytest.mark.parametrize("ending", ["E1", "E2", "E3", "E4"])
@pytest.mark.parametrize("slug", SLUGS)
def test_every_ending_is_reached_and_looked_back_on(
    slug: str, ending: str, amina: User, northgate: Agency, signed_in: Any
) -> None:
    services.load_scenario(document(slug), at=NOW)
    attempt = services.begin(
        services.start_attempt(
            amina,
            scenario_slug=slug,
            agency=northgate,
            registration_uuid=None,
            jurisdiction_code="UK",
            at=NOW,
        ),
        at=NOW,
    )
    site = signed_in(amina)
    url = reverse("scenarios:play", args=[attempt.uuid])
    for step, choice in enumerate(way_to(slug, ending)):
        site.post(url, {"choice": choice, "step": step})
    response = site.get(url, follow=True)
    data = document(slug).data
    title = next(one["title"] for one in data["endings"] if one["key"] == ending)
    assert typeset(title) in response.content.decode()
    assert Attempt.objects.get().ending == ending
    others = site.get(reverse("scenarios:others", args=[attempt.uuid]))
    assert others.status_code == 200
    for person in data["perspectives"]:
        assert person["name"].split(",")[0] in others.content.decode()
