"""Shows what an editor and a file both changed, field by field, and asks what is to become of it."""

import difflib
import textwrap
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import yaml

from content.keeping import Choice, Conflict, Decision
from courses.activity_writing import NotWritable
from courses.lesson_writing import body_text

Say = Callable[[str], object]
Ask = Callable[[str], str]

QUESTION = (
    "Keep what was edited here (k), take the file's (t), do so with all that follow (K, T), or stop (s)? "
)
# Lines of an unchanged text around a change.
_CONTEXT = 1
_WIDTH = 110


class Stopped(Exception):
    """Somebody wants to look at it again first. Nothing has been changed."""


def show(conflict: Conflict, say: Say) -> None:
    """What was loaded, what it became in the admin, and what the file says now."""
    say("")
    say(f"{conflict.name} was edited in the admin, and its file has changed as well.")
    if conflict.base is None:
        say("What was loaded before is not known; shown is how the file differs from the admin.")
    for name in conflict.fields:
        edited, file = _text(name, conflict.edited.get(name)), _text(name, conflict.file[name])
        if conflict.base is None:
            _difference(name, (("admin → file", edited, file),), say)
            continue
        base = _text(name, conflict.base.get(name))
        _difference(name, (("in the admin", base, edited), ("in the file", base, file)), say)


def _difference(name: str, pairs: Iterable[tuple[str, str, str]], say: Say) -> None:
    say(f"  {name}")
    for title, before, after in pairs:
        if before == after:
            say(f"    {title}: as it was loaded")
            continue
        say(f"    {title}:")
        lines = difflib.unified_diff(_lines(before), _lines(after), lineterm="", n=_CONTEXT)
        # Without the heads of both texts and the first place, which say nothing here.
        for line in list(lines)[3:]:
            say(f"      {'...' if line.startswith('@@') else line}")


def _lines(text: str) -> list[str]:
    """Long lines folded, so that a change of one word does not show a whole paragraph on one line."""
    return [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
    ]


def _text(name: str, value: Any) -> str:
    if name == "body":
        with suppress(NotWritable):
            return body_text(value)
    if value is None or isinstance(value, str):
        return value or ""
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000))


def settle(conflicts: Iterable[Conflict], *, ask: Ask, say: Say) -> list[Decision]:
    """Ask about each conflict in turn. Raises Stopped."""
    decisions: list[Decision] = []
    for_all: Choice | None = None
    for conflict in conflicts:
        if for_all is None:
            show(conflict, say)
        choice = for_all
        while choice is None:
            match ask(QUESTION).strip():
                case "k":
                    choice = Choice.MINE
                case "t":
                    choice = Choice.FILE
                case "K":
                    choice = for_all = Choice.MINE
                case "T":
                    choice = for_all = Choice.FILE
                case "s":
                    raise Stopped
        decisions.append(Decision(conflict, choice))
    return decisions
