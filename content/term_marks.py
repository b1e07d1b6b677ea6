"""Explains a word of the glossary where a page says it first. Authors write plain words; nothing is marked by hand."""

import re
from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from content.models import GlossaryTerm

WORDS_PAGE = "/words/"
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?\s*([a-z0-9]+)", re.IGNORECASE)
# Whoever reads these has come for something else, or is already on a link.
_LEFT_ALONE = {"a", "button", "summary", "label", "code", "h1", "h2", "h3", "h4", "h5", "h6"}
_REMARK = re.compile(r"\s*\([^)]*\)$")


def _form(term: str) -> str:
    """How a term stands in a text: without a remark in brackets, and in small letters with single spaces."""
    return " ".join(_REMARK.sub("", term).lower().split())


class TermMarks:
    """Marks each term once, in the order in which the texts of a page are given. `used` lists them for its foot."""

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        self._terms = {str(conditional_escape(_form(term.term))): term for term in terms}
        self.used: list[GlossaryTerm] = []
        # The longest first: "migrant smuggling" before "smuggling".
        forms = (
            re.escape(form).replace(r"\ ", r"\s+") for form in sorted(self._terms, key=len, reverse=True)
        )
        self._pattern = (
            re.compile(rf"(?<![\w&-])({'|'.join(forms)})(s?)(?![\w-])", re.IGNORECASE)
            if self._terms
            else None
        )

    def html(self, html: str) -> SafeString:
        """Markup that is already clean, with the first mention of each term as a link that also says what it means."""
        pattern = self._pattern
        if pattern is None:
            return mark_safe(html)  # noqa: S308 - clean before
        parts, inside = [], 0
        for part in _TAG.split(html):
            if part.startswith("<"):
                name = _NAME.match(part)
                if name is not None and name[1].lower() in _LEFT_ALONE:
                    inside += -1 if part.startswith("</") else 1
                parts.append(part)
            else:
                parts.append(part if inside else pattern.sub(self._mark, part))
        return mark_safe("".join(parts))  # noqa: S308 - clean before, and what is put in is escaped

    def _mark(self, match: "re.Match[str]") -> str:
        term = self._terms[" ".join(match[1].lower().split())]
        if term in self.used:
            return match[0]
        self.used.append(term)
        return format_html(
            '<span class="term" data-controller="term"><a class="term__word" href="{}#{}" aria-describedby="term-{}">{}</a>'
            '<span class="term__tip" role="tooltip" id="term-{}">{}</span></span>',
            WORDS_PAGE,
            term.slug,
            term.slug,
            mark_safe(match[0]),  # noqa: S308 - a stretch of markup without tags
            term.slug,
            term.meaning,
        )
