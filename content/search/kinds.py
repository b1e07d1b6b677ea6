"""The kinds of things that search finds. Apps above say at start-up what they have to add, and who may find it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise

from accounts.models import User


@dataclass(frozen=True)
class Document:
    """What the index holds of a thing: see SearchEntry. `words` is plain text, without mark-up."""

    key: str
    heading: str
    words: str
    language: str = "en-gb"
    audience: str = ""
    content_note: str = ""


@dataclass(frozen=True)
class Viewer:
    """Who asks: nobody in particular where `user` is None; and in which language she reads the page."""

    user: User | None
    language: str


@dataclass(frozen=True)
class Shelf:
    """What one viewer may find of one kind.

    `entries` narrows SearchEntry by key and audience. `addresses` says where each of some keys leads, and leaves out what
    is gone by now, whatever the index still holds.
    """

    entries: Q
    addresses: Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing. `documents` reads what is published, of some keys or, for None, of all."""

    code: str
    order: int
    label: str | Promise
    documents: Callable[[Sequence[str] | None], Iterable[Document]]
    shelf: Callable[[Viewer], Shelf | None]


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    return _kinds[code]


def kinds() -> list[Kind]:
    """In the order in which they are shown."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)
