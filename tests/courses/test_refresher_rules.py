"""When a refresher is due, and which questions it asks: tables, no database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from courses.check_rules import Candidate
from courses.refreshers import (
    Missed,
    draw_refresher,
    due_step,
    is_enough,
    next_step,
    read_again,
    weak_lessons,
)

DAYS = [30, 90, 180]
END = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("after", "done", "due", "coming"),
    [
        (0, set(), None, 30),
        (29, set(), None, 30),
        (30, set(), 30, 90),
        (30, {30}, None, 90),
        (89, set(), 30, 90),
        # Never two at once: the newest stands for those that were left out.
        (95, set(), 90, 180),
        (95, {30}, 90, 180),
        (95, {30, 90}, None, 180),
        (200, {30}, 180, None),
        (365, {30}, 180, None),
        (366, set(), None, None),
    ],
)
def test_the_newest_refresher_is_due_until_it_is_done(after, done, due, coming):
    on = END + timedelta(days=after)
    found = due_step(DAYS, satisfied_on=END, done=done, on=on)
    assert (found and found.day) == due
    following = next_step(DAYS, satisfied_on=END, on=on)
    assert (following and following.day) == coming


def test_a_certificate_waits_for_it_thirty_days_later():
    step = due_step(DAYS, satisfied_on=END, done=set(), on=END + timedelta(days=40))
    assert step.waits_from == END + timedelta(days=60)


BANK = [
    Candidate(key=number * 10 + one, lesson=f"1.{number}", must_pass="", times_seen=one)
    for number in range(1, 7)
    for one in range(3)
]


def lessons(drawn):
    return sorted(one.lesson for one in drawn)


def test_four_come_from_what_went_wrong_and_two_from_elsewhere():
    drawn = draw_refresher(BANK, weak=["1.2", "1.5"], avoid=(), seed=3)
    assert len(drawn) == 6
    assert lessons(drawn).count("1.2") == lessons(drawn).count("1.5") == 2
    assert len(set(lessons(drawn)) - {"1.2", "1.5"}) == 2


def test_where_nothing_went_wrong_every_lesson_is_asked_once():
    assert lessons(draw_refresher(BANK, weak=[], avoid=(), seed=3)) == [f"1.{n}" for n in range(1, 7)]


def test_the_same_seed_draws_the_same_and_another_one_another():
    first = draw_refresher(BANK, weak=["1.2"], avoid=(), seed=1)
    assert first == draw_refresher(BANK, weak=["1.2"], avoid=(), seed=1)
    assert any(first != draw_refresher(BANK, weak=["1.2"], avoid=(), seed=seed) for seed in range(2, 9))


def test_what_was_asked_last_comes_only_where_nothing_else_is_left():
    avoid = {one.key for one in BANK if one.times_seen == 0}
    assert not avoid & {one.key for one in draw_refresher(BANK, weak=[], avoid=avoid, seed=5)}
    few = BANK[:4]
    assert len(draw_refresher(few, weak=["1.1"], avoid={one.key for one in few}, seed=5)) == 4


def test_the_worst_lesson_comes_first_and_the_latest_mistake_weighs_more():
    rows = [Missed(1, "1.1", Decimal(1)), Missed(2, "1.2", Decimal("0.5")), Missed(3, "1.3", Decimal(1))]
    assert weak_lessons(rows) == ["1.3", "1.1", "1.2"]


@pytest.mark.parametrize(
    ("earned", "enough"), [([1] * 6, True), ([1, 1, 1, 1, "0.2", 0], True), ([1] * 4 + [0] * 2, False)]
)
def test_seven_of_ten_is_enough(earned, enough):
    assert is_enough([Decimal(str(one)) for one in earned]) is enough


@pytest.mark.parametrize(
    ("weak", "again"),
    [([], []), (["1.3"], ["1.3"]), (["1.1", "1.2", "1.3"], ["1.1", "1.2"]), (["9.9", "1.2"], ["1.2"])],
)
def test_about_ten_minutes_are_to_be_read_again(weak, again):
    assert read_again({"1.1": 4, "1.2": 6, "1.3": 14}, weak) == again
