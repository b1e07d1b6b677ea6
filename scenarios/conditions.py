"""What can be said about a condition without playing: whether it is well formed, what it reads, whether it can hold.

Never fails, whatever a draft holds. `scenarios.engine.holds` is what decides in a play.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from scenarios.documents import MOVES
from scenarios.engine import COMPARISONS, MAX_DEPTH

# Above this many combinations nothing is claimed about a condition.
COMBINATIONS = 2_000

Kind = Literal["variable", "visited", "moves", "critical"]
# A variable, a scene or a kind of move that a condition asks about.
Atom = tuple[Kind, str]


@dataclass(frozen=True)
class Range:
    """The values that a variable can have at all."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Flaw:
    """Why something is not a condition."""

    code: str
    name: str = ""


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def flaws(condition: Any, variables: Collection[str], *, depth: int = 1) -> Iterator[Flaw]:
    """Why this cannot be decided in a play. Scenes that it names are left to whoever knows the scenes."""
    if depth > MAX_DEPTH:
        yield Flaw("condition-too-deep")
        return
    if not isinstance(condition, Mapping) or len(condition) != 1:
        yield Flaw("bad-condition")
        return
    name, value = next(iter(condition.items()))
    if name in ("all", "any"):
        if not isinstance(value, list) or not value:
            yield Flaw("bad-condition", str(name))
            return
        for one in value:
            yield from flaws(one, variables, depth=depth + 1)
    elif name == "not":
        yield from flaws(value, variables, depth=depth + 1)
    elif name in ("always", "critical"):
        if not isinstance(value, bool):
            yield Flaw("bad-condition", str(name))
    elif name == "visited":
        if not isinstance(value, str):
            yield Flaw("bad-condition", str(name))
    elif name == "moves" or name in COMPARISONS:
        if not (
            isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and is_number(value[1])
        ):
            yield Flaw("bad-condition", str(name))
        elif name == "moves":
            if value[0] not in MOVES:
                yield Flaw("unknown-move", value[0])
        elif value[0] not in variables:
            yield Flaw("unknown-variable", value[0])
    else:
        yield Flaw("bad-condition", str(name))


def leaves(condition: Any) -> Iterator[tuple[str, Any]]:
    """The comparisons and questions of a well-formed condition."""
    name, value = next(iter(condition.items()))
    if name in ("all", "any"):
        for one in value:
            yield from leaves(one)
    elif name == "not":
        yield from leaves(value)
    else:
        yield name, value


def atoms(condition: Any) -> Iterator[Atom]:
    """What a well-formed condition asks about."""
    for name, value in leaves(condition):
        match name:
            case "visited":
                yield "visited", value
            case "moves":
                yield "moves", value[0]
            case "critical":
                yield "critical", ""
            case _ if name in COMPARISONS:
                yield "variable", value[0]


def _values(condition: Any, ranges: Mapping[str, Range]) -> dict[Atom, list[int]]:
    """For each atom a few values among which every comparison comes out in all the ways that it can."""
    found: dict[Atom, set[int]] = {}
    for name, value in leaves(condition):
        match name:
            case "visited":
                found["visited", value] = {0, 1}
            case "critical":
                found["critical", ""] = {0, 1}
            case "moves":
                found.setdefault(("moves", value[0]), {0}).update(
                    count for count in (value[1] - 1, value[1]) if count >= 0
                )
            case _ if name in COMPARISONS:
                key, number = value
                bounds = ranges.get(key, Range())
                near = {number - 1, number, number + 1}
                near |= {end for end in (bounds.minimum, bounds.maximum) if end is not None}
                found.setdefault(("variable", key), set()).update(
                    one
                    for one in near
                    if (bounds.minimum is None or one >= bounds.minimum)
                    and (bounds.maximum is None or one <= bounds.maximum)
                )
    return {atom: sorted(values) for atom, values in found.items()}


def compare(name: str, left: int, right: int) -> bool:
    match name:
        case "lt":
            return left < right
        case "le":
            return left <= right
        case "eq":
            return left == right
        case "ne":
            return left != right
        case "ge":
            return left >= right
        case _:
            return left > right


def _holds(condition: Any, known: Mapping[Atom, int]) -> bool:
    name, value = next(iter(condition.items()))
    match name:
        case "always":
            return bool(value)
        case "all":
            return all(_holds(one, known) for one in value)
        case "any":
            return any(_holds(one, known) for one in value)
        case "not":
            return not _holds(value, known)
        case "visited":
            return bool(known["visited", value])
        case "critical":
            return bool(known["critical", ""]) == bool(value)
        case "moves":
            return known["moves", value[0]] >= int(value[1])
        case _:
            return compare(name, known["variable", value[0]], value[1])


def outcomes(condition: Any, ranges: Mapping[str, Range]) -> frozenset[bool]:
    """What a well-formed condition can come out as, going by the bounds of the variables alone.

    Both where there are too many combinations to try.
    """
    name, value = next(iter(condition.items()))
    if name == "always":
        return frozenset((bool(value),))
    if name in ("visited", "critical"):
        return frozenset((True, False))
    values = _values(condition, ranges)
    combinations = 1
    for few in values.values():
        combinations *= len(few)
        if combinations > COMBINATIONS:
            return frozenset((True, False))
    found: set[bool] = set()
    for chosen in product(*values.values()):
        found.add(_holds(condition, dict(zip(values, chosen, strict=True))))
        if len(found) == 2:
            break
    return frozenset(found or (True, False))
