from datetime import date

import pytest

from compliance.asked import Asked, Asking, asked_of, counts_until, late_from

ESSENTIAL, REFRESH = 1, 2
NURSE, OFFICER = 11, 12
JOINED = date(2026, 3, 1)
DAY, LATER = date(2026, 6, 1), date(2026, 9, 1)


def asking(path, *, role=None, due=None, days=None, course=REFRESH, **more):
    return Asking(path, course, role, due, days, **more)


@pytest.mark.parametrize(
    ("askings", "expected"),
    [
        ([], None),
        ([asking("0001", due=DAY)], DAY),
        ([asking("0001", days=60)], date(2026, 4, 30)),
        ([asking("0001", due=DAY, days=60)], DAY),
        # The nearest unit decides, whatever the order and whatever is stricter.
        ([asking("00010001", due=LATER), asking("0001", due=DAY)], LATER),
        # In one unit the one for the role.
        ([asking("0001", due=DAY), asking("0001", role=NURSE, due=LATER)], LATER),
        # A nearer unit outweighs a role further up.
        ([asking("00010001", due=DAY), asking("0001", role=NURSE, due=LATER)], DAY),
        # In one unit and for one role the one for people who joined in certain days, and a role before those days.
        ([asking("0001", due=DAY, joined_from=JOINED), asking("0001", due=LATER)], DAY),
        ([asking("0001", due=DAY, joined_from=JOINED), asking("0001", role=NURSE, due=LATER)], LATER),
        ([asking("00010001", due=LATER), asking("0001", due=DAY, joined_from=JOINED)], LATER),
        # Days are counted from when it began for people who had joined before.
        ([asking("0001", days=30, starts_on=date(2026, 5, 1))], date(2026, 5, 31)),
        ([asking("0001", days=30, starts_on=date(2026, 1, 1))], date(2026, 3, 31)),
    ],
)
def test_which_day_holds(askings, expected):
    found = asked_of(askings, path="00010001", role_id=NURSE, joined_on=JOINED, of_everybody=[])
    assert (found[REFRESH].due_on if askings else found.get(REFRESH)) == expected


@pytest.mark.parametrize(
    "askings",
    [
        [asking("0002", due=DAY)],
        [asking("00010002", due=DAY)],
        [asking("000100010001", due=DAY)],
        [asking("0001", role=OFFICER, due=DAY)],
    ],
    ids=["another agency", "a unit beside", "a unit below", "another role"],
)
def test_what_others_are_asked_is_not_asked_of_her(askings):
    assert asked_of(askings, path="00010001", role_id=NURSE, joined_on=JOINED, of_everybody=[]) == {}


def test_what_every_role_asks_has_no_day_until_an_agency_sets_one():
    free = asked_of([], path="0001", role_id=None, joined_on=JOINED, of_everybody=[ESSENTIAL])
    assert free == {ESSENTIAL: Asked(ESSENTIAL, None, is_set_by_agency=False)}
    rows = [asking("0001", due=DAY, course=ESSENTIAL)]
    set_here = asked_of(rows, path="0001", role_id=None, joined_on=JOINED, of_everybody=[ESSENTIAL])
    assert set_here == {ESSENTIAL: Asked(ESSENTIAL, DAY, is_set_by_agency=True)}


@pytest.mark.parametrize(
    ("days", "is_asked"),
    [
        ({"joined_from": JOINED}, True),
        ({"joined_from": date(2026, 3, 2)}, False),
        ({"joined_before": JOINED}, False),
        ({"joined_before": date(2026, 3, 2)}, True),
        ({"joined_from": date(2026, 1, 1), "joined_before": date(2026, 4, 1)}, True),
        ({"joined_from": date(2026, 1, 1), "joined_before": date(2026, 2, 1)}, False),
    ],
)
def test_only_who_joined_in_those_days_is_asked(days, is_asked):
    found = asked_of(
        [asking("0001", due=DAY, **days)], path="0001", role_id=NURSE, joined_on=JOINED, of_everybody=[]
    )
    assert (REFRESH in found) == is_asked


@pytest.mark.parametrize(
    ("due_on", "grace", "late"),
    [
        (None, 30, None),
        (DAY, 0, date(2026, 6, 2)),
        (DAY, 14, date(2026, 6, 16)),
        (date(2026, 12, 31), 1, date(2027, 1, 2)),
        (date(2028, 2, 28), 1, date(2028, 3, 1)),
    ],
)
def test_nobody_is_late_before_the_last_day_of_grace_is_over(due_on, grace, late):
    assert late_from(due_on, grace_days=grace) == late


@pytest.mark.parametrize(
    ("months", "until"),
    [
        (None, date(2028, 2, 29)),
        (12, date(2027, 2, 28)),
        (24, date(2028, 2, 28)),
        (36, date(2028, 2, 29)),
        (10, date(2026, 12, 28)),
    ],
)
def test_where_it_is_renewed_more_often_a_certificate_counts_for_less_long(months, until):
    assert counts_until(date(2026, 2, 28), date(2028, 2, 29), renew_months=months) == until


def test_what_comes_first_stands_in_front():
    rows = [asking("0001", priority=3, course=ESSENTIAL), asking("0001", priority=1)]
    assert list(asked_of(rows, path="0001", role_id=None, joined_on=JOINED, of_everybody=[])) == [
        REFRESH,
        ESSENTIAL,
    ]
