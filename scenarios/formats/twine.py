"""Twee 3, Twine 2 HTML, archives and JSON: read into one shape, and written from it.

Specifications: iftechfoundation/twine-specs (Twee 3 3.0.2, Twine 2 HTML 1.0.2, JSON 1.0, archive 1.0).
"""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

from scenarios.formats.report import Row, refuse
from scenarios.formats.values import load_json, storable

# The largest real stories have some 7,000 passages; more is a mistake or an attack.
MAX_PASSAGES = 25_000
MAX_STORIES = 200
_OPENS = re.compile(r"<tw-storydata\b", re.IGNORECASE)
_CLOSES = re.compile(r"</tw-storydata\s*>", re.IGNORECASE)
_PLACE = ("position", "size")
_STYLE_TAG, _SCRIPT_TAG = "stylesheet", "script"
SPECIAL = frozenset({"StoryTitle", "StoryData"})


@dataclass(frozen=True)
class Passage:
    """`line` counts from 1 in the file it came from; 0 where it came from none."""

    name: str
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    line: int = 0

    @property
    def is_special(self) -> bool:
        """Script, stylesheet or a passage about the story: not a scene. With both tags it is an ordinary passage."""
        return self.name in SPECIAL or (_STYLE_TAG in self.tags) != (_SCRIPT_TAG in self.tags)


@dataclass(frozen=True)
class TwineStory:
    """`passages` holds every passage in its order, the special ones too, where the format has them as passages."""

    title: str
    passages: tuple[Passage, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    script: str = ""
    style: str = ""
    source: str = "twee"

    @property
    def start(self) -> str:
        return str(self.data.get("start") or "")


# Twee 3


def _find_open(text: str, begin: int, wanted: str) -> int:
    """The first of these signs that no backslash stands before, or -1."""
    place = begin
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] in wanted:
            return place
        else:
            place += 1
    return -1


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _trimmed(text: str) -> str:
    """Without spaces around it, except one that a backslash keeps."""
    short = text.strip(" \t")
    return short + " " if short.endswith("\\") and not short.endswith("\\\\") else short


def read_header(line: str) -> tuple[str, tuple[str, ...], str, bool]:
    """Name, tags, the text of the metadata, and whether its brackets match, of a line that begins with two colons."""
    rest = line[2:]
    opened = _find_open(rest, 0, "[{")
    if opened < 0:
        return _unescape(_trimmed(rest)), (), "", True
    name, tail = rest[:opened], rest[opened:]
    tags: tuple[str, ...] = ()
    if tail.startswith("["):
        closed = _find_open(tail, 1, "]")
        if closed < 0:
            return _unescape(_trimmed(rest)), (), "", False
        tags = tuple(_unescape(one) for one in tail[1:closed].split())
        tail = tail[closed + 1 :].strip()
    tail = tail.strip()
    if tail and not (tail.startswith("{") and tail.endswith("}")):
        return _unescape(_trimmed(rest)), (), "", False
    return _unescape(_trimmed(name)), tags, tail, True


def read_twee(text: str) -> tuple[TwineStory, list[Row]]:
    """One story. Line ends become \\n and blank lines at the end of a passage are dropped; all else stays as it is."""
    rows: list[Row] = []
    passages: list[Passage] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("::")]
    if not heads:
        raise refuse("no-story")
    if len(heads) > MAX_PASSAGES:
        raise refuse("too-many", count=len(heads), limit=MAX_PASSAGES)
    if any(line.strip() for line in lines[: heads[0]]):
        rows.append(Row("warning", "before-header", line=1))
    for number, following in zip(heads, [*heads[1:], len(lines)], strict=True):
        name, tags, raw, matches = read_header(lines[number])
        metadata: dict[str, Any] = {}
        if not matches:
            rows.append(Row("warning", "bad-header", name, number + 1))
        if raw:
            try:
                metadata = dict(load_json(raw))
            except (TypeError, ValueError, RecursionError):
                rows.append(Row("warning", "bad-metadata", name, number + 1))
        body = lines[number + 1 : following]
        while body and not body[-1].strip():
            body.pop()
        if any(line.startswith("\\::") for line in body):
            rows.append(Row("info", "escaped-colons", name, number + 1))
            body = [line[1:] if line.startswith("\\::") else line for line in body]
        passages.append(Passage(name, tags, metadata, "\n".join(body), number + 1))
    return _story(passages, rows), rows


def _story(passages: Sequence[Passage], rows: list[Row]) -> TwineStory:
    title = ""
    data: dict[str, Any] = {}
    script: list[str] = []
    style: list[str] = []
    for one in passages:
        if one.name == "StoryTitle":
            title = title or one.text.strip()
        elif one.name == "StoryData":
            try:
                found = load_json(one.text)
                data = found if isinstance(found, dict) else {}
            except (ValueError, RecursionError):
                rows.append(Row("warning", "bad-story-data", one.name, one.line))
        elif one.is_special:
            (style if _STYLE_TAG in one.tags else script).append(one.text)
    if script or style:
        rows.append(Row("info", "script"))
    return TwineStory(title, tuple(passages), data, "\n".join(script), "\n".join(style), "twee")


def _escape(text: str) -> str:
    # A header is one line: a name that came with line ends from JSON or HTML must not begin another passage.
    escaped = re.sub(r"([\\\[\]{}])", r"\\\1", re.sub(r"[\r\n]+", " ", text))
    if escaped.endswith(" "):
        escaped = escaped[:-1] + "\\ "
    return "\\" + escaped if escaped.startswith(" ") else escaped


def write_twee(story: TwineStory) -> str:
    parts = []
    for one in _with_specials(story):
        head = f":: {_escape(one.name)}"
        if one.tags:
            tags = " ".join(_escape("-".join(tag.split())) for tag in one.tags)
            head += f" [{tags}]"
        if one.metadata:
            head += " " + json.dumps(dict(one.metadata), ensure_ascii=False, separators=(",", ":"))
        lines = one.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        body = "\n".join("\\" + line if line.startswith("::") else line for line in lines)
        parts.append(f"{head}\n{body}".rstrip("\n"))
    return "\n\n\n".join(parts) + "\n"


def _with_specials(story: TwineStory) -> Iterable[Passage]:
    """The passages, with those about the story in front where the format it came from has them elsewhere."""
    names = {one.name for one in story.passages}
    if "StoryTitle" not in names:
        yield Passage("StoryTitle", text=story.title)
    if "StoryData" not in names and story.data:
        yield Passage("StoryData", text=json.dumps(dict(story.data), ensure_ascii=False, indent=2))
    yield from story.passages
    if story.source != "twee":
        if story.script:
            yield Passage("StoryScript", (_SCRIPT_TAG,), text=story.script)
        if story.style:
            yield Passage("StoryStylesheet", (_STYLE_TAG,), text=story.style)


def _ordinary(story: TwineStory) -> list[Passage]:
    return [one for one in story.passages if not one.is_special]


# Twine 2 HTML


class _StoryParser(HTMLParser):
    """Reads one <tw-storydata> block. Nothing in it is run or followed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head: dict[str, str] = {}
        self.passages: list[tuple[dict[str, str], list[str], int]] = []
        self.script: list[str] = []
        self.style: list[str] = []
        self.tag_colors: dict[str, str] = {}
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "tw-storydata":
            self.head = found
        elif tag == "tw-passagedata":
            self._into = []
            self.passages.append((found, self._into, self.getpos()[0]))
        elif tag == "tw-tag":
            self.tag_colors[found.get("name", "")] = found.get("color", "")
        elif tag in ("script", "style") and self._into is None:
            self._into = []
            (self.script if tag == "script" else self.style).append("")

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._into is not None:
            where = self.script if tag == "script" else self.style
            if where:
                where[-1] = "".join(self._into)
        if tag in ("tw-passagedata", "script", "style"):
            self._into = None


def read_html(text: str) -> list[tuple[TwineStory, list[Row]]]:
    """Every story of a published file or an archive."""
    found: list[tuple[TwineStory, list[Row]]] = []
    line = place = 0
    while (opens := _OPENS.search(text, place)) and (closes := _CLOSES.search(text, opens.end())):
        line += text.count("\n", place, opens.start())
        found.append(_read_block(text[opens.start() : closes.end()], line))
        line += text.count("\n", opens.start(), closes.end())
        place = closes.end()
        if len(found) == MAX_STORIES:
            break
    if not found:
        raise refuse("twine-1" if "tiddler=" in text else "no-story")
    return found


def _read_block(block: str, lines_before: int) -> tuple[TwineStory, list[Row]]:
    parser = _StoryParser()
    parser.feed(block)
    parser.close()
    rows: list[Row] = []
    if len(parser.passages) > MAX_PASSAGES:
        raise refuse("too-many", count=len(parser.passages), limit=MAX_PASSAGES)
    passages: list[Passage] = []
    by_pid: dict[str, str] = {}
    for found, text, line in parser.passages:
        metadata = {key: found[key] for key in _PLACE if found.get(key)}
        one = Passage(
            found.get("name", ""),
            tuple(found.get("tags", "").split()),
            metadata,
            "".join(text),
            lines_before + line,
        )
        by_pid.setdefault(found.get("pid", ""), one.name)
        passages.append(one)
    head = parser.head
    data: dict[str, Any] = {
        key: head[key]
        for key in ("ifid", "format", "format-version", "creator", "creator-version", "options")
        if head.get(key)
    }
    if head.get("zoom"):
        data["zoom"] = head["zoom"]
    if head.get("startnode") in by_pid and head["startnode"]:
        data["start"] = by_pid[head["startnode"]]
    elif head.get("startnode"):
        rows.append(Row("warning", "start-nowhere", about={"name": head["startnode"]}))
    if parser.tag_colors:
        data["tag-colors"] = parser.tag_colors
    script, style = (
        "\n".join(one for one in found if one.strip()) for found in (parser.script, parser.style)
    )
    if script or style:
        rows.append(Row("info", "script"))
    return TwineStory(head.get("name", ""), tuple(passages), data, script, style, "twine-html"), rows


def _attributes(**values: Any) -> str:
    return "".join(f' {key.replace("_", "-")}="{html.escape(str(value))}"' for key, value in values.items())


def write_archive(story: TwineStory) -> str:
    """One <tw-storydata> block, which Twine imports."""
    passages = _ordinary(story)
    start = next(
        (number for number, one in enumerate(passages, 1) if one.name == story.start), 1 if passages else ""
    )
    data = story.data
    lines = [
        "<tw-storydata"
        + _attributes(
            name=story.title,
            startnode=start,
            ifid=data.get("ifid", ""),
            format=data.get("format", ""),
            format_version=data.get("format-version", ""),
            zoom=data.get("zoom", "1"),
            creator=data.get("creator", ""),
            creator_version=data.get("creator-version", ""),
            options=data.get("options", ""),
        )
        + " hidden>",
        '<style role="stylesheet" id="twine-user-stylesheet" type="text/twine-css">'
        + re.sub(r"</(?=style)", r"<\\/", story.style, flags=re.IGNORECASE)
        + "</style>",
        '<script role="script" id="twine-user-script" type="text/twine-javascript">'
        + re.sub(r"</(?=script)", r"<\\/", story.script, flags=re.IGNORECASE)
        + "</script>",
    ]
    colours = data.get("tag-colors")
    for name, colour in colours.items() if isinstance(colours, Mapping) else ():
        lines.append(f"<tw-tag{_attributes(name=name, color=colour)}></tw-tag>")
    for number, one in enumerate(passages, 1):
        lines.append(
            "<tw-passagedata"
            + _attributes(
                pid=number,
                name=one.name,
                tags=" ".join(one.tags),
                **{key: one.metadata[key] for key in _PLACE if key in one.metadata},
            )
            + f">{html.escape(one.text)}</tw-passagedata>"
        )
    return "\n".join([*lines, "</tw-storydata>"]) + "\n"


def write_html(story: TwineStory) -> str:
    """A page that holds the story for Twine to import. It brings no player, so it runs nothing."""
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{html.escape(story.title)}</title>\n</head>\n<body>\n'
        f"{write_archive(story)}</body>\n</html>\n"
    )


# Twine 2 JSON


def read_json(value: Any) -> tuple[TwineStory, list[Row]]:
    rows: list[Row] = []
    value = storable(value)
    if not isinstance(value, Mapping) or not isinstance(value.get("passages"), list):
        raise refuse("no-story")
    found = value["passages"]
    if len(found) > MAX_PASSAGES:
        raise refuse("too-many", count=len(found), limit=MAX_PASSAGES)
    passages: list[Passage] = []
    by_pid: dict[str, str] = {}
    for number, one in enumerate(found, 1):
        if not isinstance(one, Mapping):
            raise refuse("bad-shape", what=f"passages[{number - 1}]", right="an object")
        tags = one.get("tags") or []
        tags = tags.split() if isinstance(tags, str) else tags if isinstance(tags, list) else []
        metadata = one.get("metadata")
        if not isinstance(metadata, Mapping):
            metadata = {}
        passage = Passage(
            str(one.get("name") or ""),
            tuple(str(tag) for tag in tags),
            dict(metadata),
            str(one.get("text") or ""),
        )
        by_pid[str(one.get("pid") or "")] = passage.name
        passages.append(passage)
    data = {
        key: value[key]
        for key in ("ifid", "format", "format-version", "tag-colors", "zoom", "creator", "creator-version")
        if value.get(key)
    }
    start = str(value.get("start") or value.get("startnode") or "")
    names = {one.name for one in passages}
    if start:
        data["start"] = start if start in names else by_pid.get(start, start)
    script, style = str(value.get("script") or ""), str(value.get("style") or "")
    if script.strip() or style.strip():
        rows.append(Row("info", "script"))
    return TwineStory(str(value.get("name") or ""), tuple(passages), data, script, style, "twine-json"), rows


def write_json(story: TwineStory) -> str:
    value: dict[str, Any] = {"name": story.title}
    value |= {key: inner for key, inner in story.data.items() if key != "options"}
    if story.style:
        value["style"] = story.style
    if story.script:
        value["script"] = story.script
    value["passages"] = [
        {"name": one.name, "tags": list(one.tags), "metadata": dict(one.metadata), "text": one.text}
        for one in _ordinary(story)
    ]
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def named(story: TwineStory, rows: list[Row]) -> TwineStory:
    """With a name for every passage; duplicates stay, and are reported."""
    passages, seen = [], set()
    for number, one in enumerate(story.passages, 1):
        if not one.name.strip() and not one.is_special:
            one = replace(one, name=f"Passage {number}")
            rows.append(Row("warning", "empty-name", one.name, one.line, {"name": one.name}))
        if one.name in seen and not one.is_special:
            rows.append(Row("warning", "duplicate", one.name, one.line))
        seen.add(one.name)
        passages.append(one)
    return replace(story, passages=tuple(passages))
