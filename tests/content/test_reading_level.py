"""The grade that a text asks for. No database."""

import pytest

from content.reading_level import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cut", 1), ("taken", 2), ("asked", 1), ("decided", 3), ("people", 2), ("safety", 2), ("whose", 1), ("interpreter", 4),
        ("exploitation", 4), ("confidential", 4), ("police", 2), ("changes", 2), ("being", 2), ("idea", 3), ("quiet", 2),
        ("area", 3), ("table", 2), ("society", 4), ("information", 4), ("needed", 2), ("houses", 2), ("science", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word, count):
    assert syllables(word) == count


def test_the_grade_is_that_of_the_formula():
    # Ten words in two sentences, twelve syllables: 0.39 * 5 + 11.8 * 1.2 - 15.59.
    assert grade("The cat sat on mats. The people drink water now.") == pytest.approx(
        0.39 * 5 + 11.8 * 1.2 - 15.59, abs=0.01
    )


def test_long_words_in_long_sentences_are_hard_and_short_ones_easy():
    hard = "Professional identification necessitates comprehensive consideration of organisational vulnerability."

    assert grade(hard) > 15
    assert grade("Sit down. Say who you are. Ask what they need.") < 3


def test_names_citations_and_addresses_say_nothing_about_the_writing():
    plain = "The guide asks you to keep notes."

    assert grade("The United Nations Office guide asks you to keep notes. [@NUM-01; @TIC-09]") == grade(plain)
    assert grade("The [guide](https://example.org/a.b?c=d) asks you to keep notes.") == grade(plain)
