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
from wagtail.admin.widgets.button import ListingButton
from wagtail.models import Page

from scenarios.models import ScenarioPage
from scenarios.outline.problems import problems_of
from scenarios.outline.views import ROADS
from scenarios.services import copy_story, draft_document


@hooks.register("register_admin_urls")
def outline_urls() -> list[URLPattern]:
    return [path(f"stories/<int:page_id>/{road}", view, name=name) for road, view, name in ROADS]


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
