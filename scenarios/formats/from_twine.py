"""A Twine story as a draft of ours. What cannot be run is kept with its scene, word for word, for the way back."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from scenarios.documents import FORMAT, LANGUAGE, without_empty
from scenarios.engine import END
from scenarios.formats import links
from scenarios.formats.report import Level, Row, refuse
from scenarios.formats.twine import Passage, TwineStory, named

MAX_CHOICES = 20
MAX_TEXT = 20_000
MAX_LABEL = 4_000
_KEPT = "twine"


def clean(text: str, limit: int) -> str:
    """Without what a database cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:limit].strip()


def scene_keys(passages: list[Passage]) -> list[str]:
    """A readable key for each, none twice."""
    taken: set[str] = set()
    keys = []
    for number, one in enumerate(passages, 1):
        base = slugify(one.name)[:26].strip("-") or f"p{number}"
        key = base if base not in taken else f"{base}-{number}"[:32]
        taken.add(key)
        keys.append(key)
    return keys


def make_scene(
    passage: Passage,
    key: str,
    by_name: Mapping[str, str],
    *,
    story_uuid: uuid.UUID,
    rows: list[Row] | None = None,
) -> tuple[dict[str, Any], bool]:
    """The scene of a passage, and whether the story ends with it. The same passage always makes the same scene."""

    def say(level: Level, code: str, **about: Any) -> None:
        if rows is not None:
            rows.append(Row(level, code, passage.name, passage.line, about))

    found = links.read(passage.text)
    if found.macros:
        say("info", "macro", names=", ".join(found.macros[:12]))
    if found.has_html:
        say("info", "html")
    for target in found.external:
        say("warning", "external", target=target)
    if len(found.words) > MAX_TEXT:
        say("warning", "cut", limit=MAX_TEXT)
    static = [one for one in found.links if not one.is_dynamic]
    dynamic = [one for one in found.links if one.is_dynamic]
    for one in dynamic:
        say("warning", "dynamic", text=one.text)
    if len(static) > MAX_CHOICES:
        say("warning", "many-choices", count=len(static), limit=MAX_CHOICES)
    scene_uuid = uuid.uuid5(story_uuid, f"scene/{key}")
    choices = []
    for number, link in enumerate(static[:MAX_CHOICES]):
        to = by_name.get(link.target, "")
        if not to:
            say("warning", "broken-link", target=link.target)
        choices.append(_choice(scene_uuid, key, number, clean(link.label or link.target, MAX_LABEL), to))
    is_end = not choices and not dynamic
    if is_end:
        say("info", "ending")
        choices = [_choice(scene_uuid, key, 0, _("Look back"), END)]
    return without_empty(
        uuid=str(scene_uuid),
        key=key,
        title=clean(passage.name, 200),
        text=clean(found.words, MAX_TEXT),
        tags=[clean(tag, 60) for tag in passage.tags],
        choices=choices,
    ), is_end


def _choice(scene_uuid: uuid.UUID, key: str, number: int, text: str, to: str) -> dict[str, Any]:
    return without_empty(
        uuid=str(uuid.uuid5(scene_uuid, f"choice/{number}")), key=f"{key}-{number + 1}", text=text, to=to
    )


def document_of(
    story: TwineStory, *, story_uuid: uuid.UUID | None = None, slug: str = ""
) -> tuple[dict[str, Any], list[Row]]:
    """A draft document and everything there is to say about how it came about. Raises Refused."""
    rows: list[Row] = []
    story = named(story, rows)
    whole = story_uuid or uuid.uuid4()
    ordinary = [(index, one) for index, one in enumerate(story.passages) if not one.is_special]
    if not ordinary:
        raise refuse("no-passages")
    keys = scene_keys([one for _index, one in ordinary])
    by_name: dict[str, str] = {}
    for (_index, one), key in zip(ordinary, keys, strict=True):
        by_name.setdefault(one.name, key)
    scenes, endings = [], []
    for (index, passage), key in zip(ordinary, keys, strict=True):
        scene, is_end = make_scene(passage, key, by_name, story_uuid=whole, rows=rows)
        kept = without_empty(
            format=_KEPT,
            index=index,
            name=passage.name,
            tags=list(passage.tags),
            metadata=dict(passage.metadata),
        ) | {"text": passage.text.replace("\x00", "")}
        if any(one.is_dynamic for one in links.read(passage.text).links):
            kept["dynamic"] = True
        scene["imported"] = kept
        scenes.append(scene)
        if is_end:
            endings.append((key, scene))
    title = clean(story.title, 200) or _("Imported story")
    first = by_name.get(story.start or "Start", "")
    if not first:
        rows.append(
            Row("warning", "start-nowhere", about={"name": story.start})
            if story.start
            else Row("info", "no-start")
        )
        first = keys[0]
    document = without_empty(
        format=FORMAT,
        uuid=str(whole),
        slug=slug or slugify(title)[:80].strip("-") or "imported-story",
        language=LANGUAGE,
        title=title,
        first=first,
        scenes=scenes,
        endings=_endings(endings, whole),
        imported=without_empty(
            format=_KEPT,
            source=story.source,
            title=story.title,
            data=dict(story.data),
            script=story.script,
            style=story.style,
            passages=[
                without_empty(index=index, name=one.name, tags=list(one.tags), metadata=dict(one.metadata))
                | {"text": one.text.replace("\x00", "")}
                for index, one in enumerate(story.passages)
                if one.is_special
            ],
        ),
    )
    rows.append(Row("info", "to-finish"))
    return document, rows


def _endings(found: list[tuple[str, dict[str, Any]]], whole: uuid.UUID) -> list[dict[str, Any]]:
    """One for each passage that leads nowhere, and one that always holds."""
    rows = [
        without_empty(
            uuid=str(uuid.uuid5(whole, f"ending/{key}")),
            key=f"E{number}",
            title=scene["title"],
            text=scene.get("text") or scene["title"],
            when={"visited": key},
        )
        for number, (key, scene) in enumerate(found[:50], 1)
    ]
    last = _("The end of the story")
    return [
        *rows,
        {
            "uuid": str(uuid.uuid5(whole, "ending/last")),
            "key": f"E{len(rows) + 1}",
            "title": last,
            "text": last,
            "when": {"always": True},
        },
    ]


def sheet_name(text: str) -> str:
    """A file's name made from a story's."""
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-") or "story"
