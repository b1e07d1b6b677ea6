"""The strings of a story beside what one language or one jurisdiction says instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.documents import TRANSLATABLE, source_digest, strings
from scenarios.models import Choice, Overlay, Scenario, StringTranslation

# The words that law and policy may change; the rest of a string's life is translation.
OF_LAW = frozenset({"title", "text", "then", "why", "note", "place", "setting", "good_practice"})
PER_PAGE = 40


@dataclass(frozen=True)
class Line:
    """One string. `state` is missing, done or outdated; `is_choice` where it may be left out as a whole."""

    owner: str
    field: str
    source: str
    text: str
    state: str
    is_choice: bool
    is_left_out: bool

    @property
    def name(self) -> str:
        return f"{self.owner}:{self.field}"


def lines(
    scenario: Scenario, data: Mapping[str, Any], *, language: str = "", jurisdiction: str = ""
) -> list[Line]:
    """Every string in the order of the story."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    left_out: set[str] = set()
    if language:
        for row in StringTranslation.objects.filter(scenario=scenario, language=language):
            said[str(row.target), row.field] = (row.text, row.source)
    else:
        for one in Overlay.objects.filter(scenario=scenario, jurisdiction_code=jurisdiction):
            if one.is_disabled:
                left_out.add(str(one.target))
            else:
                said[str(one.target), one.field] = (one.text, "")
    overlays = {str(one["uuid"]) for one in data.get("overlays", [])}
    choices = {
        str(one) for one in Choice.objects.filter(scene__scenario=scenario).values_list("uuid", flat=True)
    }
    found = []
    for owner, field, source in strings(data):
        if jurisdiction and (owner in overlays or field not in OF_LAW):
            continue
        text, digest = said.get((owner, field), ("", ""))
        state = (
            "missing" if not text else "outdated" if language and digest != source_digest(source) else "done"
        )
        found.append(
            Line(owner, field, source, text, state, owner in choices and field == "text", owner in left_out)
        )
    return found


FIELDS = frozenset(name for names in TRANSLATABLE.values() for name in names)
