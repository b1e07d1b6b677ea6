"""Certificates in the admin: the list, one with all that happened to it, and issuing what was earned in the background."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import IndexView, InspectView

from accounts.models import User
from certification.models import AwardRun, CredentialEvent
from certification.permissions import can_revoke
from certification.selectors import history_of, registrations_named
from certification.services import start_award_run
from certification.words import review_sentence

LISTING = "wagtailsnippets_certification_achievementcredential:list"


def progress_words(run: AwardRun) -> str:
    return _("issuing: %(done)s of %(all)s") % {"done": localize(run.looked_at), "all": localize(run.waiting)}


class CredentialIndexView(IndexView):
    """The list says when an award of many goes on."""

    def get_page_subtitle(self) -> Any:
        run = AwardRun.objects.filter(finished_at__isnull=True).first()
        return progress_words(run) if run is not None else super().get_page_subtitle()

    @property
    def header_buttons(self) -> list[Any]:
        if not can_revoke(self.request.user):
            return []
        return [
            HeaderButton(_("Issue what was earned"), url=reverse("certification_issue"), icon_name="cogs")
        ]


# What a holder shows, and to whom, is hers.
HERS = {
    CredentialEvent.Kind.SHARES_CHANGED,
    CredentialEvent.Kind.LINK_MADE,
    CredentialEvent.Kind.LINK_WITHDRAWN,
}


class CredentialInspectView(InspectView):
    """One certificate with who did what to it, when and why."""

    def get_fields_context(self) -> Any:
        told = [event for event in history_of(self.object) if event.kind not in HERS]
        lines = format_html_join("", "<li>{}</li>", ((_event_words(event),) for event in told))
        return [
            *super().get_fields_context(),
            {"label": _("What happened to it"), "value": format_html("<ul>{}</ul>", lines)},
        ]

    def get_issued_at_display_value(self) -> str:
        return date_format(timezone.localtime(self.object.issued_at), "DATETIME_FORMAT")

    def get_content_versions_display_value(self) -> str:
        return ", ".join(
            f"{code} ({version})" for code, version in sorted(self.object.content_versions.items())
        )

    def get_review_state_display_value(self) -> str:
        return review_sentence(self.object.review_state)


def _event_words(event: CredentialEvent) -> str:
    by = event.by.name if event.by is not None else _("by rule")
    when = date_format(timezone.localtime(event.at), "DATETIME_FORMAT")
    parts = [when, str(event.get_kind_display()), by]
    parts += [event.other.number] if event.other is not None else []
    parts += [text for text in (event.reason, event.detail.get("appeal", "")) if text]
    return " · ".join(parts)


def issue_view(request: HttpRequest) -> HttpResponse:
    """Start an award of many, or see how far it is."""
    if not isinstance(request.user, User) or not can_revoke(request.user):
        raise PermissionDenied
    if request.method == "POST":
        start_award_run(by=request.user, at=timezone.now())
        messages.success(request, _("Certificates are being issued in the background."))
        return redirect("certification_issue")
    runs = list(AwardRun.objects.select_related("started_by")[:20])
    names = registrations_named({number for run in runs for number in run.problems})
    return TemplateResponse(
        request,
        "certification/admin/issue.html",
        {
            "runs": [
                (run, [(names.get(number, number), problem) for number, problem in run.problems.items()])
                for run in runs
            ],
            "going_on": next((progress_words(run) for run in runs if run.finished_at is None), ""),
            "listing": reverse(LISTING),
        },
    )
