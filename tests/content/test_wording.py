"""Words that we do not use, and how a text names one on purpose. No database."""

import pytest

from content.wording import wording_problems


def found(text, file="lessons/1.3.md"):
    return [(problem.line, problem.message) for problem in wording_problems(text, file=file)]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("We rescue people.", "CARE-04"),
        ("They were rescued.", "CARE-04"),
        ("He is an illegal migrant.", "CARE-04"),
        ("She works here illegally.", "CARE-04"),
        ("This is modern-day slavery.", "CARE-04"),
        ("A sex slave.", "CARE-04"),
        ("A child prostitute.", "CARE-04"),
        ("He refused a bed.", "CARE-04"),
        ("Her trafficker waits outside.", "CARE-04"),
        ("Her pimp waits outside.", "CARE-04"),
        ("The patient is non-compliant.", "CRI-04"),
        ("A woman in chains.", "D-6"),
        ("A barcode on the neck.", "D-6"),
        ("Read the trigger warning.", "D-7"),
        ("How to get a disclosure.", "D-2"),
        ("Make her disclose.", "D-2"),
        ("Tell him that the police will help.", "D-15"),
        ("What you say is strictly confidential.", "D-15"),
        ("We guarantee housing.", "D-15"),
        ("You are safe now.", "D-15"),
    ],
)
def test_a_word_that_we_do_not_use_is_named_with_its_line_and_rule(words, rule):
    ((line, message),) = found(f"---\nid: 1\n---\n\n{words}\n")

    assert line == 5
    assert rule in message


@pytest.mark.parametrize(
    "words",
    [
        "You may refuse at any time.",
        "The directive names illegal adoption.",
        "“Modern slavery” is a term of law.",
        "A chain of hotels; a supply chain.",
        "“You are safe now” is a promise that you cannot keep.",
        "Trafficking is a crime.",
        "See https://example.org/rescue for more.",
        "  - id: refused",
    ],
)
def test_a_right_a_term_of_law_an_address_and_a_sentence_to_weigh_are_no_mistakes(words):
    assert found(words) == []


def test_words_that_run_over_a_line_are_found_where_they_begin():
    assert found("A text about a child\nprostitute.")[0][0] == 1


def test_a_text_may_name_a_word_on_purpose_and_says_why():
    text = "---\n# wording: refused (it teaches another word)\nid: 1\n---\nNot “refused”.\n"

    assert found(text) == []
    assert found(text.replace(" (it teaches another word)", ""))[0][0] == 2
    assert found(text.replace("refused (it", "refused, rescue (it")) == [
        (2, "“rescue” is allowed here and stands nowhere. Take it out of the comment.")
    ]


def test_in_a_list_a_word_is_allowed_for_one_entry_only():
    text = (
        "- id: A\n  # wording: refused (the words of the source)\n  text: refused\n- id: B\n  text: refused\n"
    )

    assert [line for line, _message in found(text, "facts.yaml")] == [5]
