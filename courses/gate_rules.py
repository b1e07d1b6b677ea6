"""Whether content may be given to an agency whose reviews are missing. Plain values in and out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# Who takes a missing review on writes why, in more than a word, and for a year at most.
REASON_AT_LEAST = 60
AT_MOST_DAYS = 366


@dataclass(frozen=True)
class OpenGate:
    """A review that a module's lessons still wait for."""

    module: str
    gate: str
    lessons: tuple[str, ...]


@dataclass(frozen=True)
class TakenOn:
    """What an administrator has taken on. `agency_path` is empty for every agency, and covers all below otherwise."""

    agency_path: str
    modules: frozenset[str]
    gates: frozenset[str]
    first_day: date
    last_day: date
    is_withdrawn: bool = False

    def covers(self, gap: OpenGate, *, agency_path: str, on: date) -> bool:
        return (
            not self.is_withdrawn
            and self.first_day <= on <= self.last_day
            and agency_path.startswith(self.agency_path)
            and gap.module in self.modules
            and gap.gate in self.gates
        )


def uncovered(
    gaps: Iterable[OpenGate], taken: Sequence[TakenOn], *, agency_path: str, on: date
) -> tuple[OpenGate, ...]:
    """Those that nobody answers for on that day."""
    return tuple(
        gap for gap in gaps if not any(one.covers(gap, agency_path=agency_path, on=on) for one in taken)
    )
