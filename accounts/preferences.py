"""How pages look for one person: plain values, kept in her row, or in a cookie before she has one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

COOKIE = "waylight_look"
COOKIE_AGE = 365 * 24 * 3600

TEXT_SIZES = ("normal", "large", "larger")
THEMES = ("device", "light", "dark")
MOTIONS = ("device", "reduce")
_ALLOWED = {"text_size": TEXT_SIZES, "theme": THEMES, "motion": MOTIONS}


@dataclass(frozen=True)
class Look:
    text_size: str = "normal"
    theme: str = "device"
    motion: str = "device"

    def to_cookie(self) -> str:
        """As in text_size:large|theme:dark|motion:device: every character may stand in a cookie unquoted."""
        return "|".join(f"{key}:{value}" for key, value in asdict(self).items())

    def changed(self, values: Mapping[str, str]) -> "Look":
        """With those of the values that are known; the rest is left as it is."""
        known = {key: values[key] for key, allowed in _ALLOWED.items() if values.get(key) in allowed}
        return Look(**{**asdict(self), **known})


def look_from_cookie(cookie: str) -> Look:
    """A cookie that makes no sense counts as none."""
    pairs = (part.partition(":") for part in cookie.split("|"))
    return Look().changed({key: value for key, _, value in pairs})
