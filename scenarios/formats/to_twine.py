"""A story of ours as a Twine story. What came from Twine and was not changed goes back word for word, macros included."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from scenarios.engine import END
from scenarios.formats.from_twine import make_scene
from scenarios.formats.report import Row
from scenarios.formats.twine import Passage, TwineStory
from scenarios.formats.values import items, mapping

_PLAIN = ("uuid", "key", "title", "text", "tags", "choices")


def _kept(scene: Mapping[str, Any]) -> Passage | None:
    kept = mapping(scene.get("imported"))
    return _passage(kept) if kept.get("format") == "twine" else None


def _passage(kept: Mapping[str, Any]) -> Passage:
    """What a document of ours says that came with it need not have come from an import of ours."""
    return Passage(
        str(kept.get("name") or ""),
        tuple(str(tag) for tag in items(kept.get("tags"))),
        mapping(kept.get("metadata")),
        str(kept.get("text") or ""),
    )


def _index(kept: Any, otherwise: int) -> float:
    index = mapping(kept).get("index")
    return index if isinstance(index, int | float) else otherwise


def _names(data: Mapping[str, Any]) -> dict[str, str]:
    """A passage name for each scene's key, none twice unless the file it came from had them twice."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for scene in data.get("scenes", []):
        kept = _kept(scene)
        name = scene.get("title") or scene["key"]
        if kept is not None and kept.name[:200].strip() == name:
            name = kept.name
        elif name in taken:
            name = f"{name} ({scene['key']})"
        taken.add(name)
        names[scene["key"]] = name
    return names


def _link(label: str, target: str) -> str:
    # Signs that would end or split the link are the only ones that cannot stand in it.
    safe = (
        label.replace("]]", ") )").replace("->", "→").replace("<-", "←").replace("|", "/").replace("\n", " ")
    )
    return f"[[{safe}->{target}]]"


def _written(scene: Mapping[str, Any], names: Mapping[str, str], end: str) -> str:
    lines = [
        _link(
            choice.get("text") or names.get(choice.get("to", ""), "…"),
            end if choice.get("to") == END else names[choice["to"]],
        )
        for choice in scene.get("choices", [])
        if choice.get("to") == END or choice.get("to") in names
    ]
    return "\n\n".join(part for part in (scene.get("text", ""), "\n".join(lines)) if part)


def story_of(data: Mapping[str, Any]) -> tuple[TwineStory, list[Row]]:
    """Scores, reasons and rules stay here: a player's copy has no answers in it."""
    rows: list[Row] = []
    head = mapping(data.get("imported"))
    head = head if head.get("format") == "twine" else {}
    names = _names(data)
    by_name: dict[str, str] = {}
    for scene in data.get("scenes", []):
        by_name.setdefault((kept.name if (kept := _kept(scene)) else names[scene["key"]]), scene["key"])
    end = _("The end")
    while end in names.values():
        end += "."
    placed: list[tuple[float, Passage]] = []
    needs_end = False
    for number, scene in enumerate(data.get("scenes", [])):
        kept = _kept(scene)
        place = _index(scene.get("imported") if kept else None, 100_000 + number)
        if kept is not None:
            again, _is_end = make_scene(kept, scene["key"], by_name, story_uuid=uuid.UUID(data["uuid"]))
            if {key: again.get(key) for key in _PLAIN} == {key: scene.get(key) for key in _PLAIN} and set(scene) <= {
                *_PLAIN, "imported",
            }:  # fmt: skip
                placed.append((place, kept))
                continue
            rows.append(Row("warning", "changed", kept.name))
            if kept.name != names[scene["key"]]:
                rows.append(Row("warning", "renamed", names[scene["key"]]))
        if set(scene) & {"alternatives", "arrive", "before"} or any(
            set(choice) & {"when", "change"} for choice in scene.get("choices", [])
        ):
            rows.append(Row("info", "conditions-lost", names[scene["key"]]))
        needs_end = needs_end or any(choice.get("to") == END for choice in scene.get("choices", []))
        placed.append(
            (
                place,
                Passage(
                    names[scene["key"]],
                    tuple(tag.replace(" ", "-") for tag in scene.get("tags", [])),
                    kept.metadata if kept else {},
                    _written(scene, names, end),
                ),
            )
        )
    placed.extend((_index(one, -1), _passage(mapping(one))) for one in items(head.get("passages")))
    passages = [one for _place, one in sorted(placed, key=lambda pair: pair[0])]
    if needs_end:
        words = "\n\n".join(
            f"{one.get('title', '')}: {one.get('text', '')}" for one in data.get("endings", [])
        )
        passages.append(Passage(end, text=words))
    meta = dict(mapping(head.get("data")))
    if not head:
        meta = {"ifid": data["uuid"].upper(), "format": "Harlowe", "format-version": "3.3.9"}
        if data.get("first") in names:
            meta["start"] = names[data["first"]]
    return (
        TwineStory(
            data["title"]
            if not head or data["title"] != str(head.get("title", "")).strip()
            else str(head["title"]),
            tuple(passages),
            meta,
            str(head.get("script", "")),
            str(head.get("style", "")),
            str(head.get("source", "waylight")),
        ),
        rows,
    )


def as_json(data: Mapping[str, Any]) -> str:
    """Our own format, for people and for diffs."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
