"""The question bank as it stands in the files: nobody should be able to guess. No database."""

import re
from itertools import combinations, product
from pathlib import Path

import pytest
import yaml

CURRICULUM = Path(__file__).parents[2] / "content" / "curriculum"
PACKS = ("INT", "US", "UK", "EU")
ROLES = (*(f"R{number}" for number in range(1, 11)), "ALLIED")
GIVES_A_REASON = re.compile(r"\b(since|because|so that|given that)\b|, as ", re.IGNORECASE)


def read(name):
    return yaml.safe_load((CURRICULUM / name).read_text(encoding="utf-8"))


BANK = [
    question | {"lesson": path.stem}
    for path in sorted((CURRICULUM / "questions").glob("*.yaml"))
    for question in read(f"questions/{path.name}")
    if question["kind"] != "case"
]
SINGLE = [question for question in BANK if question["kind"] in ("single", "best_next_step")]
DEPICTED = [question for question in BANK if question.get("person", "none") != "none"]


def right(question):
    return next(option for option in question["options"] if option.get("correct"))


def wrong(question):
    return [option for option in question["options"] if not option.get("correct")]


def share(items, test):
    return sum(1 for item in items if test(item)) / len(items)


@pytest.mark.parametrize(("role", "pack"), list(product(ROLES, PACKS)))
def test_every_learner_has_three_questions_for_each_one_drawn(role, pack):
    for cell in (cell for course in read("courses.yaml") for cell in course["check"]["blueprint"]):
        bank = [
            question
            for question in BANK
            if question["lesson"] == cell["lesson"]
            and role in question.get("roles", ROLES)
            and pack in question.get("packs", PACKS)
        ]
        must_pass = [question for question in bank if question.get("must_pass")]
        assert len(bank) >= 3 * cell["items"], cell
        assert len(must_pass) >= 3 * cell.get("must_pass", 0), cell
        assert len(bank) - len(must_pass) >= 3 * (cell["items"] - cell.get("must_pass", 0)), cell


def test_the_right_option_is_not_known_by_its_length():
    lengths = [
        (len(right(question)["text"]), [len(option["text"]) for option in wrong(question)])
        for question in SINGLE
    ]

    assert share(lengths, lambda pair: pair[0] > max(pair[1])) <= 1 / 3
    assert share(lengths, lambda pair: pair[0] < min(pair[1])) <= 1 / 3


def test_the_right_option_is_not_known_by_its_place():
    places = [
        next(place for place, option in enumerate(question["options"]) if option.get("correct"))
        for question in SINGLE
    ]

    assert max(places.count(place) for place in range(4)) <= 0.35 * len(places)


def test_the_right_option_is_not_known_by_being_the_one_without_an_excuse():
    def gives_a_reason(option):
        return GIVES_A_REASON.search(option["text"])

    ours = share([right(question) for question in SINGLE], gives_a_reason)
    others = share([option for question in SINGLE for option in wrong(question)], gives_a_reason)

    assert abs(ours - others) <= 0.15


def test_no_two_questions_share_more_than_half_their_words():
    def words(question):
        text = " ".join([question["stem"], *(option["text"] for option in question["options"])])
        return set(re.findall(r"[a-z']+", text.lower()))

    for (one, first), (other, second) in combinations(
        [(question["id"], words(question)) for question in BANK], 2
    ):
        assert len(first & second) / len(first | second) <= 0.5, (one, other)


def test_the_people_in_the_questions_are_as_varied_as_the_people_in_life():
    assert share(BANK, lambda question: question["subject"] in ("labour", "domestic", "criminality")) >= 0.5
    assert share(DEPICTED, lambda question: question["person"] in ("man", "boy")) >= 0.4
    assert share(DEPICTED, lambda question: question.get("national", False)) >= 1 / 3


def test_every_reason_rests_on_a_fact_and_national_law_stands_in_its_own_pack():
    facts = {fact["id"]: fact for fact in read("facts.yaml")}
    for question in BANK:
        for option in question["options"]:
            assert option["rationale"], question["id"]
            assert option["facts"], question["id"]
            for code in option["facts"]:
                fact = facts[code]
                # That rules differ where a people governs itself is no rule of one country.
                if fact["jurisdiction"] in ("US", "UK") and "L" in fact["flags"] and code != "CUL-08":
                    assert question.get("packs") == [fact["jurisdiction"]], (question["id"], code)
