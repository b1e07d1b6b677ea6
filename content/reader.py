"""Reads the curriculum's files so that every mistake can be named by file and line.

YAML mappings and lists come back as dict and list that also know their line. Nothing here touches the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one file: where it is, and what would be right."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CurriculumError(Exception):
    """The files cannot be loaded as they are. `problems` lists every mistake found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Map(dict[str, Any]):
    """A YAML mapping that knows the line of itself and of each key (counted from 1)."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class Seq(list[Any]):
    """A YAML list that knows its line and the line of each item."""

    line: int = 1
    lines: list[int]


class _Loader(yaml.SafeLoader):
    offset = 0


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[Map]:
    result = Map()
    result.line = node.start_mark.line + 1 + loader.offset
    result.lines = {}
    yield result
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in result:
            raise yaml.MarkedYAMLError(
                problem=f"{key!r} stands here twice; keep one of them", problem_mark=key_node.start_mark
            )
        result.lines[key] = key_node.start_mark.line + 1 + loader.offset
        result[key] = loader.construct_object(value_node, deep=True)


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> Iterator[Seq]:
    result = Seq()
    result.line = node.start_mark.line + 1 + loader.offset
    result.lines = [item.start_mark.line + 1 + loader.offset for item in node.value]
    yield result
    result.extend(loader.construct_object(item, deep=True) for item in node.value)


def _day(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.MarkedYAMLError(
            problem=f"{node.value} is no day of the calendar", problem_mark=node.start_mark
        ) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)


def parse_yaml(text: str, *, file: str, first_line: int = 1) -> Any:
    """The value of a YAML text whose first line is `first_line` of `file`. Raises CurriculumError."""
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise CurriculumError(
            [Problem(file, first_line, f"This is not readable as text: {error}.")]
        ) from error
    loader.offset = first_line - 1
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + first_line
        raise CurriculumError([Problem(file, line, f"This is not valid YAML: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        raise CurriculumError([Problem(file, first_line, f"This is not valid YAML: {error}.")]) from error
    finally:
        loader.dispose()


def located(value: Any) -> tuple[Any, list[str]]:
    """Plain values as Map and Seq, for what did not come from lines: "line" n is the place in the list at n - 1."""
    places: list[str] = []

    def walk(one: Any, place: str) -> Any:
        if not isinstance(one, dict | list):
            return one
        places.append(place)
        number = len(places)
        if isinstance(one, dict):
            row = Map(
                {str(key): walk(inner, f"{place}.{key}" if place else str(key)) for key, inner in one.items()}
            )
            row.line, row.lines = number, {}
            return row
        items = Seq(walk(inner, f"{place}[{index}]") for index, inner in enumerate(one))
        items.line = number
        items.lines = [inner.line if isinstance(inner, Map | Seq) else number for inner in items]
        return items

    return walk(value, ""), places


def read_text(path: Path, *, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CurriculumError([Problem(name, 1, "This file is not UTF-8. Save it as UTF-8.")]) from error
    except OSError as error:
        raise CurriculumError([Problem(name, 1, f"This file cannot be read: {error.strerror}.")]) from error


def read_yaml(path: Path, *, name: str) -> Any:
    return parse_yaml(read_text(path, name=name), file=name)


class Checker:
    """Collects every problem of one file instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def rows(self, value: Any, *, what: str) -> list[Map]:
        if not isinstance(value, Seq):
            self.say(1, f"This should be a list of {what}, each beginning with a dash.")
            return []
        good = []
        for line, row in zip(value.lines, value, strict=True):
            if isinstance(row, Map):
                good.append(row)
            else:
                self.say(line, f"Each of the {what} should be a mapping of names to values.")
        return good

    def known(self, row: Map, *allowed: str) -> None:
        for key in row:
            if key not in allowed:
                self.say(row.line_of(key), f"{key!r} is not known here. Known are: {', '.join(allowed)}.")

    def text(self, row: Map, key: str, *, default: str | None = None) -> str:
        value = row.get(key)
        if value is None and default is not None:
            return default
        if value is None:
            self.say(row.line, f"{key!r} is missing.")
            return ""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.say(row.line_of(key), f"{key!r} should be text. Put it in quotation marks.")
            return ""
        return str(value).strip()

    def number(self, row: Map, key: str, *, default: int | None = None) -> int:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.say(row.line_of(key), f"{key!r} should be a whole number.")
            return 0
        return value

    def flag(self, row: Map, key: str) -> bool:
        """True only for a plain true: in quotation marks even "false" would count as something."""
        value = row.get(key, False)
        if not isinstance(value, bool):
            self.say(row.line_of(key), f"{key!r} should be true or false, without quotation marks.")
            return False
        return value

    def day(self, row: Map, key: str, *, required: bool = True) -> date | None:
        value = row.get(key)
        if value is None and not required:
            return None
        if type(value) is not date:
            self.say(row.line_of(key), f"{key!r} should be a date such as 2026-11-22.")
            return None
        return value

    def texts(self, row: Map, key: str) -> list[str]:
        value = row.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or any(isinstance(one, dict | list) for one in value):
            self.say(row.line_of(key), f"{key!r} should be a list, such as [a, b].")
            return []
        return [str(one) for one in value]

    def one_of(self, row: Map, key: str, allowed: tuple[str, ...], *, default: str | None = None) -> str:
        value = self.text(row, key, default=default)
        if value and value not in allowed:
            self.say(row.line_of(key), f"{key!r} is {value!r}. It should be one of: {', '.join(allowed)}.")
        return value

    def unique(self, rows: list[Map], key: str) -> None:
        seen: set[str] = set()
        for row in rows:
            value = str(row.get(key))
            if value in seen:
                self.say(row.line_of(key), f"{key} {value} stands in this file twice.")
            seen.add(value)
