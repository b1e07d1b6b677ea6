"""What is wrong with a story, culprits only: the scene in which a way ends, not every scene before it.

Takes the document of a draft, however unfinished, and never fails on one. No database. `Validator` keeps what it has
worked out about each scene, so that after an edit only that scene and the graph are looked at again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from scenarios.conditions import Range, atoms, flaws, is_number, outcomes
from scenarios.documents import MOVES
from scenarios.engine import COMPETENCIES, END, MAX_DEPTH, TIME
from scenarios.graph import (
    ChoiceRow,
    Graph,
    SceneRow,
    components,
    has_clock,
    is_loop,
    reach,
    rows,
    scene_row,
    text,
    texts,
)
from scenarios.problems import LEVELS, Level, Problem
from scenarios.walk import SECONDS, STATES, ConditionAt, Machine, Walk, walk

__all__ = ["Problem", "Report", "Validator", "validate"]

# The best choice being the longest gives it away when it is so in this share of at least so many scenes. By chance it
# would be a third of them where there are three choices.
LONGEST_SHARE = 2 / 3
LONGEST_FROM = 6
# How many scenes a message names.
NAMED = 5
# Behind more unreachable scenes than this, nobody counts what follows from each.
COUNTED_ROOTS = 50

_PLACES = {
    "choice": _("the choice “%(choice)s”"),
    "alternative": _("other words number %(number)s of the scene “%(scene)s”"),
    "arrive": _("arrival rule number %(number)s of the scene “%(scene)s”"),
    "before": _("the scene “%(scene)s”, which stands before another"),
    "ending": _("the ending “%(name)s”"),
}
_LISTS = (
    "variables", "characters", "law", "scenes", "endings", "debrief", "must", "perspectives", "overlays", "translations",
)  # fmt: skip
_NOTHING: frozenset[str] = frozenset()
_SCORES = (-2, -1, 1, 2)
_WORDS = {
    "title": _("title"),
    "learner": _("learner: who she or he is"),
    "place": _("place"),
    "setting": _("setting"),
    "content_note": _("content note"),
    "good_practice": _("word on what good looks like"),
    "written_for": _("role that it is written for"),
    "minutes": _("number of minutes"),
}


class _Where:
    """Names the place of a condition in the language of whoever asks."""

    def __init__(self, place: str, **about: Any) -> None:
        self.place = place
        self.about = about

    def __str__(self) -> str:
        return str(_PLACES[self.place]) % self.about

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Where) and (self.place, self.about) == (other.place, other.about)

    def __hash__(self) -> int:
        return hash((self.place, *self.about.values()))


@dataclass(slots=True)
class _Part:
    """One scene, with everything about it that the other scenes cannot change."""

    row: SceneRow
    problems: list[Problem] | tuple[()]
    reads: frozenset[str]
    writes: frozenset[str]
    # Visits that conditions ask about: the scene, and the problem to report if there is none of that key.
    visits: list[tuple[str, Problem]] | tuple[()]
    is_best_longest: bool | None
    can_hide_all: bool


class _Notes:
    """What is gathered while one scene is looked at."""

    def __init__(self, scene: str) -> None:
        self.scene = scene
        self.problems: list[Problem] = []
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.visits: list[tuple[str, Problem]] = []


@dataclass
class Report:
    """All problems, and how far the walk went; `walks` by jurisdiction, the story itself under an empty name."""

    problems: list[Problem]
    walks: dict[str, Walk] = field(default_factory=dict)

    @property
    def is_publishable(self) -> bool:
        return not any(problem.level == "error" for problem in self.problems)

    @property
    def is_whole(self) -> bool:
        return all(one.is_whole for one in self.walks.values())


def validate(data: Any, *, is_walked: bool = True, states: int = STATES, seconds: float = SECONDS) -> Report:
    """Everything there is to say about a document."""
    validator = Validator(data)
    if is_walked:
        return validator.report(states=states, seconds=seconds)
    return Report(validator.problems)


class Validator:
    """A document under repair. After each change `problems` says what is wrong now, without the walk."""

    def __init__(self, data: Any) -> None:
        self._is_scenario = isinstance(data, Mapping)
        self.data: dict[str, Any] = dict(data) if self._is_scenario else {}
        self._scenes: list[Mapping[str, Any]] = rows(self.data, "scenes")
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._read_head()
        self._parts = [self._part(one, number) for number, one in enumerate(self._scenes)]
        self._assemble()

    # Changes.

    def update_scene(self, scene: Mapping[str, Any]) -> list[Problem]:
        """Put a scene in the place of the one with its UUID, or else its key; or at the end."""
        number = self._number_of(text(scene, "uuid"), text(scene, "key"))
        if number is None:
            number = len(self._scenes)
            self._scenes.append(scene)
            self._parts.append(self._part(scene, number))
        else:
            old, new = self._parts[number].row, self._part(scene, number)
            has_same_words = _names_in(self._scenes[number]) == _names_in(scene)
            self._scenes[number], self._parts[number] = scene, new
            if self._is_local(number, old, new.row):
                self._change(number, old, new.row)
                self._look_at_all(is_same=has_same_words)
                return self.problems
        self._assemble()
        return self.problems

    def remove_scene(self, uuid_or_key: str) -> list[Problem]:
        number = self._number_of(uuid_or_key, uuid_or_key)
        if number is not None:
            del self._scenes[number], self._parts[number]
            self._assemble()
        return self.problems

    def update_head(self, data: Mapping[str, Any]) -> list[Problem]:
        """Everything but the scenes: values not given stay as they are. Scenes are looked at again only if they must."""
        before = (self.ranges, self.data.get("variables"))
        self.data |= {key: value for key, value in data.items() if key != "scenes"}
        self._read_head()
        if before != (self.ranges, self.data.get("variables")):
            self._parts = [self._part(one, number) for number, one in enumerate(self._scenes)]
        self._assemble()
        return self.problems

    def _number_of(self, uuid: str, key: str) -> int | None:
        by_key = None
        for number, part in enumerate(self._parts):
            if uuid and part.row.uuid == uuid:
                return number
            if by_key is None and key and part.row.key == key:
                by_key = number
        return by_key

    # The head.

    def _read_head(self) -> None:
        self._head_reads: set[str] = set()
        self._head_visits: list[tuple[str, Problem]] = []
        self._head = list(self._head_problems())

    def _head_problems(self) -> Iterator[Problem]:
        self.ranges: dict[str, Range] = {}
        if not self._is_scenario:
            yield Problem("not-a-scenario")
            return
        for name in _LISTS:
            value = self.data.get(name)
            if value is not None and not isinstance(value, list):
                yield Problem("malformed", field=name, about={"right": _("It should be a list.")})
            elif value and not all(isinstance(one, Mapping) for one in value):
                yield Problem(
                    "malformed",
                    field=name,
                    about={"right": _("Every entry of it should be names and values.")},
                )
        for name, words in _WORDS.items():
            if not self.data.get(name):
                yield Problem("no-words", field=name, about={"field": words})
        yield from self._variable_problems()
        if TIME in self.ranges and not text(self.data, "last_decision"):
            yield Problem("no-last-decision", field="last_decision")
        yield from self._ending_problems()

    def _variable_problems(self) -> Iterator[Problem]:
        for number, row in enumerate(rows(self.data, "variables"), start=1):
            key = text(row, "key")
            if not key:
                yield Problem("no-variable-key", field="variables", about={"number": number})
                continue
            if key in self.ranges:
                yield Problem("duplicate-variable", field="variables", about={"name": key})
                continue
            low, high, start = row.get("minimum"), row.get("maximum"), row.get("start")
            low = low if is_number(low) else None
            high = high if is_number(high) else None
            self.ranges[key] = Range(low, high)
            if (
                not is_number(start)
                or (low is not None and start < low)
                or (high is not None and start > high)
            ):
                yield Problem("bad-start", field="variables", about={"name": key, "value": start})

    def _ending_problems(self) -> Iterator[Problem]:
        endings = rows(self.data, "endings")
        if not endings:
            yield Problem("no-endings", field="endings")
            return
        seen: set[str] = set()
        for number, row in enumerate(endings, start=1):
            key, uuid = text(row, "key"), text(row, "uuid")
            if not key:
                yield Problem("no-ending-key", uuid=uuid, field="endings", about={"number": number})
            elif key in seen:
                yield Problem("duplicate-ending", uuid=uuid, field="endings", about={"name": key})
            seen.add(key)
            for name in ("title", "text"):
                if not text(row, name):
                    yield Problem(
                        "no-ending-words",
                        uuid=uuid,
                        field="endings",
                        about={"name": key, "field": _WORDS["title"] if name == "title" else _("text")},
                    )
            yield from self._condition(
                row.get("when"),
                Problem("", uuid=uuid, field="endings"),
                _Where("ending", name=key),
                self._head_reads,
                self._head_visits,
                is_required=True,
            )
        last = endings[-1]
        if last.get("when") is not None and not self._always(last.get("when")):
            yield Problem(
                "last-ending",
                uuid=text(last, "uuid"),
                field="endings",
                about={"name": text(last, "title") or text(last, "key")},
            )

    def _always(self, condition: Any) -> bool:
        return next(flaws(condition, self.ranges), None) is None and outcomes(condition, self.ranges) == {
            True
        }

    # One scene.

    def _condition(
        self,
        condition: Any,
        at: Problem,
        where: _Where,
        reads: set[str],
        visits: list[tuple[str, Problem]],
        *,
        is_required: bool = False,
    ) -> list[Problem]:
        """Problems of one condition, each at the place of `at`; notes what it reads."""

        def problem(code: str, **about: Any) -> Problem:
            return Problem(code, at.scene, at.choice, at.uuid, at.field, about={"where": where, **about})

        if condition is None:
            return [problem("no-condition")] if is_required else []
        found = []
        for flaw in flaws(condition, self.ranges):
            known = MOVES if flaw.code == "unknown-move" else self.ranges
            found.append(problem(flaw.code, name=flaw.name, known=", ".join(known) or "–", most=MAX_DEPTH))
        if found:
            return found
        for kind, name in atoms(condition):
            if kind == "variable":
                reads.add(name)
            elif kind == "visited":
                visits.append((name, problem("unknown-visited", name=name)))
        # The last ending holds always, and a rule may say so of itself.
        if condition == {"always": True}:
            return found
        possible = outcomes(condition, self.ranges)
        if possible == {False}:
            found.append(problem("cannot-hold"))
        elif possible == {True} and where.place != "ending":
            found.append(problem("always-holds"))
        return found

    def _part(self, scene: Mapping[str, Any], number: int) -> _Part:
        row = scene_row(scene)
        notes = _Notes(row.key)
        found = notes.problems
        key, uuid = row.key, row.uuid
        if not key:
            found.append(Problem("no-key", uuid=uuid, field="key", about={"number": number + 1}))
        if not text(scene, "title"):
            found.append(Problem("no-title", key, uuid=uuid, field="title"))
        if not text(scene, "text"):
            found.append(Problem("no-text", key, uuid=uuid, field="text"))
        if row.host or row.when is not None:
            at = Problem("", key, uuid=uuid, field="before")
            found += self._condition(
                row.when, at, _Where("before", scene=key), notes.reads, notes.visits, is_required=True
            )
            if row.host == key:
                found.append(Problem("before-itself", key, uuid=uuid, field="before"))
        for place, name in (("alternative", "alternatives"), ("arrive", "arrive")):
            for order, one in enumerate(rows(scene, name), start=1):
                at = Problem("", key, uuid=text(one, "uuid") or uuid, field=name)
                where = _Where(place, scene=key, number=order)
                found += self._condition(
                    one.get("when"), at, where, notes.reads, notes.visits, is_required=True
                )
                if place == "arrive":
                    self._changes(notes, one.get("change"), at)
        choices = rows(scene, "choices")
        is_only = len(choices) == 1
        if not choices:
            code = "dynamic-no-choices" if row.is_dynamic else "no-choices"
            found.append(Problem(code, key, uuid=uuid, field="choices"))
        elif is_only:
            found.append(Problem("one-choice", key, uuid=uuid, field="choices"))
        else:
            first = row.choices[0].scores
            if all(one.is_critical for one in row.choices):
                found.append(Problem("no-safe-choice", key, uuid=uuid, field="choices"))
            if first and all(one.scores == first for one in row.choices):
                found.append(Problem("same-scores", key, uuid=uuid, field="choices"))
        for order, (one, choice) in enumerate(zip(choices, row.choices, strict=True), start=1):
            self._choice(notes, one, choice, order, is_only=is_only)
        # In most scenes there is nothing to note. Thousands of empty lists would slow down the collector of garbage.
        return _Part(
            row,
            notes.problems or (),
            frozenset(notes.reads) if notes.reads else _NOTHING,
            self._shared(notes.writes),
            notes.visits or (),
            _is_best_longest(row, choices),
            self._can_hide_all(row),
        )

    def _shared(self, names: set[str]) -> frozenset[str]:
        """One set for all scenes that change the same variables."""
        found = frozenset(names)
        return self._sets.setdefault(found, found)

    def _choice(
        self, notes: _Notes, one: Mapping[str, Any], choice: ChoiceRow, order: int, *, is_only: bool
    ) -> None:
        found, scene, key, uuid = notes.problems, notes.scene, choice.key, choice.uuid
        if not key:
            found.append(Problem("no-choice-key", scene, uuid=uuid, field="choices", about={"number": order}))
            key = f"{scene} {order}"
        if not text(one, "text"):
            found.append(Problem("no-choice-text", scene, key, uuid, "text"))
        if not choice.to:
            found.append(Problem("no-target", scene, key, uuid, "to"))
        if not text(one, "why"):
            if choice.is_critical:
                found.append(Problem("critical-no-rationale", scene, key, uuid, "why"))
            elif not is_only:
                found.append(Problem("no-rationale", scene, key, uuid, "why"))
        scores = one.get("scores")
        if scores:
            self._scores(notes, scores, Problem("", scene, key, uuid, "scores"))
        elif not is_only:
            found.append(Problem("no-score", scene, key, uuid, "scores"))
        move = one.get("move")
        if move and move not in MOVES:
            about = {"name": move, "known": ", ".join(MOVES)}
            found.append(Problem("unknown-move", scene, key, uuid, "move", about=about))
        if one.get("change"):
            self._changes(notes, one["change"], Problem("", scene, key, uuid))
        if choice.when is not None:
            at = Problem("", scene, key, uuid, "when")
            found += self._condition(choice.when, at, _Where("choice", choice=key), notes.reads, notes.visits)

    def _scores(self, notes: _Notes, scores: Any, at: Problem) -> None:
        if not isinstance(scores, Mapping):
            right = _("It should be names of competencies and whole numbers.")
            notes.problems.append(
                Problem("malformed", at.scene, at.choice, at.uuid, at.field, about={"right": right})
            )
            return
        for name, value in scores.items():
            if name not in COMPETENCIES or value not in _SCORES or not is_number(value):
                about = {"name": name, "value": value, "known": ", ".join(COMPETENCIES)}
                notes.problems.append(
                    Problem("bad-score", at.scene, at.choice, at.uuid, at.field, about=about)
                )

    def _changes(self, notes: _Notes, change: Any, at: Problem) -> None:
        def say(code: str, **about: Any) -> None:
            notes.problems.append(Problem(code, at.scene, at.choice, at.uuid, "change", about=about))

        if change is None:
            return
        if not isinstance(change, Mapping):
            say("malformed", right=_("It should be names of variables and whole numbers."))
            return
        for name, number in change.items():
            if name not in self.ranges:
                say("unknown-variable", name=name, known=", ".join(self.ranges) or "–")
            elif not is_number(number):
                say("bad-change", name=name)
            else:
                notes.writes.add(name)

    def _can_hide_all(self, row: SceneRow) -> bool:
        if not row.choices or any(choice.when is None for choice in row.choices):
            return False
        conditions = [choice.when for choice in row.choices]
        if any(next(flaws(one, self.ranges), None) is not None for one in conditions):
            return False
        return False in outcomes({"any": conditions}, self.ranges)

    # All scenes together.

    def _assemble(self) -> None:
        last = text(self.data, "last_decision") if has_clock(self.data) else ""
        self.graph = Graph([part.row for part in self._parts], first=text(self.data, "first"), last=last)
        self._choice_places: dict[str, tuple[int, ChoiceRow]] = {}
        self._choice_uuids: dict[str, int] = {}
        self._duplicates: list[Problem] = []
        for number, part in enumerate(self._parts):
            row = part.row
            if row.key and self.graph.index[row.key] != number:
                self._duplicates.append(Problem("duplicate-scene", row.key, uuid=row.uuid, field="key"))
            for choice in row.choices:
                if choice.key in self._choice_places:
                    self._duplicates.append(
                        Problem("duplicate-choice", row.key, choice.key, choice.uuid, "key")
                    )
                elif choice.key:
                    self._choice_places[choice.key] = (number, choice)
                if choice.uuid:
                    self._choice_uuids[choice.uuid] = number
        self._broken: dict[int, list[Problem]] = {}
        for number in range(len(self._parts)):
            self._look_at_references(number)
        self._look_at_all()

    def _is_local(self, number: int, old: SceneRow, new: SceneRow) -> bool:
        """Whether what stands elsewhere still means the same: no key or host has changed or is there twice."""
        return (
            old.key == new.key
            and old.host == new.host
            and self.graph.index.get(new.key) == number
            and not self._duplicates
            and len({choice.key for choice in new.choices}) == len(new.choices)
            and all(
                not choice.key or self._choice_places.get(choice.key, (number,))[0] == number
                for choice in new.choices
            )
        )

    def _change(self, number: int, old: SceneRow, new: SceneRow) -> None:
        self.graph.change(number, new)
        for choice in old.choices:
            self._choice_places.pop(choice.key, None)
            self._choice_uuids.pop(choice.uuid, None)
        for choice in new.choices:
            if choice.key:
                self._choice_places[choice.key] = (number, choice)
            if choice.uuid:
                self._choice_uuids[choice.uuid] = number
        self._look_at_references(number)

    def _look_at_references(self, number: int) -> None:
        """What one scene refers to by a key that no scene has."""
        part, index = self._parts[number], self.graph.index
        row, found = part.row, []
        if row.host and row.host not in index:
            found.append(
                Problem("broken-before", row.key, uuid=row.uuid, field="before", about={"target": row.host})
            )
        if part.visits:
            found += [problem for name, problem in part.visits if name not in index]
        for choice in row.choices:
            to = choice.to
            if to not in index and to and to != END:
                found.append(
                    Problem("broken-target", row.key, choice.key, choice.uuid, "to", about={"target": to})
                )
        if found:
            self._broken[number] = found
        else:
            self._broken.pop(number, None)

    def _look_at_all(self, *, is_same: bool = False) -> None:
        """`is_same` where every key and UUID still is what it was."""
        if not is_same:
            self._views = list(self._view_problems())
            self._uuids = set(_uuids(self.data)) | {part.row.uuid for part in self._parts}
            self._uuids |= {
                text(one, "uuid") for scene in self._scenes for one in rows(scene, "alternatives")
            }
        self._story = [*self._head, *self._start_problems()]
        graph_problems, forward = self._graph_problems(self.graph)
        self._extra = [*self._duplicates, *graph_problems]
        self._story += self._variable_use()
        self._story += self._longest()
        self._story += self._must_problems(self.graph, forward)
        self._story += self._views
        self._variants = self._overlay_problems()
        self.problems = self._collect()

    def _collect(
        self, extra: Iterable[Problem] = (), *, walked: Mapping[str, Walk] | None = None
    ) -> list[Problem]:
        """Errors first, then in the order of the story."""
        settled = walked is not None and all(one.is_whole and one.is_complete for one in walked.values())
        by_scene: dict[str, list[Problem]] = {}
        for problem in (*self._extra, *extra):
            by_scene.setdefault(problem.scene, []).append(problem)
        result = [*self._story, *by_scene.pop("", [])]
        for number, part in enumerate(self._parts):
            result += part.problems
            key = part.row.key
            if number in self._broken:
                result += self._broken[number]
            if part.can_hide_all and not settled:
                result.append(Problem("all-hidden", key, uuid=part.row.uuid, field="choices"))
            if key in by_scene:
                result += by_scene.pop(key)
        for rest in by_scene.values():
            result += rest
        order = {level: number for number, level in enumerate(LEVELS)}
        return sorted(result, key=lambda problem: order[problem.level])

    def _start_problems(self) -> Iterator[Problem]:
        if not self._is_scenario:
            return
        if not self._parts:
            yield Problem("no-scenes", field="scenes")
            return
        first, last = text(self.data, "first"), text(self.data, "last_decision")
        if not first:
            yield Problem("no-first", field="first")
        elif first not in self.graph.index:
            yield Problem("broken-first", field="first", about={"target": first})
        if last and last not in self.graph.index:
            yield Problem("broken-last-decision", field="last_decision", about={"target": last})
        if not any(self.graph.has_exit) and not any(self.graph.is_open):
            yield Problem("no-way-to-end", field="scenes")
        for name, problem in self._head_visits:
            if name not in self.graph.index:
                yield problem

    def _names(self, numbers: Iterable[int]) -> str:
        keys = [self._parts[number].row.key for number in sorted(numbers)]
        return _named(keys)

    def _graph_problems(self, graph: Graph, *, jurisdiction: str = "") -> tuple[list[Problem], bytearray]:
        """Where no way leads, and where none leads on. Only the first of an unreachable part, only the last of a dead one."""
        ahead, found = graph.next, []

        def problem(code: str, number: int, **about: Any) -> Problem:
            row = self._parts[number].row
            return Problem(
                code, row.key, uuid=row.uuid, field="choices" if code.startswith("loop") else "",
                jurisdiction=jurisdiction, about=about,
            )  # fmt: skip

        back = graph.back
        ends = [number for number in range(len(ahead)) if graph.has_exit[number] or graph.is_open[number]]
        is_free = reach(back, ends)
        if not all(is_free):
            trapped = bytearray(1 - one for one in is_free)
            for part in components(ahead, trapped):
                inside = set(part)
                if is_loop(ahead, part) and not any(
                    one not in inside for number in part for one in ahead[number]
                ):
                    # A target that is missing is named at its choice; until it is mended nobody knows where it leads.
                    if any(
                        choice.to != END and choice.to not in graph.index
                        for number in part
                        for choice in self._parts[number].row.choices
                    ):
                        continue
                    if len(part) == 1:
                        found.append(problem("loop-alone", part[0]))
                    else:
                        found.append(problem("loop", min(part), names=self._names(part)))
        forward = reach(ahead, graph.first)
        if graph.first and not all(forward):
            unseen = bytearray(1 - one for one in forward)
            is_dynamic = any(graph.is_open)
            roots = []
            for part in components(ahead, unseen):
                inside = set(part)
                if not any(unseen[one] and one not in inside for number in part for one in back[number]):
                    roots.append(min(part))
            for root in sorted(roots):
                count = 0
                if len(roots) <= COUNTED_ROOTS:
                    behind = reach(ahead, [root])
                    count = sum(1 for one, is_unseen in enumerate(unseen) if is_unseen and behind[one]) - 1
                if is_dynamic:
                    found.append(problem("unreachable-dynamic", root))
                elif count:
                    found.append(problem("unreachable-part", root, count=count))
                else:
                    found.append(problem("unreachable", root))
        return found, forward

    def _variable_use(self) -> Iterator[Problem]:
        reads = set(self._head_reads)
        writes: set[str] = set()
        for part in self._parts:
            reads |= part.reads
            writes |= part.writes
        for key in self.ranges:
            about = {"name": key}
            # The clock is asked by the story itself: when it is up, the last decision comes next.
            is_read = key in reads or key == TIME
            if not is_read and key not in writes:
                yield Problem("unused-variable", field="variables", about=about)
            elif key not in writes:
                yield Problem("never-set", field="variables", about=about)
            elif not is_read:
                yield Problem("never-read", field="variables", about=about)

    def _longest(self) -> Iterator[Problem]:
        judged = [part for part in self._parts if part.is_best_longest is not None]
        longest = [part.row.key for part in judged if part.is_best_longest]
        if len(judged) >= LONGEST_FROM and len(longest) >= LONGEST_SHARE * len(judged):
            yield Problem(
                "longest",
                field="scenes",
                about={"count": len(longest), "total": len(judged), "names": _named(longest)},
            )

    # Rules, views and places.

    def _must_problems(
        self, graph: Graph, forward: bytearray, *, without: Collection[str] = (), jurisdiction: str = ""
    ) -> list[Problem]:
        found = []
        for row in rows(self.data, "must"):
            name = Truncator(text(row, "text") or text(row, "uuid")).chars(60)
            kind, scene = text(row, "kind"), text(row, "scene")
            keys = [*([text(row, "choice")] if text(row, "choice") else []), *texts(row, "choices")]

            def say(code: str, row: Mapping[str, Any] = row, name: str = name, **about: Any) -> None:
                found.append(
                    Problem(
                        code,
                        uuid=text(row, "uuid"),
                        field="must",
                        jurisdiction=jurisdiction,
                        about={"name": name, **about},
                    )
                )

            unknown = [key for key in keys if key not in self._choice_places]
            if scene and scene not in graph.index:
                unknown.append(scene)
            if not jurisdiction:
                if kind not in ("visit", "avoid"):
                    say("must-kind")
                if not keys and not scene:
                    say("empty-must")
                for key in unknown:
                    say("broken-must", target=key)
            if unknown or (not keys and not scene) or not graph.first:
                continue
            if kind == "visit" and not self._can_visit(graph, forward, keys, scene, without):
                say("cannot-visit")
            elif kind == "avoid" and not self._can_avoid(graph, keys, scene, without):
                say("cannot-avoid")
        return found

    def _can_visit(
        self,
        graph: Graph,
        forward: bytearray,
        keys: Sequence[str],
        scene: str,
        without: Collection[str],
    ) -> bool:
        if any(graph.is_open):
            return True
        if scene and forward[graph.index[scene]]:
            return True
        for key in keys:
            number, choice = self._choice_places[key]
            if forward[number] and choice.uuid not in without:
                return True
        return False

    def _can_avoid(self, graph: Graph, keys: Sequence[str], scene: str, without: Collection[str]) -> bool:
        """Whether an ending can be reached without these, taking every condition for one that may hold."""
        forbidden = set(keys)
        wall = graph.index[scene] if scene else -1
        changed: dict[int, list[int]] = {}
        for key in keys:
            number, _choice = self._choice_places[key]
            changed[number] = []
        exits = dict.fromkeys(changed, False)
        for number in changed:
            for choice in self._parts[number].row.choices:
                if choice.key in forbidden or choice.uuid in without:
                    continue
                if choice.to == END:
                    exits[number] = True
                elif choice.to in graph.index:
                    changed[number] += graph.entries[graph.index[choice.to]]
        seen = {one for one in graph.first if one != wall}
        waiting = list(seen)
        while waiting:
            number = waiting.pop()
            if exits.get(number, graph.has_exit[number]) or graph.is_open[number]:
                return True
            for one in changed.get(number, graph.next[number]):
                if one != wall and one not in seen:
                    seen.add(one)
                    waiting.append(one)
        # Where nothing leads to an ending at all, that is the problem, and not the rule.
        return not any(graph.has_exit)

    def _view_problems(self) -> Iterator[Problem]:
        for row in rows(self.data, "perspectives"):
            name = text(row, "name") or text(row, "key")
            uuid = text(row, "uuid")
            seen: set[str] = set()
            for view in rows(row, "views"):
                choice = text(view, "choice")
                keys = texts(view, "scenes")
                missing = [key for key in keys if key not in self.graph.index]
                if choice:
                    if choice not in self._choice_places:
                        missing.append(choice)
                else:
                    seen.update(keys)
                for key in missing:
                    yield Problem(
                        "broken-view",
                        uuid=text(view, "uuid") or uuid,
                        field="perspectives",
                        about={"name": name, "target": key},
                    )
            without = [key for key in self.graph.keys if key and key not in seen]
            if without:
                yield Problem(
                    "no-view",
                    uuid=uuid,
                    field="perspectives",
                    about={"name": name, "count": len(without), "names": _named(without)},
                )

    def _overlay_problems(self) -> dict[str, frozenset[str]]:
        """Says what is wrong with the changes for each place, and returns the choices that each leaves out."""
        overlays = rows(self.data, "overlays")
        if not overlays:
            return {}
        choices = self._choice_uuids
        left_out: dict[str, set[str]] = {}
        for row in overlays:
            jurisdiction, target, uuid = text(row, "jurisdiction"), text(row, "target"), text(row, "uuid")

            def say(code: str, uuid: str = uuid, jurisdiction: str = jurisdiction) -> None:
                self._story.append(Problem(code, uuid=uuid, field="overlays", jurisdiction=jurisdiction))

            if not jurisdiction:
                say("overlay-no-jurisdiction")
            elif target not in self._uuids and target not in choices:
                say("broken-overlay")
            elif row.get("disable"):
                if target not in choices:
                    say("overlay-not-a-choice")
                else:
                    left_out.setdefault(jurisdiction, set()).add(target)
            elif not text(row, "field") or not text(row, "text"):
                say("overlay-no-words")
        result = {}
        for jurisdiction, uuids in sorted(left_out.items()):
            result[jurisdiction] = frozenset(uuids)
            for number in sorted({choices[uuid] for uuid in uuids}):
                row_here = self._parts[number].row
                if all(choice.uuid in uuids for choice in row_here.choices):
                    self._extra.append(
                        Problem(
                            "overlay-leaves-nothing",
                            row_here.key,
                            uuid=row_here.uuid,
                            field="choices",
                            jurisdiction=jurisdiction,
                        )
                    )
            touched = {number: self._parts[number].row for number in {choices[uuid] for uuid in uuids}}
            graph = self.graph.without(touched, uuids)
            found, forward = self._graph_problems(graph, jurisdiction=jurisdiction)
            found += self._must_problems(graph, forward, without=uuids, jurisdiction=jurisdiction)
            self._extra += self._only_there(found)
        return result

    def _only_there(self, found: Iterable[Problem]) -> Iterator[Problem]:
        """Without what is wrong everywhere. Scenes that a place does without on purpose are no error."""
        everywhere = {(one.code, one.scene, one.uuid) for one in (*self._story, *self._extra)}
        for one in found:
            if (one.code, one.scene, one.uuid) not in everywhere:
                asked: Level | None = (
                    "warning" if one.code.startswith("unreachable") and one.level == "error" else None
                )
                yield Problem(
                    one.code, one.scene, one.choice, one.uuid, one.field, one.jurisdiction, one.about, asked
                )  # fmt: skip

    # The walk.

    def report(self, *, states: int = STATES, seconds: float = SECONDS) -> Report:
        """What is wrong now, with the walk: of the story, and of each place that leaves choices out.

        All walks together stop at these limits.
        """
        walks: dict[str, Walk] = {}
        scenes = [part.row for part in self._parts]
        found: list[Problem] = []
        for jurisdiction, without in {"": frozenset[str](), **self._variants}.items():
            if seconds <= 0:
                walks[jurisdiction] = Walk(is_whole=False)
                if not any(problem.code == "bounded" for problem in found):
                    found.append(Problem("bounded", jurisdiction=jurisdiction, about={"count": 0}))
                continue
            begun = perf_counter()
            machine = Machine(self.data, without=without, scenes=scenes)
            one = walk(machine, states=states, seconds=seconds - (perf_counter() - begun))
            walks[jurisdiction] = one
            states, seconds = max(states - one.states, 1), seconds - (perf_counter() - begun)
            problems = self._walk_problems(one, machine, jurisdiction)
            if jurisdiction:
                known = {(old.code, old.scene, old.uuid) for old in found}
                problems = [new for new in problems if (new.code, new.scene, new.uuid) not in known]
            found += problems
        return Report(self._collect(found, walked=walks), walks)

    def _walk_problems(self, one: Walk, machine: Machine, jurisdiction: str) -> list[Problem]:
        found: list[Problem] = []
        index = self.graph.index

        def say(
            code: str, scene: str = "", choice: str = "", uuid: str = "", field: str = "", **about: Any
        ) -> None:
            if scene and not uuid:
                uuid = self._parts[index[scene]].row.uuid
            found.append(Problem(code, scene, choice, uuid, field, jurisdiction, about))

        left_out = {problem.scene for problem in self._extra if problem.code == "overlay-leaves-nothing"}
        in_loops = {problem.scene for problem in self._extra if problem.code.startswith("loop")}
        for scene in sorted(one.stuck - left_out, key=index.__getitem__):
            say("stuck", scene, field="choices")
        if one.endless and not any(
            problem.code in ("no-endings", "last-ending", "no-condition") for problem in self._head
        ):
            for scene in sorted(one.endless, key=index.__getitem__):
                say("endless", scene, field="choices")
        for keys in one.traps:
            if not in_loops & set(keys):
                say("trap", keys[0], field="choices", names=_named(keys))
        if not one.is_whole:
            say("bounded", count=one.states)
            return found
        if not one.is_complete or any(machine.graph.is_open):
            return found
        known = {
            (problem.uuid, problem.about["where"])
            for problems in (self._head, *(part.problems for part in self._parts))
            for problem in problems
            if problem.code == "cannot-hold"
        }
        for at in one.never:
            said = self._never(at, jurisdiction)
            if said is not None and (said.uuid, said.about["where"]) not in known:
                found.append(said)
        for scene in self._unseen(one, machine.graph):
            say("never-seen", scene)
        endings = rows(self.data, "endings")
        for number, row in enumerate(endings):
            is_known = (text(row, "uuid"), _Where("ending", name=text(row, "key"))) in known
            if number not in one.endings and one.endings and not is_known:
                say(
                    "never-ends-so",
                    uuid=text(row, "uuid"),
                    field="endings",
                    name=text(row, "title") or text(row, "key"),
                )
        for row in rows(self.data, "must"):
            found += self._never_met(row, one, jurisdiction)
        return found

    def _never(self, at: ConditionAt, jurisdiction: str) -> Problem | None:
        number = self.graph.index[at.scene]
        row, uuid, field = self._parts[number].row, at.uuid, "when"
        match at.place:
            case "choice":
                where = _Where("choice", choice=at.choice)
            case "before":
                if row.host not in self.graph.index:
                    return None
                where, uuid, field = _Where("before", scene=at.scene), row.uuid, "before"
            case _:
                field = "alternatives" if at.place == "alternative" else "arrive"
                where = _Where(at.place, scene=at.scene, number=at.order + 1)
                uuid = text(rows(self._scenes[number], field)[at.order], "uuid") or row.uuid
        return Problem("never-holds", at.scene, at.choice, uuid, field, jurisdiction, {"where": where})

    def _unseen(self, one: Walk, graph: Graph) -> list[str]:
        """Scenes that no play sees though a way leads to them; only those to which the way begins in a scene that is seen."""
        forward = reach(graph.next, graph.first)
        seen = bytearray(len(graph.keys))
        for key in one.scenes:
            seen[graph.index[key]] = 1
        unseen = bytearray(1 if forward[number] and not seen[number] else 0 for number in range(len(seen)))
        culprits: set[int] = set()
        for number in range(len(seen)):
            if seen[number]:
                culprits.update(next_one for next_one in graph.next[number] if unseen[next_one])
        # A consequence scene that never stands anywhere has been named by its condition.
        return [graph.keys[number] for number in sorted(culprits) if not self._parts[number].row.host]

    def _never_met(self, row: Mapping[str, Any], one: Walk, jurisdiction: str) -> list[Problem]:
        keys = [*([text(row, "choice")] if text(row, "choice") else []), *texts(row, "choices")]
        scene = text(row, "scene")
        if text(row, "kind") != "visit" or not (keys or scene):
            return []
        if any(key not in self._choice_places for key in keys) or (scene and scene not in self.graph.index):
            return []
        uuid = text(row, "uuid")
        if any(
            problem.code == "cannot-visit" and problem.uuid == uuid
            for problem in (*self._story, *self._extra)
        ):
            return []
        places = [self._choice_places[key][1] for key in keys]
        if scene in one.scenes or any((place.uuid or place.key) in one.choices for place in places):
            return []
        name = Truncator(text(row, "text") or uuid).chars(60)
        return [
            Problem("cannot-visit", uuid=uuid, field="must", jurisdiction=jurisdiction, about={"name": name})
        ]


def _named(keys: Sequence[str]) -> str:
    more = len(keys) - NAMED
    names = ", ".join(f"“{key}”" for key in keys[:NAMED])
    return f"{names} … (+{more})" if more > 0 else names


def _names_in(scene: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The keys and UUIDs in a scene to which something elsewhere may refer."""
    parts = [scene, *rows(scene, "choices"), *rows(scene, "alternatives")]
    return [(text(one, "key"), text(one, "uuid")) for one in parts]


def _is_best_longest(row: SceneRow, choices: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether one choice is the best and also the longest; None where no single choice is the best."""
    if len(choices) < 2:
        return None
    totals = [sum(choice.scores.values()) for choice in row.choices]
    allowed = [number for number, choice in enumerate(row.choices) if not choice.is_critical]
    if not allowed or not any(choice.scores for choice in row.choices):
        return None
    best = max(allowed, key=totals.__getitem__)
    if sum(totals[number] == totals[best] for number in allowed) > 1:
        return None
    lengths = [len(text(one, "text")) for one in choices]
    if not all(lengths):
        return None
    return all(length < lengths[best] for number, length in enumerate(lengths) if number != best)


def _uuids(value: Any) -> Iterator[str]:
    """Of the head only: scenes are known by their rows, and nothing is about an overlay. However deep it is nested."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for key, inner in one.items():
                if key == "uuid" and isinstance(inner, str):
                    yield inner
                elif key not in ("scenes", "overlays"):
                    waiting.append(inner)
        elif isinstance(one, list):
            waiting += one
