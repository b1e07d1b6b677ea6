"""Changing a draft piece by piece. A scene has a revision: who saves an older one is told, and nothing is overwritten."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from scenarios.engine import END
from scenarios.exceptions import EditConflict
from scenarios.models import Choice, ChoiceScore, Scenario, Scene


@dataclass(frozen=True)
class ChoiceDraft:
    """One choice as its writer left it. `to` is a scene's key, END, or empty while it leads nowhere."""

    uuid: uuid.UUID
    text: str = ""
    consequence: str = ""
    rationale: str = ""
    move: str = ""
    critical: str = ""
    scores: Mapping[str, int] = field(default_factory=dict)
    effects: Mapping[str, int] = field(default_factory=dict)
    condition: Any = None
    to: str = ""
    facts: Sequence[str] = ()
    pack_slots: Sequence[str] = ()


@dataclass(frozen=True)
class SceneDraft:
    title: str = ""
    place: str = ""
    text: str = ""
    note: str = ""
    is_checkpoint: bool = False
    alternatives: Sequence[Mapping[str, Any]] = ()
    arrivals: Sequence[Mapping[str, Any]] = ()
    shown_before: str = ""
    shown_when: Any = None
    choices: Sequence[ChoiceDraft] = ()


@transaction.atomic
def add_scene(scenario: Scenario, *, title: str, key: str) -> Scene:
    """At the end of the outline. The first one is where the story begins."""
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    last = locked.scenes.aggregate(last=Max("order"))["last"]
    scene = Scene.objects.create(scenario=locked, title=title, key=key, order=0 if last is None else last + 1)
    if not locked.first_scene:
        locked.first_scene = key
        locked.save(update_fields=["first_scene"])
    return scene


@transaction.atomic
def save_scene(scene: Scene, draft: SceneDraft, *, revision: int) -> Scene:
    """Write the scene and its choices as `draft` has them. Raises EditConflict where somebody saved it since."""
    locked = Scene.objects.select_for_update().get(pk=scene.pk)
    if locked.revision != revision:
        raise EditConflict(locked.revision)
    scenes = {
        one.key: one for one in Scene.objects.filter(scenario_id=locked.scenario_id, key__in=_keys(draft))
    }
    for name in ("title", "place", "text", "note", "is_checkpoint"):
        setattr(locked, name, getattr(draft, name))
    locked.alternatives = [dict(one) for one in draft.alternatives]
    locked.arrivals = [dict(one) for one in draft.arrivals]
    locked.shown_before = scenes.get(draft.shown_before)
    locked.shown_when = draft.shown_when if locked.shown_before else None
    locked.revision = revision + 1
    locked.save()
    mine = {one.uuid: one for one in locked.choices.all()}
    gone = set(mine) - {one.uuid for one in draft.choices}
    Choice.objects.filter(scene=locked, uuid__in=gone).delete()
    taken = {one.key for one in mine.values()}
    for order, row in enumerate(draft.choices):
        choice = mine.get(row.uuid)
        if choice is None:
            choice = Choice(scene=locked, uuid=row.uuid, key=_choice_key(locked, taken))
            taken.add(choice.key)
        choice.order = order
        for name in ("text", "consequence", "rationale", "move", "critical", "condition"):
            setattr(choice, name, getattr(row, name))
        choice.effects = dict(row.effects)
        choice.facts = list(row.facts)
        choice.pack_slots = list(row.pack_slots)
        choice.is_end = row.to == END
        choice.target = scenes.get(row.to)
        choice.save()
        choice.scores.all().delete()
        ChoiceScore.objects.bulk_create(
            ChoiceScore(choice=choice, competency=competency, points=points)
            for competency, points in row.scores.items()
        )
    return locked


def _keys(draft: SceneDraft) -> set[str]:
    return {one for one in (draft.shown_before, *(row.to for row in draft.choices)) if one}


def _choice_key(scene: Scene, taken: set[str]) -> str:
    for number in range(len(taken) + 26):
        letter = chr(ord("a") + number) if number < 26 else str(number)
        if f"{scene.key}-{letter}" not in taken:
            return f"{scene.key}-{letter}"
    return uuid.uuid4().hex


@transaction.atomic
def delete_scene(scene: Scene) -> None:
    """Choices that led here lead nowhere then, which the list of problems names."""
    Choice.objects.filter(target=scene).update(target=None)
    Choice.objects.filter(scene=scene).delete()
    scenario = scene.scenario
    if scenario.first_scene == scene.key:
        first = scenario.scenes.exclude(pk=scene.pk).values_list("key", flat=True).first() or ""
        Scenario.objects.filter(pk=scenario.pk).update(first_scene=first)
    Scenario.objects.filter(pk=scenario.pk, last_decision=scene.key).update(last_decision="")
    scene.delete()


@transaction.atomic
def move_scene(scene: Scene, *, by: int) -> None:
    """One place up or down in the outline, which is the order of reading and nothing else."""
    scenes = list(Scene.objects.select_for_update().filter(scenario=scene.scenario))
    place = next(index for index, one in enumerate(scenes) if one.pk == scene.pk)
    other = place + by
    if 0 <= other < len(scenes):
        scenes[place], scenes[other] = scenes[other], scenes[place]
        for order, one in enumerate(scenes):
            one.order = order
        Scene.objects.bulk_update(scenes, ["order"], batch_size=500)


@transaction.atomic
def set_frame(scenario: Scenario, *, first_scene: str, last_decision: str) -> None:
    """Where the story begins, and what comes when its time is up."""
    Scenario.objects.filter(pk=scenario.pk).update(first_scene=first_scene, last_decision=last_decision)
