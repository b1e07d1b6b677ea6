from datetime import date

import pytest

from compliance.status import Certificate, State, standing

JOINED = date(2026, 1, 5)
BEGUN = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("valid_until", "on", "state", "since"),
    [
        (date(2027, 6, 8), date(2026, 11, 22), State.CERTIFIED, date(2026, 6, 8)),
        (date(2027, 1, 22), date(2026, 11, 22), State.CERTIFIED, date(2026, 6, 8)),
        (date(2027, 1, 21), date(2026, 11, 22), State.EXPIRING, date(2026, 11, 22)),
        (date(2026, 11, 22), date(2026, 11, 22), State.EXPIRING, date(2026, 9, 23)),
        (date(2026, 11, 21), date(2026, 11, 22), State.LAPSED, date(2026, 11, 22)),
        (date(2026, 7, 1), date(2026, 6, 8), State.EXPIRING, date(2026, 6, 8)),
    ],
)
def test_a_certificate_holds_through_its_last_day(valid_until, on, state, since):
    certificate = Certificate(date(2026, 6, 8), valid_until)
    found = standing(certificate=certificate, joined_on=JOINED, started_on=None, on=on)
    assert (found.state, found.since, found.valid_until) == (state, since, valid_until)


def test_without_a_certificate_it_counts_whether_anything_was_begun():
    day = date(2026, 3, 1)
    assert standing(certificate=None, joined_on=JOINED, started_on=None, on=day).state is State.NOT_STARTED
    begun = standing(certificate=None, joined_on=JOINED, started_on=BEGUN, on=day)
    assert (begun.state, begun.since) == (State.IN_PROGRESS, BEGUN)


def test_a_lapsed_certificate_stays_lapsed_while_its_renewal_is_under_way():
    certificate = Certificate(date(2025, 1, 1), date(2026, 1, 1))
    found = standing(certificate=certificate, joined_on=JOINED, started_on=BEGUN, on=BEGUN)
    assert found.state is State.LAPSED
