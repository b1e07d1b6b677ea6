"""Writes the words of a lesson as its file has them: the way back of courses.lesson_files."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from wagtail.rich_text import expand_db_html

from content.writing import to_yaml
from courses.activity_writing import activity_row

# What Markdown would take for a mark of its own. A bracket that begins a citation is none.
_MARK = re.compile(r"([\\`*_<]|\[(?!@)|&(?=#?\w+;))")
_MARK_AT_START = re.compile(r"^(\s*)([-+#>]|=+$|:::|\d{1,9}(?=[.)]))")


class _Markdown(HTMLParser):
    """The few tags that a lesson's rich text may hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.now = ""
        self.lists: list[tuple[str, int]] = []
        self.items: list[list[str]] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "p" | "h2" | "h3":
                self._end_block()
                self.now = {"h2": "## ", "h3": "### "}.get(tag, "")
            case "ul" | "ol":
                self._end_block()
                self.lists.append((tag, 0))
                self.items.append([])
            case "li":
                self._end_block()
                kind, number = self.lists[-1]
                self.lists[-1] = (kind, number + 1)
                self.items.append([])
            case "b" | "strong" | "i" | "em":
                self.now += "**"
            case "br":
                self.now += "\\\n"
            case "a":
                self.href = dict(attrs).get("href") or ""
                self.now += "["

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "p" | "h2" | "h3":
                self._end_block()
            case "b" | "strong" | "i" | "em":
                self.now += "**"
            case "a":
                self.now += f"]({self.href})"
            case "li":
                self._end_block()
                kind, number = self.lists[-1]
                mark = f"{number}. " if kind == "ol" else "- "
                text = re.sub(r"\n\n(?=(?:- |\d+\. ))", "\n", "\n\n".join(self.items.pop()))
                pad = " " * len(mark)
                self.items[-1].append(
                    mark
                    + "\n".join(
                        pad + line if line and at else line for at, line in enumerate(text.split("\n"))
                    )
                )
            case "ul" | "ol":
                self._end_block()
                self.lists.pop()
                self._add("\n".join(self.items.pop()))

    def handle_data(self, data: str) -> None:
        text = _MARK.sub(r"\\\1", data)
        if not self.now.strip("# "):
            text = _MARK_AT_START.sub(_escaped_start, text) if not self.now else text
        self.now += text

    def _end_block(self) -> None:
        text, self.now = self.now.strip(), ""
        if text.strip("# "):
            self._add(text)

    def _add(self, text: str) -> None:
        (self.items[-1] if self.items else self.blocks).append(text)


def _escaped_start(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark}\\" if mark.isdigit() else f"{found[1]}\\{mark}"


def to_markdown(markup: str) -> str:
    """Rich text as Markdown, one line for a paragraph. Links to pages of the site become addresses."""
    parser = _Markdown()
    parser.feed(expand_db_html(markup))
    parser.close()
    parser._end_block()
    return "\n\n".join(parser.blocks)


def variant_text(kind: str, variant: Mapping[str, Any]) -> str:
    heads = " ".join(variant["roles"]) if kind == "role" else variant["pack"]
    return f"::: {kind} {heads}\n{to_markdown(variant['body'])}\n:::"


def block_text(kind: str, value: Any) -> str:
    """One block as it stands in a file. Raises NotWritable."""
    if kind == "text":
        return to_markdown(value)
    if kind in ("role", "law"):
        return "\n\n".join(variant_text(kind, one) for one in value["variants"])
    if kind == "misconceptions":
        pairs = "\n".join(f'- "{one["belief"]}" -> {_one_line(one["correction"])}' for one in value["pairs"])
        return f"::: misconceptions\n{pairs}\n:::"
    return f"::: activity\n{to_yaml(activity_row(kind, value))}:::"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def body_text(blocks: list[dict[str, Any]]) -> str:
    """The whole body, written anew. Raises NotWritable."""
    return "\n\n".join(block_text(block["type"], block["value"]) for block in blocks)
