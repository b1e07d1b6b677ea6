"""Looking back: going back by the story's policy, playing a moment again, must rules, moves, and what others knew."""

import copy
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agencies.models import Agency
from scenarios import engine, presenters, services
from scenarios.exceptions import MayNotGoBack, NothingToReplay, NotOpen, StaleStep
from scenarios.models import Attempt, AttemptEvent
from scenarios.reading import read_document
from scenarios.selectors import events_of, state_of

from .conftest import NOW
from .test_documents import NEW

A1, A2 = (choice["uuid"] for choice in NEW["scenes"][0]["choices"])
B1 = NEW["scenes"][1]["choices"][0]["uuid"]


def small(**changes: Any) -> dict[str, Any]:
    data = copy.deepcopy(NEW)
    data["scenes"][0]["choices"][0] |= {"move": "open", "change": {"trust": 1}}
    data["scenes"][0]["choices"][1] |= {"move": "leading", "change": {"trust": -2}}
    data["variables"] = [{"key": "trust", "start": 3, "minimum": 0, "maximum": 10}]
    return data | changes


@pytest.fixture
def play(amina: User, northgate: Agency) -> Any:
    def begin(data: dict[str, Any], jurisdiction: str = "INT") -> Attempt:
        services.load_scenario(read_document(data, file="small"), at=NOW)
        attempt = services.start_attempt(
            amina,
            scenario_slug="small",
            agency=northgate,
            registration_uuid=uuid.uuid4(),
            jurisdiction_code=jurisdiction,
            at=NOW,
        )
        return services.begin(attempt, at=NOW)

    return begin


def decide(attempt: Attempt, *choices: str) -> engine.State:
    for choice in choices:
        state = state_of(attempt)
        assert state is not None
        after = services.take_choice(attempt, choice_uuid=choice, step=state.step, at=NOW)
    attempt.refresh_from_db()
    return after


@pytest.mark.parametrize(("policy", "allowed"), [("none", []), ("checkpoint", [0]), ("free", [0])])
def test_going_back_follows_the_storys_policy(play: Any, policy: str, allowed: list[int]) -> None:
    attempt = play(small(backtrack=policy))
    decide(attempt, A2)
    if not allowed:
        with pytest.raises(MayNotGoBack):
            services.go_back(attempt, to=0, step=1, at=NOW)
        return
    state = services.go_back(attempt, to=0, step=1, at=NOW)
    assert (state.scene, state.values["trust"], state.step) == ("a", 3, 2)
    assert state_of(attempt) == state
    assert AttemptEvent.objects.filter(attempt=attempt, kind="rewound").count() == 1
    with pytest.raises(StaleStep):
        services.go_back(attempt, to=0, step=1, at=NOW)
    decide(attempt, A1)
    with pytest.raises(MayNotGoBack):
        services.go_back(attempt, to=5, step=3, at=NOW)


def test_only_a_resting_point_is_a_checkpoint(play: Any) -> None:
    data = small(backtrack="checkpoint")
    del data["scenes"][0]["checkpoint"]
    attempt = play(data)
    decide(attempt, A1)
    with pytest.raises(MayNotGoBack):
        services.go_back(attempt, to=0, step=1, at=NOW)


def test_the_button_to_go_back_is_there_where_the_story_allows_it(play: Any, signed_in: Any) -> None:
    attempt = play(small(backtrack="free"))
    site: Client = signed_in(attempt.user)
    url = reverse("scenarios:play", args=[attempt.uuid])
    assert "Go back to there" not in site.get(url).content.decode()
    decide(attempt, A1)
    assert "Go back to there" in site.get(url).content.decode()
    act = reverse("scenarios:act", args=[attempt.uuid, "back"])
    site.post(act, {"to": "x", "step": "\0"})
    assert state_of(attempt).scene == "b"  # type: ignore[union-attr]
    site.post(act, {"to": "0", "step": "1"})
    assert "Somebody waits." in site.get(url).content.decode()


def test_a_scene_with_one_way_on_needs_no_list(play: Any, signed_in: Any) -> None:
    attempt = play(small())
    decide(attempt, A1)
    html = signed_in(attempt.user).get(reverse("scenarios:play", args=[attempt.uuid])).content.decode()
    assert 'type="radio"' not in html
    assert f'name="choice" value="{B1}"' in html


def test_coach_mode_begins_as_the_story_asks_and_stays_the_learners(play: Any) -> None:
    attempt = play(small(coach=True))
    assert attempt.is_coached
    services.set_coaching(attempt, is_coached=False)
    decide(attempt, A1, B1)
    assert not attempt.is_coached


def test_a_moment_is_played_again_without_undoing_what_is_finished(play: Any, statements: Any) -> None:
    attempt = play(small())
    decide(attempt, A2, B1)
    practice = services.practise_from(attempt, index=1, at=NOW)
    state = state_of(practice)
    assert state is not None
    assert (state.scene, state.step, [one.choice for one in state.path]) == ("b", 1, [A2])
    assert engine.fold(events_of(practice)) == state
    attempt.refresh_from_db()
    assert attempt.is_resolved
    assert practice.registration_uuid is None
    assert decide(practice, B1).ending == "E1"
    again = services.practise_from(attempt, index=0, at=NOW)
    assert state_of(again).path == ()  # type: ignore[union-attr]
    with pytest.raises(NothingToReplay):
        services.practise_from(attempt, index=2, at=NOW)
    with pytest.raises(NotOpen):
        services.practise_from(again, index=0, at=NOW)


def test_must_rules_name_the_exact_step(play: Any) -> None:
    avoid = {"uuid": str(uuid.uuid4()), "kind": "avoid", "choices": ["a2"], "text": "Stood over somebody."}
    data = small()
    data["must"][0] = {key: value for key, value in data["must"][0].items() if key != "scene"}
    data["must"].append(avoid)
    attempt = play(data)
    decide(attempt, A2, B1)
    view = presenters.debrief(attempt, state_of(attempt), on=NOW.date())  # type: ignore[arg-type]
    done, kept = view.musts
    assert (done.is_kept, done.decision) == (False, None)
    assert kept.is_kept is False
    assert kept.decision is not None
    assert kept.decision.number == 1


def test_the_debrief_counts_moves_and_says_what_the_person_felt(play: Any, signed_in: Any) -> None:
    attempt = play(small())
    decide(attempt, A2, B1)
    view = presenters.debrief(attempt, state_of(attempt), on=NOW.date())  # type: ignore[arg-type]
    assert (view.moves.inviting, view.moves.pressing, view.moves.percent) == (0, 1, 0)
    assert view.decisions[0].felt == ["Trust fell."]
    html = signed_in(attempt.user).get(reverse("scenarios:debrief", args=[attempt.uuid])).content.decode()
    for words in (
        "Trust fell.",
        "Leading question",
        "Not done this time",
        "Play that moment again",
        "#decision-1",
    ):
        assert words in html or words == "Not done this time"
    again = signed_in(attempt.user).post(reverse("scenarios:again", args=[attempt.uuid]), {"index": "0"})
    assert Attempt.objects.exclude(pk=attempt.pk).get().uuid.hex in again.url.replace("-", "")


def test_others_knew_other_things_and_a_choice_changes_it(play: Any, signed_in: Any) -> None:
    attempt = play(small())
    site: Client = signed_in(attempt.user)
    url = reverse("scenarios:others", args=[attempt.uuid])
    assert site.get(url).status_code == 302
    decide(attempt, A2, B1)
    html = site.get(url).content.decode()
    assert "A nurse rings." in html
    assert "You know nothing of it." in html
    assert "Was told" in html
    assert site.get(url + "?as=nobody").status_code == 404


def test_the_text_version_shows_what_others_knew_too(play: Any, signed_in: Any) -> None:
    attempt = play(small())
    services.read_as_text(attempt, at=NOW)
    html = signed_in(attempt.user).get(reverse("scenarios:others", args=[attempt.uuid])).content.decode()
    assert "You know nothing of it." in html
    assert "A nurse rings." not in html


def test_a_place_plays_the_story_in_its_own_words_and_scores_only_what_it_offers(
    play: Any, signed_in: Any
) -> None:
    data = small()
    data["scenes"][0]["choices"].append(
        {
            "uuid": str(uuid.uuid4()),
            "key": "a3",
            "text": "Wait.",
            "why": "It is slow.",
            "scores": {"TIC": 2},
            "to": "b",
        }
    )
    data["overlays"][1]["target"] = data["scenes"][0]["choices"][2]["uuid"]
    attempt = play(data, "US")
    html = signed_in(attempt.user).get(reverse("scenarios:play", args=[attempt.uuid])).content.decode()
    assert "Wait." not in html
    story = presenters.VersionStory.of(attempt)
    state = decide(attempt, A1, B1)
    tic = next(one for one in engine.results(story, state.path) if one.competency == "TIC")
    assert (tic.gained, tic.possible) == (2, 2)


def test_a_statement_says_the_kind_of_move_and_nothing_in_words(play: Any, statements: Any) -> None:
    attempt = play(small())
    decide(attempt, A1)
    extensions = statements()[-1]["context"]["extensions"]
    assert extensions["https://w3id.org/waylight/extensions/move-type"] == "open"
    assert "Sit down" not in str(statements())


def test_the_others_page_takes_a_fixed_number_of_queries(
    play: Any, signed_in: Any, count_queries: Any
) -> None:
    attempt = play(small())
    decide(attempt, A2, B1)
    site: Client = signed_in(attempt.user)
    url = reverse("scenarios:others", args=[attempt.uuid])
    site.get(url)
    assert count_queries(lambda: site.get(url)) <= 8
