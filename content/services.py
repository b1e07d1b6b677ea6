"""Making the public pages, and keeping what editors made of them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from accounts.models import ProfessionalRole
from content.models import HomePage, RolePage, StandardPage
from content.models.pages import LoadedPage


@dataclass(frozen=True)
class RoleWords:
    code: str
    slug: str
    title: str
    lead: str
    typical_contact: str
    risk: str
    contains: tuple[str, ...]
    proves: tuple[str, ...]
    does_not_prove: tuple[str, ...]


@dataclass(frozen=True)
class PageWords:
    """`body` holds pairs: heading, text or list, and its words."""

    slug: str
    title: str
    intro: str
    body: tuple[tuple[str, Any], ...]
    shows: str = ""


@transaction.atomic
def ensure_site(roles: Sequence[RoleWords], pages: Sequence[PageWords] = (), *, site: Site) -> list[str]:
    """The home page at the root of the site and its pages below. Answers with what was kept as an editor left it."""
    home = _home(site)
    kept = []
    known = {role.code: role for role in ProfessionalRole.objects.all()}
    for words in roles:
        page = RolePage.objects.filter(role=known[words.code]).first() or RolePage(role=known[words.code])
        values = {
            "title": words.title,
            "slug": words.slug,
            "lead": words.lead,
            "typical_contact": words.typical_contact,
            "risk": words.risk,
            "contains": _lines(words.contains),
            "proves": _lines(words.proves),
            "does_not_prove": _lines(words.does_not_prove),
        }
        if not _write(page, values, digest=_digest(words), parent=home):
            kept.append(f"page {words.slug}")
    for row in pages:
        standard = StandardPage.objects.child_of(home).filter(slug=row.slug).first() or StandardPage()
        values = {
            "title": row.title,
            "slug": row.slug,
            "intro": row.intro,
            "body": json.dumps([{"type": kind, "value": value} for kind, value in row.body]),
            "shows": row.shows,
        }
        if not _write(standard, values, digest=_digest(row), parent=home):
            kept.append(f"page {row.slug}")
    return kept


def _home(site: Site) -> HomePage:
    """The site's home page. Made in the place of whatever stood there, with the pages below it taken along."""
    before = site.root_page
    if isinstance(before.specific, HomePage):
        return before.specific
    home: HomePage | None = HomePage.objects.first()
    if home is None:
        # The slug only has to differ from that of the page before; visitors see "/".
        home = Page.get_first_root_node().add_child(instance=HomePage(title="Training", slug="waylight"))
        home.save_revision().publish()
    for child in before.get_children():
        child.specific.move(Page.objects.get(pk=home.pk), pos="last-child")
    site.root_page = Page.objects.get(pk=home.pk)
    site.save()
    before = Page.objects.get(pk=before.pk)
    if before.specific_class is Page and before.depth > 1 and not before.numchild:
        before.delete()
    found: HomePage = HomePage.objects.get(pk=home.pk)
    return found


def _write(page: LoadedPage, values: dict[str, Any], *, digest: str, parent: Page) -> bool:
    """False where an editor's words stand in the way of new ones."""
    is_new = page.pk is None
    if not is_new and page.file_digest == digest:
        return True
    if page.is_edited:
        return False
    for name, value in values.items():
        setattr(page, name, value)
    page.file_digest = digest
    if is_new:
        Page.objects.get(pk=parent.pk).add_child(instance=page)
    revision = page.save_revision()
    revision.publish()
    type(page).objects.filter(pk=page.pk).update(loaded_revision=revision.pk, file_digest=digest)
    return True


def _lines(lines: Sequence[str]) -> str:
    return json.dumps([{"type": "line", "value": line} for line in lines], ensure_ascii=False)


def _digest(words: RoleWords | PageWords) -> str:
    return hashlib.sha256(json.dumps(asdict(words), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
