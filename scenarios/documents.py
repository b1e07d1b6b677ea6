"""The one format of a scenario: a file of the curriculum, a published snapshot and an export are the same document.

`scenarios.reading` reads and checks one. Nothing here touches the database.
See docs/decisions/0004-scenario-graph.md for the format.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.engine import (
    Arrival,
    ChoiceRules,
    EndingRule,
    Head,
    Interlude,
    SceneRules,
    Variable,
)

FORMAT = "waylight-scenario/1"
MOVES = (
    "open", "cued", "closed", "leading", "blaming", "promise", "consent", "break", "safety", "informing", "action",
)  # fmt: skip
LANGUAGE = "en-gb"
BACKTRACKING = ("none", "checkpoint", "free")
MUST_KINDS = ("visit", "avoid")
HOW_KNOWN = ("present", "told", "unaware")
# Which strings a jurisdiction or a language may say in its own way, by the kind of thing that has the UUID.
TRANSLATABLE: Mapping[str, tuple[str, ...]] = {
    "head": ("title", "learner", "place", "setting", "content_note", "good_practice"),
    "characters": ("name", "description"),
    "law": ("title",),
    "scenes": ("title", "place", "text", "note"),
    "alternatives": ("text",),
    "choices": ("text", "then", "why", "critical"),
    "endings": ("title", "text"),
    "debrief": ("text",),
    "must": ("text",),
    "perspectives": ("name", "text"),
    "views": ("text",),
    "overlays": ("text",),
}


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


def source_digest(text: str) -> str:
    """Of a string that is translated: another digest, and the translation is outdated."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def strings(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every translatable string as (UUID of its owner, field, text), in the order of the document."""

    def of(kind: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        for name in TRANSLATABLE[kind]:
            if row.get(name):
                yield row["uuid"], name, row[name]

    yield from of("head", data)
    for kind, inner in (
        ("characters", ()), ("law", ()), ("scenes", ("alternatives", "choices")), ("endings", ()), ("debrief", ()),
        ("must", ()), ("perspectives", ("views",)), ("overlays", ()),
    ):  # fmt: skip
        for row in data.get(kind, []):
            yield from of(kind, row)
            for deeper in inner:
                for one in row.get(deeper, []):
                    yield from of(deeper, one)


# What the engine needs of a document.


def head_rules(data: Mapping[str, Any]) -> Head:
    return Head(
        first=data.get("first", ""),
        last_decision=data.get("last_decision", ""),
        variables=tuple(
            Variable(one["key"], one["start"], one.get("minimum"), one.get("maximum"))
            for one in data.get("variables", [])
        ),
        endings=tuple(
            EndingRule(one["key"], one["when"]) for one in data.get("endings", []) if "when" in one
        ),
    )


def scene_rules(scene: Mapping[str, Any]) -> SceneRules:
    """Of a scene as `compiled_scenes` gives it."""
    return SceneRules(
        key=scene["key"],
        choices=tuple(
            ChoiceRules(
                uuid=choice["uuid"],
                to=choice.get("to", ""),
                effects=choice.get("change", {}),
                scores=choice.get("scores", {}),
                is_critical=bool(choice.get("critical")),
                move=choice.get("move", ""),
                when=choice.get("when"),
            )
            for choice in scene.get("choices", [])
        ),
        alternatives=tuple(one["when"] for one in scene.get("alternatives", [])),
        arrivals=tuple(Arrival(one["when"], one["change"]) for one in scene.get("arrive", [])),
        interludes=tuple(Interlude(one["scene"], one["when"]) for one in scene.get("interludes", [])),
    )


def _local_strings(data: Mapping[str, Any]) -> tuple[dict[str, list[Any]], dict[str, dict[str, Any]]]:
    """What one jurisdiction or one language says otherwise, by the UUID that it is about. Outdated words are left out."""
    overlays: dict[str, list[Any]] = {}
    for row in data.get("overlays", []):
        overlays.setdefault(row["target"], []).append(row)
    translations: dict[str, dict[str, Any]] = {}
    if data.get("translations"):
        sources = {(owner, name): source_digest(text) for owner, name, text in strings(data)}
        for row in data["translations"]:
            if sources.get((row["target"], row["field"])) == row["source"]:
                words = translations.setdefault(row["target"], {})
                words.setdefault(row["language"], {})[row["field"]] = row["text"]
    return overlays, translations


def _with_local(
    value: dict[str, Any], overlays: Mapping[str, list[Any]], translations: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """A part of a document together with the strings of its own that a place or a language says otherwise."""
    owners = set(uuids(value))
    mine = [row for owner in owners & set(overlays) for row in overlays[owner]]
    owners |= {row["uuid"] for row in mine}
    return value | without_empty(
        overlays=mine, translations={owner: translations[owner] for owner in owners & set(translations)}
    )


def uuids(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "uuid":
                yield inner
            elif isinstance(inner, Mapping | list):
                yield from uuids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from uuids(inner)


def renewed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same document under UUIDs of its own."""
    text = json.dumps(data)
    for old in set(uuids(data)):
        text = text.replace(old, str(uuid.uuid4()))
    return dict(json.loads(text))


def compiled_head(data: Mapping[str, Any]) -> dict[str, Any]:
    """All that a page needs beside its scene: no scenes, nothing that grows with them."""
    head = {
        key: value
        for key, value in data.items()
        if key not in ("scenes", "perspectives", "overlays", "translations", "imported")
    }
    if "perspectives" in data:
        head["perspectives"] = [
            {key: value for key, value in row.items() if key != "views"} for row in data["perspectives"]
        ]
    if "must" in data:
        # The path knows choices by UUID, as everything that outlives an edit does.
        known = {one["key"]: one["uuid"] for scene in data["scenes"] for one in scene.get("choices", [])}
        head["must"] = [
            rule | without_empty(choice_uuids=[known[key] for key in rule.get("choices", [])])
            for rule in data["must"]
        ]
    return _with_local(head, *_local_strings(data))


def compiled_scenes(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each scene by its key: with the consequence scenes that may stand before it, and with what others knew of it."""
    result = {
        scene["key"]: {key: value for key, value in scene.items() if key not in ("imported", "tags")}
        for scene in data.get("scenes", [])
    }
    for scene in data.get("scenes", []):
        if "before" in scene:
            host = result[scene["before"]["scene"]]
            host["interludes"] = [
                *host.get("interludes", []),
                {"scene": scene["key"], "when": scene["before"]["when"]},
            ]
    known = {one["key"]: one["uuid"] for scene in data.get("scenes", []) for one in scene.get("choices", [])}
    for perspective in data.get("perspectives", []):
        for view in perspective.get("views", []):
            seen = {key: value for key, value in view.items() if key not in ("scenes", "choice")}
            if "choice" in view:
                seen["choice_uuid"] = known[view["choice"]]
            for key in view["scenes"]:
                result[key].setdefault("views", []).append(seen | {"perspective": perspective["key"]})
    if "overlays" in data or "translations" in data:
        local = _local_strings(data)
        result = {key: _with_local(scene, *local) for key, scene in result.items()}
    return result


def localised(value: Mapping[str, Any], *, jurisdiction: str, language: str) -> dict[str, Any]:
    """A compiled head or scene in the words of one place and one language, without what that place leaves out."""
    translations = value.get("translations", {})
    said: dict[str, dict[str, str]] = {
        owner: dict(words[language]) for owner, words in translations.items() if language in words
    }
    without = set()
    for row in value.get("overlays", []):
        if row["jurisdiction"] == jurisdiction:
            if row.get("disable"):
                without.add(row["target"])
            else:
                own = translations.get(row["uuid"], {}).get(language, {})
                said.setdefault(row["target"], {})[row["field"]] = own.get("text", row["text"])

    def walk(one: Any) -> Any:
        if isinstance(one, Mapping):
            words = said.get(one.get("uuid", ""), {})
            return {key: words[key] if key in words else walk(inner) for key, inner in one.items()}
        if isinstance(one, list):
            return [
                walk(inner)
                for inner in one
                if not (isinstance(inner, Mapping) and inner.get("uuid", "") in without)
            ]
        return one

    plain = {key: inner for key, inner in value.items() if key not in ("overlays", "translations")}
    return dict(walk(plain)) if said or without else plain


class DocumentStory:
    """A whole document as a story for the engine, held in memory."""

    def __init__(self, data: Mapping[str, Any], *, jurisdiction: str = "", language: str = LANGUAGE) -> None:
        self._head = head_rules(data)
        self.scenes = {
            key: localised(scene, jurisdiction=jurisdiction, language=language)
            for key, scene in compiled_scenes(data).items()
        }
        self.endings = localised(
            {"endings": data.get("endings", [])}
            | {
                key: value
                for key, value in compiled_head(data).items()
                if key in ("overlays", "translations")
            },
            jurisdiction=jurisdiction,
            language=language,
        )["endings"]
        self._rules = {key: scene_rules(scene) for key, scene in self.scenes.items()}

    @property
    def head(self) -> Head:
        return self._head

    def scene(self, key: str) -> SceneRules:
        return self._rules[key]
