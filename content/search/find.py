"""Finds what a viewer asks for, and what she may have meant by a misspelt word. Keeps nothing of what was asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, Max, Q, Sum, Value, When
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.search.backends import get_search_backend

from content.models import SearchEntry, SearchWord
from content.search.kinds import Kind, Shelf, Viewer, kinds
from content.search.words import KnownWord, Spelling, corrected, furthest, stem, words_of

LONGEST_QUESTION = 100
MOST_WORDS = 8
# So many entries are looked at; more would help nobody, and cost everybody.
MOST_ENTRIES = 200
SHOWN_OF_A_KIND = 5
SHOWN_OF_ONE_KIND = 50
_EXCERPT = 180
_BEFORE = 60
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Too common to look for alone, when not all words of a question can be found together.
_SHORT = 4


@dataclass(frozen=True)
class Hit:
    heading: str
    address: str
    excerpt: SafeString
    language: str


@dataclass(frozen=True)
class Group:
    """Hits of one kind, best first. `total` counts those that are not shown too."""

    kind: str
    label: str | Promise
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Found:
    """`instead` is what was looked for in place of a misspelt question. `is_any` says that not every word was found together."""

    asked: str
    instead: str = ""
    is_any: bool = False
    groups: tuple[Group, ...] = ()

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


@dataclass
class _Scope:
    """What one viewer may find, of every kind or of one."""

    viewer: Viewer
    only: str
    shelves: list[tuple[Kind, Shelf]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for kind in kinds():
            shelf = kind.shelf(self.viewer) if not self.only or kind.code == self.only else None
            if shelf is not None:
                self.shelves.append((kind, shelf))

    def entries(self) -> Q:
        may = Q()
        for kind, shelf in self.shelves:
            may |= Q(kind=kind.code) & shelf.entries
        return may

    def _matching(
        self, stems: Sequence[str], *, operator: str = "and", most: int = MOST_ENTRIES
    ) -> list[int]:
        """Keys of entries with these stems, those with more of them in the heading first. One query.

        Not by the database's own relevance: the two databases differ in it, and SQLite takes seconds over a common word.
        """
        in_heading = sum(
            (Case(When(title__contains=one, then=Value(1)), default=Value(0)) for one in stems),
            start=Value(0),
        )
        queryset = SearchEntry.objects.filter(self.entries()).order_by(in_heading.desc(), "id").only("id")
        found = get_search_backend().search(
            " ".join(stems), queryset, operator=operator, order_by_relevance=False
        )[:most]
        return [row.pk for row in found]

    def is_found(self, word: str) -> bool:
        """Whether the word stands in anything that the viewer may see. One query."""
        return bool(self.shelves and self._matching([stem(word)], most=1))

    def look(self, stems: Sequence[str], *, operator: str = "and") -> tuple[Group, ...]:
        """Groups of hits for these stems."""
        if not stems or not self.shelves:
            return ()
        rows = SearchEntry.objects.filter(pk__in=self._matching(stems, operator=operator)).defer("words")
        best: dict[tuple[str, str], tuple[tuple[float, ...], SearchEntry]] = {}
        for row in rows:
            rank = _rank(row, stems, self.viewer.language)
            known = best.get((row.kind, row.key))
            if known is None or rank < known[0]:
                best[row.kind, row.key] = (rank, row)
        picked: list[tuple[Kind, int, list[SearchEntry], Mapping[str, str]]] = []
        for kind, shelf in self.shelves:
            mine = sorted(
                (one for (code, _key), one in best.items() if code == kind.code),
                key=lambda one: (one[0], one[1].heading),
            )
            addresses = shelf.addresses([row.key for _rank, row in mine]) if mine else {}
            open_rows = [row for _rank, row in mine if row.key in addresses]
            if open_rows:
                shown = open_rows[: SHOWN_OF_ONE_KIND if self.only else SHOWN_OF_A_KIND]
                picked.append((kind, len(open_rows), shown, addresses))
        words = dict(
            SearchEntry.objects.filter(pk__in=[row.pk for _kind, _total, rows, _to in picked for row in rows])
            .values_list("pk", "words")
        )  # fmt: skip
        return tuple(
            Group(
                kind.code,
                kind.label,
                total,
                tuple(
                    Hit(
                        row.heading,
                        to[row.key],
                        _excerpt(row.content_note, words[row.pk], set(stems)),
                        row.language,
                    )
                    for row in rows
                ),
            )
            for kind, total, rows, to in picked
        )


def _rank(row: SearchEntry, stems: Sequence[str], language: str) -> tuple[float, ...]:
    """Smaller is better: words in the heading, then the viewer's language, then how much of the text is about it.

    Our own and not the database's, so that both databases show the same order.
    """
    heading = row.title.split()
    in_heading = sum(one in heading for one in stems)
    text = f" {row.body} "
    often = sum(min(text.count(f" {one} "), 9) for one in stems)
    return (heading != list(stems), -in_heading, row.language != language, -often, len(heading))


def excerpt(words: str, stems: set[str]) -> SafeString:
    """A stretch of a text around the first word asked for, escaped, with those words marked."""
    first = next((one.start() for one in _TOKEN.finditer(words) if _is_asked(one[0], stems)), 0)
    start = words.find(" ", first - _BEFORE) + 1 if first > _BEFORE else 0
    end = len(words)
    if end - start > _EXCERPT:
        cut = words.rfind(" ", start, start + _EXCERPT)
        end = cut if cut > start else start + _EXCERPT
    return _marked(
        f"{'… ' if start else ''}{words[start:end].strip()}{' …' if end < len(words) else ''}", stems
    )


def _excerpt(note: str, words: str, stems: set[str]) -> SafeString:
    """Of the words; or, where a content note stands before them, the note."""
    return (
        _marked(gettext("Content note: %(note)s") % {"note": note}, stems) if note else excerpt(words, stems)
    )


def _is_asked(token: str, stems: set[str]) -> bool:
    return any(stem(word) in stems for word in words_of(token))


def _marked(text: str, stems: set[str]) -> SafeString:
    parts, at = [], 0
    for one in _TOKEN.finditer(text):
        if _is_asked(one[0], stems):
            parts += [
                conditional_escape(text[at : one.start()]),
                f"<mark>{conditional_escape(one[0])}</mark>",
            ]
            at = one.end()
    return mark_safe("".join([*parts, conditional_escape(text[at:])]))  # noqa: S308 - escaped piece by piece


_known: tuple[object, Spelling] = (None, Spelling(()))


def spelling() -> Spelling:
    """The vocabulary as this process has read it; read again when it has changed since. One query, or two."""
    global _known
    now = SearchWord.objects.aggregate(last=Max("pk"), words=Count("pk"), entries=Sum("entries"))
    if _known[0] != now:
        rows = SearchWord.objects.order_by("pk").values_list("word", "language", "entries")
        _known = (now, Spelling(KnownWord(*row) for row in rows))
    return _known[1]


def find(viewer: Viewer, question: str, *, only: str = "") -> Found:
    """What the viewer may see of what she asks for.

    Where that is nothing, the nearest words of the index are tried, and only such as lead to something that she may see;
    then entries with any of her words. `only` narrows it to one kind.
    """
    asked = list(dict.fromkeys(words_of(question[:LONGEST_QUESTION])))[:MOST_WORDS]
    if not asked:
        return Found(question)
    scope = _Scope(viewer, only)
    stems = [stem(word) for word in asked]
    if groups := scope.look(stems):
        return Found(question, groups=groups)
    known = spelling()
    misspelt = [word for word in asked if not scope.is_found(word)]
    for slips in range(1, max(map(furthest, misspelt), default=0) + 1):
        nearest = {word: known.nearest(word, language=viewer.language, slips=slips) for word in misspelt}
        for words in corrected(asked, nearest):
            if groups := scope.look([stem(word) for word in words]):
                return Found(question, instead=_as_written(question, asked, words), groups=groups)
    long = [one for one in stems if len(one) >= _SHORT]
    if len(stems) > 1 and (groups := scope.look(long or stems, operator="or")):
        return Found(question, is_any=True, groups=groups)
    return Found(question)


def _as_written(question: str, asked: Sequence[str], words: Sequence[str]) -> str:
    """The question with only its misspelt words replaced."""
    meant = {word: other for word, other in zip(asked, words, strict=True) if word != other}
    return _TOKEN.sub(lambda one: meant.get("".join(words_of(one[0])), one[0]), question)
