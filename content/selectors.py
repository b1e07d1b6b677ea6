"""Questions about facts, packs, contacts and reviews."""

from collections.abc import Iterable
from datetime import date

from content.models import Fact, JurisdictionPack, ReviewSignOff, SupportContact


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


def signed_gates(subject: str, *, digest: str) -> set[str]:
    """Which reviews stand for exactly these words."""
    return set(ReviewSignOff.objects.filter(subject=subject, digest=digest).values_list("gate", flat=True))


def is_due_for_recheck(recheck_by: date | None, *, on: date) -> bool:
    return recheck_by is not None and recheck_by < on
