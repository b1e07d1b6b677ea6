"""Turns [@CRI-01] into "Source 1" and keeps the list that it points to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from content.models import Fact

CITATION = re.compile(r"\[@([A-Z]+-\d+(?:\s*;\s*@?[A-Z]+-\d+)*)\]")
_CODE = re.compile(r"[A-Z]+-\d+")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def cited_codes(text: str) -> list[str]:
    """Codes of the facts that a text cites, in order, each once."""
    return list(dict.fromkeys(code for group in CITATION.findall(text) for code in _CODE.findall(group)))


@dataclass(frozen=True)
class SourceEntry:
    """One line of a list of sources."""

    number: int
    label: str
    title: str
    author: str
    year: str
    url: str
    is_awaited: bool = False


@dataclass
class Citations:
    """Numbers sources in the order in which a page cites them."""

    facts: Mapping[str, Fact]
    entries: dict[str, SourceEntry] = field(default_factory=dict)

    def _numbers(self, codes: Iterable[str]) -> list[SourceEntry]:
        found: dict[str, SourceEntry] = {}
        for code in codes:
            fact = self.facts.get(code)
            # General knowledge is never dressed up with a source that nobody has opened.
            is_awaited = fact is None or fact.confidence == Fact.Confidence.GENERAL
            sources = [] if fact is None or is_awaited else list(fact.sources.all())
            for source in sources:
                if source.key not in self.entries:
                    self.entries[source.key] = SourceEntry(
                        len(self.entries) + 1,
                        source.label,
                        source.title,
                        source.author,
                        source.year,
                        source.url,
                    )
                found[source.key] = self.entries[source.key]
            if not sources:
                if "" not in self.entries:
                    self.entries[""] = SourceEntry(
                        len(self.entries) + 1,
                        gettext("General professional knowledge, source awaited"),
                        "",
                        "",
                        "",
                        "",
                        True,
                    )
                found[""] = self.entries[""]
        return list(found.values())

    def _link(self, match: "re.Match[str]") -> str:
        links = []
        for position, entry in enumerate(self._numbers(_CODE.findall(match.group(1)))):
            name = gettext("Source %(number)s") % {"number": entry.number}
            # Only the first of several spells the word out; to a screen reader each has its whole name.
            links.append(
                format_html(
                    '<a class="cite" href="#source-{}" title="{}" aria-label="{}">{}</a>',
                    entry.number,
                    entry.label,
                    f"{name}: {entry.label}",
                    entry.number if position else name,
                )
            )
        return " ".join(links)

    def html(self, html: str) -> SafeString:
        """Markup that is already clean, with its citations as links."""
        return mark_safe(CITATION.sub(self._link, html))  # noqa: S308

    def inline(self, text: str) -> SafeString:
        """Plain text: escaped, **weight** and citations rendered."""
        escaped = _BOLD.sub(r"<strong>\1</strong>", str(conditional_escape(text)))
        return mark_safe(CITATION.sub(self._link, escaped))  # noqa: S308

    def paragraphs(self, text: str) -> SafeString:
        parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        return mark_safe("".join(f"<p>{self.inline(part)}</p>" for part in parts))  # noqa: S308

    @property
    def list(self) -> "list[SourceEntry]":
        return list(self.entries.values())


def strip_citations(text: str) -> str:
    return re.sub(r"\s*" + CITATION.pattern, "", text)


__all__ = ["CITATION", "Citations", "SourceEntry", "cited_codes", "strip_citations"]
