"""What can be said about a condition without playing."""

from typing import Any

import pytest

from scenarios.conditions import Range, atoms, flaws, outcomes
from scenarios.graph import components, is_loop, reach

RANGES = {"trust": Range(0, 10), "free": Range(), "least": Range(minimum=2)}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"always": True}, {True}),
        ({"always": False}, {False}),
        ({"lt": ["trust", 4]}, {True, False}),
        ({"lt": ["trust", 0]}, {False}),
        ({"ge": ["trust", 0]}, {True}),
        ({"le": ["trust", 10]}, {True}),
        ({"gt": ["trust", 10]}, {False}),
        ({"eq": ["trust", 11]}, {False}),
        ({"ne": ["trust", 11]}, {True}),
        ({"ne": ["trust", 5]}, {True, False}),
        ({"lt": ["free", 4]}, {True, False}),
        ({"gt": ["free", 4]}, {True, False}),
        ({"eq": ["free", 4]}, {True, False}),
        ({"le": ["least", 1]}, {False}),
        ({"all": [{"gt": ["free", 4]}, {"lt": ["free", 5]}]}, {False}),
        ({"all": [{"gt": ["free", 4]}, {"lt": ["free", 6]}]}, {True, False}),
        ({"any": [{"lt": ["free", 5]}, {"gt": ["free", 4]}]}, {True}),
        ({"any": [{"visited": "a"}, {"not": {"visited": "a"}}]}, {True}),
        ({"all": [{"critical": True}, {"critical": False}]}, {False}),
        ({"all": [{"moves": ["open", 3]}, {"not": {"moves": ["open", 2]}}]}, {False}),
        ({"all": [{"moves": ["open", 2]}, {"not": {"moves": ["open", 3]}}]}, {True, False}),
        ({"moves": ["open", 0]}, {True}),
        # Too many combinations to try: nothing is claimed.
        ({"all": [{"lt": [f"v{one}", 3]} for one in range(12)] + [{"always": False}]}, {True, False}),
    ],
)
def test_what_a_condition_can_come_out_as(condition: dict[str, Any], expected: set[bool]) -> None:
    assert outcomes(condition, RANGES) == expected


@pytest.mark.parametrize(
    "condition",
    [None, 3, "x", [], {}, {"lt": 3}, {"lt": ["trust", "4"]}, {"lt": ["trust", True]}, {"all": {}}, {"not": None},
     {"always": 1}, {"visited": 3}, {"moves": ["open"]}, {"x": 1}, {1: 2}, {"all": [{"lt": [[], 1]}]}],
)  # fmt: skip
def test_what_is_no_condition_is_called_so(condition: Any) -> None:
    assert [flaw.code for flaw in flaws(condition, RANGES)] == ["bad-condition"]


def test_everything_that_a_condition_asks_about_is_found() -> None:
    condition = {
        "all": [
            {"not": {"lt": ["trust", 4]}},
            {"any": [{"visited": "a"}, {"moves": ["open", 2]}]},
            {"critical": True},
        ]
    }
    assert set(atoms(condition)) == {
        ("variable", "trust"),
        ("visited", "a"),
        ("moves", "open"),
        ("critical", ""),
    }


def test_parts_that_lead_to_one_another_are_found_last_ones_first() -> None:
    ahead = [[1], [2], [1, 3], [4], [4], [5, 0]]
    found = [sorted(part) for part in components(ahead, bytearray(b"\1") * 6)]
    assert found == [[4], [3], [1, 2], [0], [5]]
    assert [is_loop(ahead, part) for part in found] == [True, False, True, False, True]
    assert list(reach(ahead, [3])) == [0, 0, 0, 1, 1, 0]


def test_a_line_of_ten_thousand_scenes_is_no_trouble() -> None:
    ahead = [[number + 1] for number in range(10_000)] + [[]]
    assert sum(1 for _part in components(ahead, bytearray(b"\1") * 10_001)) == 10_001
