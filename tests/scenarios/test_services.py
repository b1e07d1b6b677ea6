"""What a learner does with a story: idempotent, append-only, and told to the record store in the same breath."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from scenarios import engine, services
from scenarios.documents import DocumentStory, ScenarioDocument
from scenarios.exceptions import ChoiceNotOffered, NoSuchScenario, NothingToReplay, NotOpen, StaleStep
from scenarios.models import Attempt, AttemptEvent, CompiledScene, Scenario, ScenarioVersion
from scenarios.selectors import VersionStory, attempts_for_registration, published_scenarios, state_of
from scenarios.signals import scenario_finished

from .conftest import NOW, SLUGS, document

Chosen = Callable[[str], str]


def play_best(attempt: Attempt) -> Attempt:
    story = VersionStory(attempt.version)
    while (state := state_of(attempt)) is not None and state.scene is not None:
        services.take_choice(
            attempt, choice_uuid=min(engine.best_choices(story.scene(state.scene))), step=state.step, at=NOW
        )
    attempt.refresh_from_db()
    return attempt


def play_best_but(attempt: Attempt, chosen: Chosen, *keys: str) -> Attempt:
    """The best way, except for these choices where they are offered."""
    story = VersionStory(attempt.version)
    other = {chosen(key) for key in keys}
    while (state := state_of(attempt)) is not None and state.scene is not None:
        scene = story.scene(state.scene)
        pick = next((one.uuid for one in scene.choices if one.uuid in other), min(engine.best_choices(scene)))
        services.take_choice(attempt, choice_uuid=pick, step=state.step, at=NOW)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_a_file_goes_through_the_draft_and_comes_out_word_for_word(slug: str) -> None:
    given = document(slug)
    scenario = services.load_scenario(given, at=NOW)
    assert services.draft_document(scenario) == given.data
    assert scenario.version is not None
    assert scenario.version.snapshot == given.data
    assert scenario.version.sha256 == given.sha256
    assert CompiledScene.objects.filter(version=scenario.version).count() == len(given.data["scenes"])


def test_loading_the_same_file_again_changes_nothing(seen_alone: Scenario) -> None:
    again = services.load_scenario(document("seen-alone"), at=NOW + timedelta(days=1))
    assert again.version_id == seen_alone.version_id
    assert ScenarioVersion.objects.count() == 1


def test_a_changed_file_makes_a_new_version_and_leaves_a_running_attempt_alone(
    attempt: Attempt, seen_alone: Scenario, chosen: Chosen
) -> None:
    data = document("seen-alone").data
    scenes = [scene for scene in data["scenes"] if scene["key"] != "S2-n08y"]
    changed = data | {"title": "Seen, alone", "scenes": scenes, "perspectives": []}
    services.load_scenario(ScenarioDocument("x", changed), at=NOW)
    seen_alone.refresh_from_db()
    assert (seen_alone.title, seen_alone.version.number if seen_alone.version else 0) == ("Seen, alone", 2)
    attempt.refresh_from_db()
    assert attempt.version.number == 1
    assert play_best(attempt).ending == "E1"


def test_an_open_attempt_is_gone_on_with(attempt: Attempt, amina: User, northgate: Agency) -> None:
    again = services.start_attempt(
        amina,
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=NOW,
    )
    assert again.pk == attempt.pk


def test_there_is_no_attempt_at_a_story_that_is_not_published(amina: User, northgate: Agency) -> None:
    with pytest.raises(NoSuchScenario):
        services.start_attempt(
            amina,
            scenario_slug="nothing",
            agency=northgate,
            registration_uuid=None,
            jurisdiction_code="UK",
            at=NOW,
        )


def test_beginning_twice_begins_once(attempt: Attempt) -> None:
    services.begin(attempt, at=NOW)
    assert [event.kind for event in attempt.events.all()] == ["started"]


def test_the_same_step_sent_twice_happens_once(attempt: Attempt, chosen: Chosen, statements: Any) -> None:
    first = services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    again = services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    assert first == again
    assert attempt.events.filter(kind="decided").count() == 1
    assert len(statements()) == 2


def test_another_choice_for_a_step_that_has_been_taken_is_refused(attempt: Attempt, chosen: Chosen) -> None:
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    with pytest.raises(StaleStep):
        services.take_choice(attempt, choice_uuid=chosen("S2-n01-b"), step=0, at=NOW)
    with pytest.raises(StaleStep):
        services.take_choice(attempt, choice_uuid=chosen("S2-n02-c"), step=7, at=NOW)
    state = state_of(attempt)
    assert state is not None
    assert [decision.choice for decision in state.path] == [chosen("S2-n01-a")]


def test_a_choice_of_another_scene_is_refused_and_nothing_is_written(
    attempt: Attempt, chosen: Chosen
) -> None:
    for wrong in (chosen("S2-n05-b"), str(uuid.uuid4()), "nonsense", ""):
        with pytest.raises(ChoiceNotOffered), transaction.atomic():
            services.take_choice(attempt, choice_uuid=wrong, step=0, at=NOW)
    assert attempt.events.count() == 1


def test_nothing_can_be_chosen_before_the_content_note(fresh: Attempt, chosen: Chosen) -> None:
    with pytest.raises(NotOpen):
        services.take_choice(fresh, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)


def test_a_whole_play_is_told_in_statements_without_words_or_durations(
    attempt: Attempt, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    finished = play_best(attempt)
    assert (finished.state, finished.ending, finished.is_resolved) == ("finished", "E1", True)
    said = statements()
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in said] == [
        "initialized",
        *["responded"] * 15,
        "completed",
    ]
    assert {one["context"]["registration"] for one in said} == {str(attempt.uuid)}
    results = said[-1]["result"]
    assert results["completion"] is True
    assert "duration" not in results
    extensions = {iri.rsplit("/", 1)[1]: value for iri, value in results["extensions"].items()}
    assert extensions["ending"] == "E1"
    assert extensions["critical-choices"] == []
    assert extensions["competencies"]["SAF"] == 100
    assert "Leah" not in str(said)
    assert "amina" not in str(said).lower()
    for response in said[1:-1]:
        assert set(response["result"]) == {"response"}
        uuid.UUID(response["result"]["response"])


def test_no_statement_about_a_scenario_is_for_an_employer(attempt: Attempt) -> None:
    from records.models import Statement

    play_best(attempt)
    assert Statement.objects.filter(is_outcome=True).count() == 0
    assert set(Statement.objects.values_list("agency_id", flat=True)) == {attempt.agency_id}


def test_the_registration_is_in_the_context(
    amina: User, northgate: Agency, seen_alone: Scenario, statements: Any
) -> None:
    registration = uuid.uuid4()
    one = services.start_attempt(
        amina,
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=registration,
        jurisdiction_code="UK",
        at=NOW,
    )
    services.begin(one, at=NOW)
    assert statements()[0]["context"]["registration"] == str(registration)
    assert [found.pk for found in attempts_for_registration(registration)] == [one.pk]


def test_the_end_is_announced_after_commit(attempt: Attempt, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, **news: Any) -> None:
        heard.append(news)

    scenario_finished.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            play_best(attempt)
    finally:
        scenario_finished.disconnect(listen)
    assert [(news["attempt_uuid"], news["user_id"]) for news in heard] == [(attempt.uuid, attempt.user_id)]


def test_pausing_and_deciding_again_goes_on_where_one_was(
    attempt: Attempt, chosen: Chosen, statements: Any
) -> None:
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    services.pause(attempt, at=NOW)
    services.pause(attempt, at=NOW)
    attempt.refresh_from_db()
    assert attempt.paused_at == NOW
    services.take_choice(attempt, choice_uuid=chosen("S2-n02-c"), step=1, at=NOW)
    attempt.refresh_from_db()
    assert attempt.paused_at is None
    verbs = [one["verb"]["id"].rsplit("/", 1)[1] for one in statements()]
    assert verbs == ["initialized", "responded", "suspended", "resumed", "responded"]


def test_skipping_says_nothing_to_the_record_and_can_be_taken_up_again(
    attempt: Attempt, amina: User, northgate: Agency, chosen: Chosen, statements: Any
) -> None:
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    before = len(statements())
    assert services.skip(attempt, at=NOW).state == "skipped"
    with pytest.raises(NotOpen):
        services.take_choice(attempt, choice_uuid=chosen("S2-n02-c"), step=1, at=NOW)
    assert len(statements()) == before
    again = services.start_attempt(
        amina,
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=NOW,
    )
    assert (again.pk, again.state) == (attempt.pk, "open")
    services.take_choice(again, choice_uuid=chosen("S2-n02-c"), step=1, at=NOW)


def test_reading_as_text_completes_like_playing(fresh: Attempt, statements: Any) -> None:
    services.read_as_text(fresh, at=NOW)
    services.read_as_text(fresh, at=NOW)
    fresh.refresh_from_db()
    assert (fresh.is_resolved, fresh.ending) == (True, "")
    said = statements()
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in said] == ["completed"]
    assert said[0]["result"] == {"completion": True}


def test_a_critical_choice_is_replayed_and_the_flag_clears(attempt: Attempt, chosen: Chosen) -> None:
    finished = play_best_but(attempt, chosen, "S2-n05-a")
    assert (finished.ending, finished.has_open_flag, finished.is_resolved) == ("E4", True, False)
    replayed = services.replay_critical(finished, at=NOW)
    services.replay_critical(finished, at=NOW)
    assert (replayed.state, replayed.ending) == ("open", "")
    state = state_of(replayed)
    assert state is not None
    assert state.scene == "S2-n05"
    assert len(state.path) == 4
    done = play_best(replayed)
    assert (done.ending, done.is_resolved) == ("E1", True)
    assert AttemptEvent.objects.filter(attempt=attempt, kind="rewound").count() == 1
    with pytest.raises(NothingToReplay):
        services.replay_critical(done, at=NOW)


def test_a_replay_that_breaks_a_rule_again_stays_open(attempt: Attempt, chosen: Chosen) -> None:
    finished = play_best_but(attempt, chosen, "S2-n05-a")
    replayed = services.replay_critical(finished, at=NOW)
    again = play_best_but(replayed, chosen, "S2-n10-c")
    assert (again.ending, again.is_resolved) == ("E4", False)
    assert services.replay_critical(again, at=NOW).state == "open"
    assert play_best(again).is_resolved


def test_steps_of_before_a_replay_stay_harmless(attempt: Attempt, chosen: Chosen) -> None:
    finished = play_best_but(attempt, chosen, "S2-n05-a")
    replayed = services.replay_critical(finished, at=NOW)
    with pytest.raises(StaleStep):
        services.take_choice(replayed, choice_uuid=chosen("S2-n05-b"), step=4, at=NOW)


def test_a_new_attempt_begins_after_a_resolved_one_with_the_learners_own_coaching(
    attempt: Attempt, amina: User, northgate: Agency
) -> None:
    services.set_coaching(attempt, is_coached=True)
    play_best(attempt)
    again = services.start_attempt(
        amina,
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=timezone.now(),
    )
    assert again.pk != attempt.pk
    assert again.is_coached


@pytest.mark.django_db
def test_stories_are_found_by_the_roles_that_use_them() -> None:
    for slug in SLUGS:
        services.load_scenario(document(slug), at=NOW)
    assert {one.slug for one in published_scenarios("R3")} == {"seen-alone", "asthma-review"}
    assert len(published_scenarios()) == 7


def test_a_step_costs_the_same_however_large_the_story(
    attempt: Attempt,
    amina: User,
    northgate: Agency,
    chosen: Chosen,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    small = count_queries(
        lambda: services.take_choice(attempt, choice_uuid=chosen("S2-n01-a"), step=0, at=NOW)
    )
    given = document("seen-alone").data
    more = [
        scene
        | {
            "key": f"{scene['key']}-{n}",
            "uuid": str(uuid.uuid4()),
            "choices": [choice | {"uuid": str(uuid.uuid4()), "to": "END"} for choice in scene["choices"]],
        }
        for n in range(20)
        for scene in given["scenes"]
        if "before" not in scene
    ]
    large = given | {
        "slug": "large",
        "code": "X1",
        "uuid": str(uuid.uuid4()),
        "scenes": [
            scene
            | {
                "uuid": str(uuid.uuid4()),
                "choices": [
                    choice | {"uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, choice["key"]))}
                    for choice in scene["choices"]
                ],
            }
            for scene in given["scenes"]
        ]
        + more,
    }
    for part in ("characters", "law", "endings", "debrief", "must", "perspectives"):
        large[part] = [one | {"uuid": str(uuid.uuid4())} for one in given[part]]
    for perspective in large["perspectives"]:
        perspective["views"] = [view | {"uuid": str(uuid.uuid4())} for view in perspective["views"]]
    services.load_scenario(ScenarioDocument("large", large), at=NOW)
    other = services.start_attempt(
        amina, scenario_slug="large", agency=northgate, registration_uuid=None, jurisdiction_code="UK", at=NOW
    )
    services.begin(other, at=NOW)
    choice = str(uuid.uuid5(uuid.NAMESPACE_URL, "S2-n01-a"))
    assert count_queries(lambda: services.take_choice(other, choice_uuid=choice, step=0, at=NOW)) == small


def test_the_compiled_rows_and_the_snapshot_tell_the_same_story(seen_alone: Scenario) -> None:
    assert seen_alone.version is not None
    whole, rows = DocumentStory(seen_alone.version.snapshot), VersionStory(seen_alone.version)
    assert whole.head == rows.head
    assert all(whole.scene(key) == rows.scene(key) for key in whole.scenes)
