"""Typed settings from the environment.

Every reader takes a variable's name and refuses nonsense with an ImproperlyConfigured error that says what would be
right. Secrets may come from a file: where NAME is not set, NAME_FILE names a file whose text is the value.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


def _raw(name: str) -> str | None:
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE points to {file}, which cannot be read: {error.strerror}."
        ) from error


def text(name: str, default: str | None = None) -> str:
    value = _raw(name)
    if value is None:
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
        return default
    return value


def flag(name: str, default: bool) -> bool:
    value = _raw(name)
    if value is None:
        return default
    if value.strip().lower() in _YES:
        return True
    if value.strip().lower() in _NO:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write one of: true, false.")


def number(name: str, default: int, *, at_least: int = 0) -> int:
    value = _raw(name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number.") from None
    if result < at_least:
        raise ImproperlyConfigured(f"{name} is {result}. Write a whole number of at least {at_least}.")
    return result


def words(name: str, default: list[str] | None = None) -> list[str]:
    """A comma-separated list."""
    value = _raw(name)
    if value is None:
        if default is None:
            raise ImproperlyConfigured(
                f"{name} is not set. Write one or more values with commas between them."
            )
        return default
    return [word.strip() for word in value.split(",") if word.strip()]
