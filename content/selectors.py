"""Questions about facts, packs, contacts and reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from content.models import Fact, GlossaryTerm, JurisdictionPack, Resource, ReviewSignOff, SupportContact


def facts_by_code(codes: Iterable[str]) -> dict[str, Fact]:
    """Facts with their sources. Two queries however many codes."""
    wanted = set(codes)
    return {fact.code: fact for fact in Fact.objects.filter(code__in=wanted).prefetch_related("sources")}


def unknown_facts(codes: Iterable[str]) -> list[str]:
    """Those of the codes that no fact has."""
    wanted = list(codes)
    known = set(Fact.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
    return [code for code in wanted if code not in known]


def packs() -> dict[str, JurisdictionPack]:
    return {pack.code: pack for pack in JurisdictionPack.objects.all()}


def support_contacts() -> list[SupportContact]:
    return list(SupportContact.objects.all())


@dataclass(frozen=True)
class CountryLines:
    """Help contacts of one country, each with whether it should be made sure of first."""

    country: str
    lines: tuple[tuple[SupportContact, bool], ...]


def reporting_lines(*, on: date) -> list[CountryLines]:
    """Where something about a real person can be told, by country. One query."""
    return [
        CountryLines(country, tuple((contact, contact.is_stale(on=on)) for contact in contacts))
        for country, contacts in groupby(support_contacts(), key=lambda contact: contact.country)
    ]


def signed_gates(subject: str, *, digest: str) -> set[str]:
    """Which reviews stand for exactly these words."""
    return set(ReviewSignOff.objects.filter(subject=subject, digest=digest).values_list("gate", flat=True))


def is_due_for_recheck(recheck_by: date | None, *, on: date) -> bool:
    return recheck_by is not None and recheck_by < on


def marked_terms() -> list[GlossaryTerm]:
    """Words of the glossary that lessons explain where they say them. One query."""
    return list(GlossaryTerm.objects.filter(is_marked=True))


def live_resources(*, kind: str = "", role: str = "", pack: str = "") -> list[Resource]:
    """The library by title, narrowed where something is given. What names no role or pack is for all. One query."""
    found = Resource.objects.live().select_related("document")
    if kind:
        found = found.filter(kind=kind)
    # Two lists of codes for each entry of a library of hundreds; no database of ours looks into both alike.
    return [
        one
        for one in found
        if (not role or not one.role_codes or role in one.role_codes)
        and (not pack or not one.pack_codes or pack in one.pack_codes)
    ]
