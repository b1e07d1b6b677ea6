"""Between a document and the draft's tables, and from the draft to a published version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scenarios.documents import FORMAT, ScenarioDocument, compiled_scenes, digest, without_empty
from scenarios.engine import END
from scenarios.models import (
    Character,
    Choice,
    ChoiceScore,
    CompiledScene,
    DebriefPoint,
    Ending,
    PackSlot,
    PackWords,
    Scenario,
    ScenarioVersion,
    Scene,
    Variable,
)


@transaction.atomic
def load_scenario(document: ScenarioDocument, *, at: datetime) -> Scenario:
    """Make the draft say what the document says, and publish it where that is news.

    Loading the same document again changes nothing. Attempts keep the version that they began with.
    """
    scenario = (
        Scenario.objects.select_for_update(of=("self",))
        .select_related("version")
        .filter(slug=document.slug)
        .first()
    )
    if scenario is None:
        scenario = (
            Scenario.objects.select_for_update(of=("self",))
            .select_related("version")
            .filter(uuid=document.data["uuid"])
            .first()
        )
    if scenario is not None and scenario.version is not None and scenario.version.sha256 == document.sha256:
        return scenario
    scenario = _write_draft(scenario or Scenario(), document.data)
    return publish_scenario(scenario, at=at)


@transaction.atomic
def publish_scenario(scenario: Scenario, *, at: datetime) -> Scenario:
    """Freeze the draft as the next version, unless the present one says the same."""
    data = draft_document(scenario)
    sha256 = digest(data)
    if scenario.version is not None and scenario.version.sha256 == sha256:
        return scenario
    last = scenario.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = ScenarioVersion.objects.create(
        scenario=scenario,
        number=last + 1,
        sha256=sha256,
        head={key: value for key, value in data.items() if key != "scenes"},
        snapshot=data,
        published_at=at,
    )
    CompiledScene.objects.bulk_create(
        [
            CompiledScene(version=version, key=key, uuid=scene["uuid"], data=scene)
            for key, scene in compiled_scenes(data).items()
        ],
        batch_size=500,
    )
    scenario.version = version
    scenario.save(update_fields=["version"])
    return scenario


def _write_draft(scenario: Scenario, data: Mapping[str, Any]) -> Scenario:
    scenario.uuid = data["uuid"]
    for name in (
        "code", "slug", "language", "title", "learner", "minutes", "place", "setting", "content_note", "good_practice",
        "last_decision", "written_for",
    ):  # fmt: skip
        setattr(scenario, name, data[name])
    scenario.first_scene = data["first"]
    scenario.clock = data.get("clock", "")
    scenario.useful_for = data.get("useful_for", [])
    scenario.reviews = data.get("reviews", {})
    scenario.save()
    # Nothing outside the draft points into it, so that what is gone from the document is simply gone.
    Choice.objects.filter(scene__scenario=scenario).delete()
    for model in (Scene, Variable, Character, PackSlot, Ending, DebriefPoint):
        model._default_manager.filter(scenario=scenario).delete()
    Variable.objects.bulk_create(
        Variable(
            scenario=scenario,
            order=order,
            key=row["key"],
            start=row["start"],
            minimum=row.get("minimum"),
            maximum=row.get("maximum"),
        )
        for order, row in enumerate(data["variables"])
    )
    Character.objects.bulk_create(
        Character(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            name=row["name"],
            description=row.get("description", ""),
        )
        for order, row in enumerate(data.get("characters", []))
    )
    for order, row in enumerate(data.get("law", [])):
        slot = PackSlot.objects.create(
            scenario=scenario, order=order, uuid=row["uuid"], key=row["key"], title=row["title"]
        )
        PackWords.objects.bulk_create(
            PackWords(slot=slot, jurisdiction_code=code, text=words["text"], facts=words.get("facts", []))
            for code, words in row.get("words", {}).items()
        )
    _write_scenes(scenario, data)
    Ending.objects.bulk_create(
        Ending(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            key=row["key"],
            title=row["title"],
            text=row["text"],
            condition=row["when"],
        )
        for order, row in enumerate(data["endings"])
    )
    DebriefPoint.objects.bulk_create(
        DebriefPoint(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            text=row["text"],
            facts=row.get("facts", []),
            pack_slots=row.get("law", []),
        )
        for order, row in enumerate(data.get("debrief", []))
    )
    return scenario


def _write_scenes(scenario: Scenario, data: Mapping[str, Any]) -> None:
    scenes = {
        row["key"]: Scene(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            key=row["key"],
            title=row["title"],
            place=row.get("place", ""),
            text=row["text"],
            alternatives=row.get("alternatives", []),
            arrivals=row.get("arrive", []),
            shown_when=row["before"]["when"] if "before" in row else None,
        )
        for order, row in enumerate(data["scenes"])
    }
    Scene.objects.bulk_create(scenes.values(), batch_size=500)
    interludes = [row for row in data["scenes"] if "before" in row]
    for row in interludes:
        scenes[row["key"]].shown_before = scenes[row["before"]["scene"]]
    Scene.objects.bulk_update([scenes[row["key"]] for row in interludes], ["shown_before"], batch_size=500)
    choices: list[tuple[Choice, Mapping[str, int]]] = []
    for scene_row in data["scenes"]:
        for order, row in enumerate(scene_row["choices"]):
            choice = Choice(
                scene=scenes[scene_row["key"]],
                order=order,
                uuid=row["uuid"],
                key=row["key"],
                text=row["text"],
                consequence=row.get("then", ""),
                rationale=row["why"],
                move=row.get("move", ""),
                critical=row.get("critical", ""),
                effects=row.get("change", {}),
                condition=row.get("when"),
                target=None if row["to"] == END else scenes[row["to"]],
                facts=row.get("facts", []),
                pack_slots=row.get("law", []),
            )
            choices.append((choice, row["scores"]))
    Choice.objects.bulk_create([choice for choice, _scores in choices], batch_size=500)
    ChoiceScore.objects.bulk_create(
        [
            ChoiceScore(choice=choice, competency=competency, points=points)
            for choice, scores in choices
            for competency, points in scores.items()
        ],
        batch_size=500,
    )


def draft_document(scenario: Scenario) -> dict[str, Any]:
    """The draft as the one document format. A fixed number of queries, however large the story."""
    scenes = list(
        scenario.scenes.select_related("shown_before").prefetch_related("choices__scores", "choices__target")
    )
    return without_empty(
        format=FORMAT,
        uuid=str(scenario.uuid),
        code=scenario.code,
        slug=scenario.slug,
        language=scenario.language,
        title=scenario.title,
        learner=scenario.learner,
        written_for=scenario.written_for,
        useful_for=scenario.useful_for,
        minutes=scenario.minutes,
        place=scenario.place,
        clock=scenario.clock,
        setting=scenario.setting,
        content_note=scenario.content_note,
        good_practice=scenario.good_practice,
        first=scenario.first_scene,
        last_decision=scenario.last_decision,
        reviews=scenario.reviews,
        variables=[
            without_empty(key=one.key, start=one.start, minimum=one.minimum, maximum=one.maximum)
            for one in scenario.variables.all()
        ],
        characters=[
            without_empty(uuid=str(one.uuid), name=one.name, description=one.description)
            for one in scenario.characters.all()
        ],
        law=[
            without_empty(
                uuid=str(slot.uuid),
                key=slot.key,
                title=slot.title,
                words={
                    one.jurisdiction_code: without_empty(text=one.text, facts=one.facts)
                    for one in slot.words.all()
                },
            )
            for slot in scenario.pack_slots.prefetch_related("words")
        ],
        scenes=[_scene_document(scene) for scene in scenes],
        endings=[
            {
                "uuid": str(one.uuid),
                "key": one.key,
                "title": one.title,
                "text": one.text,
                "when": one.condition,
            }
            for one in scenario.endings.all()
        ],
        debrief=[
            without_empty(uuid=str(one.uuid), text=one.text, facts=one.facts, law=one.pack_slots)
            for one in scenario.debrief_points.all()
        ],
    )


def _scene_document(scene: Scene) -> dict[str, Any]:
    return without_empty(
        uuid=str(scene.uuid),
        key=scene.key,
        title=scene.title,
        place=scene.place,
        text=scene.text,
        alternatives=scene.alternatives,
        arrive=scene.arrivals,
        before={"scene": scene.shown_before.key, "when": scene.shown_when} if scene.shown_before else None,
        choices=[
            without_empty(
                uuid=str(choice.uuid),
                key=choice.key,
                text=choice.text,
                then=choice.consequence,
                why=choice.rationale,
                move=choice.move,
                scores={score.competency: score.points for score in choice.scores.all()},
                change=choice.effects,
                critical=choice.critical,
                when=choice.condition,
                to=choice.target.key if choice.target else END,
                facts=choice.facts,
                law=choice.pack_slots,
            )
            for choice in scene.choices.all()
        ],
    )
