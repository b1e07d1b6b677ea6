"""Making the public pages, and keeping what editors made of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from accounts.models import ProfessionalRole
from content.keeping import Keeper
from content.models import Fact, HomePage, JurisdictionPack, RolePage, Source, StandardPage
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
def ensure_site(
    roles: Sequence[RoleWords],
    pages: Sequence[PageWords] = (),
    *,
    site: Site,
    keeper: Keeper | None = None,
) -> list[str]:
    """The home page at the root of the site and its pages below. Answers with what was kept as an editor left it."""
    keeper = keeper or Keeper()
    home = _home(site)
    kept = []
    known = {role.code: role for role in ProfessionalRole.objects.all()}
    for words in roles:
        role = RolePage.objects.filter(role=known[words.code]).first()
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
        edited = None if role is None else partial(_words_now, role, role_words)
        outcome = keeper.outcome(
            "role page", words.code, asdict(words), edited, was_edited=partial(_is_edited, role)
        )
        if outcome in ("new", "changed"):
            _write(role or RolePage(role=known[words.code]), values, parent=home)
        elif outcome == "kept":
            kept.append(f"role page {words.code}")
    for row in pages:
        page = StandardPage.objects.child_of(home).filter(slug=row.slug).first()
        values = {
            "title": row.title,
            "slug": row.slug,
            "intro": row.intro,
            "body": json.dumps([{"type": kind, "value": value} for kind, value in row.body]),
            "shows": row.shows,
        }
        edited = None if page is None else partial(_words_now, page, page_words)
        outcome = keeper.outcome("page", row.slug, asdict(row), edited, was_edited=partial(_is_edited, page))
        if outcome in ("new", "changed"):
            _write(page or StandardPage(), values, parent=home)
        elif outcome == "kept":
            kept.append(f"page {row.slug}")
    return kept


def role_words(page: RolePage) -> RoleWords:
    """As the page stands, or one of its drafts read as an object."""
    return RoleWords(
        page.role.code,
        page.slug,
        page.title,
        page.lead,
        page.typical_contact,
        page.risk,
        tuple(str(block.value) for block in page.contains),
        tuple(str(block.value) for block in page.proves),
        tuple(str(block.value) for block in page.does_not_prove),
    )


def page_words(page: StandardPage) -> PageWords:
    body = tuple(
        (
            block.block_type,
            [str(one) for one in block.value] if block.block_type == "list" else str(block.value),
        )
        for block in page.body
    )
    return PageWords(page.slug, page.title, page.intro, body, page.shows)


def _words_now(page: LoadedPage, read: Callable[[Any], RoleWords | PageWords]) -> dict[str, Any]:
    """With its latest draft: what an editor has begun is hers as well."""
    return asdict(read(page.get_latest_revision_as_object()))


def _is_edited(page: LoadedPage | None) -> bool:
    return page is not None and page.is_edited


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


def _write(page: LoadedPage, values: dict[str, Any], *, parent: Page) -> None:
    for name, value in values.items():
        setattr(page, name, value)
    if page.pk is None:
        Page.objects.get(pk=parent.pk).add_child(instance=page)
    revision = page.save_revision()
    revision.publish()
    type(page).objects.filter(pk=page.pk).update(loaded_revision=revision.pk)


def _lines(lines: Sequence[str]) -> str:
    return json.dumps([{"type": "line", "value": line} for line in lines], ensure_ascii=False)


def keep_what_was(thing: Fact | Source | JurisdictionPack) -> None:
    """A revision of the thing as it stands, unless the latest one says just that. Nobody is named as its writer."""
    before = thing.latest_revision.as_object() if thing.latest_revision else None
    if before is None or before.serializable_data() != thing.serializable_data():
        thing.save_revision(clean=False)
