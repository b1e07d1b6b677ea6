"""Reads a scenario's document, whether it comes from a file of the curriculum, an import or the draft's tables.

Every mistake is named by file and line, or by its place in the document. Nothing here touches the database.
See docs/decisions/0004-scenario-graph.md for the format.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from content.reader import Checker, CurriculumError, Map, Problem, Seq, located, read_yaml
from scenarios.documents import (
    BACKTRACKING,
    FORMAT,
    HOW_KNOWN,
    LANGUAGE,
    MOVES,
    MUST_KINDS,
    ScenarioDocument,
    source_digest,
    strings,
    without_empty,
)
from scenarios.engine import COMPARISONS, COMPETENCIES, END, MAX_DEPTH, TIME
from scenarios.exceptions import ScenarioFileError

TOO_DEEP = "This is nested far too deeply to be a scenario."
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_HEAD = (
    "format", "uuid", "code", "slug", "language", "title", "learner", "written_for", "useful_for", "minutes", "place", "clock",
    "setting", "content_note", "good_practice", "coach", "backtrack", "first", "last_decision", "reviews", "variables",
    "characters", "law", "scenes", "endings", "debrief", "must", "perspectives", "overlays", "translations", "imported",
)  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


class _Reader:
    """Checks a document. A draft may leave out what its writer has not come to; what it says must still be right."""

    def __init__(self, row: Map, check: Checker, *, is_draft: bool = False) -> None:
        self.top = row
        self.check = check
        self.is_draft = is_draft
        self.uuids: set[str] = set()
        self.variables: set[str] = set()
        self.scene_keys: set[str] = set()
        self.slots: set[str] = set()
        self.targets: list[tuple[int, str]] = []
        self.fact_lines: dict[str, int] = {}
        self.choice_scenes: dict[str, str] = {}
        self.choice_uuids: list[str] = []
        self.fields: dict[str, Mapping[str, str]] = {}

    def words(self, row: Map, key: str) -> str:
        """A text that has to be there before learners see the story."""
        return self.check.text(row, key, default="" if self.is_draft else None)

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
        if not check.texts(row, "written_for") and not self.is_draft:
            check.say(
                row.line_of("written_for"), "'written_for' should name at least one role, such as [R1]."
            )
        head = without_empty(
            format=FORMAT,
            uuid=self.uuid(row),
            code=self.words(row, "code"),
            slug=check.text(row, "slug"),
            language=check.text(row, "language", default=LANGUAGE),
            title=check.text(row, "title"),
            learner=self.words(row, "learner"),
            written_for=check.texts(row, "written_for"),
            useful_for=check.texts(row, "useful_for"),
            minutes=check.number(row, "minutes", default=0 if self.is_draft else None) or None,
            place=self.words(row, "place"),
            clock=clock,
            setting=self.words(row, "setting"),
            content_note=self.words(row, "content_note"),
            good_practice=self.words(row, "good_practice"),
            coach=self.flag(row, "coach"),
            backtrack=check.one_of(row, "backtrack", BACKTRACKING, default=""),
            first=self.words(row, "first"),
            last_decision=check.text(row, "last_decision", default=""),
            reviews=self.mapping(row, "reviews"),
            imported=self.mapping(row, "imported"),
        )
        if head.get("slug") and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["slug"]):
            check.say(row.line_of("slug"), "'slug' should be small letters, digits and hyphens.")
        self.targets += [(row.line_of(key), head[key]) for key in ("first", "last_decision") if key in head]
        body = {
            "variables": self._variables(),
            "characters": [self._character(one) for one in self.rows(row, "characters", required=False)],
            "law": [self._slot(one) for one in self.rows(row, "law", required=False)],
        }
        has_clock = any(one["key"] == TIME for one in body["variables"])
        if has_clock and "last_decision" not in head and not self.is_draft:
            check.say(row.line, "'last_decision' is missing: the scene that is next when the time is up.")
        scenes = self.rows(row, "scenes", required=not self.is_draft)
        check.unique(scenes, "key")
        self.scene_keys = {str(one.get("key")) for one in scenes}
        body["scenes"] = [self._scene(one) for one in scenes]
        body["endings"] = self._endings()
        body["debrief"] = [self._point(one) for one in self.rows(row, "debrief", required=False)]
        body["must"] = [self._must(one) for one in self.rows(row, "must", required=False)]
        body["perspectives"] = [
            self._perspective(one) for one in self.rows(row, "perspectives", required=False)
        ]
        for line, key in self.targets:
            if key not in self.scene_keys:
                check.say(line, f"There is no scene {key!r} in this file.")
        known = head | without_empty(**body)
        if not check.problems:
            self._know_strings(known)
            known |= without_empty(overlays=self._overlays())
            self._know_strings(known)
            known |= without_empty(translations=self._translations())
        if not check.problems and not self.is_draft:
            self._reachable(scenes, body["scenes"], head["first"])
        return known

    def _know_strings(self, data: Mapping[str, Any]) -> None:
        for owner, name, text in strings(data):
            self.fields[owner] = {**self.fields.get(owner, {}), name: text}

    def flag(self, row: Map, key: str) -> bool | None:
        value = row.get(key)
        if value not in (None, True, False):
            self.check.say(row.line_of(key), f"{key!r} is true or false.")
            return None
        return value or None

    def mapping(self, row: Map, key: str) -> Any:
        value = row.get(key)
        if value is not None and not isinstance(value, Map):
            self.check.say(row.line_of(key), f"{key!r} should be names and values.")
            return None
        return _plain(value)

    def _must(self, row: Map) -> dict[str, Any]:
        check = self.check
        check.known(row, "uuid", "kind", "choice", "choices", "scene", "text", "facts")
        choices = [*([str(row["choice"])] if "choice" in row else []), *check.texts(row, "choices")]
        for key in choices:
            if key not in self.choice_scenes:
                check.say(
                    row.line_of("choices" if "choices" in row else "choice"), f"There is no choice {key!r}."
                )
        scene = check.text(row, "scene", default="")
        if scene:
            self.targets.append((row.line_of("scene"), scene))
        if not choices and not scene and not self.is_draft:
            check.say(row.line, "This needs a choice:, choices: or a scene: that it is about.")
        return without_empty(
            uuid=self.uuid(row),
            kind=check.one_of(row, "kind", MUST_KINDS),
            choices=choices,
            scene=scene,
            text=check.text(row, "text"),
            facts=self.facts(row),
        )

    def _perspective(self, row: Map) -> dict[str, Any]:
        check = self.check
        check.known(row, "uuid", "key", "name", "text", "views")
        name = check.text(row, "name")
        views = []
        seen: dict[str, int] = {}
        for one in self.rows(row, "views", required=not self.is_draft):
            check.known(one, "uuid", "scenes", "choice", "how", "text")
            scenes = check.texts(one, "scenes")
            self.targets += [(one.line_of("scenes"), key) for key in scenes]
            choice = check.text(one, "choice", default="")
            if choice and [self.choice_scenes.get(choice)] != scenes:
                check.say(one.line_of("choice"), f"The choice {choice!r} is not one of the scene named here.")
            if not scenes:
                check.say(one.line, "'scenes' should name at least one scene.")
            for key in scenes if not choice else []:
                if key in seen:
                    check.say(
                        one.line_of("scenes"),
                        f"{name} has words for the scene {key} already (line {seen[key]}).",
                    )
                seen[key] = one.line_of("scenes")
            views.append(
                without_empty(
                    uuid=self.uuid(one),
                    scenes=scenes,
                    choice=choice,
                    how=check.one_of(one, "how", HOW_KNOWN),
                    text=check.text(one, "text"),
                )
            )
        missing = sorted(self.scene_keys - set(seen))
        if missing and not self.is_draft:
            check.say(row.line, f"{name} has no words for: {', '.join(missing)}.")
        return without_empty(
            uuid=self.uuid(row),
            key=check.text(row, "key"),
            name=name,
            text=self.words(row, "text"),
            views=views,
        )

    def _target(self, row: Map) -> tuple[str, str]:
        """What an overlay or a translation is about: a UUID and a field that has words."""
        target = self.check.text(row, "target")
        name = self.check.text(row, "field", default="")
        if target not in self.fields:
            self.check.say(row.line_of("target"), f"Nothing in this file has the UUID {target!r}.")
        elif name and name not in self.fields[target]:
            has = ", ".join(self.fields[target])
            self.check.say(row.line_of("field"), f"There is no {name!r} there. There are: {has}.")
        return target, name

    def _overlays(self) -> list[dict[str, Any]]:
        result = []
        choices = set(self.choice_uuids)
        for row in self.rows(self.top, "overlays", required=False):
            self.check.known(row, "uuid", "jurisdiction", "target", "field", "text", "disable")
            target, name = self._target(row)
            is_disabled = self.flag(row, "disable")
            if is_disabled and target not in choices:
                self.check.say(row.line_of("disable"), "Only a choice can be left out.")
            if bool(is_disabled) == bool(name):
                self.check.say(row.line, "This needs either a field: and its text:, or disable: true.")
            result.append(
                without_empty(
                    uuid=self.uuid(row),
                    jurisdiction=self.check.text(row, "jurisdiction"),
                    target=target,
                    field=name,
                    text=self.check.text(row, "text") if name else "",
                    disable=is_disabled,
                )
            )
        return result

    def _translations(self) -> list[dict[str, Any]]:
        result = []
        for row in self.rows(self.top, "translations", required=False):
            self.check.known(row, "language", "target", "field", "text", "source")
            target, name = self._target(row)
            source = self.fields.get(target, {}).get(name, "")
            result.append(
                {
                    "language": self.check.text(row, "language"),
                    "target": target,
                    "field": name,
                    "text": self.check.text(row, "text"),
                    "source": self.check.text(row, "source", default=source_digest(source)),
                }
            )
        return result

    def _variables(self) -> list[dict[str, Any]]:
        rows = self.rows(self.top, "variables", required=False)
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
            row, "uuid", "key", "title", "place", "text", "note", "checkpoint", "tags", "alternatives", "arrive", "before",
            "choices", "imported",
        )  # fmt: skip
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
        choices = self.rows(row, "choices", required=not self.is_draft)
        check.unique(choices, "key")
        if not choices and "choices" in row and not self.is_draft:
            check.say(row.line_of("choices"), "A scene needs at least one choice.")
        key = check.text(row, "key")
        return without_empty(
            uuid=self.uuid(row),
            key=key,
            title=self.words(row, "title"),
            place=check.text(row, "place", default=""),
            text=self.words(row, "text"),
            note=check.text(row, "note", default=""),
            checkpoint=self.flag(row, "checkpoint"),
            tags=check.texts(row, "tags"),
            alternatives=alternatives,
            arrive=arrive,
            before=before,
            choices=[self._choice(one, scene=key, is_only=len(choices) == 1) for one in choices],
            imported=self.mapping(row, "imported"),
        )

    def _choice(self, row: Map, *, scene: str, is_only: bool) -> dict[str, Any]:
        # Where there is only one way on, there is nothing to decide and so nothing to explain or to score.
        needs_reason = not is_only and not self.is_draft
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
        if not scores and needs_reason:
            check.say(row.line, "A choice needs at least one score.")
        target = self.words(row, "to")
        if target not in (END, ""):
            self.targets.append((row.line_of("to"), target))
        key = check.text(row, "key")
        if key in self.choice_scenes:
            check.say(row.line_of("key"), f"key {key} stands in this file twice.")
        self.choice_scenes[key] = scene
        uuid = self.uuid(row)
        self.choice_uuids.append(uuid)
        return without_empty(
            uuid=uuid,
            key=key,
            text=self.words(row, "text"),
            then=check.text(row, "then", default=""),
            why=check.text(row, "why", default=None if needs_reason else ""),
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
        rows = self.rows(self.top, "endings", required=not self.is_draft)
        self.check.unique(rows, "key")
        result = []
        for row in rows:
            self.check.known(row, "uuid", "key", "title", "text", "when")
            result.append(
                without_empty(
                    uuid=self.uuid(row),
                    key=self.check.text(row, "key"),
                    title=self.words(row, "title"),
                    text=self.words(row, "text"),
                    when=self.condition(row, "when", required=not self.is_draft),
                )
            )
        if not self.is_draft and result and result[-1].get("when") != {"always": True}:
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


def _read(value: Any, file: str, *, is_draft: bool) -> tuple[_Reader, dict[str, Any]]:
    if not isinstance(value, Map):
        raise ScenarioFileError(
            [Problem(file, 1, "This should be a scenario: names and values, beginning with format:.")]
        )
    reader = _Reader(value, Checker(file), is_draft=is_draft)
    return reader, reader.read()


def read_scenario(path: Path, *, name: str = "") -> ScenarioDocument:
    """Read and check one file of the curriculum. Raises ScenarioFileError, which names every mistake in it."""
    file = name or f"scenarios/{path.name}"
    try:
        value = read_yaml(path, name=file)
    except CurriculumError as error:
        raise ScenarioFileError(error.problems) from error
    except RecursionError as error:
        raise ScenarioFileError([Problem(file, 1, TOO_DEEP)]) from error
    reader, data = _read(value, file, is_draft=False)
    if reader.check.problems:
        raise ScenarioFileError(sorted(reader.check.problems))
    return ScenarioDocument(file, data, reader.fact_lines)


def read_document(value: Any, *, file: str, is_draft: bool = False) -> ScenarioDocument:
    """Read and check plain values, such as JSON gives. Each problem says where in the document it is.

    Raises ScenarioFileError.
    """
    try:
        tree, places = located(value)
        reader, data = _read(tree, file, is_draft=is_draft)
    except RecursionError as error:
        raise ScenarioFileError([Problem(file, 1, TOO_DEEP)]) from error
    if reader.check.problems:
        raise ScenarioFileError(
            [
                Problem(
                    one.file, 1, f"{places[one.line - 1]}: {one.message}" if one.line > 1 else one.message
                )
                for one in sorted(reader.check.problems)
            ]
        )
    return ScenarioDocument(file, data)
