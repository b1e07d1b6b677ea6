"""Reads lesson and question files into what the pages and the bank keep. docs/reference/curriculum-format.md says how.

Every mistake is collected with its line. No database.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt

from content.citations import cited_codes
from content.reader import Checker, CurriculumError, Map, Problem, parse_yaml, read_text
from content.wording import wording_problems
from courses.activity_files import ActivityReader, list_item
from courses.lesson_rules import SUMMARY_WORDS, LessonPart, check_lesson
from courses.marking import CHOOSE_ONE, KINDS
from courses.question_rules import check_lengths

GATES = ("survivor", "lawyer", "clinician", "interpreter", "privacy")
LEVELS = ("remember", "understand", "apply", "analyse")
# Blocks that are read; every other kind is something to do.
PLAIN_BLOCKS = {"text", "role", "law", "misconceptions"}
_BOX = re.compile(r"^:::\s*(role|law|misconceptions|activity)\b\s*(.*)$")
_PAIR = re.compile(r'^[-*]\s*["“](?P<belief>.+?)["”]\s*(?:->|→)\s*(?P<correction>.+)$', re.DOTALL)
_TAGS = {"p", "h2", "h3", "strong", "b", "ol", "ul", "li", "a", "br"}
_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass
class LessonFile:
    code: str
    module: str
    title: str
    minutes: int
    content_note: str
    gates: list[str]
    version: str
    valid_from: date | None
    recheck_by: date | None
    by_the_end: list[str]
    summary: str
    use_tomorrow: list[str]
    body: list[dict[str, Any]]
    facts: dict[str, int]
    file: str
    outcomes: list[str] = field(default_factory=list)
    is_core: bool = False
    # The words with their places, for rules that need to know more than one file.
    parts: list[LessonPart] = field(default_factory=list)


@dataclass(frozen=True)
class QuestionFile:
    code: str
    lesson: str
    outcome: str
    level: str
    kind: str
    must_pass: str
    roles: list[str]
    packs: list[str]
    subject: str
    person: str
    stem: str
    case_code: str
    case_text: str
    targets: list[dict[str, str]]
    options: list[dict[str, Any]]
    facts: dict[str, int]
    file: str
    line: int


def to_html(text: str) -> str:
    """Markdown as clean markup that a rich-text field may hold."""
    html = _markdown.render(text).replace("<em>", "<b>").replace("</em>", "</b>")
    return nh3.clean(
        html.replace("<strong>", "<b>").replace("</strong>", "</b>"),
        tags=_TAGS,
        attributes={"a": {"href"}},
        link_rel=None,
    ).strip()


class _Lesson:
    """One pass over a lesson's body, line by line."""

    def __init__(
        self, check: Checker, lines: list[str], *, roles: Iterable[str], packs: Iterable[str]
    ) -> None:
        self.check = check
        self.lines = lines
        self.roles = tuple(roles)
        self.packs = tuple(packs)
        self.blocks: list[dict[str, Any]] = []
        self.facts: dict[str, int] = {}
        self.activity_ids: set[str] = set()
        self.parts: list[LessonPart] = []

    def cite(self, text: str, line: int) -> str:
        for code in cited_codes(text):
            # A text may run over several lines and begin at `line`; name the one on which the code stands.
            at = next((at for at in range(line - 1, len(self.lines)) if code in self.lines[at]), line - 1)
            self.facts.setdefault(code, at + 1)
        if re.search(r"\[@(?![A-Z]+-\d+[\];\s])", text):
            self.check.say(line, "A citation should look like [@CRI-01] or [@CRI-01; @TIC-09].")
        return text

    def read(self, lines: list[str], first_line: int) -> list[dict[str, Any]]:
        plain: list[str] = []
        plain_at = first_line
        index = 0
        while index < len(lines):
            line = lines[index]
            box = _BOX.match(line)
            if line.startswith(":::") and not box:
                self.check.say(
                    first_line + index,
                    "A box begins with ::: role, ::: law, ::: misconceptions or ::: activity.",
                )
            if not box:
                if not plain:
                    plain_at = first_line + index
                plain.append(line)
                index += 1
                continue
            self._text(plain, plain_at)
            plain = []
            end = next((at for at in range(index + 1, len(lines)) if lines[at].strip() == ":::"), None)
            if end is None:
                self.check.say(
                    first_line + index, "This box is never closed. Put ::: on a line of its own below it."
                )
                end = len(lines)
            self._box(box.group(1), box.group(2).split(), lines[index + 1 : end], first_line + index)
            index = end + 1
        self._text(plain, plain_at)
        self._check_groups()
        return self.blocks

    def _text(self, lines: list[str], at: int) -> None:
        text = "\n".join(lines).strip()
        if not text:
            return
        if re.search(r"^#\s", text, re.MULTILINE):
            self.check.say(at, "Headings in a lesson begin with ##; the title is the only first heading.")
        for offset, line in enumerate(lines):
            self.cite(line, at + offset)
        skipped = next(offset for offset, line in enumerate(lines) if line.strip())
        self.parts.append(LessonPart("text", text, at + skipped))
        self.blocks.append({"type": "text", "value": to_html(text)})

    def _box(self, kind: str, words: list[str], lines: list[str], at: int) -> None:
        text = "\n".join(lines)
        if kind != "activity":
            for offset, line in enumerate(lines, start=1):
                self.cite(line, at + offset)
            self.parts.append(LessonPart(kind, text, at + 1, tuple(words)))
        match kind:
            case "role":
                for word in words:
                    if word not in self.roles:
                        self.check.say(at, f"{word} is no role. Roles are {', '.join(self.roles)}.")
                if not words:
                    self.check.say(at, "Name the roles that these words are for: ::: role R1 R2")
                self._variant("role", {"roles": words, "body": to_html(text)}, at)
            case "law":
                if len(words) != 1 or words[0] not in self.packs:
                    self.check.say(at, f"Name one pack: ::: law INT. Packs are {', '.join(self.packs)}.")
                self._variant("law", {"pack": words[0] if words else "INT", "body": to_html(text)}, at)
            case "misconceptions":
                self.blocks.append({"type": "misconceptions", "value": {"pairs": self._pairs(lines, at)}})
            case "activity":
                self._activity(text, at)

    def _variant(self, kind: str, variant: dict[str, Any], at: int) -> None:
        item = list_item(variant)
        if self.blocks and self.blocks[-1]["type"] == kind:
            self.blocks[-1]["value"]["variants"].append(item)
        else:
            self.blocks.append({"type": kind, "value": {"variants": [item]}, "line": at})

    def _pairs(self, lines: list[str], at: int) -> list[dict[str, Any]]:
        entries: list[tuple[int, str]] = []
        for offset, line in enumerate(lines, start=1):
            if re.match(r"^[-*]\s", line):
                entries.append((at + offset, line))
            elif line.strip() and entries:
                entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.strip()}")
        pairs = []
        for line_number, entry in entries:
            match = _PAIR.match(entry)
            if match is None:
                self.check.say(
                    line_number, 'Write a misconception as - "What people say." -> What is so instead.'
                )
                continue
            pairs.append(
                list_item({"belief": match["belief"].strip(), "correction": match["correction"].strip()})
            )
        return pairs

    def _check_groups(self) -> None:
        for block in self.blocks:
            line = block.pop("line", None)
            if block["type"] == "role":
                named = [role for item in block["value"]["variants"] for role in item["value"]["roles"]]
                if missing := [role for role in self.roles if role not in named]:
                    self.check.say(line, f"These role boxes say nothing to {', '.join(missing)}.")
                if twice := sorted({role for role in named if named.count(role) > 1}):
                    self.check.say(
                        line,
                        f"These role boxes name {', '.join(twice)} twice; only the first would be shown.",
                    )
            if block["type"] == "law":
                named = [item["value"]["pack"] for item in block["value"]["variants"]]
                if missing := [pack for pack in ("INT", "US", "UK") if pack not in named]:
                    self.check.say(line, f"These law boxes have no words for {', '.join(missing)}.")

    def _activity(self, text: str, at: int) -> None:
        try:
            row = parse_yaml(text, file=self.check.file, first_line=at + 1)
        except CurriculumError as error:
            self.check.problems += error.problems
            return
        if not isinstance(row, Map):
            self.check.say(at, "An activity is a mapping that begins with kind:, id:, title: and prompt:.")
            return
        kind = row.get("kind")
        build = ActivityReader(self, row).kinds.get(str(kind))
        if build is None:
            self.check.say(
                row.line_of("kind"),
                f"{kind!r} is no kind of activity. Kinds are {', '.join(ActivityReader(self, row).kinds)}.",
            )
            return
        identifier = self.check.text(row, "id")
        if identifier in self.activity_ids:
            self.check.say(row.line_of("id"), f"This lesson has two activities called {identifier}.")
        self.activity_ids.add(identifier)
        value = {
            "id": identifier,
            "title": self.check.text(row, "title"),
            "prompt": self.check.text(row, "prompt"),
        }
        self.blocks.append({"type": str(kind), "value": value | build()})


def read_lesson(path: Path, *, name: str, roles: Iterable[str], packs: Iterable[str]) -> LessonFile:
    """One lesson file. Raises CurriculumError with every mistake in it."""
    text = read_text(path, name=name)
    check = Checker(name)
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise CurriculumError(
            [Problem(name, 1, "A lesson begins with its particulars between two lines of ---.")]
        )
    end = next(at for at in range(1, len(lines)) if lines[at].strip() == "---")
    front = parse_yaml("\n".join(lines[1:end]), file=name, first_line=2)
    if not isinstance(front, Map):
        raise CurriculumError(
            [Problem(name, 2, "A lesson's particulars are names with values, such as minutes: 14.")]
        )
    check.known(
        front,
        "id",
        "module",
        "title",
        "minutes",
        "core",
        "level",
        "outcomes",
        "content_note",
        "gates",
        "version",
        "valid_from",
        "recheck_by",
        "by_the_end",
        "summary",
        "use_tomorrow",
        "facts",
        "fact_refs",
        "media",
        "survivor_slot",
        "reviewed_by",
        "reviews",
    )
    reader = _Lesson(check, lines, roles=roles, packs=packs)
    gates = check.texts(front, "gates")
    for gate in gates:
        if gate not in GATES:
            check.say(front.line_of("gates"), f"{gate!r} is none of {', '.join(GATES)}.")
    summary = LessonPart("summary", check.text(front, "summary", default=""), front.line_of("summary") + 1)
    lesson = LessonFile(
        code=check.text(front, "id"),
        module=check.text(front, "module"),
        title=check.text(front, "title"),
        minutes=check.number(front, "minutes"),
        content_note=check.text(front, "content_note", default=""),
        gates=gates,
        version=check.text(front, "version"),
        valid_from=check.day(front, "valid_from"),
        recheck_by=check.day(front, "recheck_by"),
        by_the_end=check.texts(front, "by_the_end"),
        summary=to_html(reader.cite(check.text(front, "summary"), front.line_of("summary"))),
        use_tomorrow=check.texts(front, "use_tomorrow"),
        body=reader.read(lines[end + 1 :], end + 2),
        facts=reader.facts,
        file=name,
        outcomes=check.texts(front, "outcomes"),
        is_core=check.flag(front, "core"),
        parts=[summary, *reader.parts],
    )
    check_lesson(
        lesson.parts,
        check,
        minutes=lesson.minutes,
        minutes_line=front.line_of("minutes"),
        roles=reader.roles,
        packs=reader.packs,
    )
    check.problems += wording_problems(text, file=name)
    if path.stem != lesson.code:
        check.say(
            front.line_of("id"),
            f"The file is called {path.name} and the lesson {lesson.code}. They should agree.",
        )
    if check.problems:
        raise CurriculumError(check.problems)
    return lesson


def missing_from(lesson: LessonFile) -> list[Problem]:
    """What a lesson of the curriculum always has, and this one has not."""
    problems = []
    kinds = {block["type"] for block in lesson.body}
    for kind, what in (
        ("role", "what this means in each role: ::: role R1 R2"),
        ("law", "what the law says: ::: law INT"),
        ("misconceptions", "what people wrongly believe: ::: misconceptions"),
    ):
        if kind not in kinds:
            problems.append(Problem(lesson.file, 1, f"The lesson has no box for {what}."))
    if not kinds - PLAIN_BLOCKS:
        problems.append(Problem(lesson.file, 1, "The lesson has nothing to do: ::: activity."))
    summary = lesson.parts[0]
    if not SUMMARY_WORDS[0] <= summary.words <= SUMMARY_WORDS[1]:
        told = f"The summary has {summary.words} words. Between {SUMMARY_WORDS[0]} and {SUMMARY_WORDS[1]} tell the lesson."
        problems.append(Problem(lesson.file, summary.line - 1, told))
    for key, lines, most in (("by_the_end", lesson.by_the_end, 3), ("use_tomorrow", lesson.use_tomorrow, 4)):
        if not 1 <= len(lines) <= most:
            problems.append(Problem(lesson.file, 1, f"{key!r} should have between one and {most} lines."))
    return problems


def read_questions(
    path: Path, *, name: str, roles: Iterable[str], packs: Iterable[str]
) -> list[QuestionFile]:
    """One file of the bank. Raises CurriculumError with every mistake in it."""
    check = Checker(name)
    text = read_text(path, name=name)
    rows = check.rows(parse_yaml(text, file=name), what="questions")
    check.problems += wording_problems(text, file=name)
    check.unique(rows, "id")
    reader = _QuestionReader(check, roles=roles, packs=packs, lesson=path.stem)
    questions = [reader.read(row) for row in rows if row.get("kind") != "case" or reader.keep_case(row)]
    if check.problems:
        raise CurriculumError(check.problems)
    return [one for one in questions if one is not None]


class _QuestionReader:
    """The questions of one file, in order: a case stands before the questions on it."""

    def __init__(self, check: Checker, *, roles: Iterable[str], packs: Iterable[str], lesson: str) -> None:
        self.check = check
        self.known = {"roles": set(roles), "packs": set(packs)}
        self.lesson = lesson
        self.cases: dict[str, str] = {}

    def keep_case(self, row: Map) -> bool:
        """Remember a case; False, as it is no question."""
        self.check.known(row, "kind", "id", "text")
        self.cases[self.check.text(row, "id")] = self.check.text(row, "text")
        return False

    def read(self, row: Map) -> QuestionFile:
        check = self.check
        check.known(
            row, "id", "outcome", "level", "kind", "case", "must_pass", "roles", "packs", "subject", "person", "national",
            "stem", "targets", "options",
        )  # fmt: skip
        kind = check.one_of(row, "kind", KINDS, default="single")
        targets = self._targets(row, kind)
        facts: dict[str, int] = {}
        options = self._options(row, kind, facts)
        self._check_right(row, kind, options, [one["id"] for one in targets])
        check_lengths(kind, options, check, line=row.line_of("options"))
        for key, known in self.known.items():
            for word in check.texts(row, key):
                if word not in known:
                    check.say(row.line_of(key), f"{word} is not known under {key}.")
        case = check.text(row, "case", default="")
        if case and case not in self.cases:
            check.say(row.line_of("case"), f"There is no case {case} above this question.")
        return QuestionFile(
            code=check.text(row, "id"),
            lesson=self.lesson,
            outcome=check.text(row, "outcome", default=""),
            level=check.one_of(row, "level", LEVELS),
            kind=kind,
            must_pass=check.text(row, "must_pass", default=""),
            roles=check.texts(row, "roles"),
            packs=check.texts(row, "packs"),
            subject=check.text(row, "subject", default=""),
            person=check.text(row, "person", default=""),
            stem=check.text(row, "stem"),
            case_code=case,
            case_text=self.cases.get(case, ""),
            targets=targets,
            options=options,
            facts=facts,
            file=check.file,
            line=row.line,
        )

    def _targets(self, row: Map, kind: str) -> list[dict[str, str]]:
        if kind != "matching":
            if "targets" in row:
                self.check.say(row.line_of("targets"), "Only a question of kind: matching has targets.")
            return []
        rows = self.check.rows(row.get("targets") or [], what="targets")
        if len(rows) < 2:
            self.check.say(row.line, "A matching question needs at least two targets.")
        self.check.unique(rows, "id")
        return [{"id": self.check.text(one, "id"), "label": self.check.text(one, "label")} for one in rows]

    def _options(self, row: Map, kind: str, facts: dict[str, int]) -> list[dict[str, Any]]:
        check = self.check
        rows = check.rows(row.get("options"), what="options") if "options" in row else []
        if len(rows) < 2:
            check.say(row.line, "A question needs at least two options.")
        check.unique(rows, "id")
        options = []
        for one in rows:
            check.known(one, "id", "text", "correct", "credit", "answer", "rationale", "facts")
            rationale = check.text(one, "rationale")
            if "rationale" in one and not rationale:
                check.say(one.line_of("rationale"), "Say why this option is right or is not.")
            cited = check.texts(one, "facts")
            if not cited:
                check.say(one.line, "Name at least one fact behind this reason: facts: [CRI-01]")
            for code in [*cited, *cited_codes(rationale)]:
                facts.setdefault(code, one.line_of("facts"))
            options.append(
                {
                    "id": check.text(one, "id"),
                    "text": check.text(one, "text"),
                    "correct": check.flag(one, "correct"),
                    "credit": self._credit(one, kind),
                    "answer": check.text(one, "answer", default=""),
                    "rationale": rationale,
                    "facts": cited,
                }
            )
        return options

    def _credit(self, row: Map, kind: str) -> float | None:
        if "credit" not in row:
            return None
        credit = row["credit"]
        if kind != "best_next_step" or not isinstance(credit, int | float) or not 0 < credit < 1:
            self.check.say(
                row.line_of("credit"), "'credit' is for kind: best_next_step, between 0 and 1, such as 0.5."
            )
            return None
        return float(credit)

    def _check_right(self, row: Map, kind: str, options: list[dict[str, Any]], targets: list[str]) -> None:
        right = sum(bool(option["correct"]) for option in options)
        if kind in ("ordering", "matching"):
            if right:
                self.check.say(row.line, f"A question of kind: {kind} marks no option correct: true.")
            for option in options:
                if kind == "matching" and option["answer"] not in targets:
                    self.check.say(
                        row.line,
                        f"Option {option['id']} belongs to {option['answer']!r}, which is no target.",
                    )
        elif options and (right == 0 or (kind in CHOOSE_ONE and right != 1)):
            wanted = "exactly one" if kind in CHOOSE_ONE else "at least one"
            self.check.say(
                row.line, f"{right} options are marked correct: true; a {kind} question needs {wanted}."
            )
