from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules import (
    ALPHABET,
    CredentialState,
    add_months,
    check_character,
    format_number,
    hours_and_minutes,
    names_match,
    new_number,
    normalise_number,
    state_on,
    unprintable,
    valid_until,
)

bodies = st.text(alphabet=ALPHABET, min_size=15, max_size=15)


@given(bodies)
def test_a_number_is_understood_as_people_type_it(body):
    number = format_number(body + check_character(body))
    plain = number.replace("-", "")
    misread = number.lower().replace("0", "o").replace("1", "l")
    spellings = [
        number,
        plain,
        number.lower(),
        number.replace("-", " "),
        number.replace("-", "–"),
        number[3:],
        f"  {number} ",
        f"https://waylight.example/verify/{number}/",
        misread,
    ]
    assert {normalise_number(spelling) for spelling in spellings} == {number}


@given(bodies, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_always_noticed(body, place, letter):
    whole = body + check_character(body)
    wrong = whole[:place] + letter + whole[place + 1 :]
    assert (normalise_number(wrong) is None) == (wrong != whole)


@given(bodies, st.integers(0, 15), st.integers(0, 15))
def test_two_letters_that_changed_places_are_always_noticed(body, first, second):
    letters = list(body + check_character(body))
    whole = "".join(letters)
    letters[first], letters[second] = letters[second], letters[first]
    swapped = "".join(letters)
    assert (normalise_number(swapped) is None) == (swapped != whole)


@pytest.mark.parametrize(
    "text", ["", "WL", "WL-7K4M-2Q9D", "WL-UUUU-UUUU-UUUU-UUUU", "x" * 5000, "<b>", "WL/../../etc", "٣" * 16]
)
def test_what_cannot_be_a_number_is_none(text):
    assert normalise_number(text) is None


def test_numbers_carry_75_random_bits_and_none_comes_twice():
    numbers = {new_number() for _ in range(5000)}
    assert len(numbers) == 5000
    assert all(normalise_number(number) == number for number in numbers)
    for place in range(3, 22):
        seen = {number[place] for number in numbers}
        assert seen == {"-"} or seen == set(ALPHABET)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 14), 12, date(2027, 11, 14)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_are_added_as_a_calendar_does(start, months, end):
    assert add_months(start, months) == end
    assert valid_until(start, months=months) == end


ISSUED, UNTIL = date(2026, 11, 14), date(2027, 11, 14)


@pytest.mark.parametrize(
    ("on", "revoked", "superseded", "state"),
    [
        (date(2026, 11, 13), None, None, CredentialState.UNKNOWN),
        (ISSUED, None, None, CredentialState.VALID),
        (UNTIL, None, None, CredentialState.VALID),
        (date(2027, 11, 15), None, None, CredentialState.EXPIRED),
        (date(2027, 1, 1), date(2027, 1, 1), None, CredentialState.REVOKED),
        (date(2026, 12, 31), date(2027, 1, 1), None, CredentialState.VALID),
        (date(2027, 1, 1), None, date(2027, 1, 1), CredentialState.SUPERSEDED),
        (date(2028, 1, 1), None, date(2027, 1, 1), CredentialState.SUPERSEDED),
        (date(2028, 1, 1), date(2027, 6, 1), date(2027, 1, 1), CredentialState.REVOKED),
    ],
)
def test_the_state_of_a_certificate_on_a_day(on, revoked, superseded, state):
    assert (
        state_on(on, issued_on=ISSUED, valid_until=UNTIL, revoked_on=revoked, superseded_on=superseded)
        == state
    )


@pytest.mark.parametrize(
    ("given_name", "recorded", "matches"),
    [
        ("Rosa Whitfield", "Rosa Whitfield", True),
        ("whitfield, rosa", "Rosa Whitfield", True),
        ("  ROSA   WHITFIELD ", "Rosa Whitfield", True),
        ("Jose Munoz", "José Muñoz", True),
        ("Rosa", "Rosa Whitfield", False),
        ("Rosa Whitfield Smith", "Rosa Whitfield", False),
        ("", "Rosa Whitfield", False),
        ("", "", False),
        ("...", "---", False),
        ("王小明", "王小明", True),
        ("فاطمة محمد", "محمد فاطمة", True),
    ],
)
def test_names_are_compared_as_people_write_them(given_name, recorded, matches):
    assert names_match(given_name, recorded) is matches


@pytest.mark.parametrize(
    ("hours", "words"),
    [("2.25", (2, 15)), ("2.50", (2, 30)), ("0.10", (0, 6)), ("3", (3, 0)), ("1.5", (1, 30))],
)
def test_hours_become_hours_and_minutes(hours, words):
    assert hours_and_minutes(hours) == words


def test_letters_without_a_shape_are_named_once():
    assert unprintable("王 a王明", {ord("a")}) == "王明"
