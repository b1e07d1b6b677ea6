"""Lessons and questions as plain words by field, in one form for files, pages and drafts, so that they can be compared.

Names are those of the files. What means the same is the same here: ids that Wagtail gives to blocks, marks of its editor and
line breaks inside a paragraph are left out.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from content.keeping import Words
from courses.lesson_files import LessonFile, QuestionFile
from courses.models import LessonPage, Question

_EDITOR_MARK = re.compile(r'\s*data-block-key="[^"]*"')
_AROUND_BLOCKS = re.compile(r"\s*(</?(?:p|h2|h3|ul|ol|li)>)\s*|\s*(<br */?>)\s*")
# A paragraph that only fills an item of a list.
_FILLING = re.compile(r"(<li>)<p>|</p>(?=</li>|<ul>|<ol>)")
# Paragraphs that hold nothing, as the editor leaves behind.
_EMPTY = re.compile(r"<p></p>")
_ENTITY = re.compile(r"&(?:quot|#x27|#39|apos|nbsp);")


def same_html(markup: str) -> str:
    """Markup in one form, whether it was written by Markdown or by the editor."""
    text = _EDITOR_MARK.sub("", markup)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), text)
    text = re.sub(r"\s+", " ", text)
    text = _AROUND_BLOCKS.sub(lambda found: found[1] or "<br/>", text)
    text = _FILLING.sub(lambda found: found[1] or "", text)
    return _EMPTY.sub("", text.replace("<strong>", "<b>").replace("</strong>", "</b>")).strip()


def _same_block(value: Any) -> Any:
    """A block's value without the ids of its parts, its markup in one form, and list items as their values."""
    if isinstance(value, dict):
        return {key: _same_block(one) for key, one in value.items()}
    if isinstance(value, list):
        return [
            _same_block(one["value"])
            if isinstance(one, dict) and one.get("type") == "item" and "value" in one
            else _same_block(one)
            for one in value
        ]
    return value


def same_body(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks of a lesson, by type and value."""
    body = []
    for block in blocks:
        value = _same_block(block["value"])
        if block["type"] == "text":
            value = same_html(value)
        elif block["type"] in ("role", "law"):
            value = {"variants": [one | {"body": same_html(one["body"])} for one in value["variants"]]}
        body.append({"type": block["type"], "value": value})
    return body


def _whole(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With everything that a block holds by default: read as the page reads it, and written as it writes it."""
    found: list[dict[str, Any]] = (
        LessonPage._meta.get_field("body").to_python(json.dumps(blocks, ensure_ascii=False)).get_prep_value()
    )
    return found


def lesson_words(row: LessonFile) -> Words:
    return {
        "title": row.title,
        "module": row.module,
        "minutes": row.minutes,
        "content_note": row.content_note,
        "gates": list(row.gates),
        "version": row.version,
        "valid_from": _day(row.valid_from),
        "recheck_by": _day(row.recheck_by),
        "by_the_end": list(row.by_the_end),
        "summary": same_html(row.summary),
        "use_tomorrow": list(row.use_tomorrow),
        "body": same_body(_whole(row.body)),
    }


def words_of_lesson(page: LessonPage) -> Words:
    """As the page stands, or one of its drafts read as an object."""
    return {
        "title": page.title,
        "module": page.module.code,
        "minutes": page.minutes,
        "content_note": page.content_note,
        "gates": list(page.gates),
        "version": page.version,
        "valid_from": _day(page.valid_from),
        "recheck_by": _day(page.recheck_by),
        "by_the_end": [str(block.value) for block in page.by_the_end],
        "summary": same_html(page.summary),
        "use_tomorrow": [str(block.value) for block in page.use_tomorrow],
        "body": same_body(page.body.get_prep_value()),
    }


def question_words(row: QuestionFile) -> Words:
    return {
        "lesson": row.lesson,
        "outcome": row.outcome,
        "level": row.level,
        "kind": row.kind,
        "case": row.case_code,
        "case_text": row.case_text,
        "must_pass": row.must_pass,
        "roles": list(row.roles),
        "packs": list(row.packs),
        "subject": row.subject,
        "person": row.person,
        "stem": row.stem,
        "targets": [dict(one) for one in row.targets],
        "options": [_option(one, list(one["facts"])) for one in row.options],
        "retired": False,
    }


def words_of_question(question: Question) -> Words:
    """As the question stands, or one of its drafts read as an object."""
    return {
        "lesson": question.lesson_code,
        "outcome": question.outcome,
        "level": question.level,
        "kind": question.kind,
        "case": question.case_code,
        "case_text": question.case_text,
        "must_pass": question.must_pass,
        "roles": list(question.role_codes),
        "packs": list(question.pack_codes),
        "subject": question.subject,
        "person": question.person,
        "stem": question.stem,
        "targets": [{"id": one.value["id"], "label": one.value["label"]} for one in question.targets],
        "options": [_option(one.value, one.value["facts"].split()) for one in question.options],
        "retired": question.retired,
    }


def _option(value: Mapping[str, Any], facts: list[str]) -> dict[str, Any]:
    credit = value.get("credit")
    return {
        "id": value["id"],
        "text": value["text"],
        "correct": bool(value["correct"]),
        "credit": None if credit is None else float(credit),
        "answer": value.get("answer") or "",
        "rationale": value["rationale"],
        "facts": facts,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
