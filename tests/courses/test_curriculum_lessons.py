"""The lessons as they are written, read back through the page's own field by every role under every pack."""

import json
from collections import Counter
from pathlib import Path

import pytest

from content.reader import parse_yaml
from courses.activities import Audience, resolve
from courses.lesson_files import read_lesson
from courses.models import LessonPage

ROOT = Path(__file__).parents[2] / "content" / "curriculum"
LESSONS = sorted((ROOT / "lessons").glob("*.md"))
ROLES = [*(f"R{number}" for number in range(1, 11)), "ALLIED"]
PACKS = ["INT", "US", "UK", "EU"]
PLAIN = {"text", "role", "law", "misconceptions"}
CORE_MODULES = ("M00", "M01", "M02", "M03", "M04")
# Below that many lessons a quarter is too coarse a measure: with eight of them, three of a kind would be too many.
ENOUGH_LESSONS = 20


def test_there_are_lessons() -> None:
    assert LESSONS


@pytest.mark.django_db
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_everybody_meets_whole_activities(path: Path) -> None:
    lesson = read_lesson(path, name=path.name, roles=ROLES, packs=PACKS)
    body = LessonPage._meta.get_field("body").to_python(json.dumps(lesson.body))
    activities = [block for block in body if block.block_type not in PLAIN]
    assert activities
    for block in activities:
        for role in ROLES:
            for pack in PACKS:
                activity = resolve(block.block_type, block.value, Audience(role, pack))
                assert activity.asks or activity.lines or activity.settings or activity.prompts, (role, pack)
                for ask in activity.asks:
                    has_best = any(option.is_best for option in ask.options)
                    assert has_best is activity.has_answer, (role, pack, ask.name)
                    assert all(one.text and one.feedback for one in ask.options), (role, pack, ask.name)
                if block.block_type == "build":
                    assert activity.model, (role, pack)


@pytest.mark.django_db
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_role_boxes_reach_each_role_once(path: Path) -> None:
    lesson = read_lesson(path, name=path.name, roles=ROLES, packs=PACKS)
    body = LessonPage._meta.get_field("body").to_python(json.dumps(lesson.body))
    for block in body:
        if block.block_type == "role":
            named = [role for variant in block.value["variants"] for role in variant["roles"]]
            assert sorted(named) == sorted(ROLES)


def test_lessons_agree_with_the_list_of_modules() -> None:
    rows = parse_yaml((ROOT / "modules.yaml").read_text(encoding="utf-8"), file="modules.yaml")
    listed = {one["id"]: (row["id"], one["title"], one["minutes"]) for row in rows for one in row["lessons"]}
    for path in LESSONS:
        lesson = read_lesson(path, name=path.name, roles=ROLES, packs=PACKS)
        assert listed[lesson.code] == (lesson.module, lesson.title, lesson.minutes)


def test_no_kind_of_activity_makes_up_more_than_a_quarter_of_the_core_modules() -> None:
    lessons = [read_lesson(path, name=path.name, roles=ROLES, packs=PACKS) for path in LESSONS]
    core = [lesson for lesson in lessons if lesson.module in CORE_MODULES]
    kinds = Counter(block["type"] for lesson in core for block in lesson.body if block["type"] not in PLAIN)
    too_many = {kind: count for kind, count in kinds.items() if count * 4 > kinds.total()}
    assert len(core) < ENOUGH_LESSONS or not too_many, (too_many, kinds.total())
