"""Keeps facts, sources, packs, contacts, glossary and library as their files say, unless an editor has changed them.

Called by `load_curriculum` in one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from django.db import models, transaction
from wagtail.log_actions import registry

from content.keeping import Keeper
from content.models import Fact, GlossaryTerm, JurisdictionPack, Resource, Source, SupportContact
from content.services import keep_what_was

Row = TypeVar("Row")


@dataclass(frozen=True)
class SourceRow:
    key: str
    label: str
    author: str
    title: str
    year: str
    url: str


@dataclass(frozen=True)
class FactRow:
    code: str
    statement: str
    sources: tuple[str, ...]
    year: str
    jurisdiction: str
    confidence: str
    flags: tuple[str, ...]
    recheck_by: date | None


@dataclass(frozen=True)
class PackRow:
    code: str
    name: str
    version: str
    valid_from: date
    recheck_by: date
    note: str


@dataclass(frozen=True)
class ContactRow:
    key: str
    country: str
    jurisdiction: str
    name: str
    purpose: str
    phone: str
    url: str
    hours: str
    shares: str
    checked_on: date
    # Its place in the file.
    order: int = 0


@dataclass(frozen=True)
class TermRow:
    slug: str
    term: str
    meaning: str
    facts: tuple[str, ...]
    is_marked: bool = True


@dataclass(frozen=True)
class ResourceRow:
    slug: str
    title: str
    summary: str
    kind: str
    roles: tuple[str, ...]
    packs: tuple[str, ...]
    language: str
    publisher: str
    url: str
    checked_on: date


@transaction.atomic
def save_sources(rows: Sequence[SourceRow]) -> None:
    Source.objects.bulk_create(
        [
            Source(
                key=row.key, label=row.label, author=row.author, title=row.title, year=row.year, url=row.url
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["label", "author", "title", "year", "url"],
    )


@transaction.atomic
def save_facts(rows: Sequence[FactRow]) -> None:
    """Write facts and the sources that each rests on. A fact that is no longer in the files stays: something may cite it."""
    Fact.objects.bulk_create(
        [
            Fact(
                code=row.code,
                statement=row.statement,
                year=row.year,
                jurisdiction_code=row.jurisdiction,
                confidence=row.confidence,
                flags=list(row.flags),
                recheck_by=row.recheck_by,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["statement", "year", "jurisdiction_code", "confidence", "flags", "recheck_by"],
    )
    facts = {fact.code: fact.pk for fact in Fact.objects.all()}
    sources = {source.key: source.pk for source in Source.objects.all()}
    through = Fact.sources.through
    wanted = {(facts[row.code], sources[key]) for row in rows for key in row.sources}
    kept = set(through.objects.values_list("fact_id", "source_id"))
    loaded = {facts[row.code] for row in rows}
    for fact_id, source_id in kept - wanted:
        if fact_id in loaded:
            through.objects.filter(fact_id=fact_id, source_id=source_id).delete()
    through.objects.bulk_create(
        [through(fact_id=fact, source_id=source) for fact, source in sorted(wanted - kept)]
    )


@transaction.atomic
def save_packs(rows: Sequence[PackRow]) -> None:
    for row in rows:
        JurisdictionPack.objects.update_or_create(
            code=row.code,
            defaults={
                "name": row.name,
                "version": row.version,
                "valid_from": row.valid_from,
                "recheck_by": row.recheck_by,
                "note": row.note,
            },
        )


@transaction.atomic
def save_contacts(rows: Sequence[ContactRow]) -> None:
    for row in rows:
        SupportContact.objects.update_or_create(
            key=row.key,
            defaults={
                "country": row.country,
                "jurisdiction_code": row.jurisdiction,
                "name": row.name,
                "purpose": row.purpose,
                "phone": row.phone,
                "url": row.url,
                "hours": row.hours,
                "shares": row.shares,
                "checked_on": row.checked_on,
                "order": row.order,
            },
        )


@transaction.atomic
def save_glossary(rows: Sequence[TermRow]) -> None:
    for row in rows:
        GlossaryTerm.objects.update_or_create(
            slug=row.slug,
            defaults={
                "term": row.term,
                "meaning": row.meaning,
                "facts": list(row.facts),
                "is_marked": row.is_marked,
            },
        )


@transaction.atomic
def save_resources(rows: Sequence[ResourceRow], *, keeper: Keeper | None = None) -> list[str]:
    """Publish the library's entries. Answers with those that are left as somebody edited them in the admin."""
    known = {resource.slug: resource for resource in Resource.objects.all()}
    keeper = keeper or Keeper()
    for row in _keep(keeper, "resource", rows, "slug", Resource.objects.all(), resource_row):
        resource = known.get(row.slug) or Resource(slug=row.slug)
        resource.title = row.title
        resource.summary = row.summary
        resource.kind = row.kind
        resource.role_codes = list(row.roles)
        resource.pack_codes = list(row.packs)
        resource.language = row.language
        resource.publisher = row.publisher
        resource.url = row.url
        resource.checked_on = row.checked_on
        resource.save()
        revision = resource.save_revision()
        Resource.objects.filter(pk=resource.pk).update(loaded_revision=revision.pk)
    return [conflict.key for conflict in keeper.conflicts if conflict.kind == "resource"]


def source_row(source: Source) -> SourceRow:
    return SourceRow(source.key, source.label, source.author, source.title, source.year, source.url)


def fact_row(fact: Fact) -> FactRow:
    return FactRow(
        fact.code,
        fact.statement,
        tuple(sorted(source.key for source in fact.sources.all())),
        fact.year,
        fact.jurisdiction_code,
        fact.confidence,
        tuple(sorted(fact.flags)),
        fact.recheck_by,
    )


def pack_row(pack: JurisdictionPack) -> PackRow:
    return PackRow(pack.code, pack.name, pack.version, pack.valid_from, pack.recheck_by, pack.note)


def contact_row(contact: SupportContact) -> ContactRow:
    return ContactRow(
        contact.key,
        contact.country,
        contact.jurisdiction_code,
        contact.name,
        contact.purpose,
        contact.phone,
        contact.url,
        contact.hours,
        contact.shares,
        contact.checked_on,
        contact.order,
    )


def term_row(term: GlossaryTerm) -> TermRow:
    return TermRow(term.slug, term.term, term.meaning, tuple(term.facts), term.is_marked)


def resource_row(resource: Resource) -> ResourceRow:
    return ResourceRow(
        resource.slug,
        resource.title,
        resource.summary,
        resource.kind,
        tuple(resource.role_codes),
        tuple(resource.pack_codes),
        resource.language,
        resource.publisher,
        resource.url,
        resource.checked_on,
    )


def row_words(row: Any) -> dict[str, Any]:
    """A row by field. Neither the order of sources or flags nor the place in a file says anything."""
    words = asdict(row)
    words.pop("order", None)
    if isinstance(row, FactRow):
        words |= {"sources": sorted(row.sources), "flags": sorted(row.flags)}
    return words


def _keep(
    keeper: Keeper,
    kind: str,
    rows: Sequence[Row],
    key: str,
    things: "models.QuerySet[Any]",
    row_of: Callable[[Any], Row],
) -> list[Row]:
    """The rows that are to be written."""
    there = {getattr(row_of(thing), key): thing for thing in things}
    wanted = []
    for row in rows:
        thing = there.get(getattr(row, key))
        outcome = keeper.outcome(
            kind,
            getattr(row, key),
            row_words(row),
            None if thing is None else partial(_words_now, thing, row_of),
            was_edited=partial(_was_edited, thing),
        )
        if outcome in ("new", "changed"):
            if outcome == "changed" and isinstance(thing, Fact | Source | JurisdictionPack):
                keep_what_was(thing)
            wanted.append(row)
    return wanted


def _words_now(thing: Any, row_of: Callable[[Any], Any]) -> dict[str, Any]:
    if isinstance(thing, Resource):
        # With its latest draft: what an editor has begun is hers as well.
        thing = thing.get_latest_revision_as_object()
    return row_words(row_of(thing))


def _was_edited(thing: Any) -> bool:
    if isinstance(thing, Resource):
        return bool(thing.is_edited)
    return bool(registry.get_logs_for_instance(thing).filter(action="wagtail.edit").exists())


@transaction.atomic
def load_reference(
    keeper: Keeper,
    *,
    packs: Sequence[PackRow],
    sources: Sequence[SourceRow],
    facts: Sequence[FactRow],
    contacts: Sequence[ContactRow],
    terms: Sequence[TermRow],
    resources: Sequence[ResourceRow] = (),
) -> None:
    """Write what the files have newly said, and leave the rest as it is."""
    save_packs(_keep(keeper, "pack", packs, "code", JurisdictionPack.objects.all(), pack_row))
    save_sources(_keep(keeper, "source", sources, "key", Source.objects.all(), source_row))
    known_facts = Fact.objects.prefetch_related("sources")
    save_facts(_keep(keeper, "fact", facts, "code", known_facts, fact_row))
    placed = [replace(row, order=order) for order, row in enumerate(contacts)]
    save_contacts(_keep(keeper, "contact", placed, "key", SupportContact.objects.all(), contact_row))
    save_glossary(_keep(keeper, "term", terms, "slug", GlossaryTerm.objects.all(), term_row))
    save_resources(resources, keeper=keeper)
