"""How questions do: the list that trainers read in the admin."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.item_statistics import SHOWN_FROM, Finding, findings, uses
from courses.models import CheckAttempt, ItemStatistic
from courses.services.item_statistics import sums_of

PER_PAGE = 50
WORDS = {
    Finding.NEGATIVE: gettext_lazy(
        "Who does well in the rest gets this wrong more often than others. Read it again: is the right answer right?"
    ),
    Finding.STRONG_CHOOSE: gettext_lazy("The strong choose %(option)s: read it again."),
    Finding.TOO_EASY: gettext_lazy("Too easy: nearly everybody has it right."),
    Finding.TOO_HARD: gettext_lazy("Too hard, or not clear: few have it right."),
    Finding.WEAK: gettext_lazy("Says little: who knows the rest does hardly better here."),
    Finding.UNUSED: gettext_lazy("Nobody takes %(option)s."),
}


@dataclass(frozen=True)
class OptionRow:
    label: str
    text: str
    is_right: bool
    count: int | None
    percent: str
    is_unused: bool


@dataclass(frozen=True)
class StatisticRow:
    """One line of the list. Numbers are None where fewer than ten people answered or nothing can be said."""

    code: str
    lesson: str
    stem: str
    url: str
    version: int
    is_current: bool
    setting: str
    answered: int | None
    difficulty: float | None
    discrimination: float | None
    options: tuple[OptionRow, ...]
    findings: tuple[str, ...]

    @property
    def percent(self) -> str:
        return "" if self.difficulty is None else f"{100 * self.difficulty:.0f}%"

    @property
    def separates(self) -> str:
        return "" if self.discrimination is None else f"{self.discrimination:+.2f}".replace("-", "\u2212")


def _present(row: ItemStatistic, settings: dict[str, str]) -> StatisticRow:
    version = row.question_version
    question = version.question
    sums = sums_of(row)
    targets = {one["id"]: one["label"] for one in version.targets}
    used = uses(version.kind, version.options, list(targets), sums)
    letters = {str(one["id"]): chr(ord("A") + place) for place, one in enumerate(version.options)}
    texts = {str(one["id"]): str(one["text"]) for one in version.options}
    is_shown = row.answered >= SHOWN_FROM

    def option(key: str) -> tuple[str, str]:
        one, _colon, target = key.partition(":")
        return letters[one], f"{texts[one]} → {targets[target]}" if target else texts[one]

    return StatisticRow(
        code=question.code,
        lesson=question.lesson_code,
        stem=version.stem,
        url=reverse("wagtailsnippets_courses_question:edit", args=[question.pk]),
        version=version.number,
        is_current=question.current_id == version.pk,
        setting=settings[setting_of(row)],
        answered=row.answered if is_shown else None,
        difficulty=sums.difficulty if is_shown else None,
        discrimination=sums.discrimination if is_shown else None,
        options=tuple(
            OptionRow(
                *option(one.key),
                one.is_right,
                one.count,
                "" if one.share is None else f"{100 * one.share:.0f}%",
                one.is_unused,
            )
            for one in used
        ),
        findings=tuple(
            str(WORDS[finding]) % {"option": option(key)[0] if key else ""}
            for finding, key in findings(version.kind, sums, used)
        ),
    )


def setting_of(row: ItemStatistic) -> str:
    return f"{row.course.code}/{row.purpose}"


def _number(value: float | None, *, missing: float) -> float:
    return missing if value is None else value


# Key to sort by, and whether the largest stands on top.
SORTS: dict[str, tuple[Callable[[StatisticRow], Any], bool]] = {
    "look": (lambda row: (len(row.findings), _number(row.answered, missing=0)), True),
    "code": (lambda row: (row.code, row.version), False),
    "answered": (lambda row: _number(row.answered, missing=0), True),
    "difficulty": (lambda row: _number(row.difficulty, missing=2), False),
    "discrimination": (lambda row: _number(row.discrimination, missing=2), False),
}
COLUMNS = (
    ("code", gettext_lazy("Question")),
    ("answered", gettext_lazy("Answered")),
    ("difficulty", gettext_lazy("Right")),
    ("discrimination", gettext_lazy("Separates")),
    ("look", gettext_lazy("To look at")),
)


def question_statistics(request: HttpRequest) -> HttpResponse:
    """One query, however many answers. The numbers are those of the last count."""
    if not request.user.has_perm("courses.view_question"):
        raise PermissionDenied
    rows = list(
        ItemStatistic.objects.select_related("question_version__question", "course").defer(
            "question_version__case_text"
        )
    )
    purposes = dict(CheckAttempt.Purpose.choices)
    settings = {
        setting_of(row): f"{row.course.title}: {purposes[row.purpose]}"
        for row in sorted(rows, key=lambda row: (row.course.code, row.purpose))
    }
    setting, lesson = request.GET.get("setting", ""), request.GET.get("lesson", "")
    only = request.GET.get("only") == "look"
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "look"
    lessons = sorted({row.question_version.question.lesson_code for row in rows}, key=_by_number)
    chosen = [
        row
        for row in rows
        if (not setting or setting_of(row) == setting)
        and (not lesson or row.question_version.question.lesson_code == lesson)
    ]
    shown = sorted((_present(row, settings) for row in chosen), key=SORTS["code"][0])
    key, largest_first = SORTS[sort]
    shown.sort(key=key, reverse=largest_first)
    if only:
        shown = [row for row in shown if row.findings]
    kept = {"setting": setting, "lesson": lesson, "only": "look" if only else ""}
    return render(
        request,
        "courses/admin/question_statistics.html",
        {
            "rows": Paginator(shown, PER_PAGE).get_page(request.GET.get("p")),
            "columns": COLUMNS,
            "sort": sort,
            "settings": settings,
            "lessons": lessons,
            "kept": {name: value for name, value in kept.items() if value},
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": "", "label": _("Question statistics")},
            ],
        },
    )


def _by_number(code: str) -> tuple[tuple[int, str], ...]:
    """1.2 before 1.10."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in code.split("."))
