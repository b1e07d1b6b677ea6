"""Keeps facts, sources, packs, contacts and glossary as their files say. Called by `load_curriculum` in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from content.models import Fact, GlossaryTerm, JurisdictionPack, Source, SupportContact


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


@dataclass(frozen=True)
class TermRow:
    slug: str
    term: str
    meaning: str
    facts: tuple[str, ...]


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
def save_contacts(rows: Sequence[ContactRow]) -> list[str]:
    """Write help contacts. One that somebody checked later than the file says is left as it is, and named."""
    kept = []
    for order, row in enumerate(rows):
        existing = SupportContact.objects.filter(key=row.key).first()
        if existing is not None and existing.checked_on > row.checked_on:
            kept.append(row.key)
            continue
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
                "order": order,
            },
        )
    return kept


@transaction.atomic
def save_glossary(rows: Sequence[TermRow]) -> None:
    for row in rows:
        GlossaryTerm.objects.update_or_create(
            slug=row.slug, defaults={"term": row.term, "meaning": row.meaning, "facts": list(row.facts)}
        )
