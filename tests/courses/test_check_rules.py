"""How a check is drawn and marked. No database."""

from decimal import Decimal

import pytest

from courses.check_rules import (
    Answered,
    BankTooSmall,
    Candidate,
    Cell,
    CheckRules,
    draw,
    draw_must_pass,
    mark,
)

RULES = CheckRules(80, (Cell("1.3", 2, 1), Cell("2.3", 1), Cell("3.1", 2, 1)))
BANK = [
    *(Candidate(key, "1.3", "no promise" if key < 4 else "") for key in range(1, 9)),
    *(Candidate(key, "2.3", "") for key in range(11, 15)),
    *(Candidate(key, "3.1", "limits first" if key < 24 else "") for key in range(21, 29)),
]


@pytest.mark.parametrize("seed", range(25))
def test_a_drawn_check_fills_every_cell_of_its_blueprint(seed):
    drawn = draw(RULES, BANK, seed=seed)

    assert [sum(1 for one in drawn if one.lesson == cell.lesson) for cell in RULES.blueprint] == [2, 1, 2]
    assert sum(1 for one in drawn if one.must_pass) == 2
    assert len({one.key for one in drawn}) == 5


def test_the_same_seed_draws_the_same_check():
    assert draw(RULES, BANK, seed=7) == draw(RULES, BANK, seed=7)


def test_questions_seen_least_are_drawn_first():
    seen = [Candidate(one.key, one.lesson, one.must_pass, times_seen=one.key != 14) for one in BANK]

    assert {one.key for one in draw(RULES, seen, seed=1) if one.lesson == "2.3"} == {14}


def test_a_bank_that_cannot_fill_a_cell_is_refused_by_name():
    with pytest.raises(BankTooSmall, match=r"Lesson 2\.3 needs 1 questions and the bank has 0"):
        draw(RULES, [one for one in BANK if one.lesson != "2.3"], seed=1)


def test_a_missed_must_pass_question_is_replaced_by_a_different_one_on_the_same_lesson():
    drawn = draw_must_pass(["1.3", "3.1"], BANK, avoid={1, 2, 21}, seed=3)

    assert [one.lesson for one in drawn] == ["1.3", "3.1"]
    assert drawn[0].key == 3
    assert drawn[1].key in {22, 23}


def test_when_every_must_pass_question_was_seen_one_of_them_comes_again():
    assert draw_must_pass(["1.3"], BANK, avoid={1, 2, 3}, seed=3)[0].key in {1, 2, 3}


@pytest.mark.parametrize(
    ("right", "must_pass_is_right", "passed", "reached"),
    [
        (12, True, True, True),
        (10, True, True, True),
        (9, True, False, False),
        (11, False, False, True),
        (0, False, False, False),
    ],
)
def test_a_check_passes_with_eighty_in_a_hundred_and_every_must_pass_question_right(
    right, must_pass_is_right, passed, reached
):
    others = right - must_pass_is_right
    answers = [
        Answered("3.1", "limits first", must_pass_is_right),
        *(Answered("1.3", "", index < others) for index in range(11)),
    ]

    result = mark(answers, pass_percent=80)

    assert (result.passed, result.reached_pass_mark) == (passed, reached)


def test_the_score_is_a_share_to_three_places():
    assert mark(
        [Answered("1.3", "", True), Answered("1.3", "", False), Answered("1.3", "", False)], pass_percent=80
    ).score == Decimal("0.333")


def test_a_check_without_answers_cannot_be_marked():
    with pytest.raises(ValueError, match="without answers"):
        mark([], pass_percent=80)


def test_questions_on_one_case_follow_one_another():
    bank = [Candidate(key, "1.3", "", case="K-1" if key % 3 == 0 else "") for key in range(1, 10)]
    for seed in range(20):
        drawn = draw(CheckRules(80, (Cell("1.3", 9),)), bank, seed=seed)
        at = [place for place, one in enumerate(drawn) if one.case]
        assert at == list(range(at[0], at[0] + 3))
        assert len(drawn) == 9


def test_part_of_a_question_counts_as_part_and_what_has_to_be_right_has_to_be_whole():
    half = Answered("1.3", "", is_correct=False, credit=Decimal("0.5"))
    whole = Answered("1.3", "", is_correct=True, credit=Decimal(1))
    assert mark([whole, half], pass_percent=75).passed
    assert not mark([whole, half], pass_percent=80).passed
    rule = Answered("1.3", "no promise", is_correct=False, credit=Decimal("0.9"))
    assert mark([whole, rule], pass_percent=80).missed_must_pass == (rule,)
