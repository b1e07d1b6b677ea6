"""Agencies, people's places in them and their sign-in, in the admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import DeleteView, SnippetViewSet, SnippetViewSetGroup

from accounts.choosers import GuardedChooserViewSet
from agencies import services
from agencies.admin_forms import AgencyForm, DelegationForm, IdentityProviderForm, MembershipForm
from agencies.models import Agency, Delegation, IdentityProvider, Membership


class NeverDeleted(ModelPermissionPolicy):
    """Proof points to these rows: they are ended or renamed, never deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return action != "delete" and super().user_has_permission_for_instance(user, action, instance)


class AgencyViewSet(SnippetViewSet):
    model = Agency
    icon = "home"
    list_display = ["name", "slug", "jurisdiction", "depth"]
    search_fields = ["name", "slug"]
    ordering = ["path"]
    copy_view_enabled = False
    permission_policy = NeverDeleted(Agency)
    edit_handler = ObjectList(
        [
            FieldPanel(name)
            for name in ("name", "slug", "parent", "jurisdiction", "sets_roles", "support_text")
        ],
        base_form_class=AgencyForm,
    )


class MembershipViewSet(SnippetViewSet):
    model = Membership
    chooser_viewset_class = GuardedChooserViewSet
    icon = "group"
    list_display = ["user", "agency", "professional_role", "started_on", "ended_on"]
    list_filter = ["agency", "professional_role"]
    search_fields = ["user__name", "user__email", "staff_number"]
    copy_view_enabled = False
    permission_policy = NeverDeleted(Membership)
    edit_handler = ObjectList(
        [
            FieldPanel(name)
            for name in ("user", "agency", "professional_role", "staff_number", "started_on", "ended_on")
        ],
        base_form_class=MembershipForm,
    )


class DelegationViewSet(SnippetViewSet):
    model = Delegation
    chooser_viewset_class = GuardedChooserViewSet
    icon = "key"
    list_display = ["user", "agency", "kind", "starts_on", "ends_on"]
    list_filter = ["agency", "kind"]
    copy_view_enabled = False
    permission_policy = NeverDeleted(Delegation)
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("user", "agency", "kind", "starts_on", "ends_on")],
        base_form_class=DelegationForm,
    )


class IdentityProviderDeleteView(DeleteView):
    def delete_action(self) -> None:
        services.delete_identity_provider(self.object)


class IdentityProviderViewSet(SnippetViewSet):
    """Each is switched off by itself, through the service that takes its secret away too."""

    model = IdentityProvider
    chooser_viewset_class = GuardedChooserViewSet
    delete_view_class = IdentityProviderDeleteView
    deletes_in_bulk = False
    icon = "login"
    list_display = ["agency", "social_app", "email_domains", "is_on"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel(name)
            for name in (
                "agency",
                "kind",
                "name",
                "word",
                "server",
                "client_id",
                "secret",
                "email_domains",
                "is_on",
            )
        ],
        base_form_class=IdentityProviderForm,
    )


class AgencyGroup(SnippetViewSetGroup):
    menu_label = _("Agencies")
    menu_icon = "home"
    menu_order = 240
    items = (AgencyViewSet, MembershipViewSet, DelegationViewSet, IdentityProviderViewSet)


register_snippet(AgencyGroup)
