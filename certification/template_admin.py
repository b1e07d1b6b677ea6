"""Certificate templates in the admin: the site's own, and those of all agencies."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from agencies.models import INDEPENDENT_SLUG, Agency
from agencies.selectors import agency_by_slug
from certification.models import CertificateTemplateVersion
from certification.permissions import can_edit_templates
from certification.template_forms import LookForm, SampleForm
from certification.template_views import Page, edit_template, page_context, preview_template

NAME = "certificate_templates"
SITE = "-"


@dataclass(frozen=True)
class Line:
    """An agency and the template that its certificates get."""

    agency: Agency | None
    version: CertificateTemplateVersion | None
    word: str
    is_own: bool


def _lines() -> list[Line]:
    """Two queries however many agencies there are."""
    newest: Any = CertificateTemplateVersion.objects.newest().select_related("template").defer("signatories")
    by_agency = {version.template.agency_id: version for version in newest}
    site = by_agency.get(None)
    lines = [Line(None, site, SITE, site is not None)]
    above: list[tuple[str, CertificateTemplateVersion]] = []
    for agency in Agency.objects.exclude(slug=INDEPENDENT_SLUG).order_by("path"):
        above = [(start, version) for start, version in above if agency.path.startswith(start)]
        own = by_agency.get(agency.pk)
        if own is not None and own.is_on:
            above.append((agency.path, own))
        fallback = above[-1][1] if above else site if site is not None and site.is_on else None
        lines.append(Line(agency, own or fallback, agency.slug, own is not None))
    return lines


def _checked(request: HttpRequest) -> None:
    if not can_edit_templates(request.user):
        raise PermissionDenied


def _agency(word: str) -> Agency | None:
    if word == SITE:
        return None
    agency = agency_by_slug(word)
    if agency is None or agency.is_independent:
        raise Http404
    return agency


def _page_for(request: HttpRequest, agency: Agency | None, word: str) -> Page:
    def page(form: LookForm, sample_form: SampleForm, *, status: int = 200) -> HttpResponse:
        context = page_context(agency, form, sample_form) | {
            "here": reverse(f"{NAME}:edit", args=[word]),
            "preview_url": reverse(f"{NAME}:preview", args=[word]),
            "listing": reverse(f"{NAME}:index"),
        }
        return TemplateResponse(request, "certification/admin/template.html", context, status=status)

    return page


def index(request: HttpRequest) -> HttpResponse:
    _checked(request)
    return TemplateResponse(request, "certification/admin/templates.html", {"lines": _lines()})


def edit(request: HttpRequest, word: str) -> HttpResponse:
    _checked(request)
    agency = _agency(word)
    here = reverse(f"{NAME}:edit", args=[word])
    return edit_template(request, agency, page=_page_for(request, agency, word), here=here)


def preview(request: HttpRequest, word: str) -> HttpResponse:
    _checked(request)
    agency = _agency(word)
    return preview_template(request, agency, page=_page_for(request, agency, word))


class TemplateMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_edit_templates(request.user)


class CertificateTemplateViewSet(ViewSet):
    name = NAME
    url_prefix = "certificate-templates"
    icon = "image"
    menu_label = gettext_lazy("Certificate templates")
    menu_item_class = TemplateMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", index, name="index"),
            path("<str:word>/", edit, name="edit"),
            path("<str:word>/preview/", preview, name="preview"),
        ]
