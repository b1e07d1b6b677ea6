from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.choosers import GuardedChooserViewSet
from content.admin_views import RecheckPanel, calendar
from content.fact_uses import uses_of_facts
from content.forms import FactForm, KeyedForm, SourceForm
from content.models import (
    Fact,
    GlossaryTerm,
    JurisdictionPack,
    ReferralService,
    Resource,
    ReviewSignOff,
    Source,
    SupportContact,
)
from content.panels import UsedInPanel
from content.report_admin import ReportViewSet, work_on
from content.services import keep_what_was


class FactViewSet(SnippetViewSet):
    model = Fact
    icon = "clipboard-list"
    list_display = ["code", "statement", "confidence", "recheck_by"]
    list_filter = ["confidence", "jurisdiction_code", "recheck_by"]
    search_fields = ["code", "statement"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("code"), FieldPanel("jurisdiction_code"), FieldPanel("year")]),
            FieldPanel("statement"),
            FieldPanel("sources"),
            FieldRowPanel([FieldPanel("confidence"), FieldPanel("recheck_by")]),
            FieldPanel("flags"),
            MultiFieldPanel([UsedInPanel()], heading=_("Used in")),
        ],
        base_form_class=FactForm,
    )


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "link"
    list_display = ["key", "label", "year"]
    search_fields = ["key", "label", "title"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("key", "label", "author", "title", "year", "url")],
        base_form_class=SourceForm,
    )


class PackViewSet(SnippetViewSet):
    model = JurisdictionPack
    icon = "globe"
    list_display = ["code", "name", "version", "recheck_by"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("code", "name", "version", "valid_from", "recheck_by", "note")],
        base_form_class=KeyedForm,
    )


class TermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "list-ul"
    list_display = ["term", "meaning"]
    search_fields = ["term", "meaning"]


class ReadOnlyPolicy(ModelPermissionPolicy):
    """A sign-off is written by the reviewer's own step in a review and never by hand, not even an administrator's."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class SignOffViewSet(SnippetViewSet):
    model = ReviewSignOff
    chooser_viewset_class = GuardedChooserViewSet
    icon = "check"
    list_display = ["subject", "gate", "signed_on", "signed_by"]
    list_filter = ["gate"]
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields: ClassVar[list[str]] = ["subject", "gate", "signed_on", "signed_by", "reviewer"]
    permission_policy = ReadOnlyPolicy(ReviewSignOff)


class ContactViewSet(SnippetViewSet):
    model = SupportContact
    icon = "help"
    list_display = ["country", "name", "phone", "checked_on"]
    list_filter = ["country"]


class ReferralViewSet(SnippetViewSet):
    model = ReferralService
    chooser_viewset_class = GuardedChooserViewSet
    icon = "group"
    list_display = ["name", "agency", "verified_on"]
    list_filter = ["agency"]


class ResourceViewSet(SnippetViewSet):
    model = Resource
    icon = "doc-full"
    menu_label = _("Library")
    list_display = ["title", "kind", "publisher", "checked_on"]
    list_filter = ["kind", "language"]
    search_fields = ["title", "summary", "publisher"]


class TruthGroup(SnippetViewSetGroup):
    """What is taught and where it comes from."""

    menu_label = _("Facts and reviews")
    menu_icon = "clipboard-list"
    menu_order = 220
    items = (FactViewSet, SourceViewSet, PackViewSet, TermViewSet, SignOffViewSet)


class DirectoryGroup(SnippetViewSetGroup):
    """Where to turn."""

    menu_label = _("Help and referral")
    menu_icon = "help"
    menu_order = 230
    items = (ContactViewSet, ReferralViewSet, ResourceViewSet)


register_snippet(TruthGroup)
register_snippet(DirectoryGroup)


@hooks.register("before_edit_snippet")
def remember_what_was(request: HttpRequest, instance: Any) -> None:
    """What came from a file has no history of its own; it gets one before it is first changed by hand."""
    if request.method == "POST" and isinstance(instance, Fact | Source | JurisdictionPack):
        keep_what_was(instance)


@hooks.register("after_edit_snippet")
def say_who_cites_it(request: HttpRequest, instance: Any) -> None:
    if not isinstance(instance, Fact):
        return
    count = len(uses_of_facts({instance.code}).get(instance.code, ()))
    if count:
        said = ngettext(
            "%(code)s is cited in %(count)s place. Read it again: the list is at the foot of the fact.",
            "%(code)s is cited in %(count)s places. Read them again: the list is at the foot of the fact.",
            count,
        )
        messages.warning(request, said % {"code": instance.code, "count": count})


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("rechecks/", calendar, name="content_calendar"),
        path("reports/problems/<int:pk>/", work_on, name="content_report"),
    ]


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("content/admin.css"))


class CalendarMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("content.view_fact")


@hooks.register("register_reports_menu_item")
def calendar_menu_item() -> MenuItem:
    return CalendarMenuItem(
        _("Re-check calendar"), reverse("content_calendar"), icon_name="calendar-check", order=100
    )


@hooks.register("construct_homepage_panels")
def recheck_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(RecheckPanel())


register_snippet(ReportViewSet)
