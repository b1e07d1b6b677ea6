"""Two forms that ask the same in other words, and when they are open. No database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from courses.check_rules import BankTooSmall, Cell
from courses.parallel_forms import (
    AFTER,
    BEFORE,
    LATER,
    FormItem,
    LessonWaiver,
    Standing,
    draw_forms,
    open_purpose,
)

CELLS = (Cell("1.3", 2), Cell("2.3, 2.4", 1))
BANK = [
    FormItem(1, "Q1", "1.3", "apply", "single"),
    FormItem(2, "Q2", "1.3", "apply", "single"),
    FormItem(3, "Q3", "1.3", "remember", "single"),
    FormItem(4, "Q4", "1.3", "remember", "multiple"),
    FormItem(5, "Q5", "1.3", "analyse", "single"),
    FormItem(6, "Q6", "2.3", "understand", "single"),
    FormItem(7, "Q7", "2.4", "understand", "single"),
    FormItem(8, "Q8", "2.4", "apply", "single"),
]
DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_both_forms_fill_every_cell_on_the_same_levels_and_share_no_question():
    a, b = draw_forms(CELLS, BANK)
    assert [one.level for one in a] == [one.level for one in b] == ["apply", "remember", "understand"] or [
        one.level for one in a
    ] == [one.level for one in b] == ["remember", "apply", "understand"]
    assert not {one.key for one in a} & {one.key for one in b}
    assert {one.key for one in (*a, *b)} == {1, 2, 3, 4, 6, 7}


def test_the_same_bank_gives_the_same_forms_in_whatever_order_it_comes():
    assert draw_forms(CELLS, BANK) == draw_forms(CELLS, BANK[::-1])


def test_where_difficulty_is_known_the_closest_are_paired_and_neither_form_is_the_easier():
    easy = [Decimal(one) for one in ("0.9", "0.5", "0.85", "0.45")]
    bank = [FormItem(key, f"Q{key}", "1.3", "apply", "single", one) for key, one in enumerate(easy)]
    a, b = draw_forms([Cell("1.3", 2)], bank)
    assert {frozenset({one.key, other.key}) for one, other in zip(a, b, strict=True)} == {
        frozenset({0, 2}),
        frozenset({1, 3}),
    }
    assert sum(one.difficulty for one in a) == sum(one.difficulty for one in b)


def test_where_levels_differ_the_harder_ones_do_not_all_go_to_one_form():
    levels = ["remember", "apply"] * 4
    bank = [FormItem(key, f"Q{key}", f"{key // 2}", level, "single") for key, level in enumerate(levels)]
    a, b = draw_forms([Cell(str(number), 1) for number in range(4)], bank)
    assert [one.level for one in a].count("apply") == [one.level for one in b].count("apply") == 2


def test_a_bank_that_cannot_fill_both_forms_is_refused_by_name():
    with pytest.raises(BankTooSmall, match=r"2\.3 needs 4 questions for two forms and the bank has 1"):
        draw_forms([Cell("2.3", 2)], BANK)


@pytest.mark.parametrize(
    ("done", "started", "satisfied", "days", "opens"),
    [
        ((), False, False, 0, BEFORE),
        ((), True, False, 0, None),
        ((BEFORE,), False, False, 0, None),
        ((BEFORE,), True, False, 400, None),
        ((BEFORE,), True, True, 0, AFTER),
        ((BEFORE,), True, True, 179, AFTER),
        ((BEFORE, AFTER), True, True, 179, None),
        ((BEFORE, AFTER), True, True, 180, LATER),
        ((BEFORE,), True, True, 180, LATER),
        ((BEFORE,), True, True, 269, LATER),
        ((BEFORE,), True, True, 270, None),
        ((BEFORE, AFTER, LATER), True, True, 200, None),
        ((), True, True, 200, None),
    ],
)
def test_one_set_of_questions_is_open_at_a_time(done, started, satisfied, days, opens):
    standing = Standing(done, False, DAY if started else None, DAY if satisfied else None)
    assert open_purpose(standing, at=DAY + timedelta(days=days)) == opens


def test_who_was_asked_before_is_not_asked_before_the_same_course_again():
    assert open_purpose(Standing((), True, None, None), at=DAY) is None


@pytest.mark.parametrize(
    ("credits", "percent", "met"),
    [
        (["1", "1", "1"], 100, True),
        (["1", "1", "0.5"], 100, False),
        (["1", "1", "0.5"], 80, True),
        ([], 80, False),
    ],
)
def test_lessons_are_waived_where_so_much_was_right(credits, percent, met):
    assert LessonWaiver(("1.1",), percent).is_met([Decimal(one) for one in credits]) is met
