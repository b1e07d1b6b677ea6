"""Reads lesson and question files into what the pages and the bank keep. docs/reference/curriculum-format.md says how.

Every mistake is collected with its line. No database.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt

from content.citations import cited_codes
from content.reader import Checker, CurriculumError, Map, Problem, Seq, parse_yaml, read_text, read_yaml
from courses.marking import CHOOSE_ONE, KINDS

GATES = ("survivor", "lawyer", "clinician")
LEVELS = ("remember", "understand", "apply", "analyse")
_BOX = re.compile(r"^:::\s*(role|law|misconceptions|activity)\b\s*(.*)$")
_PAIR = re.compile(r'^[-*]\s*["“](?P<belief>.+?)["”]\s*(?:->|→)\s*(?P<correction>.+)$', re.DOTALL)
_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
# As many as the style sheet follows on the drawing.
MOST_PLACES = 16
# A survivor's view is a survivor's to give; until one has, nobody here speaks in that voice.
_SURVIVOR_VOICE = re.compile(r"\bsurvivor\b(?! (advocate|support))|\blived experience\b", re.IGNORECASE)
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
    digest: str
    file: str
    outcomes: list[str] = field(default_factory=list)


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
    digest: str
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


def _item(value: dict[str, Any]) -> dict[str, Any]:
    """One entry of a list block. Without an id Wagtail would take all of it for the value, and lose it."""
    return {"type": "item", "id": str(uuid.uuid4()), "value": value}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
        self.blocks.append({"type": "text", "value": to_html(text)})

    def _box(self, kind: str, words: list[str], lines: list[str], at: int) -> None:
        text = "\n".join(lines)
        if kind != "activity":
            for offset, line in enumerate(lines, start=1):
                self.cite(line, at + offset)
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
        item = _item(variant)
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
                _item({"belief": match["belief"].strip(), "correction": match["correction"].strip()})
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
        build = _ActivityReader(self, row).kinds.get(str(kind))
        if build is None:
            self.check.say(
                row.line_of("kind"),
                f"{kind!r} is no kind of activity. Kinds are {', '.join(_ActivityReader(self, row).kinds)}.",
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


class _ActivityReader:
    """Turns an activity's YAML into a block's value."""

    def __init__(self, lesson: _Lesson, row: Map) -> None:
        self.lesson = lesson
        self.check = lesson.check
        self.row = row
        self.kinds: dict[str, Callable[[], dict[str, Any]]] = {
            "sort": self.sort,
            "build": self.build,
            "checklist": self.checklist,
            "cases": self.cases,
            "pathway": self.pathway,
            "order": self.order,
            "preferences": self.preferences,
            "match": self.match,
            "rank": self.rank,
            "edit": self.edit,
            "redact": self.redact,
            "spot": self.spot,
            "compare": self.compare,
            "decide": self.decide,
            "confidence": self.confidence,
            "reflection": self.reflection,
            "hotspot": self.hotspot,
        }

    def only(self, *keys: str) -> None:
        """Refuses what this kind has no use for, so that a misspelt name is not silently lost."""
        self.check.known(self.row, "kind", "id", "title", "prompt", *keys)

    def known_rows(self, row: Map, key: str, *keys: str) -> list[Map]:
        rows = self.rows(row, key)
        for one in rows:
            self.check.known(one, "id", *keys, "roles", "packs")
        return rows

    def rows(self, row: Map, key: str) -> list[Map]:
        if key not in row:
            self.check.say(row.line, f"{key!r} is missing.")
            return []
        rows = self.check.rows(row[key], what=key) if isinstance(row[key], Seq) else []
        if not rows:
            self.check.say(row.line_of(key), f"{key!r} should be a list with at least one entry.")
        seen: set[str] = set()
        for one in rows:
            if "id" in one:
                if not _ID.match(str(one["id"])):
                    self.check.say(
                        one.line_of("id"),
                        f"{one['id']!r} is no short name. Use small letters, digits and hyphens, 40 at the most.",
                    )
                if str(one["id"]) in seen:
                    self.check.say(one.line_of("id"), f"{one['id']} stands in this list twice.")
                seen.add(str(one["id"]))
        return rows

    def items(self, values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [_item(value) for value in values]

    def scope(self, row: Map) -> dict[str, Any]:
        roles, packs = self.check.texts(row, "roles"), self.check.texts(row, "packs")
        for word in roles:
            if word not in self.lesson.roles:
                self.check.say(row.line_of("roles"), f"{word} is no role.")
        for word in packs:
            if word not in self.lesson.packs:
                self.check.say(row.line_of("packs"), f"{word} is no pack.")
        return {"roles": roles, "packs": packs}

    def text(self, row: Map, key: str) -> str:
        return self.lesson.cite(self.check.text(row, key), row.line_of(key))

    def by_pack(self, row: Map, key: str) -> tuple[Any, dict[str, Any]]:
        """A plain value, or INT's with the others by pack."""
        value = row.get(key)
        if not (isinstance(value, Map) and set(value) <= set(self.lesson.packs)):
            return value, {}
        if "INT" not in value:
            self.check.say(row.line_of(key), f"{key!r} differs by pack, so it needs INT for all others.")
        return value.get("INT"), {pack: one for pack, one in value.items() if pack != "INT"}

    def said(self, value: Any, line: int) -> str:
        if not isinstance(value, str) or not value.strip():
            self.check.say(line, "Every answer needs its feedback, as text.")
            return ""
        return self.lesson.cite(value.strip(), line)

    def options(
        self, row: Map, key: str = "options", *, needs_best: bool = True, reserved: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        result = []
        rows = self.rows(row, key)
        for one in rows:
            if str(one.get("id")) in reserved:
                self.check.say(
                    one.line_of("id"), f"{one['id']!r} has its own meaning here; choose another short name."
                )
            result.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    **self.judged(one, "best"),
                    **self.scope(one),
                }
            )
        if needs_best and rows and not any(self.is_ever(one, "best") for one in result):
            self.check.say(rows[0].line, "None of these options is marked best: true.")
        return self.items(result)

    def is_ever(self, value: dict[str, Any], key: str) -> bool:
        """Whether a mark is set everywhere or under one law at least."""
        return bool(value[key] or any(one["value"]["best"] for one in value["by_pack"]))

    def judged(self, row: Map, key: str) -> dict[str, Any]:
        """Whether something is a good step (or a problem), what is said to it, and where one law differs."""
        feedback, other_feedback = self.by_pack(row, "feedback")
        mark, other_marks = self.by_pack(row, key)
        if any(not isinstance(value, bool) for value in (mark or False, *other_marks.values())):
            self.check.say(row.line_of(key), f"{key!r} should be true or false, without quotation marks.")
        line = row.line_of("feedback")
        return {
            key: bool(mark),
            "feedback": self.said(feedback, line),
            "by_pack": self.items(
                {
                    "pack": pack,
                    "best": bool(other_marks.get(pack, mark)),
                    "feedback": self.said(other_feedback.get(pack, feedback), line),
                }
                for pack in sorted(set(other_feedback) | set(other_marks))
            ),
        }

    def replies(
        self, right: Any, feedback: Any, heads: list[str], row: Map, *, packs: list[str]
    ) -> list[dict[str, Any]]:
        """One reply for each head, everywhere or in some packs."""
        line = row.line_of("feedback")
        if not isinstance(feedback, Map):
            self.check.say(line, "Feedback should be a mapping with one text for each answer.")
            return []
        if str(right) not in heads:
            self.check.say(row.line_of("answer"), f"The answer {right!r} is none of {', '.join(heads)}.")
        for head in feedback:
            if head not in heads:
                self.check.say(
                    feedback.line_of(head),
                    f"There is feedback for {head!r}, which is none of {', '.join(heads)}.",
                )
        return [
            {
                "answer": head,
                "is_right": head == str(right),
                "feedback": self.said(feedback.get(head), line),
                "packs": packs,
            }
            for head in heads
        ]

    def sort(self) -> dict[str, Any]:
        bins = self.heads("bins")
        return {
            "bins": self.items(bins),
            "items": self.sorted_items(self.rows(self.row, "items"), [one["id"] for one in bins]),
        }

    def heads(self, key: str) -> list[dict[str, Any]]:
        return [
            {"id": self.check.text(one, "id"), "label": self.check.text(one, "label")}
            for one in self.rows(self.row, key)
        ]

    def sorted_items(self, rows: list[Map], heads: list[str]) -> list[dict[str, Any]]:
        items = []
        for one in rows:
            answer, other_answers = self.by_pack(one, "answer")
            feedback, other_feedback = self.by_pack(one, "feedback")
            replies = self.replies(answer, feedback, heads, one, packs=[])
            for pack in sorted(set(other_answers) | set(other_feedback)):
                replies += self.replies(
                    other_answers.get(pack, answer),
                    other_feedback.get(pack, feedback),
                    heads,
                    one,
                    packs=[pack],
                )
            items.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "replies": self.items(replies),
                    **self.scope(one),
                }
            )
        return self.items(items)

    def match(self) -> dict[str, Any]:
        self.only("targets", "items")
        targets = self.heads("targets")
        if len(targets) == 1:
            self.check.say(self.row.line_of("targets"), "'targets' should have at least two entries.")
        heads = [one["id"] for one in targets]
        items = [
            {
                "id": self.check.text(one, "id"),
                "text": self.text(one, "text"),
                "replies": self.items(self.matched(one, heads)),
                **self.scope(one),
            }
            for one in self.known_rows(self.row, "items", "text", "answer", "feedback", "otherwise")
        ]
        return {"bins": self.items(targets), "items": self.items(items)}

    def matched(self, row: Map, heads: list[str]) -> list[dict[str, Any]]:
        """Feedback is one text for the right target with `otherwise` for all others, or a text for every target."""
        if "answer" not in row:
            self.check.say(row.line, "'answer' is missing.")
            return []
        by_key = {key: self.by_pack(row, key) for key in ("answer", "feedback", "otherwise")}
        packs = sorted({pack for _value, others in by_key.values() for pack in others})
        replies = []
        for pack in ("", *packs):
            answer, feedback, otherwise = (others.get(pack, value) for value, others in by_key.values())
            if not isinstance(feedback, Map):
                if "otherwise" not in row:
                    self.check.say(
                        row.line,
                        "'otherwise' is missing: what is said to every other answer. Or write a feedback for every target.",
                    )
                    return []
                feedback = self.spread(row, feedback, otherwise, right=str(answer), heads=heads)
            elif "otherwise" in row:
                self.check.say(
                    row.line_of("otherwise"),
                    "There is a feedback for every target; 'otherwise' is never said.",
                )
            replies += self.replies(answer, feedback, heads, row, packs=[pack] if pack else [])
        return replies

    def spread(self, row: Map, feedback: Any, otherwise: Any, *, right: str, heads: list[str]) -> Map:
        """A text for the right target and one for all others, as a text for every target."""
        said = Map({head: feedback if head == right else otherwise for head in heads})
        said.line = row.line_of("feedback")
        said.lines = {head: said.line if head == right else row.line_of("otherwise") for head in heads}
        return said

    def redact(self) -> dict[str, Any]:
        self.only("document", "purpose", "lines")
        rows = self.known_rows(self.row, "lines", "text", "answer", "feedback")
        return {
            "document": self.check.text(self.row, "document"),
            "purpose": self.text(self.row, "purpose"),
            "items": self.sorted_items(rows, ["send", "leave", "ask"]),
        }

    def edit(self) -> dict[str, Any]:
        self.only("document", "parts")
        rows = self.known_rows(self.row, "parts", "text", "keep", "options")
        parts = [{"text": self.text(one, "text"), **self.changeable(one), **self.scope(one)} for one in rows]
        if rows and not any(part["options"] for part in parts):
            self.check.say(self.row.line_of("parts"), "'parts' should have at least one piece with options.")
        return {"document": self.check.text(self.row, "document"), "parts": self.items(parts)}

    def changeable(self, row: Map) -> dict[str, Any]:
        """What may become of a piece; nothing where it has no options and stays as it is."""
        stays: dict[str, Any] = {"id": "", "keep_best": False, "keep_feedback": "", "options": []}
        if "options" not in row:
            if "keep" in row:
                self.check.say(row.line_of("keep"), "A piece with keep: needs options: as well.")
            return stays | {"id": self.check.text(row, "id", default="")}
        keep = row.get("keep")
        if not isinstance(keep, Map):
            self.check.say(
                row.line_of("keep"),
                "A piece that can be changed needs what we say to leaving it: keep: {feedback: ...}",
            )
            return stays
        if "id" not in row:
            self.check.say(row.line, "A piece with options needs an id.")
            return stays
        self.check.known(keep, "best", "feedback")
        is_best = self.check.flag(keep, "best")
        return {
            "id": self.check.text(row, "id"),
            "keep_best": is_best,
            "keep_feedback": self.said(keep.get("feedback"), keep.line_of("feedback")),
            "options": self.options(row, needs_best=not is_best, reserved=("keep",)),
        }

    def marked(self, rows: list[Map], key: str, *more: str) -> list[dict[str, Any]]:
        """Lines or places, of which some are to be found."""
        found = [
            {
                "id": self.check.text(one, "id"),
                **self.judged(one, "problem"),
                **{name: self.text(one, name) for name in more},
                **self.scope(one),
            }
            for one in rows
        ]
        if rows and not any(self.is_ever(one, "problem") for one in found):
            self.check.say(rows[0].line, f"None of these {key} is marked problem: true.")
        return found

    def spot(self) -> dict[str, Any]:
        self.only("lines")
        rows = self.known_rows(self.row, "lines", "who", "text", "problem", "feedback")
        who = [{"who": self.check.text(one, "who", default="")} for one in rows]
        found = self.marked(rows, "lines", "text")
        return {"lines": self.items(one | more for one, more in zip(found, who, strict=True))}

    def hotspot(self) -> dict[str, Any]:
        self.only("document", "spots")
        rows = self.known_rows(self.row, "spots", "at", "label", "problem", "feedback")
        if len(rows) > MOST_PLACES:
            self.check.say(
                self.row.line_of("spots"),
                f"Nobody looks through {len(rows)} places; {MOST_PLACES} are the most.",
            )
        places = [self.place(one) for one in rows]
        found = self.marked(rows, "spots", "label")
        return {
            "document": self.check.text(self.row, "document"),
            "picture": None,
            "spots": self.items(one | place for one, place in zip(found, places, strict=True)),
        }

    def place(self, row: Map) -> dict[str, int]:
        names = ("left", "top", "width", "height")
        at: Any = row.get("at")
        is_place = (
            isinstance(at, Seq)
            and len(at) == len(names)
            and all(type(number) is int and 0 <= number <= 100 for number in at)
            and at[0] + at[2] <= 100
            and at[1] + at[3] <= 100
            and min(at[2:]) > 0
        )
        if not is_place:
            self.check.say(
                row.line_of("at"), "'at' should be [left, top, width, height] in per cent, within 100."
            )
        return dict(zip(names, at if is_place else [0, 0, 1, 1], strict=True))

    def compare(self) -> dict[str, Any]:
        self.only("text", "options", "expert")
        value = {"text": self.text(self.row, "text"), "options": self.options(self.row)}
        expert = self.row.get("expert")
        if not isinstance(expert, Map):
            self.check.say(
                self.row.line_of("expert"),
                "'expert' should say whose view it is, and how: {who: ..., text: ...}",
            )
            return value | {"expert_who": "", "expert_text": ""}
        self.check.known(expert, "who", "text")
        who = self.check.text(expert, "who")
        if _SURVIVOR_VOICE.search(who):
            self.check.say(
                expert.line_of("who"),
                "The view is that of somebody who does this work; never words put into a survivor's mouth.",
            )
        return value | {"expert_who": who, "expert_text": self.text(expert, "text")}

    def decide(self) -> dict[str, Any]:
        self.only("cases")
        return {
            "cases": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "title": self.check.text(one, "title"),
                    "text": self.text(one, "text"),
                    "decisions": self.options(one, "decisions"),
                    "reasons": self.options(one, "reasons"),
                    **self.scope(one),
                }
                for one in self.known_rows(self.row, "cases", "title", "text", "decisions", "reasons")
            )
        }

    def confidence(self) -> dict[str, Any]:
        self.only("statements")
        levels = ("low", "middle", "high")
        statements = []
        for one in self.known_rows(self.row, "statements", "text", "feedback"):
            feedback = one.get("feedback")
            if not isinstance(feedback, Map):
                self.check.say(
                    one.line_of("feedback"), "A statement needs feedback: {low: ..., middle: ..., high: ...}"
                )
                continue
            self.check.known(feedback, *levels)
            statements.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    **{level: self.said(feedback.get(level), feedback.line_of(level)) for level in levels},
                    **self.scope(one),
                }
            )
        return {"statements": self.items(statements)}

    def reflection(self) -> dict[str, Any]:
        self.only("prompts", "private_note")
        found: Any = self.row.get("prompts")
        lines: list[int] = found.lines if isinstance(found, Seq) else []
        prompts = []
        for line, one in zip(lines, found or (), strict=False):
            text: Any = one.get("text") if isinstance(one, Map) else one
            scope: dict[str, Any] = self.scope(one) if isinstance(one, Map) else {"roles": [], "packs": []}
            prompts.append({"text": self.said(text, line), **scope})
        if not prompts:
            self.check.say(
                self.row.line_of("prompts"), "'prompts' should be a list with at least one question."
            )
        return {"prompts": self.items(prompts), "private_note": self.text(self.row, "private_note")}

    def rank(self) -> dict[str, Any]:
        self.only("person", "items")
        return {
            "person": self.text(self.row, "person"),
            "items": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "says": self.text(one, "says"),
                    "feedback": self.text(one, "feedback"),
                    **self.scope(one),
                }
                for one in self.known_rows(self.row, "items", "text", "says", "feedback")
            ),
        }

    def parts(self, key: str, label: str) -> list[dict[str, Any]]:
        return self.items(
            {
                "id": self.check.text(one, "id"),
                label: self.text(one, label),
                "options": self.options(one),
                **self.scope(one),
            }
            for one in self.rows(self.row, key)
        )

    def build(self) -> dict[str, Any]:
        model = self.row.get("model")
        models: list[dict[str, Any]] = []
        if isinstance(model, Map):
            for key, text in model.items():
                words = key.replace(",", " ").split()
                roles = [word for word in words if word in self.lesson.roles]
                packs = [word for word in words if word in self.lesson.packs and word != "INT"]
                if not roles and not packs and key not in {"default", "INT"}:
                    self.check.say(model.line_of(key), f"{key!r} is no role, pack or 'default'.")
                models.append({"text": self.said(text, model.line_of(key)), "roles": roles, "packs": packs})
        else:
            models.append({"text": self.text(self.row, "model"), "roles": [], "packs": []})
        return {
            "parts": self.parts("parts", "label"),
            "models": self.items(models),
            "private_note": self.check.text(self.row, "private_note", default=""),
        }

    def pathway(self) -> dict[str, Any]:
        return {"steps": self.parts("steps", "text")}

    def order(self) -> dict[str, Any]:
        return {
            "items": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "feedback": self.text(one, "feedback"),
                    **self.scope(one),
                }
                for one in self.rows(self.row, "items")
            )
        }

    def cases(self) -> dict[str, Any]:
        cases = []
        for one in self.rows(self.row, "cases"):
            asks = [
                {
                    "id": self.check.text(ask, "id"),
                    "label": self.text(ask, "label"),
                    "style": self.check.one_of(ask, "style", ("choice", "scale", "many"), default="choice"),
                    "options": self.options(ask),
                }
                for ask in self.rows(one, "asks")
            ]
            cases.append(
                {
                    "id": self.check.text(one, "id"),
                    "title": self.check.text(one, "title"),
                    "text": self.text(one, "text"),
                    "asks": self.items(asks),
                    **self.scope(one),
                }
            )
        return {"cases": self.items(cases)}

    def checklist(self) -> dict[str, Any]:
        criteria = [
            {"id": self.check.text(one, "id"), "label": self.check.text(one, "label")}
            for one in self.rows(self.row, "criteria")
        ]
        candidates = []
        for one in self.rows(self.row, "candidates"):
            answers, feedback = one.get("answers"), one.get("feedback")
            replies: list[dict[str, Any]] = []
            if not isinstance(answers, Map) or not isinstance(feedback, Map):
                self.check.say(one.line, "A candidate needs answers and feedback, each by criterion.")
            else:
                for criterion in criteria:
                    key = criterion["id"]
                    said = feedback.get(key)
                    heads = list(said) if isinstance(said, Map) else []
                    replies += [
                        {"criterion": key} | reply
                        for reply in self.replies(
                            answers.get(key),
                            said,
                            heads or ["yes", "no", "ask"],
                            one,
                            packs=[],
                        )
                    ]
            candidates.append(
                {
                    "id": self.check.text(one, "id"),
                    "name": self.check.text(one, "name"),
                    "text": self.text(one, "text"),
                    "replies": self.items(replies),
                    "verdict": self.options(one, "verdict"),
                    **self.scope(one),
                }
            )
        return {"criteria": self.items(criteria), "candidates": self.items(candidates)}

    def preferences(self) -> dict[str, Any]:
        feedback = self.row.get("feedback")
        if not isinstance(feedback, Map):
            self.check.say(self.row.line, "'feedback' should say for each setting what each option changes.")
            return {"replies": []}
        replies = [
            {"setting": setting, "option": option, "feedback": self.said(text, feedback.line_of(setting))}
            for setting, options in feedback.items()
            for option, text in options.items()
        ]
        return {"replies": self.items(replies)}


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
        digest=_digest(text),
        file=name,
        outcomes=check.texts(front, "outcomes"),
    )
    if path.stem != lesson.code:
        check.say(
            front.line_of("id"),
            f"The file is called {path.name} and the lesson {lesson.code}. They should agree.",
        )
    if check.problems:
        raise CurriculumError(check.problems)
    return lesson


def read_questions(
    path: Path, *, name: str, roles: Iterable[str], packs: Iterable[str]
) -> list[QuestionFile]:
    """One file of the bank. Raises CurriculumError with every mistake in it."""
    check = Checker(name)
    rows = check.rows(read_yaml(path, name=name), what="questions")
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
            digest=_digest(
                repr(sorted((key, repr(value)) for key, value in row.items())) + self.cases.get(case, "")
            ),
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
