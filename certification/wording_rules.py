"""What agencies may write on a certificate: which parts, how long, and which placeholders. No database."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Each part and how many letters it holds.
PARTS: dict[str, int] = {"heading": 60, "opening": 120, "closing": 240, "footer": 200}
PLACEHOLDERS = ("agency", "course", "role", "law", "hours", "issued", "until")
MOST_SIGNATORIES = 3
LONGEST_LOGO_TEXT = 200
LONGEST_SIGNATORY_NAME = 80
LONGEST_SIGNATORY_TITLE = 120

_BRACED = re.compile(r"\{([^{}]*)\}")
# Joins and parts letters in Arabic, Persian and the scripts of India.
_JOINERS = {"\u200c", "\u200d"}


class Fault(StrEnum):
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    TWICE = "twice"
    BRACE = "brace"
    CONTROL = "control"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a text: the kind, and the letters that it is about."""

    fault: Fault
    about: str = ""


def tidy(text: str) -> str:
    """One line, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def control_letters(text: str) -> str:
    """Invisible letters that steer how others are shown: they could make a page say what it does not."""
    return "".join(
        letter
        for letter in dict.fromkeys(text)
        if unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} and letter not in _JOINERS
    )


def wording_problems(text: str, *, longest: int, allowed: tuple[str, ...] = PLACEHOLDERS) -> list[Problem]:
    """Everything that is wrong with one text, in the order in which somebody reads it."""
    problems = []
    if len(text) > longest:
        problems.append(Problem(Fault.TOO_LONG, str(len(text))))
    if control_letters(text):
        problems.append(Problem(Fault.CONTROL))
    names = _BRACED.findall(text)
    problems += [Problem(Fault.UNKNOWN, name) for name in dict.fromkeys(names) if name not in allowed]
    problems += [
        Problem(Fault.TWICE, name)
        for name in dict.fromkeys(names)
        if name in allowed and names.count(name) > 1
    ]
    if re.search(r"[{}]", _BRACED.sub("", text)):
        problems.append(Problem(Fault.BRACE))
    return problems


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced. What a value says is never read as a placeholder again."""
    return tidy(_BRACED.sub(lambda found: values.get(found[1], found[0]), text))


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def with_breaks(name: str, *, longest: int = 30, step: int = 20) -> str:
    """A name in which no word is wider than the paper: unbroken letters get places to break, unseen."""

    def parted(word: str) -> str:
        if len(word) <= longest:
            return word
        pieces, piece = [], ""
        for letter in word:
            if len(piece) >= step and not unicodedata.combining(letter) and letter not in _JOINERS:
                pieces.append(piece)
                piece = ""
            piece += letter
        return "\u200b".join([*pieces, piece])

    return " ".join(parted(word) for word in name.split(" "))


def is_right_to_left(text: str) -> bool:
    """By the first letter that has a direction."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False


def is_tall(text: str) -> bool:
    """Whether letters may reach further above and below the line than plain Latin, Greek and Cyrillic ones do.

    Other scripts, and Latin letters with two accents, as Vietnamese has them.
    """
    return any(ord(letter) >= 0x0590 and unicodedata.category(letter)[0] in "LM" for letter in text)
