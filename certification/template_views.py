"""How an agency's certificates look: its lead writes it and sees at once what it would give. Nothing issued changes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from agencies.models import Agency
from agencies.permissions import can_lead
from agencies.selectors import agency_by_slug
from certification.exceptions import BadTemplate
from certification.looks import Look, look_of, newest_version, template_in_force, template_of
from certification.models import CertificateTemplate, CertificateTemplateVersion
from certification.samples import draw_sample
from certification.services import save_template
from certification.template_forms import LookForm, SampleForm
from certification.throttle import PREVIEWS, is_allowed

LAST_VERSIONS = 10
Page = Callable[..., HttpResponse]


def current_look(agency: Agency | None) -> Look | None:
    """What the form begins with: the template's newest version, or what is used from above while there is none."""
    template = template_of(agency)
    version = newest_version(template) if template is not None else None
    if version is None and agency is not None:
        version = template_in_force(agency)
    return look_of(version) if version is not None else None


def _versions(template: CertificateTemplate | None) -> list[CertificateTemplateVersion]:
    if template is None:
        return []
    return list(template.versions.select_related("saved_by").order_by("-number")[:LAST_VERSIONS])


def _inherited(agency: Agency | None) -> str:
    """Whose template is used while there is none for exactly this agency."""
    if agency is None:
        return ""
    found = template_in_force(agency)
    return str(found.template) if found is not None and found.template.agency_id != agency.pk else ""


def page_context(agency: Agency | None, form: LookForm, sample_form: SampleForm) -> dict[str, Any]:
    template = template_of(agency)
    return {
        "agency": agency,
        "form": form,
        "sample_form": sample_form,
        "versions": _versions(template),
        "inherited": _inherited(agency),
    }


def edit_template(request: HttpRequest, agency: Agency | None, *, page: Page, here: str) -> HttpResponse:
    """Show the form, or keep what it says as a new version. Who may was asked before."""
    current = current_look(agency)
    form = LookForm(request.POST or None, request.FILES or None, current=current)
    if request.method == "POST" and form.is_valid():
        user = request.user if isinstance(request.user, User) else None
        try:
            save_template(agency, form.look, by=user, at=timezone.now())
        except BadTemplate as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Saved. New certificates look like this. Those issued before stay as they are."),
            )
            return redirect(here)
    return page(
        form, SampleForm(initial=request.POST.dict()), status=422 if request.method == "POST" else 200
    )


def preview_template(request: HttpRequest, agency: Agency | None, *, page: Page) -> HttpResponse:
    """A picture of an invented certificate. GET shows what is saved, POST what is being written; nothing is kept."""
    if not is_allowed("certificate-preview", str(request.user.pk), PREVIEWS):
        response = HttpResponse(
            _("Too many previews. Wait a minute."), status=429, content_type="text/plain; charset=utf-8"
        )
        response["Retry-After"] = str(PREVIEWS[1])
        return response
    current = current_look(agency)
    sample_form = SampleForm(request.POST if request.method == "POST" else request.GET)
    look = current
    if request.method == "POST":
        form = LookForm(request.POST, request.FILES, current=current)
        if not form.is_valid():
            if request.headers.get("Accept") == "image/png":
                return JsonResponse({"errors": _said(form)}, status=422)
            return page(form, SampleForm(initial=request.POST.dict()), status=422)
        look = form.look
    png = draw_sample(agency, look, sample_form.sample, at=timezone.now())
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "private, no-store"})


def _said(form: LookForm) -> list[str]:
    """Each error with where it stands."""
    titles = {field.name: group.title for group in form.groups for field in group.fields}
    return [
        f"{titles[name]}, {form[name].label}: {error}" if name in titles else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]


def _led_agency(request: HttpRequest, slug: str) -> Agency:
    """The same answer for an agency that does not exist and for one that is led by somebody else."""
    agency = agency_by_slug(slug)
    user = request.user
    if agency is None or not isinstance(user, User) or not can_lead(user, agency, timezone.localdate()):
        raise Http404
    return agency


def _page_for(request: HttpRequest, agency: Agency) -> Page:
    def page(form: LookForm, sample_form: SampleForm, *, status: int = 200) -> HttpResponse:
        context = page_context(agency, form, sample_form) | {
            "section": "agency",
            "here": reverse("certification:agency_template", args=[agency.slug]),
            "preview_url": reverse("certification:agency_template_preview", args=[agency.slug]),
        }
        return render(request, "certification/agency_template.html", context, status=status)

    return page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agency_template(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _led_agency(request, slug)
    here = reverse("certification:agency_template", args=[agency.slug])
    return edit_template(request, agency, page=_page_for(request, agency), here=here)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agency_template_preview(request: HttpRequest, slug: str) -> HttpResponse:
    agency = _led_agency(request, slug)
    return preview_template(request, agency, page=_page_for(request, agency))
