"""What a report can be about. Lessons and scenarios live in apps above, which say at start-up how to find theirs.

A subject's name is its kind and its own code: "lesson:1.3", "scenario:seen-alone", "page:words".
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import StandardPage


@dataclass(frozen=True)
class Subject:
    """`url` is where it is read, `edit_url` where it is mended, `facts` the codes of the facts that it cites."""

    name: str
    title: str
    module: str = ""
    url: str = ""
    edit_url: str = ""
    facts: tuple[str, ...] = ()


Finder = Callable[[str], Subject | None]
_finders: dict[str, Finder] = {}


def register_subject(kind: str, find: Finder) -> None:
    """Called by the app that has things of this kind: a code in, the subject out, or None where there is none."""
    _finders[kind] = find


def find_subject(name: str) -> Subject | None:
    kind, _colon, code = name.partition(":")
    find = _finders.get(kind)
    return find(code) if find is not None and code and "\x00" not in code else None


def page_subject(slug: str) -> Subject | None:
    page = StandardPage.objects.live().filter(slug=slug).first()
    if page is None:
        return None
    return Subject(
        name=f"page:{slug}",
        title=_("Page “%(title)s”") % {"title": page.title},
        url=page.url or "",
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
    )
