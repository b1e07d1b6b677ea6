"""What a takeover covers."""

from datetime import date

import pytest

from courses.gate_rules import OpenGate, TakenOn, uncovered

GAP = OpenGate("M03", "lawyer", ("3.1", "3.2"))
ON = date(2026, 6, 1)
MEANT = {
    "agency_path": "0001",
    "modules": frozenset({"M03"}),
    "gates": frozenset({"lawyer"}),
    "first_day": date(2026, 5, 1),
    "last_day": date(2026, 6, 30),
}


@pytest.mark.parametrize(
    ("changes", "path", "covered"),
    [
        ({}, "0001", True),
        ({}, "00010002", True),
        ({}, "0002", False),
        ({"agency_path": ""}, "0002", True),
        ({"agency_path": "00010002"}, "0001", False),
        ({"modules": frozenset({"M01"})}, "0001", False),
        ({"gates": frozenset({"survivor"})}, "0001", False),
        ({"first_day": date(2026, 6, 2)}, "0001", False),
        ({"first_day": ON, "last_day": ON}, "0001", True),
        ({"last_day": date(2026, 5, 31)}, "0001", False),
        ({"is_withdrawn": True}, "0001", False),
    ],
)
def test_a_takeover_covers_its_modules_reviews_agencies_and_days_and_nothing_else(changes, path, covered):
    left = uncovered([GAP], [TakenOn(**MEANT | changes)], agency_path=path, on=ON)
    assert left == (() if covered else (GAP,))


def test_without_a_takeover_every_gap_is_left():
    assert uncovered([GAP], [], agency_path="0001", on=ON) == (GAP,)
