"""Every state that a play can come to, or as many as there is time for.

A `Machine` is a story made ready to be stepped through very often: the same rules as in `scenarios.engine`, which stays
the one that plays. It keeps only what a condition asks about, so that its states are few. Of the story's minutes the walk
remembers only which amounts are possible in a state, as the bits of one number, unless a condition asks for them.
"""

import time as clock
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from scenarios.conditions import atoms, flaws, leaves
from scenarios.engine import COMPARISONS, END, TIME
from scenarios.graph import Graph, SceneRow, components, has_clock, is_loop, reach, rows, scene_row, text

STATES = 500_000
# With making the machine ready and saying what was found, an answer comes within two seconds.
SECONDS = 1.7
# Targets beside the numbers of scenes.
AT_END = -1
NOWHERE = -2

# The values that are tracked, in order; the last one holds a bit for each scene visited and for a broken rule.
Values = tuple[int, ...]
Test = Callable[[Values], bool]
# Place, change, least and most.
Effect = tuple[int, int, int | None, int | None]


@dataclass(slots=True)
class Way:
    """A choice, made ready."""

    number: int
    uuid: str
    test: Test | None
    effects: tuple[Effect, ...]
    bits: int
    minutes: int
    target: int
    # What these effects have been worked out to make of values; shared by all choices with the same effects.
    made: dict[Values, Values] | None

    def after(self, values: Values) -> Values:
        if self.made is None:
            return values
        found = self.made.get(values)
        if found is None:
            found = self.made[values] = changed(values, self.effects, self.bits)
        return found


@dataclass(slots=True)
class Place:
    """A scene, made ready."""

    ways: list[Way]
    interludes: list[tuple[int, Test, int]]
    alternatives: list[tuple[Test, int]]
    arrivals: list[tuple[Test, int, tuple[Effect, ...], int]]
    here: int
    is_plain: bool = True


@dataclass(frozen=True)
class ConditionAt:
    """Where a condition stands."""

    place: str
    scene: str = ""
    choice: str = ""
    uuid: str = ""
    order: int = 0


class Machine:
    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        without: Collection[str] = (),
        is_exact: bool = False,
        scenes: list[SceneRow] | None = None,
    ) -> None:
        """`without` are the UUIDs of choices not offered; an exact machine tracks every variable, and time as one."""
        self.data = data
        self.scenes = [scene_row(one) for one in rows(data, "scenes")] if scenes is None else scenes
        self.without = frozenset(without)
        self.last_key = text(data, "last_decision") if has_clock(data) else ""
        self.graph = Graph(self.scenes, first=text(data, "first"), last=self.last_key, without=self.without)
        self.last = self.graph.index.get(self.last_key, NOWHERE)
        self.endings = rows(data, "endings")
        # A choice that leads nowhere, a condition that is none: then nothing can be said about what never happens.
        self.is_complete = text(data, "first") in self.graph.index
        self.conditions: list[ConditionAt] = []
        self._variables(is_exact)
        self._tests()

    def _all_conditions(self) -> Iterator[Any]:
        for scene in self.scenes:
            if scene.key and scene.host:
                yield scene.when
            yield from scene.alternatives
            for when, _change in scene.arrivals:
                yield when
            for choice in scene.choices:
                if choice.when is not None:
                    yield choice.when
        for ending in self.endings:
            yield ending.get("when")

    def _changes(self, key: str) -> Iterator[int]:
        for scene in self.scenes:
            for choice in scene.choices:
                if key in choice.change:
                    yield choice.change[key]
            for _when, change in scene.arrivals:
                if key in change:
                    yield change[key]

    def _variables(self, is_exact: bool) -> None:
        declared = {text(one, "key"): one for one in rows(self.data, "variables") if text(one, "key")}
        self.declared = declared
        asked: set[str] = set()
        moves: dict[str, int] = {}
        self.visited_asked: set[str] = set()
        numbers: dict[str, list[int]] = {}
        self.is_critical_asked = is_exact
        for condition in self._all_conditions():
            if next(flaws(condition, declared), None) is not None:
                continue
            for kind, name in atoms(condition):
                match kind:
                    case "variable":
                        asked.add(name)
                    case "visited":
                        self.visited_asked.add(name)
                    case "critical":
                        self.is_critical_asked = True
            for name, value in leaves(condition):
                if name == "moves":
                    moves[value[0]] = max(moves.get(value[0], 0), value[1])
                elif name in COMPARISONS:
                    numbers.setdefault(value[0], []).append(value[1])
        self.minutes_as_bits = False
        tracked = list(declared) if is_exact else [key for key in declared if key in asked]
        if self.last >= 0 and TIME not in tracked:
            minimum = declared[TIME].get("minimum")
            if all(change <= 0 for change in self._changes(TIME)) and not (
                isinstance(minimum, int) and minimum > 0
            ):
                self.minutes_as_bits = True
            else:
                tracked.append(TIME)
        self.place_of: dict[str, int] = {key: number for number, key in enumerate(tracked)}
        self.bounds: dict[str, tuple[int | None, int | None]] = {}
        start: list[int] = []
        for key in tracked:
            row = declared[key]
            low, high, begin = row.get("minimum"), row.get("maximum"), row.get("start")
            low = low if isinstance(low, int) else None
            high = high if isinstance(high, int) else None
            value = begin if isinstance(begin, int) else 0
            known = [*numbers.get(key, []), *([0] if key == TIME else [])]
            if not is_exact:
                # Beyond the last number that anything asks about, and with no way back, all values are alike.
                if high is None and all(change >= 0 for change in self._changes(key)):
                    high = max(known, default=0) + 1
                if low is None and all(change <= 0 for change in self._changes(key)):
                    low = min(known, default=0) - 1
            self.bounds[key] = (low, high)
            start.append(_clamp(value, low, high))
        self.move_places = {kind: len(tracked) + number for number, kind in enumerate(moves)}
        self.move_most = moves
        start += [0] * len(moves)
        minutes = declared.get(TIME, {}).get("start")
        self.start_minutes = max(minutes, 0) if isinstance(minutes, int) else 0
        self.start: Values = (*start, 0)
        self.bits_at = len(start)
        # One bit for every scene that matters once it has been seen, and the first for a broken rule.
        self.bits: dict[int, int] = {}
        for number, scene in enumerate(self.scenes):
            is_asked = scene.key in self.visited_asked and self.graph.index.get(scene.key) == number
            is_interlude = scene.host in self.graph.index
            if is_asked or is_interlude or number == self.last:
                self.bits[number] = 2 << len(self.bits)
        self.last_bit = self.bits.get(self.last, 0)

    def _test(self, condition: Any, at: ConditionAt, *, otherwise: bool) -> tuple[Test, int]:
        number = len(self.conditions)
        self.conditions.append(at)
        if next(flaws(condition, self.declared), None) is not None:
            self.is_complete = False
            return (lambda values: otherwise), number
        return self._compile(condition), number

    def _compile(self, condition: Any) -> Test:
        name, value = next(iter(condition.items()))
        match name:
            case "always":
                answer = bool(value)
                return lambda values: answer
            case "all" | "any":
                parts = [self._compile(one) for one in value]
                if len(parts) == 2:
                    one, other = parts
                    if name == "all":
                        return lambda values: one(values) and other(values)
                    return lambda values: one(values) or other(values)
                if name == "all":
                    return lambda values: all(part(values) for part in parts)
                return lambda values: any(part(values) for part in parts)
            case "not":
                inner = self._compile(value)
                return lambda values: not inner(values)
            case "critical":
                return (lambda values: bool(values[-1] & 1)) if value else (lambda values: not values[-1] & 1)
            case "visited":
                bit = self.bits.get(self.graph.index.get(value, NOWHERE), 0)
                return lambda values: bool(values[-1] & bit)
            case "moves":
                place, least = self.move_places[value[0]], value[1]
                return lambda values: values[place] >= least
        place, limit = self.place_of[value[0]], value[1]
        match name:
            case "lt":
                return lambda values: values[place] < limit
            case "le":
                return lambda values: values[place] <= limit
            case "eq":
                return lambda values: values[place] == limit
            case "ne":
                return lambda values: values[place] != limit
            case "ge":
                return lambda values: values[place] >= limit
            case _:
                return lambda values: values[place] > limit

    def _effects(self, change: Mapping[str, int], move: str = "") -> tuple[Effect, ...]:
        result = [
            (self.place_of[key], number, *self.bounds[key])
            for key, number in change.items()
            if key in self.place_of and number
        ]
        if move in self.move_places:
            result.append((self.move_places[move], 1, None, self.move_most[move]))
        return tuple(result)

    def _tests(self) -> None:
        index = self.graph.index
        self.places: list[Place] = []
        made: dict[tuple[tuple[Effect, ...], int], dict[Values, Values]] = {}
        count = 0
        for number, scene in enumerate(self.scenes):
            ways = []
            for choice in scene.choices:
                if choice.uuid and choice.uuid in self.without:
                    continue
                target = AT_END if choice.to == END else index.get(choice.to, NOWHERE)
                if target == NOWHERE:
                    self.is_complete = False
                test = None
                if choice.when is not None:
                    test, _number = self._test(
                        choice.when,
                        ConditionAt("choice", scene.key, choice.key, choice.uuid or choice.key),
                        otherwise=True,
                    )
                effects = self._effects(choice.change, choice.move)
                bits = 1 if choice.is_critical and self.is_critical_asked else 0
                ways.append(
                    Way(
                        number=count,
                        uuid=choice.uuid or choice.key,
                        test=test,
                        effects=effects,
                        bits=bits,
                        minutes=choice.change.get(TIME, 0) if self.minutes_as_bits else 0,
                        target=target,
                        made=made.setdefault((effects, bits), {}) if effects or bits else None,
                    )
                )
                count += 1
            if scene.is_dynamic or not ways:
                self.is_complete = False
            self.places.append(
                Place(
                    ways=ways,
                    interludes=[],
                    alternatives=[
                        self._test(when, ConditionAt("alternative", scene.key, order=order), otherwise=False)
                        for order, when in enumerate(scene.alternatives)
                    ],
                    arrivals=[
                        (
                            *self._test(when, ConditionAt("arrive", scene.key, order=order), otherwise=False),
                            self._effects(change),
                            change.get(TIME, 0) if self.minutes_as_bits else 0,
                        )
                        for order, (when, change) in enumerate(scene.arrivals)
                    ],
                    here=self.bits.get(number, 0),
                )
            )
        for number, scene in enumerate(self.scenes):
            if scene.key and scene.host in index:
                test, at = self._test(scene.when, ConditionAt("before", scene.key), otherwise=False)
                self.places[index[scene.host]].interludes.append((number, test, at))
        for place in self.places:
            place.is_plain = not (place.interludes or place.alternatives or place.arrivals)
        self.ending_tests = [
            self._test(
                one.get("when"), ConditionAt("ending", uuid=text(one, "uuid"), order=order), otherwise=False
            )
            for order, one in enumerate(self.endings)
        ]
        self._liveness()

    def _liveness(self) -> None:
        """Which bits and values still matter in a scene: those that something further on asks about."""
        bit_of_value = {place: 1 << place for place in range(self.bits_at)}
        shift = self.bits_at

        def asks(condition: Any) -> int:
            found = 0
            if next(flaws(condition, self.declared), None) is None:
                for kind, name in atoms(condition):
                    match kind:
                        case "variable":
                            found |= bit_of_value[self.place_of[name]]
                        case "moves":
                            found |= bit_of_value[self.move_places[name]]
                        case "critical":
                            found |= 1 << shift
                        case "visited":
                            found |= self.bits.get(self.graph.index.get(name, NOWHERE), 0) << shift
            return found

        at_end = 0
        for ending in self.endings:
            at_end |= asks(ending.get("when"))
        always = self.last_bit << shift
        if TIME in self.place_of and self.last >= 0:
            always |= bit_of_value[self.place_of[TIME]]
        arriving = []
        live = []
        for number, (scene, place) in enumerate(zip(self.scenes, self.places, strict=True)):
            mask = always | (at_end if self.graph.has_exit[number] else 0)
            for choice in scene.choices:
                if choice.when is not None:
                    mask |= asks(choice.when)
            live.append(mask)
            mask = 0
            for when in scene.alternatives:
                mask |= asks(when)
            for when, _change in scene.arrivals:
                mask |= asks(when)
            for one, _test, _at in place.interludes:
                mask |= asks(self.scenes[one].when) | self.bits[one] << shift
            arriving.append(mask)
        everything = bytearray(b"\1") * len(live)
        for part in components(self.graph.next, everything):
            mask = 0
            for number in part:
                mask |= live[number]
                for one in self.graph.next[number]:
                    # What leads out of this part has been worked out already.
                    mask |= live[one] | arriving[one]
            for number in part:
                live[number] = mask
        self.live_bits = [mask >> shift for mask in live]
        self.dead_places = [
            tuple(place for place in range(self.bits_at) if not mask >> place & 1) for mask in live
        ]

    def arrive(self, target: int, values: Values, met: bytearray | None = None) -> tuple[int, Values, int]:
        """The scene that is shown, what is known there, and the minutes that arriving takes."""
        place = self.places[target]
        minutes = 0
        if not place.is_plain:
            for number, test, at in place.interludes:
                if test(values):
                    if met is not None:
                        met[at] = 1
                    if not values[-1] & self.bits[number]:
                        target, place = number, self.places[number]
                        break
            here = (*values[:-1], values[-1] | place.here)
            values = here
            for test, at in place.alternatives:
                if test(here):
                    if met is not None:
                        met[at] = 1
                    break
            for test, at, effects, change in place.arrivals:
                if test(here):
                    if met is not None:
                        met[at] = 1
                    values = changed(values, effects, 0)
                    minutes += change
        elif place.here:
            values = (*values[:-1], values[-1] | place.here)
        return target, values, minutes

    def forget(self, scene: int, values: Values) -> Values:
        """Without what no longer matters."""
        dead = self.dead_places[scene]
        if dead:
            known = list(values)
            for place in dead:
                known[place] = 0
            known[-1] &= self.live_bits[scene]
            return tuple(known)
        bits = values[-1]
        if bits & ~self.live_bits[scene]:
            return (*values[:-1], bits & self.live_bits[scene])
        return values

    def ending(self, values: Values) -> int | None:
        for number, (test, _at) in enumerate(self.ending_tests):
            if test(values):
                return number
        return None


def _clamp(value: int, low: int | None, high: int | None) -> int:
    if low is not None and value < low:
        return low
    if high is not None and value > high:
        return high
    return value


def changed(values: Values, effects: tuple[Effect, ...], bits: int) -> Values:
    known = list(values)
    for place, change, low, high in effects:
        value = known[place] + change
        if low is not None and value < low:
            value = low
        elif high is not None and value > high:
            value = high
        known[place] = value
    if bits:
        known[-1] |= bits
    return tuple(known)


@dataclass
class Walk:
    """What was found. Where it is not whole, what was not found may still be there."""

    is_whole: bool = True
    states: int = 0
    seconds: float = 0.0
    # Whether what never happened can be blamed on anything: not while scenes or targets are missing.
    is_complete: bool = True
    scenes: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)
    endings: set[int] = field(default_factory=set)
    # Scenes in which a play can be left without a choice, and those after which no ending applies.
    stuck: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    # Scenes among which a play can go round for ever, though another play gets out.
    traps: list[tuple[str, ...]] = field(default_factory=list)
    # Conditions that never came out true.
    never: list[ConditionAt] = field(default_factory=list)


# Any number of minutes left; they no longer matter.
_NO_MATTER = 2


def walk(machine: Machine, *, states: int = STATES, seconds: float = SECONDS) -> Walk:
    """Visit every state, or stop at this many or after this long and say so."""
    begun = clock.perf_counter()
    deadline = begun + seconds
    found = Walk(is_complete=machine.is_complete)
    graph, places = machine.graph, machine.places
    met = bytearray(len(machine.conditions))
    offered: set[int] = set()
    ended: dict[Values, int | None] = {}
    known: list[dict[Values, int]] = [{} for _ in places]
    masks: list[int] = []
    scene_of: list[int] = []
    # Scenes are taken in the order in which a play comes to them, so that ways that meet are followed once.
    has_loops = False
    rank = [0] * len(places)
    for order, part in enumerate(components(graph.next, bytearray(b"\1") * len(places))):
        has_loops = has_loops or is_loop(graph.next, part)
        for one in part:
            rank[one] = -order
    by_rank: list[tuple[int, int, int]] = []
    # A loop that never comes to rest may not keep the scenes behind it waiting for ever.
    visits = [0] * len(places)
    waiting: list[dict[int, tuple[Values, int]]] = [{} for _ in places]
    before: list[list[int]] = []
    # Further states from which a play ends, or stops for a reason that is named elsewhere.
    done: list[int] = []
    as_bits, last, last_bit = machine.minutes_as_bits, machine.last, machine.last_bit
    clock_place = machine.place_of.get(TIME, -1) if last >= 0 else -1

    def enter(origin: int, target: int, values: Values, mask: int) -> None:
        scene = target
        if not places[target].is_plain or places[target].here:
            scene, values, minutes = machine.arrive(target, values, met)
            if minutes:
                mask = _later(mask, minutes)
        if as_bits and values[-1] & last_bit:
            mask = _NO_MATTER
        values = machine.forget(scene, values)
        here = known[scene]
        number = here.get(values)
        if number is None:
            number = len(masks)
            here[values] = number
            masks.append(mask)
            scene_of.append(scene)
            if has_loops:
                before.append([])
        else:
            mask &= ~masks[number]
            masks[number] |= mask
        if mask:
            if not waiting[scene]:
                heappush(by_rank, (visits[scene] >> 3, rank[scene], scene))
            old = waiting[scene].get(number)
            waiting[scene][number] = (values, mask | old[1] if old else mask)
        if has_loops and origin >= 0:
            before[number].append(origin)

    first = graph.index.get(text(machine.data, "first"), NOWHERE)
    if first >= 0:
        enter(-1, first, machine.start, 1 << machine.start_minutes if as_bits else _NO_MATTER)
    turns = 0
    while by_rank and found.is_whole:
        _turn, _rank, scene = heappop(by_rank)
        visits[scene] += 1
        todo, waiting[scene] = waiting[scene], {}
        for number, (values, mask) in todo.items():
            turns += 1
            if len(masks) > states or (turns & 127 == 0 and clock.perf_counter() > deadline):
                found.is_whole = False
                break
            is_stuck = True
            for way in places[scene].ways:
                if way.test is not None:
                    if not way.test(values):
                        continue
                    offered.add(way.number)
                is_stuck = False
                after = way.after(values)
                target = way.target
                rest = mask
                if as_bits and not values[-1] & last_bit:
                    if way.minutes:
                        rest = _later(mask, way.minutes)
                    if rest & 1 and target != AT_END:
                        enter(number, last, after, 1)
                        rest &= ~1
                        if not rest:
                            continue
                elif (
                    clock_place >= 0
                    and target != AT_END
                    and after[clock_place] <= 0
                    and not after[-1] & last_bit
                ):
                    target = last
                if target >= 0:
                    enter(number, target, after, rest)
                    continue
                done.append(number)
                if target == AT_END:
                    if after not in ended:
                        ended[after] = machine.ending(after)
                    ending = ended[after]
                    if ending is None:
                        found.endless.add(graph.keys[scene])
                    else:
                        found.endings.add(ending)
            if is_stuck:
                done.append(number)
                if places[scene].ways and not graph.is_open[scene]:
                    found.stuck.add(graph.keys[scene])
            elif graph.is_open[scene]:
                done.append(number)
    found.states = len(masks)
    found.scenes = {graph.keys[number] for number, states_there in enumerate(known) if states_there}
    for number, place in enumerate(places):
        if known[number]:
            found.choices |= {way.uuid for way in place.ways if way.test is None or way.number in offered}
    if found.is_whole and has_loops:
        found.traps = _traps(graph, scene_of, before, done)
    if found.is_whole:
        found.never = _never(machine, met, offered, known, ended)
    found.seconds = clock.perf_counter() - begun
    return found


def _later(mask: int, minutes: int) -> int:
    """All possible minutes fewer by this many; none goes below nought, where all are alike."""
    lost = -minutes
    late = mask & ((2 << lost) - 1)
    return (mask >> lost) | (1 if late else 0)


def _traps(
    graph: Graph, scene_of: list[int], before: list[list[int]], done: list[int]
) -> list[tuple[str, ...]]:
    free = reach(before, done)
    if all(free):
        return []
    ahead: list[set[int]] = [set() for _ in graph.keys]
    among = bytearray(len(graph.keys))
    for number, origins in enumerate(before):
        if not free[number]:
            among[scene_of[number]] = 1
            for origin in origins:
                if not free[origin]:
                    ahead[scene_of[origin]].add(scene_of[number])
    listed = [sorted(one) for one in ahead]
    return [
        tuple(graph.keys[one] for one in sorted(part))
        for part in components(listed, among)
        if is_loop(listed, part) and not any(one not in part for number in part for one in listed[number])
    ]


def _never(
    machine: Machine,
    met: bytearray,
    offered: set[int],
    known: list[dict[Values, int]],
    ended: Mapping[Values, int | None],
) -> list[ConditionAt]:
    """The conditions that were asked and never came out true. What stands in a scene that is never seen is not asked."""
    index = machine.graph.index
    way_numbers = {
        (scene.key, way.uuid): way.number
        for scene, place in zip(machine.scenes, machine.places, strict=True)
        for way in place.ways
    }
    result = []
    for number, at in enumerate(machine.conditions):
        if at.place == "ending":
            continue
        is_met = way_numbers[at.scene, at.uuid] in offered if at.place == "choice" else bool(met[number])
        scene = index.get(at.scene, NOWHERE)
        if at.place == "before":
            scene = index.get(machine.scenes[scene].host, NOWHERE)
        if not is_met and scene >= 0 and known[scene]:
            result.append(at)
    return result
