"""Rules of certificates that need no database: numbers, dates, states, names."""

import calendar
import re
import secrets
import unicodedata
from collections.abc import Container
from datetime import date
from enum import StrEnum

# Crockford's alphabet: no I, L, O or U, so nothing is misread and nothing is spelt.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "WL"
RANDOM_LENGTH = 15
GROUP = 4
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class CredentialState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


def _times_two(value: int) -> int:
    """Multiply by the generator of the field of 32 elements (x^5 + x^2 + 1)."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def check_character(body: str) -> str:
    """The letter that makes a number whole.

    Each place has its own weight in the field of 32 elements, so one wrong letter is always noticed, and so is any pair
    of letters that changed places, neighbours or not. Crockford's own check sign is not used: it may be *, ~, $ or =,
    which nobody can dictate.
    """
    total = 0
    for letter in body:
        total = _times_two(total ^ _VALUES[letter])
    return ALPHABET[total]


def format_number(body: str) -> str:
    groups = [body[start : start + GROUP] for start in range(0, len(body), GROUP)]
    return "-".join([PREFIX, *groups])


def new_number() -> str:
    """WL-7K4M-2Q9D-X3TB-H8VC: 75 random bits, so that nobody finds a certificate by trying."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return format_number(body + check_character(body))


def normalise_number(text: str) -> str | None:
    """The number that somebody meant, or None when it cannot be one.

    Small letters, spaces, other dashes, a missing "WL", O for 0, I or L for 1, and the whole address are all understood.
    """
    text = text.strip()
    if "/" in text:
        text = text.rstrip("/").rsplit("/", 1)[-1]
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text[:120])).upper()
    if len(plain) == len(PREFIX) + RANDOM_LENGTH + 1 and plain[0] == "W" and plain[1] in "L1I":
        plain = plain[len(PREFIX) :]
    plain = plain.translate(_MISREAD)
    if len(plain) != RANDOM_LENGTH + 1 or any(letter not in _VALUES for letter in plain):
        return None
    if check_character(plain[:-1]) != plain[-1]:
        return None
    return format_number(plain)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter: 29 February becomes 28."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def valid_until(issued_on: date, *, months: int) -> date:
    """The last day on which a certificate holds."""
    return add_months(issued_on, months)


def state_on(
    on: date,
    *,
    issued_on: date,
    valid_until: date,
    revoked_on: date | None = None,
    superseded_on: date | None = None,
    suspended_on: date | None = None,
) -> CredentialState:
    """What can be said of a certificate on a day. Withdrawn outranks replaced, that expired, and that paused."""
    if on < issued_on:
        return CredentialState.UNKNOWN
    if revoked_on is not None and revoked_on <= on:
        return CredentialState.REVOKED
    if superseded_on is not None and superseded_on <= on:
        return CredentialState.SUPERSEDED
    if on > valid_until:
        return CredentialState.EXPIRED
    is_paused = suspended_on is not None and suspended_on <= on
    return CredentialState.SUSPENDED if is_paused else CredentialState.VALID


def _name_parts(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return sorted(re.findall(r"\w+", letters))


def names_match(given: str, recorded: str) -> bool:
    """Whether two spellings mean the same name: case, accents, commas and the order of the parts do not count.

    Every part has to be there. Half a name never matches, so nobody can find a name piece by piece.
    """
    parts = _name_parts(given)
    return bool(parts) and parts == _name_parts(recorded)


def hours_and_minutes(credit_hours: str) -> tuple[int, int]:
    """ "2.25" is 2 hours and 15 minutes."""
    hours, _, fraction = credit_hours.partition(".")
    return int(hours), round(int(fraction.ljust(2, "0")[:2] or 0) * 60 / 100)


def is_selector(letter: str) -> bool:
    """Whether it only asks for a variant of the letter before it, as in Japanese names. Without it that one is printed."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"


def unprintable(text: str, characters: Container[int]) -> str:
    """The letters of a text for which no font has a shape, each once, in order."""
    missing = [
        letter
        for letter in dict.fromkeys(text)
        if ord(letter) not in characters
        and unicodedata.category(letter) not in {"Cf", "Zs"}
        and not is_selector(letter)
    ]
    return "".join(missing)
