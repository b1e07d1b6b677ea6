"""H5P Branching Scenario 1.x as a draft of ours. The archive is opened with limits; nothing in it is run or shown as HTML."""

import io
import re
import stat
import uuid
import zipfile
from collections.abc import Mapping
from html import unescape
from typing import Any

import nh3
from django.utils.text import slugify
from django.utils.translation import gettext as _

from scenarios.documents import FORMAT, LANGUAGE, without_empty
from scenarios.engine import END
from scenarios.formats.from_twine import MAX_CHOICES, MAX_LABEL, MAX_TEXT, clean
from scenarios.formats.report import Refused, Row, refuse
from scenarios.formats.values import items, load_json
from scenarios.formats.values import mapping as _map

MAX_ENTRIES = 5_000
# Only two small JSON files are ever unpacked; these bound them and what a bomb could claim.
MAX_JSON_MB = 20
MAX_UNPACKED_MB = 500
MAX_NODES = 5_000
MAX_RATIO = 200
# Sanitising takes the square of the depth; no words of a trainer have so many tags.
MAX_TAGS = 2_000


def _plain(value: Any) -> str:
    """Paragraphs without tags."""
    text = value[: 20 * MAX_TEXT] if isinstance(value, str) else ""
    text = re.sub(r"(?i)</(p|h\d|li|div|pre)>|<br\s{0,9}/?>", "\n\n", text)
    if text.count("<") > MAX_TAGS:
        text = re.sub(r"<[^<>]*>?", "", text)
    bare = unescape(nh3.clean(text, tags=set(), attributes={}))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+", " ", bare)).strip()


def _open(data: bytes) -> tuple[Any, Any]:
    """h5p.json and content/content.json. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse("bad-archive", error=error) from error
    if len(entries) > MAX_ENTRIES:
        raise refuse("archive-count", count=len(entries), limit=MAX_ENTRIES)
    if sum(one.file_size for one in entries) > MAX_UNPACKED_MB * 1_000_000:
        raise refuse("archive-size", limit=MAX_UNPACKED_MB)
    for one in entries:
        if one.file_size > MAX_JSON_MB * 1_000_000 and one.file_size > MAX_RATIO * one.compress_size:
            raise refuse("archive-size", limit=MAX_JSON_MB)
        name = one.filename.replace("\\", "/")
        if (
            name.startswith("/")
            or ".." in name.split("/")
            or ":" in name
            or stat.S_ISLNK(one.external_attr >> 16)
        ):
            raise refuse("archive-path", name=one.filename[:100])
    return _entry(archive, "h5p.json"), _entry(archive, "content/content.json")


def _entry(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise refuse("bad-archive", error=_("“%(name)s” is missing") % {"name": name}) from error
    limit = MAX_JSON_MB * 1_000_000
    if info.file_size > limit or info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise refuse("archive-size", limit=MAX_JSON_MB)
    try:
        with archive.open(info) as stream:
            raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise refuse("archive-size", limit=MAX_JSON_MB)
        return load_json(raw)
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise refuse("bad-json", error=error) from error
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise refuse("bad-archive", error=error) from error
    except Exception as error:
        raise refuse("bad-archive", error=type(error).__name__) from error


def _number(value: Any) -> int:
    """Where an edge leads: an index, or a negative number for an end."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return -1


def document_of(
    data: bytes, *, story_uuid: uuid.UUID | None = None, slug: str = ""
) -> tuple[dict[str, Any], list[Row]]:
    """A draft and the report. Raises Refused."""
    meta, content = _open(data)
    library = _map(meta).get("mainLibrary", "")
    root = _map(_map(content).get("branchingScenario"))
    nodes = root.get("content")
    if library != "H5P.BranchingScenario" and not isinstance(nodes, list):
        raise refuse("not-branching", name=str(library)[:60] or "?")
    if not isinstance(nodes, list) or not nodes:
        raise refuse("no-passages")
    if len(nodes) > MAX_NODES:
        raise refuse("too-many", count=len(nodes), limit=MAX_NODES)
    return _Reader(meta, root, nodes, story_uuid or uuid.uuid4(), slug).read()


class _Reader:
    def __init__(
        self, meta: Any, root: Mapping[str, Any], nodes: list[Any], whole: uuid.UUID, slug: str
    ) -> None:
        self.meta = _map(meta)
        self.root = root
        self.nodes = [_map(one) for one in nodes]
        self.whole = whole
        self.slug = slug
        self.rows: list[Row] = []
        self.endings: dict[str, dict[str, Any]] = {}
        self._end_scenes: list[dict[str, Any]] = []
        self.ends = {
            _number(one.get("contentId")): one for one in map(_map, items(root.get("endScreens"))) if one
        }

    def read(self) -> tuple[dict[str, Any], list[Row]]:
        scenes = [self._scene(index, node) for index, node in enumerate(self.nodes)]
        title = clean(_plain(self.root.get("title")) or _plain(self.meta.get("title")), 200) or _(
            "Imported story"
        )
        start = _map(self.root.get("startScreen"))
        setting = "\n\n".join(
            part
            for part in (_plain(start.get("startScreenTitle")), _plain(start.get("startScreenSubtitle")))
            if part
        )
        scenes += self._end_scenes
        last = _("The end of the story")
        document = without_empty(
            format=FORMAT,
            uuid=str(self.whole),
            slug=self.slug or slugify(title)[:80].strip("-") or "imported-story",
            language=LANGUAGE,
            title=title,
            setting=clean(setting, MAX_TEXT),
            first="s0",
            scenes=scenes,
            endings=[
                *self.endings.values(),
                {
                    "uuid": str(uuid.uuid5(self.whole, "ending/last")),
                    "key": f"E{len(self.endings) + 1}",
                    "title": last,
                    "text": last,
                    "when": {"always": True},
                },
            ],
            imported={"format": "h5p"},
        )
        self.rows.append(Row("info", "to-finish"))
        return document, self.rows

    def _scene(self, index: int, node: Mapping[str, Any]) -> dict[str, Any]:
        kind = _map(node.get("type"))
        library = str(kind.get("library", "")).split(" ")[0]
        params = _map(kind.get("params"))
        title = clean(_plain(_map(kind.get("metadata")).get("title")), 200) or _("Scene %(n)d") % {
            "n": index + 1
        }
        scene_uuid = uuid.uuid5(self.whole, f"scene/{index}")
        if library == "H5P.BranchingQuestion":
            question = _map(params.get("branchingQuestion"))
            text = _plain(question.get("question"))
            found = [_map(one) for one in items(question.get("alternatives"))]
            if len(found) > MAX_CHOICES:
                self.rows.append(
                    Row("warning", "many-choices", title, about={"count": len(found), "limit": MAX_CHOICES})
                )
            choices = [
                self._choice(scene_uuid, index, number, one, title)
                for number, one in enumerate(found[:MAX_CHOICES])
            ]
        else:
            text = self._words(library, params, title)
            label = clean(_plain(node.get("proceedButtonText")), MAX_LABEL) or _("Continue")
            choices = [self._choice(scene_uuid, index, 0, {"text": label, **node}, title)]
        if len(text) > MAX_TEXT:
            self.rows.append(Row("warning", "cut", title, about={"limit": MAX_TEXT}))
        return without_empty(
            uuid=str(scene_uuid), key=f"s{index}", title=title, text=clean(text, MAX_TEXT), choices=choices,
            imported={"format": "h5p", "library": library[:80], "index": index},
        )  # fmt: skip

    def _words(self, library: str, params: Mapping[str, Any], title: str) -> str:
        if library == "H5P.AdvancedText":
            return _plain(params.get("text"))
        name = library or "?"
        if library in ("H5P.Image", "H5P.Video", "H5P.ImageHotspots"):
            self.rows.append(Row("warning", "image", title, about={"name": name}))
            return _plain(params.get("alt") or params.get("title"))
        self.rows.append(Row("warning", "library", title, about={"name": name}))
        return "\n\n".join(
            _plain(value) for value in params.values() if isinstance(value, str) and "<p" in value
        )

    def _choice(
        self, scene: uuid.UUID, index: int, number: int, row: Mapping[str, Any], title: str
    ) -> dict[str, Any]:
        feedback = _map(row.get("feedback"))
        words = "\n\n".join(
            part for part in (_plain(feedback.get("title")), _plain(feedback.get("subtitle"))) if part
        )
        if feedback.get("endScreenScore") is not None:
            self.rows.append(
                Row("info", "score", title, about={"score": str(feedback["endScreenScore"])[:20]})
            )
        if feedback.get("image"):
            self.rows.append(Row("warning", "image", title, about={"name": "H5P.Image"}))
        to = _number(row.get("nextContentId", -1))
        if to >= len(self.nodes):
            self.rows.append(Row("warning", "broken-link", title, about={"target": to}))
            target = ""
        elif to >= 0:
            target = f"s{to}"
        else:
            target, words = self._end(to, words, index, number), ""
        return without_empty(
            uuid=str(uuid.uuid5(scene, f"choice/{number}")),
            key=f"s{index}-{number + 1}",
            text=clean(_plain(row.get("text")), MAX_LABEL) or _("Continue"),
            then=clean(words, MAX_LABEL),
            to=target,
        )

    def _end(self, number: int, words: str, index: int, choice: int) -> str:
        """An end screen as a scene of its own with an ending; feedback on the way there takes its place, as in H5P."""
        screen = self.ends.get(number, {})
        key = f"end-{index}-{choice}" if words else f"end{-number}"
        if key not in self.endings:
            title = _plain(screen.get("endScreenTitle")) or _("The end")
            text = words or "\n\n".join(
                part
                for part in (_plain(screen.get("endScreenTitle")), _plain(screen.get("endScreenSubtitle")))
                if part
            )
            scene_uuid = uuid.uuid5(self.whole, f"scene/{key}")
            self._end_scenes.append(
                without_empty(
                    uuid=str(scene_uuid),
                    key=key,
                    title=clean(title, 200),
                    text=clean(text, MAX_TEXT),
                    choices=[
                        {
                            "uuid": str(uuid.uuid5(scene_uuid, "choice/0")),
                            "key": f"{key}-1",
                            "text": _("Look back"),
                            "to": END,
                        }
                    ],
                )
            )
            self.endings[key] = without_empty(
                uuid=str(uuid.uuid5(self.whole, f"ending/{key}")),
                key=f"E{len(self.endings) + 1}",
                title=clean(title, 200),
                text=clean(text, MAX_TEXT) or clean(title, 200),
                when={"visited": key},
            )
        return key
