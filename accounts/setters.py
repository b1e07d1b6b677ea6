"""Who else may decide a person's role and law. Higher apps register; accounts asks them and knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from accounts.models import Jurisdiction, ProfessionalRole, User


@dataclass(frozen=True)
class SetByAgency:
    """What an agency decided for a member of its staff. None means that she chooses herself."""

    agency_name: str
    professional_role: ProfessionalRole | None
    jurisdiction: Jurisdiction | None


_setters: list[Callable[[User, date], SetByAgency | None]] = []


def register(setter: Callable[[User, date], SetByAgency | None]) -> None:
    if setter not in _setters:
        _setters.append(setter)


def set_by_agency(user: User, *, on: date) -> SetByAgency | None:
    """The first answer that decides anything."""
    for setter in _setters:
        decided = setter(user, on)
        if decided is not None and (decided.professional_role or decided.jurisdiction):
            return decided
    return None
