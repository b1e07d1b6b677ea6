"""What CURRICULUM plans for the four core modules is what is loaded: lessons, minutes, outcomes, variants, must-pass rules."""

from collections import Counter

import pytest
from django.conf import settings

from config.curriculum import read_curriculum
from courses.blocks import ACTIVITY_KINDS
from courses.plan import plan_minutes

# Minutes of each module in full and of its starred lessons, with the number of its lessons, outcomes and check items.
PLANNED = {
    "M00": (20, 15, 4, 4, None),
    "M01": (75, 55, 6, 6, 10),
    "M02": (63, 49, 6, 6, 8),
    "M03": (65, 59, 6, 6, 10),
    "M04": (88, 76, 6, 6, 14),
}
MUST_PASS = {
    "M01": {"privacy before questions", "limits before invitation", "no promise"},
    "M02": {"companion never interprets", "stop and replace on conflict"},
    "M03": {
        "limits first",
        "child duty",
        "adult section-52 anonymity (UK) or adult authorisation (US)",
        "no disclosure to companion, employer or family",
    },
    "M04": {"child rule", "consent irrelevant where a means was used", "positive screen is not proof"},
}
LEVELS = {"M01": (2, 2, 4, 2), "M02": (1, 2, 4, 1), "M03": (1, 2, 5, 2), "M04": (2, 3, 6, 3)}
ALL_ROLES = {*(f"R{number}" for number in range(1, 11)), "ALLIED"}


@pytest.fixture(scope="module")
def curriculum():
    return read_curriculum(settings.CURRICULUM_DIR)


@pytest.fixture(scope="module")
def bank(curriculum):
    """Questions by module."""
    module_of = {lesson.code: lesson.module for lesson in curriculum.lessons}
    found = {code: [] for code in PLANNED}
    for question in curriculum.questions:
        if module_of[question.lesson] in found:
            found[module_of[question.lesson]].append(question)
    return found


@pytest.mark.parametrize("code", PLANNED)
def test_every_planned_lesson_is_there_with_its_minutes(curriculum, code):
    full, core, lessons, outcomes, items = PLANNED[code]
    module = next(one for one in curriculum.modules if one.code == code)
    loaded = {lesson.code: lesson for lesson in curriculum.lessons if lesson.module == code}
    planned = {one["id"]: one for one in module.plan["lessons"]}
    assert loaded.keys() == planned.keys()
    assert len(loaded) == lessons
    assert {key: lesson.minutes for key, lesson in loaded.items()} == {
        key: one["minutes"] for key, one in planned.items()
    }
    assert plan_minutes(module.plan, core=False) == full
    assert plan_minutes(module.plan, core=True) == core
    assert len(module.outcomes) == outcomes
    for course in (code, f"{code}-FULL"):
        rules = next(one.rules for one in curriculum.courses if one.code == course)
        assert rules.get("check", {}).get("items") == items


def test_every_outcome_is_taught_by_a_lesson_and_asked_by_questions(curriculum, bank):
    taught = {outcome for lesson in curriculum.lessons for outcome in lesson.outcomes}
    asked = Counter(question.outcome for questions in bank.values() for question in questions)
    for module in curriculum.modules:
        if module.code in PLANNED:
            for outcome in module.outcomes:
                assert outcome["id"] in taught, outcome
                if module.code != "M00":
                    assert asked[outcome["id"]] >= 1, outcome


@pytest.mark.parametrize("code", MUST_PASS)
def test_every_must_pass_rule_has_three_questions(bank, code):
    asked = Counter(question.must_pass for question in bank[code] if question.must_pass)
    assert {rule: asked[rule] >= 3 for rule in MUST_PASS[code]} == dict.fromkeys(MUST_PASS[code], True)


@pytest.mark.parametrize("code", LEVELS)
def test_the_bank_holds_three_times_what_a_check_shows_on_every_level(bank, code):
    levels = Counter(question.level for question in bank[code])
    assert len(bank[code]) >= 3 * sum(LEVELS[code])
    for level, planned in zip(("remember", "understand", "apply", "analyse"), LEVELS[code], strict=True):
        assert levels[level] >= planned, level


def test_every_lesson_speaks_to_every_role_and_under_every_law(curriculum):
    for lesson in curriculum.lessons:
        if lesson.module not in PLANNED:
            continue
        roles, packs = set(), set()
        for block in lesson.body:
            for variant in block["value"].get("variants", []) if isinstance(block["value"], dict) else []:
                roles |= set(variant["value"].get("roles", []))
                packs |= {variant["value"]["pack"]} if "pack" in variant["value"] else set()
        assert roles >= ALL_ROLES, lesson.code
        assert packs >= {"INT", "US", "UK"}, lesson.code
        assert 3 <= len(lesson.use_tomorrow) <= 4, lesson.code


def test_no_kind_of_activity_makes_up_more_than_a_quarter(curriculum):
    kinds = Counter(
        block["type"]
        for lesson in curriculum.lessons
        if lesson.module in PLANNED
        for block in lesson.body
        if block["type"] in ACTIVITY_KINDS
    )
    assert max(kinds.values()) <= sum(kinds.values()) / 4, kinds
