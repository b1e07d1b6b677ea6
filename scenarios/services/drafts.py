"""Between a document and the draft's tables, and from the draft to a published version."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from content.reader import Problem
from scenarios.documents import (
    FORMAT,
    ScenarioDocument,
    compiled_head,
    compiled_scenes,
    digest,
    without_empty,
)
from scenarios.engine import END
from scenarios.exceptions import ScenarioFileError
from scenarios.models import (
    Character,
    Choice,
    ChoiceScore,
    CompiledScene,
    DebriefPoint,
    Ending,
    MustRule,
    Overlay,
    PackSlot,
    PackWords,
    Perspective,
    PerspectiveView,
    Scenario,
    ScenarioVersion,
    Scene,
    StringTranslation,
    Variable,
)


@transaction.atomic
def load_story(document: ScenarioDocument, *, at: datetime) -> tuple[Scenario, str]:
    """Make the draft say what a file says, and publish it where that is news.

    Answers "new", "changed", "same", or "kept" where somebody has edited the draft since the file was loaded last.
    Attempts keep the version that they began with.
    """
    stories = Scenario.objects.select_for_update(of=("self",)).select_related("version")
    scenario = (
        stories.filter(slug=document.slug).first() or stories.filter(uuid=document.data["uuid"]).first()
    )
    sha256 = document.sha256
    if scenario is None:
        outcome = "new"
    elif scenario.file_digest == sha256:
        return scenario, "same"
    elif scenario.file_digest and digest(draft_document(scenario)) != scenario.file_digest:
        return scenario, "kept"
    else:
        outcome = "changed"
    scenario = _write_draft(scenario or Scenario(), document.data)
    scenario.file_digest = sha256
    scenario.save(update_fields=["file_digest"])
    return publish_scenario(scenario, at=at), outcome


def load_scenario(document: ScenarioDocument, *, at: datetime) -> Scenario:
    return load_story(document, at=at)[0]


@transaction.atomic
def save_draft(document: ScenarioDocument) -> Scenario:
    """Make or replace the draft that has the document's UUID. What is published, and every attempt, stays as it is.

    Raises ScenarioFileError where another story has the slug.
    """
    data = dict(document.data)
    scenario = Scenario.objects.select_for_update(of=("self",)).filter(uuid=data["uuid"]).first()
    others = Scenario.objects.exclude(uuid=data["uuid"])
    if others.filter(slug=data["slug"]).exists():
        raise ScenarioFileError(
            [
                Problem(
                    document.file, 1, f"Another story has the slug {data['slug']!r}. Give this one another."
                )
            ]
        )
    data["code"] = free_code(data.get("code") or data["slug"][:16].strip("-"), others)
    return _write_draft(scenario or Scenario(), data)


def free_code(wanted: str, others: QuerySet[Scenario]) -> str:
    code, number = wanted, 1
    while others.filter(code=code).exists():
        number += 1
        code = f"{wanted[: 15 - len(str(number))]}-{number}"
    return code


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
        head=compiled_head(data),
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
    scenario.uuid = uuid.UUID(data["uuid"])
    for name in ("code", "slug", "language", "title"):
        setattr(scenario, name, data[name])
    for name in ("learner", "place", "clock", "setting", "content_note", "good_practice", "last_decision"):
        setattr(scenario, name, data.get(name, ""))
    scenario.minutes = data.get("minutes", 0)
    scenario.written_for = data.get("written_for", [])
    scenario.useful_for = data.get("useful_for", [])
    scenario.first_scene = data.get("first", "")
    scenario.is_coached = data.get("coach", False)
    scenario.backtrack = data.get("backtrack", Scenario.Backtrack.NONE)
    scenario.reviews = data.get("reviews", {})
    scenario.imported = data.get("imported", {})
    scenario.save()
    # Nothing outside the draft points into it, so that what is gone from the document is simply gone.
    Choice.objects.filter(scene__scenario=scenario).delete()
    for model in (
        Scene, Variable, Character, PackSlot, Ending, DebriefPoint, MustRule, Perspective, Overlay, StringTranslation,
    ):  # fmt: skip
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
        for order, row in enumerate(data.get("variables", []))
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
    scenes, choices = _write_scenes(scenario, data)
    Ending.objects.bulk_create(
        Ending(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            key=row["key"],
            title=row.get("title", ""),
            text=row.get("text", ""),
            condition=row.get("when"),
        )
        for order, row in enumerate(data.get("endings", []))
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
    _write_must_rules(scenario, data, scenes, choices)
    _write_perspectives(scenario, data, scenes, choices)
    Overlay.objects.bulk_create(
        Overlay(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            jurisdiction_code=row["jurisdiction"],
            target=row["target"],
            field=row.get("field", ""),
            text=row.get("text", ""),
            is_disabled=row.get("disable", False),
        )
        for order, row in enumerate(data.get("overlays", []))
    )
    StringTranslation.objects.bulk_create(
        (StringTranslation(scenario=scenario, **row) for row in data.get("translations", [])), batch_size=500
    )
    return scenario


def _write_must_rules(
    scenario: Scenario, data: Mapping[str, Any], scenes: Mapping[str, Scene], choices: Mapping[str, Choice]
) -> None:
    for order, row in enumerate(data.get("must", [])):
        rule = MustRule.objects.create(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            kind=row["kind"],
            scene=scenes[row["scene"]] if "scene" in row else None,
            text=row["text"],
            facts=row.get("facts", []),
        )
        rule.choices.set([choices[key] for key in row.get("choices", [])])


def _write_perspectives(
    scenario: Scenario, data: Mapping[str, Any], scenes: Mapping[str, Scene], choices: Mapping[str, Choice]
) -> None:
    for order, row in enumerate(data.get("perspectives", [])):
        perspective = Perspective.objects.create(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            key=row["key"],
            name=row["name"],
            text=row.get("text", ""),
        )
        rows = row.get("views", [])
        views = PerspectiveView.objects.bulk_create(
            PerspectiveView(
                perspective=perspective,
                order=place,
                uuid=one["uuid"],
                choice=choices[one["choice"]] if "choice" in one else None,
                how=one["how"],
                text=one["text"],
            )
            for place, one in enumerate(rows)
        )
        through = PerspectiveView.scenes.through
        through._default_manager.bulk_create(
            through(perspectiveview_id=view.pk, scene_id=scenes[key].pk)
            for view, one in zip(views, rows, strict=True)
            for key in one["scenes"]
        )


def _write_scenes(
    scenario: Scenario, data: Mapping[str, Any]
) -> tuple[Mapping[str, Scene], Mapping[str, Choice]]:
    scenes = {
        row["key"]: Scene(
            scenario=scenario,
            order=order,
            uuid=row["uuid"],
            key=row["key"],
            title=row.get("title", ""),
            place=row.get("place", ""),
            text=row.get("text", ""),
            note=row.get("note", ""),
            is_checkpoint=row.get("checkpoint", False),
            tags=row.get("tags", []),
            imported=row.get("imported", {}),
            alternatives=row.get("alternatives", []),
            arrivals=row.get("arrive", []),
            shown_when=row["before"]["when"] if "before" in row else None,
        )
        for order, row in enumerate(data.get("scenes", []))
    }
    Scene.objects.bulk_create(scenes.values(), batch_size=500)
    interludes = [row for row in data.get("scenes", []) if "before" in row]
    for row in interludes:
        scenes[row["key"]].shown_before = scenes[row["before"]["scene"]]
    Scene.objects.bulk_update([scenes[row["key"]] for row in interludes], ["shown_before"], batch_size=500)
    choices: list[tuple[Choice, Mapping[str, int]]] = []
    for scene_row in data.get("scenes", []):
        for order, row in enumerate(scene_row.get("choices", [])):
            choice = Choice(
                scene=scenes[scene_row["key"]],
                order=order,
                uuid=row["uuid"],
                key=row["key"],
                text=row.get("text", ""),
                consequence=row.get("then", ""),
                rationale=row.get("why", ""),
                move=row.get("move", ""),
                critical=row.get("critical", ""),
                effects=row.get("change", {}),
                condition=row.get("when"),
                target=None if row.get("to", END) == END else scenes[row["to"]],
                is_end=row.get("to") == END,
                facts=row.get("facts", []),
                pack_slots=row.get("law", []),
            )
            choices.append((choice, row.get("scores", {})))
    Choice.objects.bulk_create([choice for choice, _scores in choices], batch_size=500)
    ChoiceScore.objects.bulk_create(
        [
            ChoiceScore(choice=choice, competency=competency, points=points)
            for choice, scores in choices
            for competency, points in scores.items()
        ],
        batch_size=500,
    )
    return scenes, {choice.key: choice for choice, _scores in choices}


def draft_document(scenario: Scenario) -> dict[str, Any]:
    """The draft as the one document format. A fixed number of queries, however large the story."""
    scenes = list(scenario.scenes.select_related("shown_before"))
    # By the story and not by the ids of its scenes: SQLite refuses a list of some thousands of them.
    scores: dict[int, dict[str, int]] = {}
    for score in ChoiceScore.objects.filter(choice__scene__scenario=scenario):
        scores.setdefault(score.choice_id, {})[score.competency] = score.points
    choices: dict[int, list[Choice]] = {}
    for choice in Choice.objects.filter(scene__scenario=scenario).select_related("target"):
        choices.setdefault(choice.scene_id, []).append(choice)
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
        minutes=scenario.minutes or None,
        place=scenario.place,
        clock=scenario.clock,
        setting=scenario.setting,
        content_note=scenario.content_note,
        good_practice=scenario.good_practice,
        coach=scenario.is_coached or None,
        backtrack="" if scenario.backtrack == Scenario.Backtrack.NONE else scenario.backtrack,
        first=scenario.first_scene,
        last_decision=scenario.last_decision,
        reviews=scenario.reviews,
        imported=scenario.imported,
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
        scenes=[_scene_document(scene, choices.get(scene.pk, []), scores) for scene in scenes],
        endings=[
            without_empty(uuid=str(one.uuid), key=one.key, title=one.title, text=one.text, when=one.condition)
            for one in scenario.endings.all()
        ],
        debrief=[
            without_empty(uuid=str(one.uuid), text=one.text, facts=one.facts, law=one.pack_slots)
            for one in scenario.debrief_points.all()
        ],
        must=[
            without_empty(
                uuid=str(one.uuid),
                kind=one.kind,
                choices=[choice.key for choice in one.choices.all()],
                scene=one.scene.key if one.scene else "",
                text=one.text,
                facts=one.facts,
            )
            for one in scenario.must_rules.select_related("scene").prefetch_related(
                Prefetch("choices", Choice.objects.order_by("scene__order", "order"))
            )
        ],
        perspectives=[
            without_empty(
                uuid=str(one.uuid),
                key=one.key,
                name=one.name,
                text=one.text,
                views=[
                    without_empty(
                        uuid=str(view.uuid),
                        scenes=[scene.key for scene in view.scenes.all()],
                        choice=view.choice.key if view.choice else "",
                        how=view.how,
                        text=view.text,
                    )
                    for view in one.views.all()
                ],
            )
            for one in scenario.perspectives.prefetch_related("views__scenes", "views__choice")
        ],
        overlays=[
            without_empty(
                uuid=str(one.uuid),
                jurisdiction=one.jurisdiction_code,
                target=str(one.target),
                field=one.field,
                text=one.text,
                disable=one.is_disabled or None,
            )
            for one in scenario.overlays.all()
        ],
        translations=[
            {
                "language": one.language,
                "target": str(one.target),
                "field": one.field,
                "text": one.text,
                "source": one.source,
            }
            for one in scenario.translations.all()
        ],
    )


def _scene_document(
    scene: Scene, choices: Sequence[Choice], scores: Mapping[int, Mapping[str, int]]
) -> dict[str, Any]:
    return without_empty(
        uuid=str(scene.uuid),
        key=scene.key,
        title=scene.title,
        place=scene.place,
        text=scene.text,
        note=scene.note,
        checkpoint=scene.is_checkpoint or None,
        tags=scene.tags,
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
                scores=dict(scores.get(choice.pk, {})),
                change=choice.effects,
                critical=choice.critical,
                when=choice.condition,
                to=choice.target.key if choice.target else END if choice.is_end else "",
                facts=choice.facts,
                law=choice.pack_slots,
            )
            for choice in choices
        ],
        imported=scene.imported,
    )
