"""Importing a story in the admin: first what would happen, then the import itself."""

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from scenarios.formats.reading import MAX_MB
from scenarios.formats.report import Refused, refuse
from scenarios.models import Scenario
from scenarios.services import import_story, plan_import, scenario_index

# What a form may carry without a second upload: the file, compressed and as text.
KEEPS = 2_000_000


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "Twee 3, Twine 2 (HTML, archive or JSON), H5P Branching Scenario, or a story exported from Waylight."
        ),
    )
    story = forms.CharField(
        label=gettext_lazy("Which story"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only where the file has several."),
    )
    replace = forms.ChoiceField(
        label=gettext_lazy("Put it"),
        required=False,
        help_text=gettext_lazy("Replacing changes the draft only. What learners play stays as it is."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["replace"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [
            ("", _("into a new story")),
            *(
                (slug, _("in the place of the draft of “%(title)s”") % {"title": title})
                for slug, title in Scenario.objects.values_list("slug", "title")
            ),
        ]


def _bytes(request: HttpRequest, form: ImportForm) -> tuple[bytes, str]:
    upload = form.cleaned_data["file"]
    if upload is not None:
        if upload.size > MAX_MB * 1_000_000:
            raise refuse("too-large", size=upload.size // 1_000_000, limit=MAX_MB)
        return upload.read(), upload.name
    kept = request.POST.get("kept", "")
    try:
        plain = zlib.decompressobj()
        data = plain.decompress(base64.b64decode(kept, validate=True), MAX_MB * 1_000_000)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise refuse("no-story") from error
    return data, request.POST.get("name", "")[:200]


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    index = scenario_index(Site.objects.get(is_default_site=True).root_page)
    may = index.permissions_for_user(request.user)
    if not may.can_add_subpage():
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_explore", args=[index.pk]), "label": _("Scenarios")},
            {"url": "", "label": _("Import a story")},
        ],
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            data, name = _bytes(request, form)
            plan = plan_import(
                data, name, name=form.cleaned_data["story"], replace=form.cleaned_data["replace"]
            )
            if plan.replaces is not None:
                page = getattr(plan.replaces, "page", None)
                if page is None or not page.permissions_for_user(request.user).can_edit() or page.get_lock():
                    raise PermissionDenied
            if request.POST.get("action") == "import":
                scenario = import_story(plan)
                messages.success(request, _("“%(title)s” is a draft now.") % {"title": scenario.title})
                return redirect("scenario_outline", scenario.page.pk)
            kept = base64.b64encode(zlib.compress(data)).decode()
            context |= {"plan": plan, "kept": kept if len(kept) <= KEEPS else "", "name": name}
        except Refused as refusal:
            context["refused"] = refusal.rows
            status = 422
    elif request.method == "POST":
        status = 422
    return render(request, "scenarios/admin/import.html", context, status=status)
