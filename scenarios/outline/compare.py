"""What differs between two documents of one story, by the UUIDs of their parts: in words, field by field."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

_LISTS = (
    "scenes", "choices", "alternatives", "endings", "characters", "law", "debrief", "must", "perspectives", "views",
    "overlays",
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """A run of words that is in both, only in the older or only in the newer."""

    text: str
    kind: str


@dataclass(frozen=True)
class FieldChange:
    name: str
    words: Sequence[Words]


@dataclass(frozen=True)
class Change:
    kind: str
    what: str
    label: str
    fields: Sequence[FieldChange] = field(default_factory=list)


def _parts(
    data: Mapping[str, Any], what: str = "story", label: str = ""
) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Everything that has a UUID: (UUID, what it is, how it is called, its own fields)."""
    name = str(data.get("title") or data.get("name") or data.get("text") or data.get("key") or "")[:80]
    named = f"{label} › {name}" if label else name
    own = {
        key: value
        for key, value in data.items()
        if key not in ("uuid", "imported", "format", "translations")
        and not (isinstance(value, list) and value and isinstance(value[0], Mapping) and "uuid" in value[0])
    }
    yield data.get("uuid", ""), what, named, own
    for key, value in data.items():
        if key in _LISTS and isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping) and "uuid" in row:
                    yield from _parts(row, key, "" if what == "story" else name)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def word_changes(old: str, new: str) -> list[Words]:
    """Word by word, as a reader would mark it."""
    before, after = old.split(), new.split()
    result = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            result.append(Words(" ".join(before[a1:a2]), "same"))
        else:
            if a2 > a1:
                result.append(Words(" ".join(before[a1:a2]), "gone"))
            if b2 > b1:
                result.append(Words(" ".join(after[b1:b2]), "new"))
    return result


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """New and changed parts in the order of the newer document, then what is gone."""
    before = {uuid: (what, label, own) for uuid, what, label, own in _parts(old)}
    changes = []
    seen = set()
    for uuid, what, label, own in _parts(new):
        seen.add(uuid)
        if uuid not in before:
            changes.append(Change("new", what, label))
            continue
        earlier = before[uuid][2]
        fields = [
            FieldChange(name, word_changes(_text(earlier.get(name)), _text(own.get(name))))
            for name in dict.fromkeys([*own, *earlier])
            if earlier.get(name) != own.get(name)
        ]
        if fields:
            changes.append(Change("changed", what, label, fields))
    changes += [
        Change("gone", what, label) for uuid, (what, label, _own) in before.items() if uuid not in seen
    ]
    return changes


KINDS = {
    "story": _("Story"),
    "scenes": _("Scene"),
    "choices": _("Choice"),
    "alternatives": _("Other words"),
    "endings": _("Ending"),
    "characters": _("Person"),
    "law": _("Question of law"),
    "debrief": _("To take along"),
    "must": _("Should and should not happen"),
    "perspectives": _("Perspective"),
    "views": _("What somebody knew"),
    "overlays": _("Jurisdiction"),
}
