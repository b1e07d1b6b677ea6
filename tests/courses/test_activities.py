"""What a learner meets in an activity, and what is said to her choices. No database."""

import pytest

from courses.activities import Audience, count_open, has_unknown, read_answer, reply_to, resolve, shuffled

NURSE_UK = Audience("R3", "UK")
OFFICER_US = Audience("R1", "US")


def option(key, *, best=False, by_pack=(), roles=(), packs=()):
    return {
        "id": key,
        "text": f"Text {key}",
        "best": best,
        "feedback": f"Because {key}",
        "by_pack": by_pack,
        "roles": roles,
        "packs": packs,
    }


SORT = {
    "id": "share",
    "title": "Try it",
    "prompt": "Sort.",
    "bins": [{"id": "must", "label": "Must"}, {"id": "may", "label": "May"}],
    "items": [
        {
            "id": "child",
            "text": "A child",
            "replies": [
                {"answer": "must", "is_right": True, "feedback": "Everywhere must", "packs": []},
                {"answer": "may", "is_right": False, "feedback": "Everywhere may", "packs": []},
                {"answer": "must", "is_right": False, "feedback": "US must", "packs": ["US"]},
                {"answer": "may", "is_right": True, "feedback": "US may", "packs": ["US"]},
            ],
            "roles": [],
            "packs": [],
        },
        {
            "id": "ward",
            "text": "On the ward",
            "replies": [{"answer": "may", "is_right": True, "feedback": "Yes", "packs": []}],
            "roles": ["R3"],
            "packs": [],
        },
    ],
}
PATHWAY = {
    "id": "next",
    "title": "Walk",
    "prompt": "Walk.",
    "steps": [
        {
            "id": "one",
            "text": "First",
            "options": [option("a", best=True), option("b")],
            "roles": [],
            "packs": [],
        },
        {
            "id": "two",
            "text": "Second",
            "options": [option("c", best=True), option("d")],
            "roles": [],
            "packs": [],
        },
    ],
}
ORDER = {
    "id": "order",
    "title": "Order",
    "prompt": "Order.",
    "items": [
        {"id": key, "text": key, "feedback": key, "roles": [], "packs": []}
        for key in ("danger", "health", "privacy", "needs")
    ],
}


def test_the_same_item_is_answered_by_the_learners_own_law():
    uk = resolve("sort", SORT, NURSE_UK).asks[0]
    us = resolve("sort", SORT, OFFICER_US).asks[0]

    assert [(one.id, one.is_best, one.feedback) for one in uk.options] == [
        ("must", True, "Everywhere must"),
        ("may", False, "Everywhere may"),
    ]
    assert [(one.id, one.is_best, one.feedback) for one in us.options] == [
        ("must", False, "US must"),
        ("may", True, "US may"),
    ]


def test_items_for_one_role_are_not_shown_to_another():
    assert [ask.name for ask in resolve("sort", SORT, NURSE_UK).asks] == ["child", "ward"]
    assert [ask.name for ask in resolve("sort", SORT, OFFICER_US).asks] == ["child"]


def test_an_option_can_be_best_under_one_law_only():
    value = {
        **PATHWAY,
        "steps": [
            {
                **PATHWAY["steps"][0],
                "options": [option("a", by_pack=[{"pack": "UK", "best": True, "feedback": "In the UK"}])],
            }
        ],
    }

    (uk,) = resolve("pathway", value, NURSE_UK).asks[0].options
    (us,) = resolve("pathway", value, OFFICER_US).asks[0].options

    assert (uk.is_best, uk.feedback) == (True, "In the UK")
    assert (us.is_best, us.feedback) == (False, "Because a")


def test_an_answer_that_is_not_offered_is_dropped():
    activity = resolve("sort", SORT, NURSE_UK)

    assert read_answer(activity, {"child": ["must"], "ward": ["never"], "other": ["must"]}, before={}) == {
        "child": ["must"]
    }


def test_what_was_answered_before_stays_when_a_form_does_not_mention_it():
    activity = resolve("sort", SORT, NURSE_UK)

    assert read_answer(activity, {"ward": ["may"]}, before={"child": ["may"]}) == {
        "child": ["may"],
        "ward": ["may"],
    }
    assert count_open(activity, {"child": ["may"]}) == 1


def test_a_pathway_shows_its_second_step_only_after_the_first():
    activity = resolve("pathway", PATHWAY, NURSE_UK)

    (before,) = reply_to(activity, {})
    (after,) = reply_to(activity, {"one": ["b"]})

    assert [one.ask.name for one in before.answers] == ["one"]
    assert [(one.ask.name, one.shows) for one in after.answers] == [("one", True), ("two", False)]


def test_a_step_already_taken_cannot_be_taken_again_and_none_can_be_jumped():
    activity = resolve("pathway", PATHWAY, NURSE_UK)

    assert read_answer(activity, {"two": ["c"]}, before={}) == {}
    assert read_answer(activity, {"one": ["a"], "two": ["c"]}, before={"one": ["b"]}) == {
        "one": ["b"],
        "two": ["c"],
    }


@pytest.mark.parametrize("key", ["amina", "ben", "chidi", "dara", "eli"])
def test_lines_are_never_shown_in_the_recommended_order_and_stay_put_for_one_learner(key):
    activity = resolve("order", ORDER, NURSE_UK)

    assert shuffled(activity, key=key) == shuffled(activity, key=key)
    assert shuffled(activity, key=key) != activity.lines


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ({"move": ["health:up"]}, ["health", "danger", "privacy", "needs"]),
        ({"move": ["danger:up"]}, ["danger", "health", "privacy", "needs"]),
        ({"move": ["nothing:up"]}, ["danger", "health", "privacy", "needs"]),
        ({"order": ["needs", "privacy", "health", "danger"]}, ["needs", "privacy", "health", "danger"]),
        ({"order": ["needs", "needs"]}, ["danger", "health", "privacy", "needs"]),
    ],
)
def test_lines_move_one_place_at_a_time_and_none_is_lost(posted, expected):
    activity = resolve("order", ORDER, NURSE_UK)

    assert read_answer(activity, posted, before={"order": ["danger", "health", "privacy", "needs"]}) == {
        "order": expected
    }


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'riddle' is no kind of activity"):
        resolve("riddle", SORT, NURSE_UK)


@pytest.mark.parametrize(
    ("data", "is_unknown"),
    [
        ({}, False),
        ({"order": ["needs", "privacy", "health", "danger"]}, False),
        ({"move": ["needs:up"]}, False),
        ({"order": ["needs", "needs", "health", "danger"]}, True),
        ({"order": ["needs"]}, True),
        ({"move": ["needs:sideways"]}, True),
        ({"move": ["nobody:up"]}, True),
    ],
)
def test_an_order_of_other_lines_is_told_from_one_of_these(data, is_unknown):
    assert has_unknown(resolve("order", ORDER, NURSE_UK), data) is is_unknown
