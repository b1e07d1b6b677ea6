"""What in a free text might point to a real person: addresses and long numbers. Asks, never decides. No database."""

import re

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w{2,}")
# Nine digits and more, however they are grouped, as telephone and health numbers are.
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,2}\d){8,}")
_LONG = re.compile(r"\d{6,}")


def find_details(text: str) -> tuple[str, ...]:
    """Which of "email", "phone" and "number" are in a text, in this order."""
    found = []
    if _EMAIL.search(text):
        found.append("email")
    rest = _PHONE.sub(" ", text)
    if rest != text:
        found.append("phone")
    if _LONG.search(rest):
        found.append("number")
    return tuple(found)
