from datetime import date

import pytest

from compliance.asked import Asked, Asking, asked_of

ESSENTIAL, REFRESH = 1, 2
NURSE, OFFICER = 11, 12
JOINED = date(2026, 3, 1)
DAY, LATER = date(2026, 6, 1), date(2026, 9, 1)


def asking(path, *, role=None, due=None, days=None, course=REFRESH):
    return Asking(path, course, role, due, days)


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
