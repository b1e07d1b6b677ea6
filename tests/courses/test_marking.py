"""What an answer is worth. No database."""

from decimal import Decimal

import pytest

from courses.marking import best_answer, credit, is_complete

CHOICE = [{"id": "a", "correct": True}, {"id": "b"}, {"id": "c", "correct": True}, {"id": "d"}]
STEP = [{"id": "a"}, {"id": "b", "correct": True}, {"id": "c", "credit": 0.5}]
LINES = [{"id": "one"}, {"id": "two"}, {"id": "three"}, {"id": "four"}]
MATCH = [{"id": "x", "answer": "t1"}, {"id": "y", "answer": "t2"}, {"id": "z", "answer": "t1"}]


@pytest.mark.parametrize(
    ("kind", "options", "answer", "worth"),
    [
        ("single", STEP, ["b"], 1),
        ("single", [{"id": "a", "correct": True}, {"id": "b"}], ["b"], 0),
        ("multiple", CHOICE, ["a", "c"], 1),
        ("multiple", CHOICE, ["a"], 0.5),
        ("multiple", CHOICE, ["a", "c", "d"], 0.5),
        ("multiple", CHOICE, ["a", "b"], 0),
        ("multiple", CHOICE, ["a", "b", "c", "d"], 0),
        ("best_next_step", STEP, ["b"], 1),
        ("best_next_step", STEP, ["c"], 0.5),
        ("best_next_step", STEP, ["a"], 0),
        ("ordering", LINES, ["one", "two", "three", "four"], 1),
        ("ordering", LINES, ["one", "two", "four", "three"], 0.5),
        ("ordering", LINES, ["four", "one", "two", "three"], 0),
        ("matching", MATCH, ["x:t1", "y:t2", "z:t1"], 1),
        ("matching", MATCH, ["x:t1", "y:t1", "z:t1"], Decimal("0.667")),
    ],
)
def test_an_answer_earns_the_share_of_it_that_is_right(kind, options, answer, worth):
    assert credit(kind, options, answer) == Decimal(str(worth))


@pytest.mark.parametrize(
    ("kind", "options", "answer"),
    [
        ("single", STEP, []),
        ("single", STEP, ["a", "b"]),
        ("best_next_step", STEP, ["z"]),
        ("multiple", CHOICE, ["a", "nothing"]),
        ("ordering", LINES, ["one", "two", "three"]),
        ("ordering", LINES, ["one", "one", "two", "three"]),
        ("matching", MATCH, ["x:t1", "y:t2"]),
        ("matching", MATCH, ["x:t1", "y:t9", "z:t1"]),
        ("matching", MATCH, ["x:t1", "x:t2", "z:t1"]),
    ],
)
def test_what_is_left_open_or_not_on_offer_is_no_answer(kind, options, answer):
    assert not is_complete(kind, options, ["t1", "t2"], answer)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("single", STEP),
        ("multiple", CHOICE),
        ("best_next_step", STEP),
        ("ordering", LINES),
        ("matching", MATCH),
    ],
)
def test_the_best_answer_is_complete_and_earns_everything(kind, options):
    best = best_answer(kind, options)
    assert is_complete(kind, options, ["t1", "t2"], best)
    assert credit(kind, options, best) == 1
