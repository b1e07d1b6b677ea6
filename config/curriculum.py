"""Reads the whole curriculum, says everything that is wrong with it, and writes it through the services.

The files are described in docs/reference/curriculum-format.md. One transaction: all of it or nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, Site

from accounts.reference import save_jurisdiction, save_role
from certification.services import take_usual_renewals
from config.groups import ensure_groups, ensure_reviews
from content.citations import cited_codes
from content.keeping import Conflict, Decision, Keeper, remember_files
from content.loading import ContactRow, FactRow, PackRow, ResourceRow, SourceRow, TermRow, load_reference
from content.models import Fact, Resource
from content.reader import Checker, CurriculumError, Map, Problem, read_text, read_yaml
from content.services import PageWords, RoleWords, ensure_site
from content.wording import wording_problems
from courses.check_rules import CheckRules
from courses.lesson_files import LessonFile, QuestionFile, missing_from, read_lesson, read_questions
from courses.models import Course
from courses.parallel_forms import cells_of
from courses.plan import plan_minutes
from courses.question_rules import share_given_away
from courses.refreshers import LAST_DAY
from courses.services.curriculum import (
    CourseRow,
    ModuleRow,
    RolePathRow,
    UnitRow,
    lesson_index,
    load_lesson,
    load_question,
    publish_course,
    save_module,
    save_role_path,
)
from scenarios.documents import ScenarioDocument
from scenarios.exceptions import ScenarioFileError
from scenarios.reading import read_scenario
from scenarios.services import load_story, page_for, scenario_index

FLAGS = tuple(Fact.Flag.values)
# Facts of one country's entry that state a rule of this course for everybody: no reassurance about papers, and that law
# differs where a people governs itself.
FOR_EVERYBODY = frozenset({"IMM-09", "CUL-08"})

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class RoleRow:
    code: str
    slug: str
    order: int
    name: str
    short_name: str
    words: Map


@dataclass
class Curriculum:
    """Everything that the files say, checked against one another."""

    roles: list[RoleRow] = field(default_factory=list)
    pages: list[PageWords] = field(default_factory=list)
    packs: list[PackRow] = field(default_factory=list)
    sources: list[SourceRow] = field(default_factory=list)
    facts: list[FactRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    terms: list[TermRow] = field(default_factory=list)
    resources: list[ResourceRow] = field(default_factory=list)
    modules: list[ModuleRow] = field(default_factory=list)
    courses: list[CourseRow] = field(default_factory=list)
    paths: list[RolePathRow] = field(default_factory=list)
    lessons: list[LessonFile] = field(default_factory=list)
    questions: list[QuestionFile] = field(default_factory=list)
    scenarios: list[ScenarioDocument] = field(default_factory=list)
    # The text of every file, by its name within the folder.
    files: dict[str, str] = field(default_factory=dict)


@dataclass
class Report:
    """What loading changed, in words for the person who started it."""

    counts: Counter[str] = field(default_factory=Counter)
    # What both an editor and the files have changed; kept as the editor left it, unless the person has decided.
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.result = Curriculum()
        self.module_rows: list[Map] = []
        self.has_unread_questions = False

    def attempt(self, read: Callable[[], T], default: D) -> T | D:
        """Go on after a mistake, so that one run names them all."""
        try:
            return read()
        except CurriculumError as error:
            self.problems += error.problems
        except ScenarioFileError as error:
            self.problems.append(Problem(str(error.file), error.line, error.message))
        return default

    def rows(self, name: str, what: str) -> tuple[list[Map], Checker]:
        check = Checker(name)
        value = self.attempt(lambda: read_yaml(self.root / name, name=name) or [], None)
        rows = check.rows(value, what=what) if value else []
        if value is not None and not value:
            check.say(1, f"There are no {what} in this file.")
        return rows, check

    def files(self, folder: str, pattern: str) -> list[Path]:
        return sorted((self.root / folder).glob(pattern))

    def read(self) -> Curriculum:
        self._roles()
        self._pages()
        self._packs()
        self._sources()
        self._facts()
        self._contacts()
        self._terms()
        self._resources()
        self._modules()
        roles, packs = [row.code for row in self.result.roles], [row.code for row in self.result.packs]
        for path in self.files("lessons", "*.md"):
            name = f"lessons/{path.name}"
            read = partial(read_lesson, path, name=name, roles=roles, packs=packs)
            lesson: LessonFile | None = self.attempt(read, None)
            if lesson is not None:
                self.result.lessons.append(lesson)
        for path in self.files("questions", "*.yaml"):
            name = f"questions/{path.name}"
            known: list[QuestionFile] | None = self.attempt(
                partial(read_questions, path, name=name, roles=roles, packs=packs), None
            )
            self.result.questions += known or []
            # What is wrong with one file is no reason to call the bank too small.
            self.has_unread_questions |= known is None
        for path in self.files("scenarios", "*.yaml"):
            document: ScenarioDocument | None = self.attempt(partial(read_scenario, path), None)
            if document is not None:
                self.result.scenarios.append(document)
        self._courses()
        self._module_courses()
        self._paths()
        self._cross_check()
        self._texts()
        if self.problems:
            raise CurriculumError(sorted(set(self.problems)))
        return self.result

    def _roles(self) -> None:
        rows, check = self.rows("roles.yaml", "roles")
        check.unique(rows, "code")
        for row in rows:
            self.result.roles.append(
                RoleRow(
                    check.text(row, "code"),
                    check.text(row, "slug"),
                    check.number(row, "order"),
                    check.text(row, "name"),
                    _short(check.text(row, "short")),
                    row,
                )
            )
        self.problems += check.problems

    def _pages(self) -> None:
        rows, check = self.rows("pages.yaml", "pages")
        check.unique(rows, "slug")
        for row in rows:
            check.known(row, "slug", "title", "intro", "body", "shows")
            body: list[tuple[str, Any]] = []
            for part in row.get("body") or []:
                kinds = [
                    kind for kind in ("heading", "text", "list") if isinstance(part, Map) and kind in part
                ]
                if len(kinds) != 1:
                    check.say(row.line_of("body"), "Each part of a body is one heading:, text: or list:.")
                elif kinds[0] == "list":
                    body.append(("list", check.texts(part, "list")))
                else:
                    body.append((kinds[0], check.text(part, kinds[0])))
            self.result.pages.append(
                PageWords(
                    check.text(row, "slug"),
                    check.text(row, "title"),
                    check.text(row, "intro"),
                    tuple(body),
                    check.one_of(row, "shows", ("contacts", "glossary")) if "shows" in row else "",
                )
            )
        self.problems += check.problems

    def _packs(self) -> None:
        rows, check = self.rows("packs.yaml", "packs")
        check.unique(rows, "code")
        for row in rows:
            self.result.packs.append(
                PackRow(
                    check.text(row, "code"),
                    check.text(row, "name"),
                    check.text(row, "version"),
                    check.day(row, "valid_from") or date.min,
                    check.day(row, "recheck_by") or date.min,
                    check.text(row, "note", default=""),
                )
            )
        self.problems += check.problems

    def _sources(self) -> None:
        rows, check = self.rows("sources.yaml", "sources")
        check.unique(rows, "key")
        for row in rows:
            check.known(row, "key", "label", "author", "title", "year", "url")
            self.result.sources.append(
                SourceRow(
                    check.text(row, "key"),
                    check.text(row, "label"),
                    check.text(row, "author", default=""),
                    check.text(row, "title"),
                    check.text(row, "year", default=""),
                    check.text(row, "url", default=""),
                )
            )
        self.problems += check.problems

    def _facts(self) -> None:
        rows, check = self.rows("facts.yaml", "facts")
        check.unique(rows, "id")
        known = {row.key for row in self.result.sources}
        for row in rows:
            check.known(
                row, "id", "statement", "sources", "year", "jurisdiction", "confidence", "flags", "recheck_by"
            )
            if check.text(row, "jurisdiction") not in {pack.code for pack in self.result.packs}:
                check.say(
                    row.line_of("jurisdiction"), f"There is no pack {row.get('jurisdiction')} in packs.yaml."
                )
            sources = check.texts(row, "sources")
            for key in sources:
                if key not in known:
                    check.say(row.line_of("sources"), f"There is no source {key}. Add it to sources.yaml.")
            confidence = check.one_of(row, "confidence", ("V1", "V2", "G"))
            if not sources and confidence != "G":
                check.say(row.line, "A fact without a source can only be of confidence G.")
            flags = check.texts(row, "flags")
            for flag in flags:
                if flag not in FLAGS:
                    check.say(row.line_of("flags"), f"{flag!r} is none of {', '.join(FLAGS)}.")
            recheck_by = check.day(row, "recheck_by", required="D" in flags)
            self.result.facts.append(
                FactRow(
                    check.text(row, "id"),
                    check.text(row, "statement"),
                    tuple(sources),
                    check.text(row, "year", default=""),
                    check.text(row, "jurisdiction"),
                    confidence,
                    tuple(flags),
                    recheck_by,
                )
            )
        self.problems += check.problems

    def _contacts(self) -> None:
        rows, check = self.rows("contacts.yaml", "contacts")
        check.unique(rows, "key")
        for row in rows:
            self._known_facts(check, row.line_of("facts"), check.texts(row, "facts"))
            self.result.contacts.append(
                ContactRow(
                    check.text(row, "key"),
                    check.text(row, "country"),
                    check.text(row, "jurisdiction"),
                    check.text(row, "name"),
                    check.text(row, "purpose"),
                    check.text(row, "phone", default=""),
                    check.text(row, "url", default=""),
                    check.text(row, "hours", default=""),
                    check.text(row, "shares", default=""),
                    check.day(row, "checked_on") or date.min,
                )
            )
        self.problems += check.problems

    def _known_facts(self, check: Checker, line: int, codes: Iterable[str]) -> None:
        known = {fact.code for fact in self.result.facts}
        for code in codes:
            if code not in known:
                check.say(line, f"There is no fact {code} in facts.yaml.")

    def _terms(self) -> None:
        rows, check = self.rows("glossary.yaml", "terms")
        check.unique(rows, "slug")
        for row in rows:
            check.known(row, "slug", "term", "meaning", "facts", "ordinary_word")
            self._known_facts(check, row.line_of("facts"), check.texts(row, "facts"))
            self.result.terms.append(
                TermRow(
                    check.text(row, "slug"),
                    check.text(row, "term"),
                    check.text(row, "meaning"),
                    tuple(check.texts(row, "facts")),
                    is_marked=not check.flag(row, "ordinary_word"),
                )
            )
        self.problems += check.problems

    def _resources(self) -> None:
        """Each points to one of our sources and takes its address from there, so that none is made up."""
        rows, check = self.rows("resources.yaml", "resources")
        check.unique(rows, "slug")
        sources = {row.key: row for row in self.result.sources}
        roles = {row.code for row in self.result.roles}
        packs = {row.code for row in self.result.packs}
        for row in rows:
            check.known(
                row, "slug", "source", "title", "summary", "kind", "roles", "packs", "language", "checked_on"
            )
            source = sources.get(check.text(row, "source"))
            if source is None or not source.url:
                check.say(row.line_of("source"), "Name a source of sources.yaml that has an address.")
                continue
            for key, known in (("roles", roles), ("packs", packs)):
                for code in check.texts(row, key):
                    if code not in known:
                        check.say(
                            row.line_of(key), f"{code} is not known. Known are: {', '.join(sorted(known))}."
                        )
            self.result.resources.append(
                ResourceRow(
                    check.text(row, "slug"),
                    check.text(row, "title", default=source.title),
                    check.text(row, "summary"),
                    check.one_of(row, "kind", tuple(Resource.Kind.values)),
                    tuple(check.texts(row, "roles")),
                    tuple(check.texts(row, "packs")),
                    check.text(row, "language", default="en-gb"),
                    source.author,
                    source.url,
                    check.day(row, "checked_on") or date.min,
                )
            )
        self.problems += check.problems

    def _modules(self) -> None:
        rows, check = self.rows("modules.yaml", "modules")
        check.unique(rows, "id")
        for order, row in enumerate(rows):
            outcomes = [
                {"id": str(one.get("id")), "text": str(one.get("text", ""))}
                for one in row.get("outcomes", [])
                if isinstance(one, Map)
            ]
            self.result.modules.append(
                ModuleRow(
                    check.text(row, "id"),
                    check.text(row, "slug"),
                    check.text(row, "title"),
                    check.text(row, "purpose", default=""),
                    outcomes,
                    check.texts(row, "gates"),
                    order,
                    {
                        "lessons": [dict(one) for one in row.get("lessons", [])],
                        "check": {
                            key: value
                            for key, value in dict(row.get("check") or {}).items()
                            if key in ("minutes", "core")
                        },
                    },
                )
            )
            self.module_rows.append(row)
        self.problems += check.problems

    def _paths(self) -> None:
        rows, check = self.rows("paths.yaml", "paths")
        check.unique(rows, "role")
        plans = {module.code: module.plan for module in self.result.modules}
        for row in rows:
            role = check.text(row, "role")
            if role not in {one.code for one in self.result.roles}:
                check.say(row.line_of("role"), f"{role} is no role.")
            practitioner, specialist = check.texts(row, "practitioner"), check.texts(row, "specialist")
            for key, codes in (("practitioner", practitioner), ("specialist", specialist)):
                for code in codes:
                    if code not in plans:
                        check.say(row.line_of(key), f"There is no module {code} in modules.yaml.")
            known = [code for code in practitioner if code in plans]
            every = known + [code for code in specialist if code in plans]
            for key, minutes in (
                ("practitioner_minutes", sum(plan_minutes(plans[code], core=True) for code in known)),
                ("specialist_minutes", sum(plan_minutes(plans[code], core=False) for code in every)),
            ):
                if check.number(row, key) != minutes:
                    check.say(row.line_of(key), f"The modules of {role} add up to {minutes} minutes.")
            scenarios = check.texts(row, "scenarios")
            for slug in scenarios:
                if slug not in {document.slug for document in self.result.scenarios}:
                    check.say(row.line_of("scenarios"), f"There is no readable file for the scenario {slug}.")
            self.result.paths.append(RolePathRow(role, practitioner, specialist, scenarios))
        self.problems += check.problems

    def _module_courses(self) -> None:
        """A module whose lessons are all there can be taken: its starred lessons, and in full."""
        check = Checker("modules.yaml")
        lessons = {lesson.code: lesson for lesson in self.result.lessons}
        (essential, *_others) = [row.rules for row in self.result.courses] or [{}]
        for row, module in zip(self.module_rows, self.result.modules, strict=True):
            planned = [one for one in row.get("lessons", []) if isinstance(one, Map)]
            for one in planned:
                lesson = lessons.get(check.text(one, "id"))
                if lesson is None:
                    continue
                if lesson.minutes != check.number(one, "minutes"):
                    check.say(
                        one.line,
                        f"Lesson {lesson.code} takes {lesson.minutes} minutes in its file and {one['minutes']} here.",
                    )
                if lesson.title != check.text(one, "title"):
                    check.say(one.line, f"Lesson {lesson.code} is called “{lesson.title}” in its file.")
                if lesson.is_core != check.flag(one, "core"):
                    check.say(
                        one.line,
                        f"Lesson {lesson.code} says core: {str(lesson.is_core).lower()} in its file.",
                    )
                if lesson.module != module.code:
                    check.say(one.line, f"Lesson {lesson.code} belongs to {lesson.module} by its file.")
            exam = row.get("check")
            for is_full in (False, True):
                codes = [str(one["id"]) for one in planned if is_full or one.get("core")]
                if not codes or any(code not in lessons for code in codes):
                    continue
                units = [
                    UnitRow("lesson", code, lessons[code].title, lessons[code].minutes) for code in codes
                ]
                rules: dict[str, Any] = {
                    "certificate": False,
                    "module": module.code,
                    "credit_hours": "",
                    "validity_months": essential.get("validity_months", 12),
                    "packs": essential.get("packs", []),
                }
                cells = (
                    exam.get("full_blueprint" if is_full else "blueprint") if isinstance(exam, Map) else None
                )
                if isinstance(exam, Map) and cells:
                    rules["check"] = {
                        "items": check.number(exam, "items"),
                        "pass_percent": check.number(exam, "pass_percent"),
                        "blueprint": [dict(cell) for cell in cells],
                    }
                    if CheckRules.from_json(rules["check"]).items != rules["check"]["items"]:
                        check.say(
                            exam.line, f"A blueprint does not add up to {rules['check']['items']} questions."
                        )
                    self._bank_is_large_enough(row, exam, check, rules)
                    rules |= self._refreshers(row, check)
                    if not is_full and isinstance(row.get("forms"), Map):
                        rules |= self._forms(row, check, lessons=codes)
                    units.append(
                        UnitRow(
                            "check", "check", f"The check of {module.code}", check.number(exam, "minutes")
                        )
                    )
                code = f"{module.code}-FULL" if is_full else module.code
                self.result.courses.append(
                    CourseRow(
                        code,
                        f"{module.slug}-full" if is_full else module.slug,
                        module.title,
                        "specialist" if is_full else "practitioner",
                        max(lessons[one].version for one in codes),
                        module.purpose,
                        units,
                        rules,
                    )
                )
        self.problems += check.problems

    def _courses(self) -> None:
        rows, check = self.rows("courses.yaml", "courses")
        check.unique(rows, "code")
        lessons = {lesson.code: lesson for lesson in self.result.lessons}
        slugs = {document.slug for document in self.result.scenarios}
        for row in rows:
            units = []
            again = row.get("summaries", {})
            summaries = check.texts(again, "lessons") if again else []
            for code in check.texts(row, "lessons"):
                if code in lessons:
                    minutes = check.number(again, "minutes") if code in summaries else lessons[code].minutes
                    units.append(UnitRow("lesson", code, lessons[code].title, minutes))
                else:
                    check.say(
                        row.line_of("lessons"), f"Lesson {code} has no readable file lessons/{code}.md."
                    )
            exam, play = row.get("check"), row.get("scenario")
            if not isinstance(exam, Map) or not isinstance(play, Map):
                check.say(row.line, "A course needs a check: and a scenario:, each with their particulars.")
                continue
            units.append(UnitRow("check", "check", check.text(exam, "title"), check.number(exam, "minutes")))
            units.append(
                UnitRow(
                    "scenario",
                    "scenario",
                    check.text(play, "title", default="A practice scenario"),
                    check.number(play, "minutes"),
                )
            )
            for role, names in play.get("by_role", {}).items():
                for slug in names:
                    if slug not in slugs:
                        check.say(
                            play.line_of("by_role"),
                            f"{role} is given the scenario {slug}, and there is no readable file for it.",
                        )
            exam_rules = {
                "items": check.number(exam, "items"),
                "pass_percent": check.number(exam, "pass_percent"),
                "blueprint": [dict(cell) for cell in exam.get("blueprint", [])],
            }
            rules: dict[str, Any] = {
                "credit_hours": str(row.get("credit_hours", "")),
                "validity_months": check.number(row, "validity_months"),
                "check": exam_rules,
                "scenarios": {role: list(names) for role, names in play.get("by_role", {}).items()},
                "packs": check.texts(row, "packs"),
                "notes": [dict(note) for note in row.get("notes", [])],
            }
            if summaries:
                rules["summaries"] = summaries
            if play.get("new"):
                rules["new_scenario"] = True
            rules |= self._refreshers(row, check)
            if CheckRules.from_json(exam_rules).items != exam_rules["items"]:
                check.say(
                    exam.line_of("blueprint"),
                    f"The blueprint does not add up to {exam_rules['items']} questions.",
                )
            self._bank_is_large_enough(row, exam, check, rules)
            if isinstance(row.get("forms"), Map):
                rules |= self._forms(row, check, lessons=check.texts(row, "lessons"))
            minutes = sum(unit.minutes for unit in units)
            is_whole = len(units) == len(check.texts(row, "lessons")) + 2
            hours = row.get("credit_hours")
            if is_whole and isinstance(hours, int | float) and abs(hours * 60 - minutes) >= 1:
                check.say(
                    row.line_of("credit_hours"),
                    f"Lessons, check and scenario add up to {minutes} minutes, which is {minutes / 60:.2f} hours.",
                )
            for note in row.get("notes", []):
                self._known_facts(check, note.line_of("text"), cited_codes(str(note.get("text", ""))))
            self.result.courses.append(
                CourseRow(
                    check.text(row, "code"),
                    check.text(row, "slug"),
                    check.text(row, "title"),
                    check.text(row, "tier"),
                    check.text(row, "version"),
                    check.text(row, "description", default=""),
                    units,
                    rules,
                    check.text(row, "renews", default=""),
                )
            )
            if bool(row.get("renews")) != (row.get("tier") == Course.RENEWAL):
                check.say(row.line, "A course of the tier renewal says what it renews:, and no other does.")
            if row.get("renews") and row["renews"] not in {one.get("code") for one in rows}:
                check.say(row.line_of("renews"), f"There is no course {row['renews']} to renew.")
        self.problems += check.problems

    def _refreshers(self, row: Map, check: Checker) -> dict[str, list[int]]:
        """The days after its end on which a course asks again. None, and nothing is said of it in the rules."""
        days = row.get("refreshers", [])
        line = row.line_of("refreshers")
        if not isinstance(days, list) or any(type(day) is not int for day in days):
            check.say(line, "refreshers: is a list of days, such as [30, 90, 180].")
            return {}
        if days != sorted(set(days)) or any(not 0 < day < LAST_DAY for day in days):
            check.say(line, f"Refreshers come on rising days from 1 to {LAST_DAY - 1}.")
        return {"refreshers": list(days)} if days else {}

    def _forms(self, row: Map, check: Checker, *, lessons: Sequence[str]) -> dict[str, Any]:
        """The questions before and after a course, and which of its lessons they allow to leave out."""
        asked = row["forms"]
        items = check.number(asked, "items")
        data = {
            "items": items,
            "blueprint": [dict(cell) for cell in asked.get("blueprint", [])],
        }
        cells = cells_of(data)
        line = asked.line_of("blueprint")
        if sum(cell.items for cell in cells) != items:
            check.say(line, f"The blueprint of the forms does not add up to {items} questions.")
        for cell in cells:
            if astray := [code for code in cell.lessons if code not in lessons]:
                check.say(
                    line, f"The forms ask about lesson {', '.join(astray)}, which the course does not have."
                )
            bank = [
                one
                for one in self.result.questions
                if one.lesson in cell.lessons
                and not (one.roles or one.packs or one.must_pass or one.case_code)
            ]
            if len(bank) < 2 * cell.items and not self.has_unread_questions:
                check.say(
                    line,
                    f"Two forms ask {2 * cell.items} questions on lesson {cell.lesson}, and the bank has {len(bank)} that are "
                    "for everybody, of no case, and test nothing that has to be right.",
                )
        rule = row.get("test_out")
        if not isinstance(rule, Map):
            return {"forms": data}
        waived, percent = check.texts(rule, "lessons"), check.number(rule, "percent")
        covered = {code for cell in cells for code in cell.lessons}
        essential = {
            unit.code for course in self.result.courses if course.tier == "essential" for unit in course.units
        }
        for code in waived:
            if code not in lessons or code not in covered:
                check.say(rule.line, f"Lesson {code} cannot be tested out: the forms do not ask about it.")
            if code in essential:
                check.say(
                    rule.line, f"Lesson {code} cannot be tested out: it is in a course that everybody takes."
                )
        if not 80 <= percent <= 100 or items < 3:
            check.say(
                rule.line, "To test out takes at least three questions, and at least 80 in a hundred of them."
            )
        return {"forms": data, "test_out": {"lessons": waived, "percent": percent}}

    def _bank_is_large_enough(self, row: Map, exam: Map, check: Checker, rules: dict[str, Any]) -> None:
        """Three times what is drawn, for every role under every pack; and must-pass questions to try again with."""
        if self.has_unread_questions:
            return
        for cell in CheckRules.from_json(rules["check"]).blueprint:
            for role in [one.code for one in self.result.roles]:
                for pack in rules["packs"]:
                    bank = [
                        one
                        for one in self.result.questions
                        if one.lesson in cell.lessons
                        and (not one.roles or role in one.roles)
                        and (not one.packs or pack in one.packs)
                    ]
                    if (
                        len(bank) < 3 * cell.items
                        or sum(1 for one in bank if one.must_pass) < 3 * cell.must_pass
                    ):
                        check.say(
                            exam.line_of("blueprint"),
                            f"Lesson {cell.lesson} asks {cell.items} ({cell.must_pass} must-pass) and the bank has {len(bank)} "
                            f"({sum(1 for one in bank if one.must_pass)}) for {role} under {pack}. It needs three times as many.",
                        )
                        return

    def _texts(self) -> None:
        """Keep every file's text. Lessons and questions look to their own words; here are all the others."""
        for path in (
            *self.root.glob("*.yaml"),
            *self.files("lessons", "*.md"),
            *self.files("questions", "*.yaml"),
            *self.files("scenarios", "*.yaml"),
        ):
            name = path.relative_to(self.root).as_posix()
            text = self.attempt(partial(read_text, path, name=name), "")
            self.result.files[name] = text
            if not name.startswith(("lessons/", "questions/")):
                self.problems += wording_problems(text, file=name)

    def _law_in_its_place(self, lesson: LessonFile, facts: Mapping[str, FactRow]) -> None:
        """What a lawyer has to read for one country stands in that country's box."""
        for part in lesson.parts:
            for offset, line in enumerate(part.text.splitlines()):
                for code in cited_codes(line):
                    fact = facts.get(code)
                    if fact is None or "L" not in fact.flags or code in FOR_EVERYBODY:
                        continue
                    if fact.jurisdiction != "INT" and (part.kind != "law" or part.heads == ("INT",)):
                        self.problems.append(
                            Problem(
                                lesson.file,
                                part.line + offset,
                                f"{code} is law of {fact.jurisdiction} and belongs into ::: law {fact.jurisdiction}.",
                            )
                        )

    def _bank_gives_nothing_away(self) -> None:
        bank = self.result.questions
        for place, said in share_given_away([(one.kind, one.options) for one in bank]):
            self.problems.append(Problem(bank[place].file, bank[place].line, said))

    def _cross_check(self) -> None:
        self._bank_gives_nothing_away()
        rows = {row.code: row for row in self.result.facts}
        for lesson in self.result.lessons:
            self._law_in_its_place(lesson, rows)
            self.problems += missing_from(lesson)
        facts = {row.code for row in self.result.facts}
        modules = {row.code for row in self.result.modules}
        outcomes = {outcome["id"] for row in self.result.modules for outcome in row.outcomes}
        codes: Counter[str] = Counter()
        for lesson in self.result.lessons:
            self._unknown(lesson.file, lesson.facts, facts)
            if lesson.module not in modules:
                self.problems.append(
                    Problem(lesson.file, 1, f"There is no module {lesson.module} in modules.yaml.")
                )
            for outcome in lesson.outcomes:
                if outcome not in outcomes:
                    self.problems.append(
                        Problem(lesson.file, 1, f"There is no outcome {outcome} in modules.yaml.")
                    )
        for document in self.result.scenarios:
            self._unknown(document.file, document.facts, facts)
        for question in self.result.questions:
            self._unknown(question.file, question.facts, facts)
            codes[question.code] += 1
            if codes[question.code] == 2:
                self.problems.append(
                    Problem(question.file, question.line, f"{question.code} is used twice in the bank.")
                )

    def _unknown(self, file: str, cited: dict[str, int], known: set[str]) -> None:
        for code, line in cited.items():
            if code not in known:
                self.problems.append(Problem(file, line, f"There is no fact {code} in facts.yaml."))


def _short(text: str) -> str:
    """ "For nurses and clinicians" as it stands in the middle of a sentence."""
    return text.removeprefix("For ").strip()


def read_curriculum(root: Path) -> Curriculum:
    """Everything under `root`. Raises CurriculumError that lists every mistake in every file."""
    if not root.is_dir():
        raise CurriculumError([Problem(str(root), 1, "There is no such folder.")])
    return _Reader(root).read()


@transaction.atomic
def load(curriculum: Curriculum, *, at: datetime, decisions: Iterable[Decision] = ()) -> Report:
    """Write it. Running it again changes nothing.

    What somebody edited in the admin stays: silently where the files have not moved on, and as a conflict of the report
    where they have and none of the decisions is about it.
    """
    report = Report()
    keeper = Keeper(decisions)
    for order, pack in enumerate(curriculum.packs):
        save_jurisdiction(pack.code, name=pack.name, order=order)
    for role in curriculum.roles:
        save_role(role.code, slug=role.slug, name=role.name, short_name=role.short_name, order=role.order)
    load_reference(
        keeper,
        packs=curriculum.packs,
        sources=curriculum.sources,
        facts=curriculum.facts,
        contacts=curriculum.contacts,
        terms=curriculum.terms,
        resources=curriculum.resources,
    )
    for module in curriculum.modules:
        save_module(module, keeper=keeper)
    ensure_groups()
    ensure_site(
        [_role_words(role) for role in curriculum.roles], curriculum.pages, site=_home_site(), keeper=keeper
    )
    home = _home()
    index = lesson_index(home)
    ensure_reviews(index)
    for lesson in curriculum.lessons:
        report.counts[f"lessons {load_lesson(lesson, parent=index, keeper=keeper)}"] += 1
    for question in curriculum.questions:
        report.counts[f"questions {load_question(question, at=at, keeper=keeper)}"] += 1
    stories = scenario_index(home)
    for document in curriculum.scenarios:
        scenario, outcome = load_story(document, at=at)
        page_for(scenario, parent=stories)
        report.counts["scenarios"] += 1
        if outcome == "kept":
            report.kept.append(f"scenario {document.slug}")
    for path in curriculum.paths:
        save_role_path(path)
    for course in curriculum.courses:
        publish_course(course, at=at)
        report.counts["courses"] += 1
    take_usual_renewals()
    remember_files(curriculum.files)
    report.conflicts = keeper.conflicts
    report.kept = [conflict.name for conflict in keeper.conflicts] + report.kept
    report.restored = keeper.restored
    return report


def _role_words(role: RoleRow) -> RoleWords:
    words = role.words
    return RoleWords(
        role.code,
        role.slug,
        words.get("plural") or role.name,
        words.get("lead", ""),
        words.get("typical_contact", ""),
        words.get("risk", ""),
        tuple(words.get("contains", ())),
        tuple(words.get("proves", ())),
        tuple(words.get("does_not_prove", ())),
    )


def _home() -> Page:
    return _home_site().root_page


def _home_site() -> Site:
    """The site and the page under which everything stands, made where a database has lost or never had them."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is not None:
        return site
    locale, _ = Locale.objects.get_or_create(
        language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE)
    )
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locale)
    home = root.get_children().first() or root.add_child(title="Waylight", slug="home", locale=locale)
    return Site.objects.create(hostname="localhost", is_default_site=True, root_page=home)
