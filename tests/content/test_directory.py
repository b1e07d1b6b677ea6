from datetime import date

import pytest

from content.models.facts import is_stale

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("checked_on", "stale"),
    [
        (None, True),
        (date(2026, 11, 22), False),
        (date(2026, 8, 24), False),
        (date(2026, 8, 23), True),
        (date(2099, 1, 1), True),
    ],
)
def test_what_nobody_checked_within_ninety_days_is_stale_and_so_is_a_day_to_come(checked_on, stale):
    assert is_stale(checked_on, on=TODAY, days=90) is stale
