"""What this app adds to search: pages, glossary, library, help lines, and the services of an agency for its own staff."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from agencies.selectors import current_membership
from content.models import (
    GlossaryTerm,
    ReferralService,
    Resource,
    RolePage,
    StandardPage,
    SupportContact,
)
from content.search.kinds import Document, Kind, Shelf, Viewer, register_kind

EVERYTHING = Q()
WORDS_PAGE = "/words/"
HELP_PAGE = "/help/"


def of_keys(rows: Any, keys: Sequence[str] | None) -> Any:
    """A queryset narrowed to these primary keys, or as it is for None."""
    return rows if keys is None else rows.filter(pk__in=keys)


def plain(*texts: Any) -> str:
    """Texts of whatever kind as one, with a full stop where a part ends without one."""
    parts = (str(text).strip() for text in texts if text)
    return " ".join(
        part if part.endswith((".", "!", "?", ":", "…")) else f"{part}." for part in parts if part
    )


def _terms(keys: Sequence[str] | None) -> Iterable[Document]:
    for term in of_keys(GlossaryTerm.objects.all(), keys):
        yield Document(str(term.pk), term.term, term.meaning)


def _resources(keys: Sequence[str] | None) -> Iterable[Document]:
    for one in of_keys(Resource.objects.live(), keys):
        yield Document(
            str(one.pk), one.title, plain(one.summary, one.publisher, one.get_kind_display()), one.language
        )


def _contacts(keys: Sequence[str] | None) -> Iterable[Document]:
    for one in of_keys(SupportContact.objects.all(), keys):
        yield Document(
            str(one.pk), one.name, plain(one.purpose, one.country, one.phone, one.hours, one.shares)
        )


def _services(keys: Sequence[str] | None) -> Iterable[Document]:
    for one in of_keys(ReferralService.objects.all(), keys):
        yield Document(
            str(one.pk), one.name, plain(one.offers, one.serves, one.languages, one.hours, one.contact)
        )


def _pages(keys: Sequence[str] | None) -> Iterable[Document]:
    for page in of_keys(StandardPage.objects.live().public(), keys):
        parts = [plain(*part.value) if part.block_type == "list" else str(part.value) for part in page.body]
        yield Document(str(page.pk), page.title, plain(page.intro, *parts))
    for role in of_keys(RolePage.objects.live().public(), keys):
        lines = [str(line.value) for field in (role.contains, role.proves) for line in field]
        yield Document(str(role.pk), role.title, plain(role.lead, role.typical_contact, *lines))


def _public(rows: Callable[[], QuerySet[Any]], address: Callable[[Any], str]) -> Callable[[Viewer], Shelf]:
    """A shelf that is open to everybody."""

    def addresses(keys: Sequence[str]) -> Mapping[str, str]:
        return {str(one.pk): address(one) for one in rows().filter(pk__in=keys)}

    return lambda viewer: Shelf(EVERYTHING, addresses)


def _services_shelf(viewer: Viewer) -> Shelf | None:
    """An agency's services are for its own staff alone."""
    if viewer.user is None:
        return None
    membership = current_membership(viewer.user, timezone.localdate())
    if membership is None or membership.agency.is_independent:
        return None
    keys = [
        str(key)
        for key in ReferralService.objects.for_staff_of(membership.agency).values_list("pk", flat=True)
    ]
    return Shelf(Q(key__in=keys), lambda found: {key: f"{HELP_PAGE}#service-{key}" for key in found})


def _resource_address(one: Resource) -> str:
    return f"{reverse('content:resources')}#{one.slug}"


def _page_address(page: Page) -> str:
    return str(page.url or "/")


def register() -> None:
    public: Sequence[tuple[str, int, Any, Any, Callable[[], QuerySet[Any]], Callable[[Any], str]]] = [
        ("term", 40, _("Words we use"), _terms, GlossaryTerm.objects.all, lambda one: f"{WORDS_PAGE}#{one.slug}"),
        ("resource", 50, _("Library"), _resources, Resource.objects.live, _resource_address),
        ("contact", 60, _("Help lines"), _contacts, SupportContact.objects.all, lambda one: f"{HELP_PAGE}#{one.key}"),
        ("page", 80, _("Pages"), _pages, Page.objects.live().public, _page_address),
    ]  # fmt: skip
    for code, order, label, documents, rows, address in public:
        register_kind(Kind(code, order, label, documents, _public(rows, address)))
    register_kind(Kind("service", 70, _("Your agency's services"), _services, _services_shelf))


OURS: Mapping[type[Model], str] = {
    GlossaryTerm: "term",
    Resource: "resource",
    SupportContact: "contact",
    ReferralService: "service",
}
