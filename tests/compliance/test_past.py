from datetime import date

import pytest

from compliance.past import Past, past_of
from compliance.status import Certificate

JOINED, WRITTEN = date(2024, 1, 1), date(2026, 11, 1)
FIRST = Certificate(date(2024, 6, 1), date(2025, 5, 31))
RENEWED = Certificate(date(2025, 5, 1), date(2026, 4, 30))
LATER = Certificate(date(2025, 9, 1), date(2026, 8, 31))


def told(*certificates, joined=JOINED, until=WRITTEN):
    return [
        (one.state, one.starts_on, one.ends_on)
        for one in past_of(certificates, joined_on=joined, until=until)
    ]


@pytest.mark.parametrize(
    ("certificates", "expected"),
    [
        ([], [("not_started", JOINED, WRITTEN)]),
        (
            [FIRST],
            [
                ("not_started", JOINED, date(2024, 6, 1)),
                ("certified", date(2024, 6, 1), date(2025, 4, 1)),
                ("expiring", date(2025, 4, 1), date(2025, 6, 1)),
                ("lapsed", date(2025, 6, 1), WRITTEN),
            ],
        ),
        (
            [FIRST, RENEWED],
            [
                ("not_started", JOINED, date(2024, 6, 1)),
                ("certified", date(2024, 6, 1), date(2025, 4, 1)),
                ("expiring", date(2025, 4, 1), date(2025, 5, 1)),
                ("certified", date(2025, 5, 1), date(2026, 3, 1)),
                ("expiring", date(2026, 3, 1), date(2026, 5, 1)),
                ("lapsed", date(2026, 5, 1), WRITTEN),
            ],
        ),
        (
            [LATER, FIRST],
            [
                ("not_started", JOINED, date(2024, 6, 1)),
                ("certified", date(2024, 6, 1), date(2025, 4, 1)),
                ("expiring", date(2025, 4, 1), date(2025, 6, 1)),
                ("lapsed", date(2025, 6, 1), date(2025, 9, 1)),
                ("certified", date(2025, 9, 1), date(2026, 7, 2)),
                ("expiring", date(2026, 7, 2), date(2026, 9, 1)),
                ("lapsed", date(2026, 9, 1), WRITTEN),
            ],
        ),
    ],
    ids=["nothing held", "one that ran out", "renewed in time", "a gap between two"],
)
def test_what_was_held_tells_where_somebody_stood(certificates, expected):
    assert told(*certificates) == expected


def test_what_was_held_before_joining_counts_from_the_day_of_joining():
    joined = date(2024, 9, 1)
    assert told(FIRST, joined=joined, until=date(2025, 1, 1)) == [("certified", joined, date(2025, 1, 1))]


def test_nothing_is_told_where_it_is_written_from_the_first_day():
    assert past_of([FIRST], joined_on=JOINED, until=JOINED) == []


def test_the_parts_leave_no_day_out():
    parts = past_of([FIRST, LATER, RENEWED], joined_on=JOINED, until=WRITTEN)
    assert parts[0] == Past("not_started", JOINED, date(2024, 6, 1), None)
    assert [one.ends_on for one in parts[:-1]] == [one.starts_on for one in parts[1:]]
