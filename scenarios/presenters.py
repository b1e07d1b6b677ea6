"""What the pages show, as plain values. What a page must not give away is not in here to begin with."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import Fact, JurisdictionPack
from content.selectors import facts_by_code, packs
from scenarios import engine
from scenarios.documents import fact_codes
from scenarios.lesson_links import LessonLink, lesson_links
from scenarios.models import Attempt, Choice, PerspectiveView
from scenarios.selectors import VersionStory

COMPETENCY_NAMES = {
    "SAF": gettext_lazy("Safety"),
    "TIC": gettext_lazy("Trauma-informed communication"),
    "IDN": gettext_lazy("Identification"),
    "CON": gettext_lazy("Confidentiality"),
    "CUL": gettext_lazy("Cultural responsiveness"),
    "REF": gettext_lazy("Referral and rights"),
}
SHARED_PACK = "INT"
_OPENING = re.compile(r"(^|[\s(\[“‘—–])([\"'])")


def typeset(value: Any) -> Any:
    """The words as printed: files are typed with straight quotation marks, pages show round ones."""
    if isinstance(value, str):
        opened = _OPENING.sub(lambda found: found[1] + ("“" if found[2] == '"' else "‘"), value)
        return opened.replace('"', "”").replace("'", "’")
    if isinstance(value, Mapping):
        return {key: typeset(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typeset(inner) for inner in value]
    return value


@dataclass(frozen=True)
class SourceName:
    """A source as a learner sees it: by name, never by our code."""

    label: str
    title: str
    url: str


class Library:
    """Facts and packs that one page needs. Three queries, whatever the story's size."""

    def __init__(self, codes: Iterable[str], *, jurisdiction_code: str, on: date) -> None:
        self.facts: Mapping[str, Fact] = facts_by_code(codes)
        self.packs: Mapping[str, JurisdictionPack] = packs()
        self.jurisdiction_code = jurisdiction_code
        self.on = on
        self._shown: set[str] = set()

    def sources(self, codes: Sequence[str]) -> list[SourceName]:
        found: dict[str, SourceName] = {}
        for code in codes:
            fact = self.facts.get(code)
            named = (
                [] if fact is None or fact.confidence == Fact.Confidence.GENERAL else list(fact.sources.all())
            )
            for source in named:
                found[source.label] = SourceName(source.label, source.title, source.url)
            if not named:
                awaited = _("General professional knowledge, source awaited")
                found[awaited] = SourceName(awaited, "", "")
        return list(found.values())

    def law(self, head: Mapping[str, Any], keys: Sequence[str]) -> list["LawBox"]:
        """The boxes for these slots; a page shows each box once, where it is first needed."""
        slots = {slot["key"]: slot for slot in head.get("law", [])}
        wanted = [key for key in keys if key in slots and key not in self._shown]
        self._shown.update(wanted)
        return [self._box(slots[key]) for key in wanted]

    def _box(self, slot: Mapping[str, Any]) -> "LawBox":
        words = slot.get("words", {})
        code = self.jurisdiction_code if self.jurisdiction_code in words else SHARED_PACK
        said = words.get(code)
        pack = self.packs.get(code)
        return LawBox(
            title=slot["title"],
            text=said["text"] if said else "",
            pack=pack.name if pack else code,
            recheck_by=pack.recheck_by if pack else None,
            is_due=pack is not None and pack.recheck_by < self.on,
            is_shared=code != self.jurisdiction_code,
            sources=self.sources(said.get("facts", [])) if said else [],
        )


@dataclass(frozen=True)
class LawBox:
    title: str
    text: str
    pack: str
    recheck_by: date | None
    is_due: bool
    is_shared: bool
    sources: list[SourceName]


@dataclass(frozen=True)
class Option:
    uuid: str
    text: str


@dataclass(frozen=True)
class JustDone:
    """What the learner did last. `why` is filled in coach mode only."""

    text: str
    consequence: str
    why: str
    sources: list[SourceName]


@dataclass(frozen=True)
class SceneView:
    number: int
    step: int
    title: str
    place: str
    clock: str
    setting: str
    text: str
    options: list[Option]
    just_done: JustDone | None
    is_replay: bool
    note: str = ""
    # Earlier decisions to which this story lets the learner go back now.
    ways_back: Sequence["WayBack"] = ()


@dataclass(frozen=True)
class WayBack:
    index: int
    number: int
    title: str


def story_clock(head: Mapping[str, Any], values: Mapping[str, int]) -> str:
    """The time in the story, which nothing counts down. A story that runs over days names no clock, and shows none."""
    start = next((one["start"] for one in head.get("variables", []) if one["key"] == engine.TIME), None)
    if start is None or not head.get("clock"):
        return ""
    passed = start - values.get(engine.TIME, start)
    now = datetime.strptime(head["clock"], "%H:%M") + timedelta(minutes=passed)
    return _("%(time)s in the story. No real clock.") % {"time": f"{now:%H:%M}"}


def scene_text(scene: Mapping[str, Any], alternative: int | None) -> str:
    return str(scene["text"] if alternative is None else scene["alternatives"][alternative]["text"])


def _choice(scene: Mapping[str, Any], uuid: str) -> dict[str, Any]:
    return next(one for one in scene["choices"] if one["uuid"] == uuid)


def scene_view(attempt: Attempt, state: engine.State, *, on: date) -> SceneView:
    """The present scene, and nothing of any other but the choice that led here. One query; three more when coached."""
    story = VersionStory.of(attempt)
    key = str(state.scene)
    last = state.path[-1] if state.path else None
    can_go_back = attempt.version.head.get("backtrack", "none") != "none"
    story.load([key, *(one.scene for one in (state.path if can_go_back else state.path[-1:]))])
    scene = typeset(story.data(key))
    just_done = None
    if last is not None:
        taken = typeset(_choice(story.data(last.scene), last.choice))
        codes = taken.get("facts", []) if attempt.is_coached else []
        sources = (
            Library(codes, jurisdiction_code=attempt.jurisdiction_code, on=on).sources(codes)
            if attempt.is_coached
            else []
        )
        just_done = JustDone(
            taken["text"], taken.get("then", ""), taken.get("why", "") if attempt.is_coached else "", sources
        )
    head = typeset(story.words())
    texts = {one["uuid"]: one["text"] for one in scene["choices"]}
    offered = engine.shuffled(engine.offered(story.scene(key), state), seed=attempt.seed, scene=key)
    return SceneView(
        number=len(state.path) + 1,
        step=state.step,
        title=scene["title"],
        place=scene.get("place", head["place"]),
        clock=story_clock(head, state.values),
        setting=head["setting"] if last is None else "",
        text=scene_text(scene, state.alternative),
        options=[Option(one.uuid, texts[one.uuid]) for one in offered],
        just_done=just_done,
        is_replay=state.step > len(state.path),
        note=scene.get("note", ""),
        ways_back=_ways_back(story, state),
    )


def _ways_back(story: VersionStory, state: engine.State) -> list[WayBack]:
    policy = story.version.head.get("backtrack", "none")
    if policy == "none":
        return []
    found = engine.may_go_back_to(policy, state, story.checkpoints(state))
    return [
        WayBack(index, index + 1, typeset(story.data(state.path[index].scene)["title"]))
        for index in reversed(found)
    ]


@dataclass(frozen=True)
class OptionView:
    """One option with its reason: in the debrief and in the text only."""

    text: str
    why: str
    critical: str
    is_taken: bool
    is_best: bool
    sources: list[SourceName]


@dataclass(frozen=True)
class DecisionView:
    index: int
    number: int
    title: str
    situation: str
    taken: OptionView
    consequence: str
    felt: list[str]
    others: list[OptionView]
    law: list[LawBox]


@dataclass(frozen=True)
class CompetencyView:
    code: str
    name: str
    percent: int | None
    links: list[LessonLink]

    @property
    def is_strong(self) -> bool:
        return self.percent is not None and self.percent >= engine.MARK_PERCENT


@dataclass(frozen=True)
class PointView:
    text: str
    sources: list[SourceName]
    law: list[LawBox]


@dataclass(frozen=True)
class MustView:
    text: str
    is_visit: bool
    is_kept: bool
    decision: DecisionView | None
    sources: list[SourceName]


@dataclass(frozen=True)
class Moves:
    """How the learner spoke: open and inviting moves beside those that press."""

    inviting: int
    pressing: int
    rows: list[tuple[str, int]]

    @property
    def percent(self) -> int | None:
        both = self.inviting + self.pressing
        return round(100 * self.inviting / both) if both else None


INVITING = frozenset({"open", "cued", "consent", "break", "safety", "informing"})
PRESSING = frozenset({"closed", "leading", "blaming", "promise"})


def moves_of(path: Sequence[engine.Decision]) -> Moves:
    counts = Counter(one.move for one in path if one.move)
    names = dict(Choice.Move.choices)
    return Moves(
        sum(counts[one] for one in INVITING),
        sum(counts[one] for one in PRESSING),
        [(str(names[key]), counts[key]) for key in names if counts[key]],
    )


@dataclass(frozen=True)
class Debrief:
    ending_title: str
    ending_text: str
    decisions: list[DecisionView]
    flagged: list[DecisionView]
    competencies: list[CompetencyView]
    has_mark: bool
    points: list[PointView]
    moves: Moves
    musts: list[MustView]
    has_perspectives: bool


_FELT = {
    ("trust", True): gettext_lazy("Trust grew."),
    ("trust", False): gettext_lazy("Trust fell."),
    ("safety", True): gettext_lazy("Things became safer."),
    ("safety", False): gettext_lazy("Things became less safe."),
}


def felt(change: Mapping[str, int]) -> list[str]:
    """What a choice did to the person at the centre, in words: the numbers stay behind."""
    return [
        str(words) for (key, grows), words in _FELT.items() if change.get(key) and (change[key] > 0) == grows
    ]


def _decision(
    story: VersionStory,
    head: Mapping[str, Any],
    library: Library,
    *,
    number: int,
    key: str,
    alternative: int | None,
    taken: str,
) -> DecisionView:
    whole = story.data(key)
    # Of all that a scene holds, what is printed here.
    scene = typeset(
        {name: whole[name] for name in ("title", "text", "alternatives", "choices") if name in whole}
    )
    best = engine.best_choices(story.scene(key))
    views = {
        one["uuid"]: OptionView(
            one["text"],
            one.get("why", ""),
            one.get("critical", ""),
            is_taken=one["uuid"] == taken,
            is_best=one["uuid"] in best,
            sources=library.sources(one.get("facts", [])),
        )
        for one in scene["choices"]
    }
    chosen = _choice(scene, taken)
    law = list(dict.fromkeys(slot for one in scene["choices"] for slot in one.get("law", [])))
    return DecisionView(
        index=number - 1,
        number=number,
        title=scene["title"],
        situation=scene_text(scene, alternative),
        taken=views[taken],
        consequence=chosen.get("then", ""),
        felt=felt(chosen.get("change", {})),
        others=sorted(
            (view for uuid, view in views.items() if uuid != taken), key=lambda view: not view.is_best
        ),
        law=library.law(head, law),
    )


def _points(head: Mapping[str, Any], library: Library) -> list[PointView]:
    return [
        PointView(one["text"], library.sources(one.get("facts", [])), library.law(head, one.get("law", [])))
        for one in head.get("debrief", [])
    ]


def _weakest(found: Sequence[engine.CompetencyResult]) -> list[str]:
    """What was assessed and not perfect, the weakest first."""
    assessed = [one for one in found if one.percent is not None and one.percent < 100]
    return [one.competency for one in sorted(assessed, key=lambda one: one.percent or 0)]


def debrief(attempt: Attempt, state: engine.State, *, on: date) -> Debrief:
    """Looking back on a finished play. Five queries, however long it was."""
    story = VersionStory.of(attempt)
    story.load({decision.scene for decision in state.path})
    head = typeset(story.words())
    library = Library(
        {*fact_codes(head), *fact_codes(list(story.scenes.values()))},
        jurisdiction_code=attempt.jurisdiction_code,
        on=on,
    )

    def view(index: int) -> DecisionView:
        one = state.path[index]
        return _decision(
            story,
            head,
            library,
            number=index + 1,
            key=one.scene,
            alternative=one.alternative,
            taken=one.choice,
        )

    flagged = [view(index) for index in state.flagged]
    # A scene with one way on is no decision.
    by_index = {
        index: view(index)
        for index, one in enumerate(state.path)
        if len(story.data(one.scene)["choices"]) > 1
    }
    decisions = list(by_index.values())
    found = engine.results(story, state.path)
    weak = _weakest(found)
    links = lesson_links(weak)
    # The weakest that has a lesson, and whatever lies below the mark.
    first = next((one for one in weak if links[one]), None)
    ending = next(one for one in head["endings"] if one["key"] == state.ending)
    return Debrief(
        ending_title=ending["title"],
        ending_text=ending["text"],
        decisions=decisions,
        flagged=flagged,
        competencies=[
            CompetencyView(
                one.competency,
                str(COMPETENCY_NAMES[one.competency]),
                one.percent,
                links[one.competency]
                if one.competency == first or (one.percent is not None and one.percent < engine.MARK_PERCENT)
                else [],
            )
            for one in found
        ],
        has_mark=engine.has_mark(state.ending, found),
        points=_points(head, library),
        moves=moves_of(state.path),
        musts=[
            MustView(
                one.rule["text"],
                is_visit=one.rule["kind"] == "visit",
                is_kept=one.is_kept,
                decision=None if one.step is None else by_index.get(one.step),
                sources=library.sources(one.rule.get("facts", [])),
            )
            for one in engine.judge(head.get("must", []), state.path)
        ],
        has_perspectives=bool(head.get("perspectives")),
    )


@dataclass(frozen=True)
class TextView:
    """The whole story to read: the way that we would take, each step with its reason and the others beside it."""

    decisions: list[DecisionView]
    ending_title: str
    ending_text: str
    points: list[PointView]


def good_way(story: VersionStory, at: datetime) -> engine.State:
    """The end of the way that we would take."""
    state, _events = engine.start(story, at)
    while state.scene is not None:
        offered = engine.offered(story.scene(state.scene), state)
        best = engine.best_choices(replace(story.scene(state.scene), choices=tuple(offered)))
        state, _events = engine.step(story, state, min(best), at)
    return state


@dataclass(frozen=True)
class Knowing:
    how: str
    name: str
    text: str


@dataclass(frozen=True)
class Moment:
    """One decision of the path and what each perspective knew of it, in the order of the perspectives."""

    number: int
    title: str
    taken: str
    knowing: list[Knowing]
    seen: Knowing
    is_as_before: bool


@dataclass(frozen=True)
class Perspectives:
    """The same events as others lived them."""

    people: list[Mapping[str, Any]]
    chosen: Mapping[str, Any]
    moments: list[Moment]


_HOW = dict(PerspectiveView.How.choices)


def perspectives(attempt: Attempt, state: engine.State, *, key: str) -> Perspectives | None:
    """Who knew what, when, along the way that was taken; None where nobody of that key is in the story. Two queries."""
    story = VersionStory.of(attempt)
    head = typeset(story.words())
    people = head.get("perspectives", [])
    chosen = next((one for one in people if one["key"] == key), None) if key else next(iter(people), None)
    if chosen is None:
        return None
    story.load({one.scene for one in state.path})

    def knowing(decision: engine.Decision, who: str) -> Knowing:
        views = [one for one in story.data(decision.scene).get("views", []) if one["perspective"] == who]
        found = next((one for one in views if one.get("choice_uuid") == decision.choice), None) or next(
            (one for one in views if "choice_uuid" not in one), None
        )
        if found is None:
            return Knowing("unaware", str(_HOW["unaware"]), "")
        return Knowing(found["how"], str(_HOW[found["how"]]), typeset(found["text"]))

    moments: list[Moment] = []
    for number, decision in enumerate(state.path, start=1):
        scene = typeset(story.data(decision.scene))
        known = [knowing(decision, one["key"]) for one in people]
        seen = known[people.index(chosen)]
        moments.append(
            Moment(
                number,
                scene["title"],
                _choice(scene, decision.choice)["text"],
                known,
                seen,
                bool(moments) and moments[-1].seen == seen,
            )
        )
    return Perspectives(people, chosen, moments)


def story_as_text(attempt: Attempt, *, at: datetime) -> TextView:
    """Four queries. The ending is the one to which the good steps lead."""
    story = VersionStory.of(attempt)
    story.load_all()
    head = typeset(story.words())
    state = good_way(story, at)
    library = Library(
        {*fact_codes(head), *fact_codes([story.data(one.scene) for one in state.path])},
        jurisdiction_code=attempt.jurisdiction_code,
        on=at.date(),
    )
    ending = next(one for one in head["endings"] if one["key"] == state.ending)
    return TextView(
        decisions=[
            _decision(
                story,
                head,
                library,
                number=number,
                key=one.scene,
                alternative=one.alternative,
                taken=one.choice,
            )
            for number, one in enumerate(state.path, start=1)
        ],
        ending_title=ending["title"],
        ending_text=ending["text"],
        points=_points(head, library),
    )
