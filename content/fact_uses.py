"""Who cites a fact: lessons, questions, scenarios, glossary. Apps above say here where theirs are to be found."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from content.citations import cited_codes
from content.models import GlossaryTerm


@dataclass(frozen=True)
class FactUse:
    """One thing that cites a fact. `where` says for whom its words are: roles and packs, or nothing for everybody."""

    kind: str
    name: str
    url: str
    where: tuple[str, ...] = ()
    is_live: bool = True


# Answers with uses by the code of the fact, in a number of queries that does not grow. None stands for every fact.
Finder = Callable[[Collection[str] | None], Mapping[str, list[FactUse]]]
_finders: list[Finder] = []


def register_fact_uses(finder: Finder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def uses_of_facts(codes: Collection[str] | None = None) -> dict[str, list[FactUse]]:
    """By the code of each fact all that cites it, facts that nothing cites left out.

    One query for each registered kind of content, however many facts and however much content.
    """
    found: dict[str, list[FactUse]] = defaultdict(list)
    for finder in _finders:
        for code, uses in finder(codes).items():
            found[code] += uses
    return dict(found)


def collect(
    things: Iterable[tuple[FactUse, Iterable[tuple[str, str]]]], codes: Collection[str] | None
) -> dict[str, list[FactUse]]:
    """Turns things, each with its (code, where) pairs, into one use for each thing and fact."""
    found: dict[str, list[FactUse]] = defaultdict(list)
    for use, cited in things:
        places: dict[str, dict[str, None]] = defaultdict(dict)
        for code, where in cited:
            if codes is None or code in codes:
                places[code][where] = None
        for code, named in places.items():
            # Words for everybody are words for everybody, whatever else says it again for some.
            found[code].append(replace(use, where=() if "" in named else tuple(named)))
    return found


def cited_in(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """(code, for whom) of every citation in a block's raw value. Variants name their roles or packs."""
    if isinstance(value, str):
        for code in cited_codes(value):
            yield code, where
    elif isinstance(value, Mapping):
        for_whom = [value.get("pack"), *(value.get("packs") or ()), *(value.get("roles") or ())]
        names = ", ".join(str(one) for one in for_whom if isinstance(one, str) and one)
        for key, inner in value.items():
            if key == "facts" and isinstance(inner, str):
                yield from ((code, names or where) for code in inner.split())
            else:
                yield from cited_in(inner, names or where)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from cited_in(inner, where)


def glossary_uses(codes: Collection[str] | None) -> Mapping[str, list[FactUse]]:
    return collect(
        (
            (
                FactUse(
                    _("Glossary"),
                    term.term,
                    reverse("wagtailsnippets_content_glossaryterm:edit", args=[term.pk]),
                ),
                [(code, "") for code in [*term.facts, *cited_codes(term.meaning)]],
            )
            for term in GlossaryTerm.objects.all()
        ),
        codes,
    )
