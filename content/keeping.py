"""Files and editors write the same texts: who may overwrite whom.

Three states of each thing are compared, field by field: as loaded last, as it stands in the admin (with its latest draft), and
as its file has it now. What only the files changed is loaded; what only an editor changed stays; what both changed stays until
somebody has decided.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from content.models import LoadedFile, LoadedText

Words = dict[str, Any]


class Choice(StrEnum):
    MINE = "mine"
    FILE = "file"


@dataclass(frozen=True)
class Conflict:
    """A thing that was edited in the admin and in its file. `base` is None where nobody knows what was loaded."""

    kind: str
    key: str
    base: Words | None
    edited: Words
    file: Words

    @property
    def name(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def fields(self) -> list[str]:
        """Those that are not the same in the admin and in the file, in the file's order."""
        return [name for name in self.file if self.file[name] != self.edited.get(name)]


@dataclass(frozen=True)
class Decision:
    """What becomes of one conflict. It holds only for the words that whoever decided had seen."""

    conflict: Conflict
    choice: Choice


@dataclass
class Keeper:
    """Decides what one run writes, and remembers what it wrote."""

    decisions: Iterable[Decision] = ()
    conflicts: list[Conflict] = field(default_factory=list)
    # Deleted in the admin, though the files still have it and other texts may name it.
    restored: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._decided = {(one.conflict.kind, one.conflict.key): one for one in self.decisions}
        self._loaded = {(one.kind, one.key): one for one in LoadedText.objects.defer("words")}

    def outcome(
        self,
        kind: str,
        key: str,
        file: Mapping[str, Any],
        edited: Callable[[], Mapping[str, Any]] | None,
        *,
        was_edited: Callable[[], bool],
    ) -> str:
        """ "new" and "changed" are to be written now; "same" and "kept" are not.

        `edited` answers with the words as they stand in the admin; it is None where there is nothing. `was_edited` is asked
        only of what was loaded before loaded texts were remembered.
        """
        file = plain(file)
        loaded = self._loaded.get((kind, key))
        if edited is None:
            if loaded is not None:
                self.restored.append(f"{kind} {key}")
            return self._write(kind, key, file, "new")
        if loaded is not None and loaded.digest == digest(file):
            return "same"
        now = plain(edited())
        if now == file:
            return self._write(kind, key, file, "same")
        base = loaded.words if loaded is not None else None
        if now == base or (base is None and not was_edited()):
            return self._write(kind, key, file, "changed")
        conflict = Conflict(kind, key, base, now, file)
        decision = self._decided.get((kind, key))
        if decision is None or decision.conflict.edited != now or decision.conflict.file != file:
            self.conflicts.append(conflict)
            return "kept"
        return self._write(kind, key, file, "changed" if decision.choice is Choice.FILE else "kept")

    def _write(self, kind: str, key: str, file: Words, outcome: str) -> str:
        """From now on this is what was loaded."""
        loaded = self._loaded.get((kind, key))
        if loaded is None or loaded.digest != digest(file):
            self._loaded[kind, key], _ = LoadedText.objects.update_or_create(
                kind=kind, key=key, defaults={"words": file, "digest": digest(file)}
            )
        return outcome


def plain(words: Mapping[str, Any]) -> Words:
    """As JSON gives it back: dates as text, tuples as lists."""
    found: Words = json.loads(json.dumps(words, default=str, ensure_ascii=False))
    return found


def digest(words: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def remember_files(files: Mapping[str, str]) -> None:
    """Keep the text of every file as it is now, and forget those that are gone."""
    LoadedFile.objects.exclude(name__in=files).delete()
    LoadedFile.objects.bulk_create(
        [LoadedFile(name=name, text=text) for name, text in files.items()],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["text"],
    )
