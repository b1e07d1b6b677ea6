"""Words as the index knows them, and which of them somebody may have meant. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.search.words import KnownWord, Slips, Spelling, corrected, fold, indexed, stem, words_of

KNOWN = Spelling(
    [
        KnownWord("interpreter", "en-gb", 40),
        KnownWord("interpreters", "en-gb", 9),
        KnownWord("interpret", "en-gb", 2),
        KnownWord("confidentiality", "en-gb", 12),
        KnownWord("bondage", "en-gb", 4),
        KnownWord("safety", "en-gb", 30),
        KnownWord("safely", "en-gb", 3),
        KnownWord("police", "en-gb", 20),
        KnownWord("policia", "es", 5),
        KnownWord("need", "en-gb", 50),
        KnownWord("nest", "en-gb", 50),
    ]
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Señal", "senal"), ("ÉTÉ", "ete"), ("Straße", "strasse"), ("ﬁne", "fine"), ("İstanbul", "istanbul")],
)
def test_capitals_and_accents_are_folded(text, folded):
    assert fold(text) == folded


def test_only_words_are_left():
    assert words_of("Don't <b>panic</b>: 8 USC 1367, “know-how”!\x00") == [
        "dont", "b", "panic", "b", "8", "usc", "1367", "know", "how",
    ]  # fmt: skip
    assert words_of("x" * 41) == []


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("interpreters", "interpreter"), ("agencies", "agency"), ("services", "service"), ("señales", "señale"),
        ("abuse", "abuse"), ("status", "status"), ("access", "access"), ("gas", "gas"), ("bus", "bus"), ("heroes", "heroe"),
    ],
)  # fmt: skip
def test_a_plural_is_looked_up_as_its_singular(plural, singular):
    assert stem(plural) == stem(singular)


def test_what_is_indexed_and_what_is_asked_meet():
    assert indexed("Interpreters’ safety plans") == indexed("INTERPRETERS safety PLAN")


@pytest.mark.parametrize(
    ("misspelt", "slips", "meant"),
    [
        ("interperter", 1, "interpreter"), ("interpretr", 1, "interpreter"), ("interrpreter", 1, "interpreter"),
        ("interpeter", 1, "interpreter"), ("confidentialty", 1, "confidentiality"), ("confidensiality", 1, "confidentiality"),
        ("confedenciality", 2, "confidentiality"), ("bondige", 1, "bondage"), ("saftey", 1, "safety"), ("polise", 1, "police"),
    ],
)  # fmt: skip
def test_the_nearest_word_is_what_was_meant(misspelt, slips, meant):
    assert KNOWN.nearest(misspelt, language="en-gb", slips=slips)[0] == meant


def test_the_language_of_the_page_goes_before_another():
    both = Spelling([KnownWord("policia", "es", 5), KnownWord("policie", "en-gb", 50)])
    assert both.nearest("polici", language="es", slips=1)[0] == "policia"
    assert both.nearest("polici", language="en-gb", slips=1)[0] == "policie"


def test_short_words_are_not_guessed_at():
    assert KNOWN.nearest("ab", language="en-gb", slips=2) == []
    assert KNOWN.nearest("neest", language="en-gb", slips=2) == ["nest"]


def test_a_word_is_no_misspelling_of_itself_or_its_plural():
    assert "interpreters" not in KNOWN.nearest("interpreter", language="en-gb", slips=2)
    assert KNOWN.nearest("interpreters", language="en-gb", slips=2) == []


def test_nothing_far_off_is_offered():
    assert KNOWN.nearest("zzzzqqqq", language="en-gb", slips=2) == []


def test_only_the_misspelt_words_of_a_question_are_put_right():
    asked = ["debt", "bondige"]
    assert corrected(asked, {"bondige": ["bondage", "bandage"]}) == [("debt", "bondage"), ("debt", "bandage")]
    assert corrected(asked, {}) == []
    assert corrected(["a", "b"], {"a": ["x"], "b": ["y", "z"]}) == [("x", "y"), ("x", "z")]


def letter_by_letter(one: str, other: str) -> int:
    """Optimal string alignment as the textbook has it."""
    rows = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            cost = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            rows[i][j] = cost
    return rows[-1][-1]


@given(st.text("abcd", max_size=14), st.text("abcd", max_size=14))
def test_slips_are_counted_as_letter_by_letter(one, other):
    assert Slips(one).to(other) == letter_by_letter(one, other)
