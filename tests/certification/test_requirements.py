"""What an achievement asks for: a table of rules against what somebody has learned."""

from datetime import UTC, datetime

import pytest

from certification.requirements import (
    CourseDone,
    Learned,
    Policy,
    StoryDone,
    Version,
    answers,
    met_at,
    problems,
    version_for,
)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=UTC)


SOME = Learned(
    courses=[
        CourseDone("ESSENTIAL", 2, 2.25, at(3), 0.9),
        CourseDone("M04", 1, 1.5, at(5), 0.8),
        CourseDone("M04", 2, 1.5, at(9), 0.85),
    ],
    stories=[
        StoryDone("corridor", at(4), {"SAF": 40, "CON": 80}),
        StoryDone("corridor", at(6), {"SAF": 70, "CON": 80}),
        StoryDone("early-van", at(8), None),
    ],
    sessions={"room": at(7)},
    sign_offs={"private-space": at(2)},
    refreshed_at=at(20),
)
COURSE = {"kind": "course", "course": "M04"}


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (COURSE, 5),
        ({**COURSE, "minimum_version": 2}, 9),
        ({**COURSE, "minimum_version": 3}, None),
        ({"kind": "course", "course": "M05"}, None),
        ({"kind": "check", "course": "M04"}, 5),
        ({"kind": "check", "course": "M04", "percent": 85}, 9),
        ({"kind": "check", "course": "M04", "percent": 86}, None),
        ({"kind": "scenario", "scenarios": ["corridor"]}, 4),
        ({"kind": "scenario", "scenarios": ["corridor"], "levels": {"SAF": 60}}, 6),
        ({"kind": "scenario", "scenarios": ["corridor"], "levels": {"SAF": 60, "CON": 90}}, None),
        # Not assessed in that story, and read as text: neither is held against anybody.
        ({"kind": "scenario", "scenarios": ["corridor"], "levels": {"CUL": 90}}, 4),
        ({"kind": "scenario", "scenarios": ["early-van"], "levels": {"SAF": 90}}, 8),
        ({"kind": "scenario", "scenarios": ["packhouse"]}, None),
        ({"kind": "session", "code": "room", "title": "A day together"}, 7),
        ({"kind": "session", "code": "other", "title": "Another"}, None),
        ({"kind": "sign_off", "code": "private-space", "title": "A private space"}, 2),
        ({"kind": "sign_off", "code": "other", "title": "Another"}, None),
        ({"kind": "refreshers"}, 20),
        ({"kind": "hours", "hours": 3.75}, 5),
        ({"kind": "hours", "hours": 5.25}, 9),
        ({"kind": "hours", "hours": 5.5}, None),
        ({"kind": "any_of", "of": [[{"kind": "course", "course": "M05"}], [COURSE]]}, 5),
        ({"kind": "any_of", "of": [[COURSE, {"kind": "refreshers"}], [{**COURSE, "minimum_version": 2}]]}, 9),
        ({"kind": "any_of", "of": [[{"kind": "course", "course": "M05"}, COURSE]]}, None),
        # A way that asks for nothing is no way.
        ({"kind": "any_of", "of": [[]]}, None),
    ],
)
def test_a_requirement_is_met_on_the_day_it_says(rule, day):
    assert problems([rule]) == []
    assert answers([rule], SOME)[0].met_at == (at(day) if day else None)


def test_all_is_met_with_the_last_and_never_before_the_course():
    rule = [COURSE, {"kind": "session", "code": "room", "title": "A day together"}]
    assert met_at(answers(rule, SOME), since=at(1)) == at(7)
    assert met_at(answers(rule, SOME), since=at(15)) == at(15)
    assert met_at(answers([*rule, {"kind": "course", "course": "M05"}], SOME), since=at(1)) is None
    assert met_at([], since=at(4)) == at(4)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("course", "has to be a list"),
        (["course"], "1: the kind has to be one of"),
        ([{"kind": "exam"}], "1: the kind has to be one of"),
        ([{"kind": "course"}], "1: course needs 'course'"),
        ([COURSE, {"kind": "course", "course": "M04", "version": 2}], "2: course has no 'version'"),
        ([{"kind": "check", "course": "M04", "percent": "80"}], "'percent' is of the wrong type"),
        ([{"kind": "hours", "hours": True}], "'hours' is of the wrong type"),
        ([{"kind": "any_of", "of": [[COURSE], [{"kind": "exam"}]]}], "1b.1: the kind"),
        ([{"kind": "any_of", "of": [{"kind": "exam"}]}], "1a. has to be a list"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_place(rule, words):
    assert any(words in problem for problem in problems(rule))


def test_a_rule_is_not_nested_without_end():
    rule = [COURSE]
    for _ in range(6):
        rule = [{"kind": "any_of", "of": [rule]}]
    assert any("nested" in problem for problem in problems(rule))


@pytest.mark.parametrize(
    ("versions", "begun", "chosen", "number"),
    [
        ([], 5, None, None),
        ([Version(1, at(10), Policy.KEEP)], 5, None, 1),
        ([Version(1, at(10), Policy.KEEP)], 25, None, 1),
        ([Version(1, at(5), Policy.KEEP), Version(2, at(10), Policy.KEEP)], 7, None, 1),
        ([Version(1, at(5), Policy.KEEP), Version(2, at(10), Policy.KEEP)], 12, None, 2),
        ([Version(1, at(5), Policy.KEEP), Version(2, at(10), Policy.MOVE)], 7, None, 2),
        ([Version(1, at(5), Policy.KEEP), Version(2, at(10), Policy.CHOOSE)], 7, None, 1),
        ([Version(1, at(5), Policy.KEEP), Version(2, at(10), Policy.CHOOSE)], 7, 2, 2),
        # Moved by the second, and keeps it when the third comes.
        (
            [
                Version(3, at(20), Policy.KEEP),
                Version(1, at(5), Policy.KEEP),
                Version(2, at(10), Policy.MOVE),
            ],
            7,
            None,
            2,
        ),
    ],
)
def test_whoever_is_on_the_way_is_judged_by_the_version_that_the_policy_names(
    versions, begun, chosen, number
):
    assert version_for(versions, begun_at=at(begun), chosen=chosen) == number
