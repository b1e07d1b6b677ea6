"""The pages that everybody may read: home, one for each professional role, and those that the footer leads to."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester

from accounts.models import ProfessionalRole
from agencies.selectors import current_membership
from content.models.directory import ReferralService, SupportContact
from content.models.facts import GlossaryTerm
from content.role_outline import outline_of
from content.search.words import fold


def by_letter(terms: Iterable[GlossaryTerm]) -> list[tuple[str, list[GlossaryTerm]]]:
    """Terms in the order of a dictionary, under the letter that each begins with; accents make no letter of their own."""
    ordered = sorted(terms, key=lambda term: fold(term.term))
    return [
        (letter, list(rows))
        for letter, rows in groupby(ordered, key=lambda term: fold(term.term)[:1].upper())
    ]


def _lines(label: Any) -> StreamField:
    return StreamField([("line", blocks.CharBlock())], verbose_name=label, use_json_field=True, blank=True)


class LoadedPage(Page):
    """A page whose first words come from a file. What an editor changes stays."""

    loaded_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_edited(self) -> bool:
        return self.loaded_revision is not None and self.latest_revision_id != self.loaded_revision


class KeptPagePermissions(PagePermissionTester):
    """For pages that people's training stands on: nobody takes them away, not even an administrator."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False


class HomePage(Page):
    """What this is, for whom, and the way to one's own role. Words left empty here are those of the site itself."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    headline = models.CharField(
        _("headline"),
        max_length=120,
        blank=True,
        help_text=_("Left empty: the words that the site ships with."),
    )
    lead = models.TextField(
        _("first paragraph"), blank=True, help_text=_("Left empty: the words that the site ships with.")
    )

    template = "content/home_page.html"
    max_count = 1
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("headline"), FieldPanel("lead")]

    class Meta:
        verbose_name = _("home page")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Everything hangs on it."""
        return KeptPagePermissions(user, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = RolePage.objects.child_of(self).live().select_related("role").order_by("role__order")
        return {**super().get_context(request, *args, **kwargs), "roles": found, "section": "courses"}


class RolePage(LoadedPage):
    """What the training of one professional role contains, how long it takes and what its certificate proves."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    role = models.OneToOneField(
        ProfessionalRole, on_delete=models.PROTECT, related_name="page", verbose_name=_("professional role")
    )
    lead = models.TextField(_("first paragraph"))
    typical_contact = models.CharField(_("where they meet people"), max_length=200, blank=True)
    risk = models.CharField(_("what can go wrong"), max_length=300, blank=True)
    contains = _lines(_("what it contains"))
    proves = _lines(_("what the certificate proves"))
    does_not_prove = _lines(_("what the certificate does not prove"))

    template = "content/role_page.html"
    parent_page_types: ClassVar[list[str]] = ["content.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("role"),
        FieldPanel("lead"),
        FieldPanel("typical_contact"),
        FieldPanel("risk"),
        FieldPanel("contains"),
        FieldPanel("proves"),
        FieldPanel("does_not_prove"),
    ]

    class Meta:
        verbose_name = _("role page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context(request, *args, **kwargs),
            "outline": outline_of(self.role.code),
            "section": "courses",
        }


class StandardPage(LoadedPage):
    """A page of plain words, which may end in a list that is kept elsewhere."""

    class Shows(models.TextChoices):
        NOTHING = "", _("nothing")
        CONTACTS = "contacts", _("help contacts and the agency's services")
        GLOSSARY = "glossary", _("the glossary")

    personal_data: ClassVar[tuple[str, ...]] = ()

    intro = models.TextField(_("first paragraph"), blank=True)
    body = StreamField(
        [
            ("heading", blocks.CharBlock()),
            ("text", blocks.TextBlock()),
            ("list", blocks.ListBlock(blocks.CharBlock(max_length=500))),
        ],
        verbose_name=_("words"),
        use_json_field=True,
        blank=True,
    )
    shows = models.CharField(_("shows below"), max_length=12, choices=Shows.choices, blank=True)

    template = "content/standard_page.html"
    parent_page_types: ClassVar[list[str]] = ["content.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("shows"),
    ]

    class Meta:
        verbose_name = _("page of words")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["section"] = "help"
        if self.shows == self.Shows.GLOSSARY:
            context["letters"] = by_letter(GlossaryTerm.objects.all())
        if self.shows == self.Shows.CONTACTS:
            today = timezone.localdate()
            context["contacts"] = [
                (contact, contact.is_stale(on=today)) for contact in SupportContact.objects.all()
            ]
            user = getattr(request, "user", None)
            membership = (
                current_membership(user, today) if user is not None and user.is_authenticated else None
            )
            if membership is not None and not membership.agency.is_independent:
                services = ReferralService.objects.for_staff_of(membership.agency).select_related(
                    "jurisdiction"
                )
                context["agency"] = membership.agency
                context["services"] = [(service, service.is_stale(on=today)) for service in services]
        return context
