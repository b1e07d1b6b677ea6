"""Plays a draft without an attempt: the way taken is in the address, so that nothing is stored and every step can be shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from scenarios import engine
from scenarios.documents import DocumentStory
from scenarios.presenters import scene_text, typeset

_WHEN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class PreviewOption:
    uuid: str
    text: str
    why: str
    scores: Mapping[str, int]
    critical: str
    is_best: bool
    leads: bool


@dataclass(frozen=True)
class Preview:
    scene: Mapping[str, Any] | None = None
    text: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    options: Sequence[PreviewOption] = ()
    last: Mapping[str, Any] | None = None
    ending: Mapping[str, Any] | None = None
    results: Sequence[engine.CompetencyResult] = ()
    path: Sequence[str] = ()
    problem: str = ""


def play(
    data: Mapping[str, Any],
    *,
    first: str,
    values: Mapping[str, int],
    path: Sequence[str],
    jurisdiction: str,
    language: str,
) -> Preview:
    """Where the draft stands after these choices. A draft that cannot go on says why instead of breaking."""
    story = DocumentStory(data, jurisdiction=jurisdiction, language=language)
    begin = first or story.head.first
    if begin not in story.scenes:
        return Preview(problem=_("There is no scene to begin with. Add one, and say which is the first."))
    state, _events = engine.start(story, _WHEN, scene=begin, values=values)
    last: Mapping[str, Any] | None = None
    taken: list[str] = []
    for choice in path:
        if state.scene is None:
            break
        row = next(
            (one for one in story.scenes[state.scene].get("choices", []) if one["uuid"] == choice), None
        )
        if row is None:
            break
        to = row.get("to", "")
        if to != engine.END and to not in story.scenes:
            return _here(
                story,
                state,
                last,
                taken,
                _("“%(choice)s” leads nowhere yet.") % {"choice": row.get("text", "")},
            )
        last = row
        try:
            state, _events = engine.step(story, state, choice, _WHEN)
        except (engine.EngineError, StopIteration):
            return _here(
                story,
                state,
                last,
                taken,
                _("The story ends here, and no ending holds. Add one that always does."),
            )
        taken.append(choice)
    return _here(story, state, last, taken, "")


def _here(
    story: DocumentStory,
    state: engine.State,
    last: Mapping[str, Any] | None,
    path: Sequence[str],
    problem: str,
) -> Preview:
    if state.scene is None:
        ending = next((one for one in story.endings if one["key"] == state.ending), None)
        return Preview(
            ending=typeset(ending),
            values=state.values,
            last=typeset(last),
            results=engine.results(story, state.path),
            path=path,
        )
    rules = story.scene(state.scene)
    scene = typeset(story.scenes[state.scene])
    rows = {one["uuid"]: one for one in scene.get("choices", [])}
    best = engine.best_choices(rules) if rules.choices else set()
    return Preview(
        scene=scene,
        text=scene_text(scene, state.alternative)
        if scene.get("text") or state.alternative is not None
        else "",
        values=state.values,
        options=[
            PreviewOption(
                one.uuid,
                rows[one.uuid].get("text", ""),
                rows[one.uuid].get("why", ""),
                one.scores,
                rows[one.uuid].get("critical", ""),
                one.uuid in best,
                one.to == engine.END or one.to in story.scenes,
            )
            for one in engine.offered(rules, state)
        ],
        last=typeset(last),
        path=path,
        problem=problem,
    )
