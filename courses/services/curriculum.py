"""Publishing courses, lessons and questions: from files, and from the admin."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.log_actions import registry
from wagtail.models import Page

from content.keeping import Keeper, Words
from courses.lesson_files import LessonFile, QuestionFile
from courses.models import (
    AssignableUnit,
    Course,
    CourseVersion,
    LessonIndexPage,
    LessonPage,
    Module,
    MoveOn,
    Question,
    QuestionVersion,
    RolePath,
)
from courses.words import lesson_words, question_words, words_of_lesson, words_of_question


@dataclass(frozen=True)
class ModuleRow:
    code: str
    slug: str
    title: str
    purpose: str
    outcomes: list[dict[str, str]]
    gates: list[str]
    order: int
    plan: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RolePathRow:
    role: str
    practitioner: Sequence[str]
    specialist: Sequence[str]
    scenarios: Sequence[str]


@dataclass(frozen=True)
class UnitRow:
    kind: str
    code: str
    title: str
    minutes: int


@dataclass(frozen=True)
class CourseRow:
    code: str
    slug: str
    title: str
    tier: str
    label: str
    description: str
    units: Sequence[UnitRow]
    rules: Mapping[str, Any]
    renews: str = ""


def _digest(value: object) -> str:
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, default=str, ensure_ascii=False).encode()
    ).hexdigest()


@transaction.atomic
def save_module(row: ModuleRow, *, keeper: Keeper | None = None) -> Module:
    """Its place, gates asked for and plan are always the file's; its words unless somebody has changed them in the admin."""
    existing = Module.objects.filter(code=row.code).first()
    outcome = (keeper or Keeper()).outcome(
        "module",
        row.code,
        {"title": row.title, "purpose": row.purpose, "outcomes": row.outcomes, "gates": row.gates},
        None if existing is None else partial(module_words, existing),
        was_edited=lambda: registry.get_logs_for_instance(existing).filter(action="wagtail.edit").exists(),
    )
    values: dict[str, Any] = {"slug": row.slug, "order": row.order, "plan": row.plan}
    if outcome in ("new", "changed"):
        values |= {"title": row.title, "purpose": row.purpose, "outcomes": row.outcomes, "gates": row.gates}
    module, _ = Module.objects.update_or_create(code=row.code, defaults=values)
    return module


def module_words(module: Module) -> dict[str, Any]:
    return {
        "title": module.title,
        "purpose": module.purpose,
        "outcomes": module.outcomes,
        "gates": module.gates,
    }


@transaction.atomic
def save_role_path(row: RolePathRow) -> RolePath:
    path, _ = RolePath.objects.update_or_create(
        role_code=row.role,
        defaults={
            "practitioner": list(row.practitioner),
            "specialist": list(row.specialist),
            "scenarios": list(row.scenarios),
        },
    )
    return path


@transaction.atomic
def publish_course(row: CourseRow, *, at: datetime) -> CourseVersion:
    """A new version where the rules differ from the newest; otherwise that one.

    Whoever is on the way keeps the version that she started under.
    """
    course, _ = Course.objects.update_or_create(
        code=row.code,
        defaults={"slug": row.slug, "title": row.title, "tier": row.tier, "description": row.description},
    )
    if row.renews:
        Course.objects.filter(code=row.renews).update(renewed_by=course)
    digest = _digest(
        [row.label, row.rules, [(unit.kind, unit.code, unit.title, unit.minutes) for unit in row.units]]
    )
    newest = course.versions.first()
    if newest is not None and newest.digest == digest:
        return newest
    version = CourseVersion.objects.create(
        course=course,
        number=newest.number + 1 if newest else 1,
        label=row.label,
        rules=dict(row.rules),
        digest=digest,
        published_at=at,
    )
    pass_mark = Decimal(row.rules.get("check", {}).get("pass_percent", 0)) / 100
    for order, unit in enumerate(row.units, start=1):
        is_check = unit.kind == AssignableUnit.Kind.CHECK
        AssignableUnit.objects.create(
            course_version=version,
            kind=unit.kind,
            code=unit.code,
            title=unit.title,
            minutes=unit.minutes,
            order=order,
            move_on=MoveOn.PASSED if is_check else MoveOn.COMPLETED,
            mastery_score=pass_mark if is_check else None,
        )
    return version


def lesson_index(parent: Page) -> LessonIndexPage:
    """The page under which lessons live; made once."""
    existing: LessonIndexPage | None = LessonIndexPage.objects.descendant_of(parent).first()
    if existing is not None:
        return existing
    page: LessonIndexPage = parent.add_child(instance=LessonIndexPage(title="Lessons", slug="lessons"))
    page.save_revision().publish()
    return page


def _lesson_now(page: LessonPage) -> Words:
    """With its latest draft: what a trainer has begun is hers as well."""
    return words_of_lesson(page.get_latest_revision_as_object())


def _question_now(question: Question) -> Words:
    return words_of_question(question.get_latest_revision_as_object())


def _is_edited(thing: LessonPage | Question | None) -> bool:
    """Whether somebody has changed it in the admin since it was last loaded."""
    return (
        thing is not None
        and thing.loaded_revision is not None
        and thing.latest_revision_id != thing.loaded_revision
    )


def _stream(blocks: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def _lines(lines: Sequence[str]) -> str:
    return _stream([{"type": "line", "value": line} for line in lines])


@transaction.atomic
def load_lesson(row: LessonFile, *, parent: LessonIndexPage, keeper: Keeper | None = None) -> str:
    """Publish a lesson as its file says: "new", "changed", "same", or "kept" where a trainer has edited the page."""
    page = LessonPage.objects.select_related("module").filter(code=row.code).first()
    outcome = (keeper or Keeper()).outcome(
        "lesson",
        row.code,
        lesson_words(row),
        None if page is None else partial(_lesson_now, page),
        was_edited=partial(_is_edited, page),
    )
    if outcome not in ("new", "changed"):
        return outcome
    is_new = page is None
    page = page or LessonPage(code=row.code, slug=slugify(f"{row.code.replace('.', '-')}-{row.title}"))
    page.title = row.title
    page.module = Module.objects.get(code=row.module)
    page.minutes = row.minutes
    page.version = row.version
    page.valid_from = row.valid_from
    page.recheck_by = row.recheck_by
    page.gates = row.gates
    page.content_note = row.content_note
    page.by_the_end = _lines(row.by_the_end)
    page.summary = row.summary
    page.use_tomorrow = _lines(row.use_tomorrow)
    page.body = _stream(row.body)
    if is_new:
        parent.add_child(instance=page)
    revision = page.save_revision()
    revision.publish()
    LessonPage.objects.filter(pk=page.pk).update(loaded_revision=revision.pk)
    return outcome


@transaction.atomic
def load_question(row: QuestionFile, *, at: datetime, keeper: Keeper | None = None) -> str:
    """Publish a question as its file says; answers as in load_lesson."""
    question = Question.objects.filter(code=row.code).first()
    outcome = (keeper or Keeper()).outcome(
        "question",
        row.code,
        question_words(row),
        None if question is None else partial(_question_now, question),
        was_edited=partial(_is_edited, question),
    )
    if outcome not in ("new", "changed"):
        return outcome
    question = question or Question(code=row.code)
    question.lesson_code = row.lesson
    question.outcome = row.outcome
    question.level = row.level
    question.kind = row.kind
    question.must_pass = row.must_pass
    question.role_codes = row.roles
    question.pack_codes = row.packs
    question.subject = row.subject
    question.person = row.person
    question.case_code = row.case_code
    question.case_text = row.case_text
    question.targets = _stream([{"type": "target", "value": one} for one in row.targets])
    question.stem = row.stem
    question.options = _stream(
        [{"type": "option", "value": option | {"facts": " ".join(option["facts"])}} for option in row.options]
    )
    question.retired = False
    question.save()
    revision = question.save_revision()
    Question.objects.filter(pk=question.pk).update(loaded_revision=revision.pk)
    question.refresh_from_db()
    publish_question(question, at=at)
    return outcome


@transaction.atomic
def publish_question(question: Question, *, at: datetime) -> QuestionVersion:
    """Freeze a question as it stands, so that it is drawn from now on. Checks that are open keep what they drew."""
    options = [
        {
            "id": block.value["id"],
            "text": block.value["text"],
            "correct": bool(block.value["correct"]),
            "rationale": block.value["rationale"],
            "facts": block.value["facts"].split(),
        }
        | ({"credit": float(block.value["credit"])} if block.value.get("credit") else {})
        | ({"answer": block.value["answer"]} if block.value.get("answer") else {})
        for block in question.options
    ]
    # Only where there is something to say, so that what was frozen before there were cases and targets stays the same.
    more = {
        "case_code": question.case_code,
        "case_text": question.case_text,
        "targets": [{"id": one.value["id"], "label": one.value["label"]} for one in question.targets],
    }
    frozen = {key: value for key, value in more.items() if value} | {
        "stem": question.stem,
        "kind": question.kind,
        "level": question.level,
        "outcome": question.outcome,
        "must_pass": question.must_pass,
        "role_codes": question.role_codes,
        "pack_codes": question.pack_codes,
        "options": options,
    }
    digest = _digest(frozen)
    newest = question.versions.first()
    if newest is not None and newest.digest == digest:
        version = newest
    else:
        version = QuestionVersion.objects.create(
            question=question,
            number=newest.number + 1 if newest else 1,
            digest=digest,
            created_at=at,
            **frozen,
        )
    Question.objects.filter(pk=question.pk).update(current=version, live=True)
    return version
