"""Writes values back into YAML files, so that whatever nobody changed stays as it was written: order, remarks, line breaks."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from content.reader import Map

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class _Dumper(yaml.SafeDumper):
    """Two spaces under each key, long texts on one line, several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _string(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(dumper: _Dumper, value: list[Any]) -> yaml.SequenceNode:
    is_short = all(isinstance(one, str | int) and len(str(one)) < 24 for one in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=is_short)


_Dumper.add_representer(str, _string)
_Dumper.add_representer(list, _list)


def to_yaml(value: Any) -> str:
    """As our files write it. Text that is a day of the calendar becomes a date."""
    return str(
        yaml.dump(_days(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000, indent=2)
    )


def _days(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _days(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_days(one) for one in value]
    if isinstance(value, str) and _DAY.match(value):
        return date.fromisoformat(value)
    return value


def entry(values: Mapping[str, Any]) -> str:
    """One entry of a list, from its dash on."""
    return to_yaml([dict(values)])


def patched(
    lines: list[str], row: Map, changes: Mapping[str, Any], *, first_line: int, indent: int
) -> list[str]:
    """The lines of a mapping with some of its values changed.

    `lines` are its own, the first of them line `first_line` of the file that `row` was read from; its keys stand `indent`
    spaces in, the first of them perhaps behind a dash. None takes a key away.
    """
    starts = sorted((row.line_of(key) - first_line, key) for key in row)
    result = lines[: starts[0][0]] if starts else list(lines)
    left = dict(changes)
    for place, (start, key) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
        own = lines[start:end]
        if key not in left:
            result += own
            continue
        value = left.pop(key)
        # Remarks and empty lines at the end belong to what follows.
        tail = len(own)
        while tail > 1 and (not own[tail - 1].strip() or own[tail - 1].lstrip().startswith("#")):
            tail -= 1
        if value is not None:
            result += _keyed(key, value, indent, is_dashed=own[0].startswith(" " * (indent - 2) + "- "))
        result += own[tail:]
    for key, value in left.items():
        if value is not None:
            at = len(result)
            while at and not result[at - 1].strip():
                at -= 1
            result[at:at] = _keyed(key, value, indent)
    return result


def _keyed(key: str, value: Any, indent: int, *, is_dashed: bool = False) -> list[str]:
    text = to_yaml({key: value}).rstrip("\n").split("\n")
    found = [" " * indent + line if line else "" for line in text]
    if is_dashed:
        found[0] = " " * (indent - 2) + "- " + found[0].lstrip()
    return found
