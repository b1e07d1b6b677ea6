import pytest

from certification.models import Accent
from certification.wording_rules import (
    Fault,
    contrast,
    filled,
    is_right_to_left,
    is_tall,
    tidy,
    with_breaks,
    wording_problems,
)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{agency} confirms that", []),
        ("", []),
        ("{agncy} confirms that", [(Fault.UNKNOWN, "agncy")]),
        ("{name}", [(Fault.UNKNOWN, "name")]),
        ("{agency} and {agency}", [(Fault.TWICE, "agency")]),
        ("{agency confirms", [(Fault.BRACE, "")]),
        ("agency} confirms", [(Fault.BRACE, "")]),
        ("{}", [(Fault.UNKNOWN, "")]),
        ("x" * 61, [(Fault.TOO_LONG, "61")]),
        ("not\u202efine", [(Fault.CONTROL, "")]),
        ("not\u200bfine", [(Fault.CONTROL, "")]),
        ("می\u200cخواهم", []),
    ],
)
def test_what_is_wrong_with_a_text_is_named(text, faults):
    found = wording_problems(text, longest=60)
    assert [(problem.fault, problem.about) for problem in found] == faults


def test_placeholders_are_filled_once_and_never_read_again():
    assert filled("{agency} · {course}", {"agency": "{course}", "course": "Essential"}) == (
        "{course} · Essential"
    )


def test_text_is_one_line():
    assert tidy("  one\n two\tthree ") == "one two three"


@pytest.mark.parametrize("accent", Accent.values)
def test_every_colour_can_be_read_on_white_and_white_on_it(accent):
    assert contrast(accent, "#ffffff") >= 4.5


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_only_words_that_are_too_long_get_places_to_break():
    assert with_breaks("Rosa Whitfield") == "Rosa Whitfield"
    broken = with_breaks("W" * 65)
    assert broken.replace("\u200b", "") == "W" * 65
    assert max(map(len, broken.split("\u200b"))) == 20


@pytest.mark.parametrize(
    ("text", "turns", "tall"),
    [
        ("Rosa", False, False),
        ("Олександра", False, False),
        ("فاطمة الزهراء", True, True),
        ("נועה כהן", True, True),
        ("Fatima فاطمة", False, True),
        ("অমিনা", False, True),
        ("Nguyễn Thị Hồng", False, True),
        ("123", False, False),
    ],
)
def test_the_direction_of_a_name_is_that_of_its_first_letter(text, turns, tall):
    assert is_right_to_left(text) is turns
    assert is_tall(text) is tall
