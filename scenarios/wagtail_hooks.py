from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button, ListingButton
from wagtail.models import Page, Site

from scenarios.models import ScenarioIndexPage, ScenarioPage
from scenarios.outline.bring_in import bring_in
from scenarios.outline.problems import problems_of
from scenarios.outline.views import ROADS
from scenarios.services import copy_story, draft_document, scenario_index


def to_the_list(request: HttpRequest) -> HttpResponse:
    """Stories in the page tree, from which each is opened, made or imported."""
    return redirect(
        "wagtailadmin_explore", scenario_index(Site.objects.get(is_default_site=True).root_page).pk
    )


@hooks.register("register_admin_urls")
def outline_urls() -> list[URLPattern]:
    return [
        path("stories/", to_the_list, name="scenario_list"),
        path("stories/import/", bring_in, name="scenario_import"),
    ] + [path(f"stories/<int:page_id>/{road}", view, name=name) for road, view, name in ROADS]


@hooks.register("insert_global_admin_css")
def outline_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("scenarios/admin.css"))


@hooks.register("register_page_listing_buttons")
def outline_button(page: Page, user: Any, next_url: str | None = None) -> Any:
    if isinstance(page, ScenarioPage) and page.permissions_for_user(user).can_edit():
        yield ListingButton(
            _("Scenes and choices"),
            reverse("scenario_outline", args=[page.pk]),
            icon_name="list-ul",
            priority=5,
        )


@hooks.register("register_page_header_buttons")
def import_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    if isinstance(page.specific, ScenarioIndexPage) and page.permissions_for_user(user).can_add_subpage():
        yield Button(_("Import a story"), reverse("scenario_import"), icon_name="upload", priority=5)


class StoriesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scenarios.change_scenario")


@hooks.register("register_admin_menu_item")
def stories_menu_item() -> MenuItem:
    return StoriesMenuItem(_("Scenarios"), reverse("scenario_list"), icon_name="list-ul", order=205)


@hooks.register("before_publish_page")
def only_what_is_ready(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The editor's words are saved by now; only the publishing waits."""
    if not isinstance(page, ScenarioPage):
        return None
    errors = problems_of(draft_document(page.scenario)).errors
    if not errors:
        return None
    messages.error(request, _("Saved, but not published: the list of problems says what is missing."))
    return redirect(f"{reverse('scenario_outline', args=[page.pk])}#problems")


@hooks.register("after_copy_page")
def copy_the_story(request: HttpRequest, page: Page, new_page: Page) -> None:
    source, target = page.specific, new_page.specific
    if isinstance(source, ScenarioPage) and isinstance(target, ScenarioPage):
        copy_story(source.scenario, target.scenario)
