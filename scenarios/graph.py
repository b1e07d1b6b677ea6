"""The scenes of a story as a graph of whole numbers, however unfinished the story is.

A draft may lack anything and hold anything; what cannot be used is left out here and named by `scenarios.validation`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from scenarios.conditions import is_number
from scenarios.engine import END, TIME

# Documents are read very often and nearly always hold what they should, so that is asked first.


def rows(value: Any, key: str) -> list[Mapping[str, Any]]:
    """The entries of a list that may be missing or not a list."""
    found = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(found, list):
        return []
    return [one for one in found if type(one) is dict or isinstance(one, Mapping)]


def text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def texts(value: Mapping[str, Any], key: str) -> list[str]:
    found = value.get(key)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


_NONE: Mapping[str, int] = {}


def numbers(found: Any) -> Mapping[str, int]:
    """Names and whole numbers, without whatever else is there."""
    if not found:
        return _NONE
    if type(found) is dict:
        for name, number in found.items():
            if type(number) is not int or type(name) is not str:
                break
        else:
            return found
    if not isinstance(found, Mapping):
        return _NONE
    return {name: number for name, number in found.items() if is_number(number) and isinstance(name, str)}


@dataclass(slots=True)
class ChoiceRow:
    key: str
    uuid: str
    to: str
    when: Any
    change: Mapping[str, int]
    scores: Mapping[str, int]
    is_critical: bool
    move: str


@dataclass(slots=True)
class SceneRow:
    key: str
    uuid: str
    choices: list[ChoiceRow]
    # The scene before which this one may stand, and when.
    host: str
    when: Any
    alternatives: Sequence[Any]
    arrivals: Sequence[tuple[Any, Mapping[str, int]]]
    # An imported macro computes where it leads: nobody can say so beforehand.
    is_dynamic: bool
    loses_time: bool


def scene_row(scene: Mapping[str, Any]) -> SceneRow:
    choices = [
        ChoiceRow(
            text(one, "key"),
            text(one, "uuid"),
            text(one, "to"),
            one.get("when"),
            numbers(one.get("change")),
            numbers(one.get("scores")),
            bool(one.get("critical")),
            text(one, "move"),
        )
        for one in rows(scene, "choices")
    ]
    found = scene.get("before")
    before: Mapping[str, Any] = found if found and isinstance(found, Mapping) else {}
    imported = scene.get("imported")
    is_dynamic = isinstance(imported, Mapping) and bool(imported.get("dynamic")) if imported else False
    arrivals: Sequence[tuple[Any, Mapping[str, int]]] = ()
    if scene.get("arrive"):
        arrivals = [(one.get("when"), numbers(one.get("change"))) for one in rows(scene, "arrive")]
    alternatives: Sequence[Any] = ()
    if scene.get("alternatives"):
        alternatives = [one.get("when") for one in rows(scene, "alternatives")]
    return SceneRow(
        key=text(scene, "key"),
        uuid=text(scene, "uuid"),
        choices=choices,
        host=text(before, "scene") if before else "",
        when=before.get("when") if before else None,
        alternatives=alternatives,
        arrivals=arrivals,
        is_dynamic=is_dynamic,
        loses_time=any(one.change.get(TIME, 0) < 0 for one in choices)
        or any(change.get(TIME, 0) < 0 for _when, change in arrivals),
    )


def has_clock(data: Mapping[str, Any]) -> bool:
    """Whether the story's time can run out."""
    return any(one.get("key") == TIME for one in rows(data, "variables")) and bool(
        text(data, "last_decision")
    )


class Graph:
    """Where a play can go from each scene, taking every condition for one that may hold.

    `next` lists scenes by number, and `back` those that lead to each; a scene leads to its target and to whatever
    consequence scene may stand before that. `has_exit` says whether a choice ends the story there, `is_open` whether a
    way out may exist that nobody can see.
    """

    def __init__(
        self, scenes: Sequence[SceneRow], *, first: str, last: str = "", without: Collection[str] = ()
    ) -> None:
        """`last` only where the story has a clock; `without` are UUIDs of choices that are not offered."""
        self.keys = [scene.key for scene in scenes]
        self.index = index = {key: number for number, key in reversed(list(enumerate(self.keys))) if key}
        entries: list[tuple[int, ...]] = [(number,) for number in range(len(scenes))]
        for number, scene in enumerate(scenes):
            if scene.key and scene.host in index:
                host = index[scene.host]
                entries[host] = (*entries[host], number)
        self.entries = entries
        self.first = entries[index[first]] if first in index else ()
        self.late = entries[index[last]] if last in index else ()
        self.has_exit = bytearray(len(scenes))
        self.is_open = bytearray(len(scenes))
        self.next = [self._ahead(number, scene, without) for number, scene in enumerate(scenes)]
        self.back: list[list[int]] = [[] for _ in scenes]
        for number, ahead in enumerate(self.next):
            for one in set(ahead):
                self.back[one].append(number)

    def _ahead(self, number: int, scene: SceneRow, without: Collection[str] = ()) -> list[int]:
        """Where this scene leads; notes whether it has an exit."""
        ahead: list[int] = []
        index, has_exit = self.index, 0
        for choice in scene.choices:
            to = choice.to
            if without and choice.uuid in without:
                continue
            if to == END:
                has_exit = 1
            elif to in index:
                ahead += self.entries[index[to]]
        self.has_exit[number] = has_exit
        self.is_open[number] = scene.is_dynamic
        if self.late and scene.loses_time:
            ahead += self.late
        return ahead

    def change(self, number: int, scene: SceneRow, without: Collection[str] = ()) -> None:
        """Another scene in the place of this one, with the same key and the same host."""
        old, ahead = set(self.next[number]), self._ahead(number, scene, without)
        self.next[number], new = ahead, set(ahead)
        for one in old - new:
            self.back[one] = [origin for origin in self.back[one] if origin != number]
        for one in new - old:
            self.back[one] = [*self.back[one], number]

    def without(self, scenes: Mapping[int, SceneRow], uuids: Collection[str]) -> "Graph":
        """The same graph where these choices of these scenes are not offered."""
        other = copy(self)
        other.next, other.back = list(self.next), list(self.back)
        other.has_exit, other.is_open = bytearray(self.has_exit), bytearray(self.is_open)
        for number, scene in scenes.items():
            other.change(number, scene, uuids)
        return other


def reach(ahead: Sequence[Iterable[int]], start: Iterable[int]) -> bytearray:
    """Which numbers can be reached from these."""
    seen = bytearray(len(ahead))
    open_ones = []
    for one in start:
        if not seen[one]:
            seen[one] = 1
            open_ones.append(one)
    while open_ones:
        for one in ahead[open_ones.pop()]:
            if not seen[one]:
                seen[one] = 1
                open_ones.append(one)
    return seen


def components(ahead: Sequence[Sequence[int]], among: bytearray) -> Iterator[list[int]]:
    """The strongly connected parts of the graph among these numbers, each before those that lead to it (Tarjan)."""
    count = 0
    order = [0] * len(ahead)
    low = [0] * len(ahead)
    is_on_stack = bytearray(len(ahead))
    stack: list[int] = []
    for root in range(len(ahead)):
        if not among[root] or order[root]:
            continue
        count += 1
        order[root] = low[root] = count
        stack.append(root)
        is_on_stack[root] = 1
        work = [(root, iter(ahead[root]))]
        while work:
            number, rest = work[-1]
            for one in rest:
                if not among[one]:
                    continue
                if not order[one]:
                    count += 1
                    order[one] = low[one] = count
                    stack.append(one)
                    is_on_stack[one] = 1
                    work.append((one, iter(ahead[one])))
                    break
                if is_on_stack[one] and order[one] < low[number]:
                    low[number] = order[one]
            else:
                work.pop()
                if work and low[number] < low[work[-1][0]]:
                    low[work[-1][0]] = low[number]
                if low[number] == order[number]:
                    part = []
                    while True:
                        one = stack.pop()
                        is_on_stack[one] = 0
                        part.append(one)
                        if one == number:
                            break
                    yield part


def is_loop(ahead: Sequence[Sequence[int]], part: Sequence[int]) -> bool:
    return len(part) > 1 or part[0] in ahead[part[0]]
