"""The one format of a scenario: a file of the curriculum, a published snapshot and an export are the same document.

`read_scenario` names every mistake by file and line. Nothing here touches the database.
See docs/decisions/0004-scenario-graph.md for the format.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content.reader import Checker, CurriculumError, Map, Problem, Seq, read_yaml
from scenarios.engine import (
    COMPARISONS,
    COMPETENCIES,
    END,
    MAX_DEPTH,
    TIME,
    Arrival,
    ChoiceRules,
    EndingRule,
    Head,
    Interlude,
    SceneRules,
    Variable,
)
from scenarios.exceptions import ScenarioFileError

FORMAT = "waylight-scenario/1"
MOVES = (
    "open", "cued", "closed", "leading", "blaming", "promise", "consent", "break", "safety", "informing", "action",
)  # fmt: skip
LANGUAGE = "en-gb"
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_HEAD = (
    "format", "uuid", "code", "slug", "language", "title", "learner", "written_for", "useful_for", "minutes", "place", "clock",
    "setting", "content_note", "good_practice", "first", "last_decision", "reviews", "variables", "characters", "law", "scenes",
    "endings", "debrief",
)  # fmt: skip


@dataclass(frozen=True)
class ScenarioDocument:
    """A readable, checked scenario. `data` holds plain values in a fixed order, empty ones left out."""

    file: str
    data: dict[str, Any]
    # The facts that it refers to, each with the line on which it stands first.
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return str(self.data["slug"])

    @property
    def title(self) -> str:
        return str(self.data["title"])

    @property
    def sha256(self) -> str:
        return digest(self.data)


def digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(
        json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def fact_codes(value: Any) -> Iterator[str]:
    """Every fact that a document, or a part of one, refers to."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "facts":
                yield from inner
            else:
                yield from fact_codes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from fact_codes(inner)


def without_empty(**values: Any) -> dict[str, Any]:
    """What is not said is left out, so that equal documents are equal."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


class _Reader:
    def __init__(self, row: Map, check: Checker) -> None:
        self.top = row
        self.check = check
        self.uuids: set[str] = set()
        self.variables: set[str] = set()
        self.scene_keys: set[str] = set()
        self.slots: set[str] = set()
        self.targets: list[tuple[int, str]] = []
        self.fact_lines: dict[str, int] = {}

    def rows(self, row: Map, key: str, *, required: bool = True) -> list[Map]:
        if key not in row:
            if required:
                self.check.say(row.line, f"{key!r} is missing.")
            return []
        if not isinstance(row[key], Seq):
            self.check.say(row.line_of(key), f"{key!r} should be a list, each item beginning with a dash.")
            return []
        return self.check.rows(row[key], what=key)

    def uuid(self, row: Map) -> str:
        text = self.check.text(row, "uuid")
        try:
            value = str(uuid.UUID(text))
        except ValueError:
            if text:
                self.check.say(row.line_of("uuid"), f"{text!r} is not a UUID.")
            return text
        if value in self.uuids:
            self.check.say(row.line_of("uuid"), f"The UUID {value} stands in this file twice.")
        self.uuids.add(value)
        return value

    def numbers(self, row: Map, key: str, known: Iterable[str], *, what: str) -> dict[str, int]:
        value = row.get(key)
        if value is None:
            return {}
        if not isinstance(value, Map):
            self.check.say(row.line_of(key), f"{key!r} should be pairs such as {{trust: -1}}.")
            return {}
        result = {}
        for name, number in value.items():
            if name not in known:
                self.check.say(
                    value.line_of(name), f"{name!r} is not a {what}. Known are: {', '.join(known)}."
                )
            elif isinstance(number, bool) or not isinstance(number, int):
                self.check.say(value.line_of(name), f"{name!r} should be a whole number.")
            else:
                result[name] = number
        return result

    def condition(self, row: Map, key: str, *, required: bool = False) -> Any:
        if key not in row:
            if required:
                self.check.say(row.line, f"{key!r} is missing.")
            return None
        self._condition(row[key], row.line_of(key), 1)
        return _plain(row[key])

    def _condition(self, value: Any, line: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.check.say(line, f"A condition may be {MAX_DEPTH} deep, not deeper.")
            return
        if not isinstance(value, Map) or len(value) != 1:
            self.check.say(line, "A condition has exactly one key, such as {lt: [trust, 4]}.")
            return
        name, inner = next(iter(value.items()))
        line = value.line_of(name)
        if name in ("all", "any"):
            if not isinstance(inner, Seq) or not inner:
                self.check.say(line, f"{name!r} needs a list of conditions.")
                return
            for one, one_line in zip(inner, inner.lines, strict=True):
                self._condition(one, one_line, depth + 1)
        elif name == "not":
            self._condition(inner, line, depth + 1)
        elif name in ("always", "critical"):
            if not isinstance(inner, bool):
                self.check.say(line, f"{name!r} is true or false.")
        elif name == "visited":
            self.targets.append((line, str(inner)))
        elif name == "moves" or name in COMPARISONS:
            names = MOVES if name == "moves" else sorted(self.variables)
            is_pair = (
                isinstance(inner, list)
                and len(inner) == 2
                and isinstance(inner[1], int)
                and not isinstance(inner[1], bool)
            )
            if not is_pair:
                self.check.say(
                    line,
                    f"{name!r} needs two things, a name and a whole number: {{{name}: [{names[0] if names else 'trust'}, 4]}}.",
                )
            elif inner[0] not in names:
                self.check.say(line, f"{inner[0]!r} is not known here. Known are: {', '.join(names)}.")
        else:
            known = ", ".join(("all", "any", "not", "always", "critical", "visited", "moves", *COMPARISONS))
            self.check.say(line, f"{name!r} is not a condition. Known are: {known}.")

    def facts(self, row: Map) -> list[str]:
        codes = self.check.texts(row, "facts")
        for code in codes:
            self.fact_lines.setdefault(code, row.line_of("facts"))
        return codes

    def law(self, row: Map) -> list[str]:
        keys = self.check.texts(row, "law")
        for key in keys:
            if key not in self.slots:
                self.check.say(row.line_of("law"), f"There is no {key!r} under law: above.")
        return keys

    def read(self) -> dict[str, Any]:
        row, check = self.top, self.check
        check.known(row, *_HEAD)
        if row.get("format") != FORMAT:
            check.say(row.line_of("format"), f"'format' should be {FORMAT}.")
        clock = check.text(row, "clock", default="")
        if clock and not _CLOCK.fullmatch(clock):
            check.say(row.line_of("clock"), "'clock' should be a time in quotation marks, such as \"21:15\".")
        if not check.texts(row, "written_for"):
            check.say(
                row.line_of("written_for"), "'written_for' should name at least one role, such as [R1]."
            )
        head = without_empty(
            format=FORMAT,
            uuid=self.uuid(row),
            code=check.text(row, "code"),
            slug=check.text(row, "slug"),
            language=check.text(row, "language", default=LANGUAGE),
            title=check.text(row, "title"),
            learner=check.text(row, "learner"),
            written_for=check.texts(row, "written_for"),
            useful_for=check.texts(row, "useful_for"),
            minutes=check.number(row, "minutes"),
            place=check.text(row, "place"),
            clock=clock,
            setting=check.text(row, "setting"),
            content_note=check.text(row, "content_note"),
            good_practice=check.text(row, "good_practice"),
            first=check.text(row, "first"),
            last_decision=check.text(row, "last_decision"),
            reviews=_plain(row.get("reviews")),
        )
        if head.get("slug") and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["slug"]):
            check.say(row.line_of("slug"), "'slug' should be small letters, digits and hyphens.")
        for key in ("first", "last_decision"):
            self.targets.append((row.line_of(key), str(head.get(key))))
        body = {
            "variables": self._variables(),
            "characters": [self._character(one) for one in self.rows(row, "characters", required=False)],
            "law": [self._slot(one) for one in self.rows(row, "law", required=False)],
        }
        scenes = self.rows(row, "scenes")
        check.unique(scenes, "key")
        self.scene_keys = {str(one.get("key")) for one in scenes}
        body["scenes"] = [self._scene(one) for one in scenes]
        body["endings"] = self._endings()
        body["debrief"] = [self._point(one) for one in self.rows(row, "debrief", required=False)]
        for line, key in self.targets:
            if key not in self.scene_keys:
                check.say(line, f"There is no scene {key!r} in this file.")
        if not check.problems:
            self._reachable(scenes, body["scenes"], head["first"])
        return head | without_empty(**body)

    def _variables(self) -> list[dict[str, Any]]:
        rows = self.rows(self.top, "variables")
        self.check.unique(rows, "key")
        result = []
        for row in rows:
            self.check.known(row, "key", "start", "minimum", "maximum")
            bounds = {key: self.check.number(row, key) for key in ("minimum", "maximum") if key in row}
            start = self.check.number(row, "start")
            if not bounds.get("minimum", start) <= start <= bounds.get("maximum", start):
                self.check.say(row.line_of("start"), "'start' lies outside the bounds.")
            result.append({"key": self.check.text(row, "key"), "start": start, **bounds})
        self.variables = {str(one["key"]) for one in result}
        return result

    def _character(self, row: Map) -> dict[str, Any]:
        self.check.known(row, "uuid", "name", "description")
        return without_empty(
            uuid=self.uuid(row),
            name=self.check.text(row, "name"),
            description=self.check.text(row, "description", default=""),
        )

    def _slot(self, row: Map) -> dict[str, Any]:
        self.check.known(row, "uuid", "key", "title", "words")
        key = self.check.text(row, "key")
        if key in self.slots:
            self.check.say(row.line_of("key"), f"key {key} stands in this file twice.")
        self.slots.add(key)
        words = row.get("words")
        read: dict[str, Any] = {}
        if words is not None and not isinstance(words, Map):
            self.check.say(
                row.line_of("words"), "'words' should be one entry for each jurisdiction, such as INT:."
            )
        elif words is not None:
            if "INT" not in words:
                self.check.say(
                    row.line_of("words"),
                    "'words' needs INT: it is shown wherever a jurisdiction has no words of its own.",
                )
            for code, inner in words.items():
                if not isinstance(inner, Map):
                    self.check.say(words.line_of(code), f"{code} should have a text and its facts.")
                    continue
                self.check.known(inner, "text", "facts")
                read[code] = without_empty(text=self.check.text(inner, "text"), facts=self.facts(inner))
        return without_empty(uuid=self.uuid(row), key=key, title=self.check.text(row, "title"), words=read)

    def _scene(self, row: Map) -> dict[str, Any]:
        check = self.check
        check.known(
            row, "uuid", "key", "title", "place", "text", "alternatives", "arrive", "before", "choices"
        )
        alternatives = []
        for one in self.rows(row, "alternatives", required=False):
            check.known(one, "uuid", "when", "text")
            alternatives.append(
                {
                    "uuid": self.uuid(one),
                    "when": self.condition(one, "when", required=True),
                    "text": check.text(one, "text"),
                }
            )
        arrive = []
        for one in self.rows(row, "arrive", required=False):
            check.known(one, "when", "change")
            arrive.append(
                {
                    "when": self.condition(one, "when", required=True),
                    "change": self.numbers(one, "change", sorted(self.variables), what="variable"),
                }
            )
        before = None
        if "before" in row:
            if isinstance(row["before"], Map):
                check.known(row["before"], "scene", "when")
                before = {
                    "scene": check.text(row["before"], "scene"),
                    "when": self.condition(row["before"], "when", required=True),
                }
                self.targets.append((row["before"].line, before["scene"]))
            else:
                check.say(row.line_of("before"), "'before' needs a scene and a condition.")
        choices = self.rows(row, "choices")
        check.unique(choices, "key")
        if len(choices) < 2 and "choices" in row:
            check.say(row.line_of("choices"), "A scene needs at least two choices.")
        return without_empty(
            uuid=self.uuid(row),
            key=check.text(row, "key"),
            title=check.text(row, "title"),
            place=check.text(row, "place", default=""),
            text=check.text(row, "text"),
            alternatives=alternatives,
            arrive=arrive,
            before=before,
            choices=[self._choice(one) for one in choices],
        )

    def _choice(self, row: Map) -> dict[str, Any]:
        check = self.check
        check.known(
            row,
            "uuid",
            "key",
            "text",
            "then",
            "why",
            "move",
            "scores",
            "change",
            "critical",
            "when",
            "to",
            "facts",
            "law",
        )
        scores = self.numbers(row, "scores", COMPETENCIES, what="competency")
        for name, value in scores.items():
            if not -2 <= value <= 2 or value == 0:
                check.say(row.line_of("scores"), f"{name} should be from -2 to 2, and not 0.")
        if not scores:
            check.say(row.line, "A choice needs at least one score.")
        target = check.text(row, "to")
        if target != END:
            self.targets.append((row.line_of("to"), target))
        return without_empty(
            uuid=self.uuid(row),
            key=check.text(row, "key"),
            text=check.text(row, "text"),
            then=check.text(row, "then", default=""),
            why=check.text(row, "why"),
            move=check.one_of(row, "move", MOVES) if "move" in row else "",
            scores=scores,
            change=self.numbers(row, "change", sorted(self.variables), what="variable"),
            critical=check.text(row, "critical", default=""),
            when=self.condition(row, "when"),
            to=target,
            facts=self.facts(row),
            law=self.law(row),
        )

    def _endings(self) -> list[dict[str, Any]]:
        rows = self.rows(self.top, "endings")
        self.check.unique(rows, "key")
        result = []
        for row in rows:
            self.check.known(row, "uuid", "key", "title", "text", "when")
            result.append(
                {
                    "uuid": self.uuid(row),
                    "key": self.check.text(row, "key"),
                    "title": self.check.text(row, "title"),
                    "text": self.check.text(row, "text"),
                    "when": self.condition(row, "when", required=True),
                }
            )
        if result and result[-1]["when"] != {"always": True}:
            self.check.say(
                rows[-1].line_of("when"),
                "The last ending needs {always: true}, so that every play ends somewhere.",
            )
        return result

    def _point(self, row: Map) -> dict[str, Any]:
        self.check.known(row, "uuid", "text", "facts", "law")
        return without_empty(
            uuid=self.uuid(row),
            text=self.check.text(row, "text"),
            facts=self.facts(row),
            law=self.law(row),
        )

    def _reachable(self, rows: list[Map], scenes: list[dict[str, Any]], first: str) -> None:
        roads = {scene["key"]: {choice["to"] for choice in scene["choices"]} for scene in scenes}
        for scene in scenes:
            if "before" in scene:
                roads[scene["before"]["scene"]].add(scene["key"])
        seen, ahead = {END}, [first]
        while ahead:
            key = ahead.pop()
            if key not in seen:
                seen.add(key)
                ahead += roads[key] - seen
        for row, scene in zip(rows, scenes, strict=True):
            if scene["key"] not in seen:
                self.check.say(row.line, f"No way leads to the scene {scene['key']}.")


def read_scenario(path: Path, *, name: str = "") -> ScenarioDocument:
    """Read and check one file. Raises ScenarioFileError, which names every mistake in it."""
    file = name or f"scenarios/{path.name}"
    try:
        value = read_yaml(path, name=file)
    except CurriculumError as error:
        raise ScenarioFileError(error.problems) from error
    if not isinstance(value, Map):
        raise ScenarioFileError(
            [Problem(file, 1, "This should be a scenario: names and values, beginning with format:.")]
        )
    check = Checker(file)
    reader = _Reader(value, check)
    data = reader.read()
    if check.problems:
        raise ScenarioFileError(sorted(check.problems))
    return ScenarioDocument(file, data, reader.fact_lines)


# What the engine needs of a document.


def head_rules(data: Mapping[str, Any]) -> Head:
    return Head(
        first=data["first"],
        last_decision=data["last_decision"],
        variables=tuple(
            Variable(one["key"], one["start"], one.get("minimum"), one.get("maximum"))
            for one in data["variables"]
        ),
        endings=tuple(EndingRule(one["key"], one["when"]) for one in data["endings"]),
    )


def scene_rules(scene: Mapping[str, Any]) -> SceneRules:
    """Of a scene as `compiled_scenes` gives it."""
    return SceneRules(
        key=scene["key"],
        choices=tuple(
            ChoiceRules(
                uuid=choice["uuid"],
                to=choice["to"],
                effects=choice.get("change", {}),
                scores=choice.get("scores", {}),
                is_critical=bool(choice.get("critical")),
                move=choice.get("move", ""),
                when=choice.get("when"),
            )
            for choice in scene["choices"]
        ),
        alternatives=tuple(one["when"] for one in scene.get("alternatives", [])),
        arrivals=tuple(Arrival(one["when"], one["change"]) for one in scene.get("arrive", [])),
        interludes=tuple(Interlude(one["scene"], one["when"]) for one in scene.get("interludes", [])),
    )


def compiled_scenes(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each scene by its key, with the consequence scenes that may stand before it."""
    result = {scene["key"]: dict(scene) for scene in data["scenes"]}
    for scene in data["scenes"]:
        if "before" in scene:
            host = result[scene["before"]["scene"]]
            host["interludes"] = [
                *host.get("interludes", []),
                {"scene": scene["key"], "when": scene["before"]["when"]},
            ]
    return result


class DocumentStory:
    """A whole document as a story for the engine, held in memory."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._head = head_rules(data)
        self.scenes = compiled_scenes(data)
        self._rules = {key: scene_rules(scene) for key, scene in self.scenes.items()}

    @property
    def head(self) -> Head:
        return self._head

    def scene(self, key: str) -> SceneRules:
        return self._rules[key]


__all__ = [
    "FORMAT", "LANGUAGE", "MOVES", "TIME", "DocumentStory", "ScenarioDocument", "compiled_scenes", "digest", "fact_codes",
    "head_rules", "read_scenario", "scene_rules", "without_empty",
]  # fmt: skip
