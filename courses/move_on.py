"""When a unit is done and when a course is satisfied (cmi5, sections 10.2.4 and 9.3.9). No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# How long a lesson done in one course counts in another: as long as a certificate holds.
COUNTS_FOR = timedelta(days=365)


@dataclass(frozen=True)
class UnitState:
    move_on: str
    is_completed: bool
    is_passed: bool


def is_done(unit: UnitState) -> bool:
    match unit.move_on:
        case "Passed":
            return unit.is_passed
        case "Completed":
            return unit.is_completed
        case "CompletedAndPassed":
            return unit.is_completed and unit.is_passed
        case "CompletedOrPassed":
            return unit.is_completed or unit.is_passed
        case "NotApplicable":
            return True
    raise ValueError(f"{unit.move_on!r} is no moveOn value of cmi5.")


def is_satisfied(units: Iterable[UnitState]) -> bool:
    return all(is_done(unit) for unit in units)


def earns_certificate(rules: Mapping[str, Any]) -> bool:
    """A single module earns none: it counts towards its tier."""
    return bool(rules.get("certificate", True))
