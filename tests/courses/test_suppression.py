"""Nobody is found in a number: by itself, by taking numbers from one another, or by reading twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.suppression import SMALLEST, FollowUp, follow_up, in_batches, suppress

MONDAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("cells", "total", "shown"),
    [
        ({}, None, {}),
        ({"a": 10}, None, {"a": 10}),
        ({"a": 9}, None, {"a": None}),
        ({"a": 0}, None, {"a": None}),
        ({"a": 12, "b": 30}, None, {"a": 12, "b": 30}),
        # One small cell: the total would give it away, so the smallest of the others goes with it.
        ({"a": 4, "b": 12, "c": 30}, None, {"a": None, "b": None, "c": 30}),
        # Two small cells that hide each other.
        ({"a": 4, "b": 6, "c": 30}, None, {"a": None, "b": None, "c": 30}),
        # Two that do not: together they are under ten.
        ({"a": 4, "b": 5, "c": 30, "d": 40}, None, {"a": None, "b": None, "c": None, "d": 40}),
        # Nobody is a small number too: everybody chose the other one.
        ({"a": 0, "b": 40}, None, {"a": None, "b": None}),
        ({"a": 0, "b": 9, "c": 2}, None, {"a": None, "b": None, "c": None}),
        # People in no cell, whose number the total would give away.
        ({"a": 12, "b": 30}, 45, {"a": None, "b": 30}),
        ({"a": 12, "b": 30}, 52, {"a": 12, "b": 30}),
    ],
)
def test_small_cells_are_hidden_and_what_gives_them_away(cells, total, shown):
    assert suppress(cells, total=total) == shown


@pytest.mark.parametrize(("cells", "total"), [({"a": -1}, None), ({"a": 12}, 11)])
def test_what_cannot_be_a_table_is_refused(cells, total):
    with pytest.raises(ValueError, match="counts"):
        suppress(cells, total=total)


@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=8), st.integers(0, 30))
def test_nothing_under_ten_can_be_worked_out(cells, others):
    total = sum(cells.values()) + others
    shown = suppress(cells, total=total)

    assert shown.keys() == cells.keys()
    visible = [count for count in shown.values() if count is not None]
    assert all(count == cells[key] for key, count in shown.items() if count is not None)
    assert all(count >= SMALLEST for count in visible)
    hidden = total - sum(visible)
    if visible:
        # All that can be known of the rest is its sum.
        assert hidden >= SMALLEST or (hidden == 0 and None not in shown.values())


@given(st.dictionaries(st.integers(), st.integers(SMALLEST, 60), max_size=8))
def test_nothing_is_hidden_without_need(cells):
    assert suppress(cells) == cells


@pytest.mark.parametrize(
    ("again", "lost", "expected"),
    [
        (25, 12, FollowUp(37, 25, 12)),
        (25, 4, FollowUp(None, 25, None)),
        (25, 0, FollowUp(None, 25, None)),
        (4, 25, FollowUp(29, None, None)),
        (0, 12, FollowUp(12, None, None)),
        (4, 3, FollowUp(None, None, None)),
        (5, 5, FollowUp(10, None, None)),
    ],
)
def test_who_was_lost_is_told_as_far_as_it_finds_nobody(again, lost, expected):
    assert follow_up(again=again, lost=lost) == expected


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def counted(counts, this_week):
    rows = [week(number) for number, count in enumerate(counts) for _person in range(count)]
    return len(in_batches(rows, week_of=lambda row: row, this_week=week(this_week)))


@pytest.mark.parametrize(
    ("counts", "this_week", "shown"),
    [
        ([9], 1, 0),
        ([10], 1, 10),
        # The week that is not over waits.
        ([10], 0, 0),
        ([4, 6, 3], 3, 10),
        ([4, 6, 3, 7], 4, 20),
        ([25, 1], 2, 25),
        ([], 3, 0),
    ],
)
def test_answers_are_counted_ten_at_a_time(counts, this_week, shown):
    assert counted(counts, this_week) == shown


@given(st.lists(st.integers(0, 15), max_size=12))
def test_two_readings_never_differ_by_fewer_than_ten(counts):
    readings = [counted(counts, this_week) for this_week in range(len(counts) + 1)]
    for earlier, later in pairwise(readings):
        assert later == earlier or later - earlier >= SMALLEST
