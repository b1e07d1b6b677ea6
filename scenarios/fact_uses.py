"""Which facts the stories that learners play cite."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from content.fact_uses import FactUse, collect
from scenarios.documents import fact_codes
from scenarios.models import Scenario


def scenario_uses(codes: Collection[str] | None) -> Mapping[str, list[FactUse]]:
    found = Scenario.objects.filter(version__isnull=False).select_related("version", "page")
    return collect(
        (
            (FactUse(_("Scenario"), scenario.title, _address(scenario)), _cited_by(scenario.version.snapshot))  # type: ignore[union-attr]
            for scenario in found
        ),
        codes,
    )


def _address(scenario: Scenario) -> str:
    page = getattr(scenario, "page", None)
    return reverse("scenario_outline", args=[page.pk]) if page is not None else ""


def _cited_by(snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """With the jurisdiction whose words cite it, where only those do."""
    for slot in snapshot.get("law", ()):
        for pack, words in slot.get("words", {}).items():
            yield from ((code, pack) for code in fact_codes(words))
    rest = {key: value for key, value in snapshot.items() if key != "law"}
    yield from ((code, "") for code in fact_codes(rest))
