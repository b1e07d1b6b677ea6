"""From the bytes of a file to a draft document, whatever the format; from a document to a file."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from content.reader import CurriculumError, parse_yaml
from scenarios.documents import FORMAT
from scenarios.exceptions import ScenarioFileError
from scenarios.formats import from_twine, h5p, to_twine, twine
from scenarios.formats.report import Refused, Row, refuse
from scenarios.formats.values import load_json, storable
from scenarios.reading import read_document

MAX_MB = 60
_PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"(dp", b"ccopy_reg", b"(i__main__")


@dataclass(frozen=True)
class Draft:
    """What an import would make, and what there is to say about it."""

    format: str
    document: dict[str, Any]
    rows: list[Row]


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").replace("\x00", "")
        except UnicodeDecodeError as error:
            raise refuse("not-utf8") from error
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError as error:
        raise refuse("not-utf8") from error


def read(
    data: bytes, filename: str = "", *, name: str = "", story_uuid: uuid.UUID | None = None, slug: str = ""
) -> Draft:
    """One story of a file as a draft. `name` chooses among several. Raises Refused, and nothing else whatever the bytes."""
    if len(data) > MAX_MB * 1_000_000:
        raise refuse("too-large", size=len(data) // 1_000_000, limit=MAX_MB)
    if filename.lower().endswith(".tws") or data.startswith(_PICKLE):
        raise refuse("pickle")
    if data.startswith(b"PK"):
        document, rows = h5p.document_of(data, story_uuid=story_uuid, slug=slug)
        return _checked("h5p", document, rows)
    text = _text(data)
    # A passage may speak of anything, also of the signs by which the other formats are known.
    if text.lstrip().startswith("::") or filename.lower().endswith((".twee", ".tw")):
        story, rows = twine.read_twee(text)
        return _from_twine(story, rows, story_uuid=story_uuid, slug=slug)
    if text.lstrip().startswith("{"):
        return _from_json(text, story_uuid=story_uuid, slug=slug)
    if "<tw-storydata" in text[:5_000_000].lower() or " tiddler=" in text:
        return _one_of(twine.read_html(text), name, story_uuid=story_uuid, slug=slug)
    if any(line.startswith("::") for line in text.splitlines()):
        story, rows = twine.read_twee(text)
        return _from_twine(story, rows, story_uuid=story_uuid, slug=slug)
    if text.lstrip().startswith("#") or f"format: {FORMAT}" in text:
        return _own(_yaml(text), story_uuid=story_uuid, slug=slug)
    raise refuse("unknown")


def _yaml(text: str) -> Any:
    try:
        return parse_yaml(text, file="")
    except CurriculumError as error:
        raise Refused(
            *(Row("error", "document", line=one.line, about={"error": one.message}) for one in error.problems)
        ) from error
    except (ValueError, RecursionError) as error:
        raise refuse("unknown") from error


def _from_json(text: str, *, story_uuid: uuid.UUID | None, slug: str) -> Draft:
    try:
        value = load_json(text)
    except (ValueError, RecursionError) as error:
        raise refuse("bad-json", error=error) from error
    if isinstance(value, Mapping) and "passages" in value:
        story, rows = twine.read_json(value)
        return _from_twine(story, rows, story_uuid=story_uuid, slug=slug)
    return _own(value, story_uuid=story_uuid, slug=slug)


def _own(value: Any, *, story_uuid: uuid.UUID | None, slug: str) -> Draft:
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise refuse("unknown")
    try:
        changed = dict(storable(value))
    except RecursionError as error:
        raise refuse("unknown") from error
    if story_uuid is not None:
        changed["uuid"] = str(story_uuid)
    if slug:
        changed["slug"] = slug
    return _checked("json", changed, [])


def _one_of(
    found: list[tuple[twine.TwineStory, list[Row]]], name: str, *, story_uuid: uuid.UUID | None, slug: str
) -> Draft:
    names = ", ".join(f"“{story.title}”" for story, _rows in found[:20])
    if name:
        found = [one for one in found if one[0].title == name]
        if not found:
            raise refuse("no-such-story", name=name, names=names)
    if len(found) > 1:
        raise refuse("several", count=len(found), names=names)
    return _from_twine(*found[0], story_uuid=story_uuid, slug=slug)


def _from_twine(
    story: twine.TwineStory, rows: list[Row], *, story_uuid: uuid.UUID | None, slug: str
) -> Draft:
    document, more = from_twine.document_of(story, story_uuid=story_uuid, slug=slug)
    return _checked(story.source, document, [*rows, *more])


def _checked(kind: str, document: Mapping[str, Any], rows: list[Row]) -> Draft:
    """Whatever the way in, one reader has the last word on what a document is."""
    try:
        read_back = read_document(document, file="", is_draft=True)
    except ScenarioFileError as error:
        raise Refused(
            *(Row("error", "document", about={"error": one.message}) for one in error.problems)
        ) from error
    except RecursionError as error:
        raise refuse("unknown") from error
    return Draft(kind, read_back.data, rows)


WRITERS: Mapping[str, tuple[str, Callable[[twine.TwineStory], str]]] = {
    "twee": ("twee", twine.write_twee),
    "twine-html": ("html", twine.write_html),
    "twine-archive": ("html", twine.write_archive),
    "twine-json": ("json", twine.write_json),
}
TARGETS = (*WRITERS, "json")


@dataclass(frozen=True)
class Written:
    filename: str
    text: str
    rows: list[Row]


def write(document: Mapping[str, Any], *, to: str) -> Written:
    """A story as a file. Only our own JSON carries scores, reasons and rules."""
    name = from_twine.sheet_name(str(document["slug"]))
    if to == "json":
        return Written(f"{name}.waylight.json", to_twine.as_json(document), [])
    suffix, writer = WRITERS[to]
    story, rows = to_twine.story_of(document)
    return Written(f"{name}.{suffix}", writer(story), rows)
