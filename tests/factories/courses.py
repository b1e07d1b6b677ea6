"""The smallest valid course, through the services: two lessons, a check on them, and a scenario."""

from datetime import UTC, datetime

from config.curriculum import _home
from courses.lesson_files import LessonFile, QuestionFile
from courses.models import Course, CourseVersion, LessonPage, Registration
from courses.services import register
from courses.services.curriculum import (
    CourseRow,
    ModuleRow,
    UnitRow,
    lesson_index,
    load_lesson,
    load_question,
    publish_course,
    save_module,
)
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULES = {
    "credit_hours": "2.25",
    "validity_months": 12,
    "check": {
        "items": 3,
        "pass_percent": 60,
        "blueprint": [{"lesson": "1.3", "items": 2, "must_pass": 1}, {"lesson": "2.3", "items": 1}],
    },
    "scenarios": {"R1": ["early-van"], "R3": ["seen-alone"], "ALLIED": ["early-van", "seen-alone"]},
    "packs": ["INT", "UK", "US"],
    "notes": [],
}
# The questions before and after, for RULES | {"forms": FORMS}.
FORMS = {"items": 2, "blueprint": [{"lesson": "1.3", "items": 1}, {"lesson": "2.3", "items": 1}]}
UNITS = [
    UnitRow("lesson", "1.3", "First words", 14),
    UnitRow("lesson", "2.3", "Interpreters", 10),
    UnitRow("check", "check", "The check", 10),
    UnitRow("scenario", "scenario", "A scenario", 25),
]


def make_course(*, rules=RULES, units=UNITS, label="2026.1", at=AT) -> CourseVersion:
    return publish_course(
        CourseRow("ESSENTIAL", "essential", "Essential", "essential", label, "", units, rules), at=at
    )


def make_question(
    code: str,
    lesson: str,
    *,
    must_pass="",
    roles=(),
    packs=(),
    right="a",
    kind="single",
    at=AT,
    stem=None,
    case="",
    answers=None,
):
    options = [
        {
            "id": key,
            "text": f"{code} {key}",
            "correct": key in right and kind not in ("ordering", "matching"),
            "credit": 0.5 if kind == "best_next_step" and key == "b" else None,
            "answer": (answers or {}).get(key, ""),
            "rationale": f"Because {key}",
            "facts": ["CRI-01"],
        }
        for key in "abc"
    ]
    row = QuestionFile(
        code=code,
        lesson=lesson,
        outcome="",
        level="apply",
        kind=kind,
        must_pass=must_pass,
        roles=list(roles),
        packs=list(packs),
        subject="",
        person="",
        stem=stem or f"Stem of {code}",
        case_code=case,
        case_text=f"What is known of {case}" if case else "",
        targets=[{"id": one, "label": f"Target {one}"} for one in sorted(set((answers or {}).values()))],
        options=options,
        facts={},
        file="",
        line=1,
    )
    load_question(row, at=at)


def make_bank() -> None:
    for number in range(6):
        make_question(f"Q-1.3-{number}", "1.3", must_pass="limits first" if number < 3 else "")
    for number in range(4):
        make_question(f"Q-2.3-{number}", "2.3")


def make_lesson(
    code="1.3",
    title="First words",
    *,
    body=None,
    summary="<p>In short.</p>",
    note="",
    gates=("survivor",),
) -> LessonPage:
    save_module(ModuleRow("M01", "trauma-informed-care", "Trauma-informed care", "", [], ["survivor"], 1))
    index = lesson_index(_home())
    row = LessonFile(
        code=code,
        module="M01",
        title=title,
        minutes=14,
        content_note=note,
        gates=list(gates),
        version="2026.1",
        valid_from=AT.date(),
        recheck_by=AT.date().replace(year=2027),
        by_the_end=["say it"],
        summary=summary,
        use_tomorrow=["Say it"],
        body=body or [{"type": "text", "value": "<p>Hello.</p>"}],
        facts={},
        file="",
    )
    load_lesson(row, parent=index)
    return LessonPage.objects.get(code=code)


def make_registration(user, agency, *, role="R1", jurisdiction="UK", at=AT, due_on=None) -> Registration:
    course = Course.objects.filter(code="ESSENTIAL").first() or make_course().course
    return register(
        user,
        course=course,
        agency=agency,
        professional_role=ProfessionalRoleFactory(code=role),
        jurisdiction=JurisdictionFactory(code=jurisdiction),
        due_on=due_on,
        at=at,
    )
