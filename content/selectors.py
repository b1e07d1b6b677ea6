"""Questions about facts, packs, contacts and reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from content.models import Fact, JurisdictionPack, ReviewSignOff, SupportContact


@dataclass(frozen=True)
class Citation:
    """A source as a learner sees it below a lesson: number, name, and an address where there is one."""

    number: int
    label: str
    title: str
    author: str
    year: str
    url: str
    is_awaited: bool


def facts_by_code(codes: Iterable[str]) -> dict[str, Fact]:
    """Facts with their sources. Two queries however many codes."""
    wanted = set(codes)
    return {fact.code: fact for fact in Fact.objects.filter(code__in=wanted).prefetch_related("sources")}


def packs() -> dict[str, JurisdictionPack]:
    return {pack.code: pack for pack in JurisdictionPack.objects.all()}


def support_contacts() -> list[SupportContact]:
    return list(SupportContact.objects.all())


def signed_gates(subject: str, *, digest: str) -> set[str]:
    """Which reviews stand for exactly these words."""
    return set(ReviewSignOff.objects.filter(subject=subject, digest=digest).values_list("gate", flat=True))


def is_due_for_recheck(recheck_by: date | None, *, on: date) -> bool:
    return recheck_by is not None and recheck_by < on
