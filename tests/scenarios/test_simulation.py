"""The simulator beside the table of SCENARIOS.md, section 4, which was computed when the stories were written."""

import pytest

from scenarios.simulation import Simulation, simulate

from .conftest import SLUGS, document
from .stories import choice, ending, scene, story, two_scenes

# Percent of plays that end in E1, E2, E3 and E4.
RANDOM = {
    "early-van": (0, 2, 14, 84),
    "seen-alone": (0, 1, 3, 97),
    "corridor": (0, 3, 18, 78),
    "asthma-review": (0, 1, 28, 70),
    "packhouse": (0, 1, 7, 92),
    "five-times": (0, 1, 10, 89),
    "same-words": (0, 2, 21, 77),
}
POINTS = 3
RUNS = 3_000


def percents(found: Simulation) -> tuple[float, ...]:
    return tuple(100 * found.endings[key] for key in ("E1", "E2", "E3", "E4"))


@pytest.mark.parametrize("slug", SLUGS)
def test_random_plays_end_as_the_specification_computed(slug: str) -> None:
    found = simulate(document(slug).data, runs=RUNS, skill=0, seed=4)
    for mine, theirs in zip(percents(found), RANDOM[slug], strict=True):
        assert abs(mine - theirs) <= POINTS, (percents(found), RANDOM[slug])
    assert found.stopped == 0


@pytest.mark.parametrize("slug", SLUGS)
def test_whoever_always_chooses_best_ends_well_in_everything(slug: str) -> None:
    found = simulate(document(slug).data, runs=20, skill=1, seed=4)
    assert found.endings["E1"] == found.mark == 1
    assert found.critical == 0
    assert all(one.mean_percent is None or one.mean_percent >= 96 for one in found.competencies)


def test_consequence_scenes_come_to_most_random_plays_and_to_few_skilled_ones() -> None:
    data = [document(slug).data for slug in SLUGS]
    for skill, share in ((0.0, 0.87), (0.75, 0.11)):
        found = [simulate(one, runs=600, skill=skill, seed=4).consequences for one in data]
        assert abs(sum(found) / len(found) - share) < 0.04


def test_the_same_seed_gives_the_same_plays_and_another_gives_others() -> None:
    data = document("corridor").data
    first = simulate(data, runs=200, skill=0.5, seed=1)
    assert first == simulate(data, runs=200, skill=0.5, seed=1)
    assert first != simulate(data, runs=200, skill=0.5, seed=2)


def test_what_was_gained_is_a_share_of_what_could_be() -> None:
    data = story(
        scene("a", choice("a1", "b", scores={"SAF": 2}), choice("a2", "b", scores={"SAF": -2, "TIC": 1})),
        scene("b", choice("b1", "END")),
        endings=[ending("E1", {"always": True})],
    )
    found = {one.competency: one for one in simulate(data, runs=400, skill=0, seed=1).competencies}
    assert 40 < (found["SAF"].mean_percent or 0) < 60
    assert found["SAF"].assessed == 1
    assert found["TIC"].assessed == 0
    assert found["TIC"].mean_percent is None


def test_a_play_that_cannot_go_on_is_counted_and_not_lost() -> None:
    data = two_scenes()
    data["scenes"][1]["choices"][0]["to"] = ""
    found = simulate(data, runs=400, skill=0, seed=1)
    assert 0.4 < found.stopped < 0.6
    assert found.stopped + sum(found.endings.values()) == pytest.approx(1)


def test_a_play_that_goes_round_for_ever_is_stopped() -> None:
    data = story(scene("a", choice("a1", "a"), choice("a2", "a")))
    found = simulate(data, runs=2, skill=0, seed=1)
    assert (found.stopped, found.decisions) == (1, 1000)


def test_a_place_plays_without_the_choices_that_it_leaves_out() -> None:
    data = two_scenes()
    data["endings"][0]["when"] = {"ge": ["trust", 4]}
    out = data["scenes"][0]["choices"][1]["uuid"]
    data["overlays"] = [{"uuid": "x", "jurisdiction": "UK", "target": out, "disable": True}]
    assert simulate(data, runs=200, skill=0, seed=1).endings["good"] < 1
    assert simulate(data, runs=200, skill=0, seed=1, jurisdiction="UK").endings["good"] == 1


def test_whoever_has_skill_breaks_no_rule_for_a_score() -> None:
    data = story(
        scene(
            "a",
            choice("a1", "END", critical="Told", scores={"SAF": 2}),
            choice("a2", "END", scores={"SAF": -1}),
        )
    )
    assert simulate(data, runs=50, skill=1, seed=1).critical == 0
    assert 0.3 < simulate(data, runs=200, skill=0, seed=1).critical < 0.7


def test_when_the_time_is_up_the_last_decision_comes_next() -> None:
    data = story(
        scene("a", choice("a1", "a", change={"time": -5}), choice("a2", "a", change={"time": -5})),
        scene("z", choice("z1", "END"), choice("z2", "END")),
        last_decision="z",
    )
    data["variables"].append({"key": "time", "start": 10})
    found = simulate(data, runs=20, skill=0, seed=1)
    assert (found.stopped, found.decisions) == (0, 3)
