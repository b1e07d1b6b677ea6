"""The admin: achievements and issuers are edited; certificates are read, and paused or withdrawn with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import ListingButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.choosers import GuardedChooserViewSet
from accounts.models import User
from certification.exceptions import CertificationError
from certification.forms import ReasonForm, RevocationForm
from certification.issue_admin import CredentialIndexView, CredentialInspectView, issue_view
from certification.models import (
    Achievement,
    AchievementCredential,
    CreditApproval,
    IssuerProfile,
    LegalUpdate,
)
from certification.permissions import can_revoke
from certification.rules import CredentialState
from certification.selectors import credential_state, today
from certification.services import (
    publish_rules,
    reinstate_credential,
    revoke_credential,
    suspend_credential,
)
from certification.template_admin import CertificateTemplateViewSet


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Nobody adds, changes or deletes a certificate by hand, not even an administrator."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class StateColumn(Column):
    def get_value(self, instance: AchievementCredential) -> str:
        return {
            "valid": _("Valid"),
            "expired": _("Expired"),
            "revoked": _("Withdrawn"),
            "superseded": _("Replaced"),
            "suspended": _("Paused"),
            "unknown": _("Not yet"),
        }[credential_state(instance, today(timezone.now()))]


class AchievementViewSet(SnippetViewSet):
    model = Achievement
    icon = "tick-inverse"
    list_display = ["course", "professional_role", "jurisdiction", "issuer"]
    list_filter = ["course", "professional_role", "jurisdiction"]
    copy_view_enabled = False


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def put_rules_in_force(request: HttpRequest, instance: Any) -> None:
    """What an achievement asks for is versioned: whoever is on the way is never surprised."""
    if not isinstance(instance, Achievement):
        return
    asked = request.POST
    try:
        version = publish_rules(
            instance,
            by=request.user if isinstance(request.user, User) else None,
            policy=asked.get("policy", ""),
            note=asked.get("note", ""),
            at=timezone.now(),
        )
    except CertificationError as error:
        messages.error(request, str(error))
        return
    if version is not None:
        messages.info(
            request, _("Version %(number)s of its rules is in force now.") % {"number": version.number}
        )


class IssuerViewSet(SnippetViewSet):
    model = IssuerProfile
    icon = "group"
    list_display = ["name", "agency", "url"]
    copy_view_enabled = False


class CredentialViewSet(SnippetViewSet):
    model = AchievementCredential
    chooser_viewset_class = GuardedChooserViewSet
    icon = "doc-full"
    permission_policy = ReadOnlyPolicy(AchievementCredential)
    list_display = [
        "number",
        "holder_name",
        "course_title",
        "role_name",
        "agency_name",
        "issued_on",
        "valid_until",
        StateColumn("state", label=gettext_lazy("State")),
    ]
    list_filter = ["role_code", "jurisdiction_code", "valid_until"]
    search_fields = ["number", "holder_name"]
    search_backend_name = None
    ordering = ["-issued_at"]
    index_view_class = CredentialIndexView
    inspect_view_class = CredentialInspectView
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["words", "layout", "shares", "id"]
    copy_view_enabled = False
    panels: list[Any] = []

    def get_queryset(self, request: HttpRequest) -> Any:
        return AchievementCredential.objects.with_history()


class ApprovalViewSet(SnippetViewSet):
    model = CreditApproval
    icon = "success"
    list_display = [
        "accrediting_body",
        "approval_number",
        "course",
        "credit_hours",
        "valid_from",
        "valid_until",
    ]
    list_filter = ["course", "jurisdiction"]
    copy_view_enabled = False


class LegalUpdateViewSet(SnippetViewSet):
    model = LegalUpdate
    icon = "doc-empty-inverse"
    list_display = ["title", "jurisdiction", "pack_version", "takes_effect_on", "due_on"]
    list_filter = ["jurisdiction"]
    copy_view_enabled = False


class CertificationGroup(SnippetViewSetGroup):
    menu_label = gettext_lazy("Certificates")
    menu_icon = "doc-full-inverse"
    menu_order = 320
    items = [
        CredentialViewSet,
        AchievementViewSet,
        ApprovalViewSet,
        LegalUpdateViewSet,
        IssuerViewSet,
        CertificateTemplateViewSet,
    ]


register_snippet(CertificationGroup)


@dataclass(frozen=True)
class Action:
    """Something that is done to a certificate with a reason, and the words for it."""

    service: Callable[..., object]
    title: str | Promise
    explanation: str | Promise
    button: str | Promise
    done: str | Promise
    form: type[ReasonForm] = ReasonForm


ACTIONS = {
    "withdraw": Action(
        revoke_credential,
        gettext_lazy("Withdraw a certificate"),
        gettext_lazy(
            "The public page will say that it was withdrawn, with today's date. This cannot be undone."
        ),
        gettext_lazy("Withdraw it"),
        gettext_lazy("%(number)s is withdrawn. The public page says so at once."),
        RevocationForm,
    ),
    "pause": Action(
        suspend_credential,
        gettext_lazy("Pause a certificate"),
        gettext_lazy(
            "The public page will say that it is not to be relied upon for now. You can end the pause at any time."
        ),
        gettext_lazy("Pause it"),
        gettext_lazy("%(number)s is paused. The public page says so at once."),
    ),
    "reinstate": Action(
        reinstate_credential,
        gettext_lazy("End the pause of a certificate"),
        gettext_lazy("The certificate counts again, until the day that stands on it."),
        gettext_lazy("End the pause"),
        gettext_lazy("%(number)s is no longer paused."),
    ),
}


def change_view(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Ask for a reason, then do it. Only with the permission of its own."""
    if not isinstance(request.user, User) or not can_revoke(request.user):
        raise PermissionDenied
    credential = get_object_or_404(AchievementCredential.objects.with_history(), pk=pk)
    listing = reverse("wagtailsnippets_certification_achievementcredential:list")
    chosen = ACTIONS[action]
    form = chosen.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.service(credential, by=request.user, at=timezone.now(), **form.cleaned_data)
        except CertificationError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(chosen.done) % {"number": credential.number})
        return redirect(listing)
    return TemplateResponse(
        request,
        "certification/admin/change.html",
        {"credential": credential, "form": form, "listing": listing, "action": chosen},
    )


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("certificates/issue/", issue_view, name="certification_issue"),
    ] + [
        path(
            f"certificates/<int:pk>/{action}/",
            change_view,
            {"action": action},
            name=f"certification_{action}",
        )
        for action in ACTIONS
    ]


@hooks.register("register_snippet_listing_buttons")
def change_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    if not isinstance(snippet, AchievementCredential) or not can_revoke(user):
        return
    state = credential_state(snippet, today(timezone.now()))
    if state == CredentialState.SUSPENDED:
        yield ListingButton(
            _("End the pause"),
            reverse("certification_reinstate", args=[snippet.pk]),
            priority=29,
            icon_name="rotate",
        )
    elif state == CredentialState.VALID:
        yield ListingButton(
            _("Pause"), reverse("certification_pause", args=[snippet.pk]), priority=29, icon_name="lock"
        )
    if state != CredentialState.REVOKED:
        yield ListingButton(
            _("Withdraw"),
            reverse("certification_withdraw", args=[snippet.pk]),
            priority=30,
            icon_name="cross",
        )
