"""How administrators change agencies: every form hands its values to a service."""

import re
from typing import Any

from allauth.socialaccount.models import SocialApp
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from agencies import providers, services
from agencies.exceptions import ProviderProblem
from agencies.models import INDEPENDENT_SLUG, Agency, Delegation, IdentityProvider, Membership

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")


class ServiceForm(WagtailAdminModelForm):
    """Tries the service while cleaning, so that a refusal is a message beside the field and never an error page."""

    def call_service(self) -> Any:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        self.instance = self.call_service()
        return self.instance

    def save_m2m(self) -> None:
        """Nothing here has many-to-many fields."""


class AgencyForm(ServiceForm):
    parent = forms.ModelChoiceField(
        Agency.objects.exclude(slug=INDEPENDENT_SLUG).order_by("path"),
        label=gettext_lazy("Part of"),
        required=False,
        help_text=gettext_lazy("Leave empty for an agency of its own. It cannot be moved later."),
    )

    class Meta:
        model = Agency
        fields = ["name", "slug", "jurisdiction", "sets_roles", "support_text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for fixed in ("parent", "slug"):
                self.fields.pop(fixed, None)

    def call_service(self) -> Agency:
        data = self.cleaned_data
        words = {key: data[key] for key in ("name", "jurisdiction", "sets_roles", "support_text")}
        if self.instance.pk:
            return services.update_agency(self.instance, **words)
        return services.create_agency(
            words.pop("name"), slug=data["slug"], parent=data.get("parent"), **words
        )


class MembershipForm(ServiceForm):
    class Meta:
        model = Membership
        fields = ["user", "agency", "professional_role", "staff_number", "started_on", "ended_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for fixed in ("user", "agency", "started_on"):
                self.fields.pop(fixed, None)
        else:
            self.fields.pop("ended_on", None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.pk and data.get("user") and data.get("agency"):
            open_here = Membership.objects.filter(
                user=data["user"], agency=data["agency"], ended_on__isnull=True
            )
            if open_here.exists():
                raise ValidationError({"user": _("This person already works there.")})
        if self.instance.pk and data.get("ended_on") and data["ended_on"] < self.instance.started_on:
            raise ValidationError({"ended_on": _("The last day lies before the first.")})
        return data

    def call_service(self) -> Membership:
        data = self.cleaned_data
        if not self.instance.pk:
            return services.add_member(
                data["user"],
                data["agency"],
                professional_role=data["professional_role"],
                started_on=data["started_on"],
                staff_number=data["staff_number"],
            )
        membership = services.set_membership_role(
            Membership.objects.get(pk=self.instance.pk),
            professional_role=data["professional_role"],
            staff_number=data["staff_number"],
            on=timezone.localdate(),
        )
        if data.get("ended_on"):
            services.end_membership(membership, on=data["ended_on"])
        return membership


class DelegationForm(ServiceForm):
    class Meta:
        model = Delegation
        fields = ["user", "agency", "kind", "starts_on", "ends_on"]

    def clean_agency(self) -> Agency:
        agency: Agency = self.cleaned_data["agency"]
        if agency.is_independent:
            raise ValidationError(_("People without an agency have no lead."))
        return agency

    def call_service(self) -> Delegation:
        data = self.cleaned_data
        return services.delegate(
            data["user"],
            data["agency"],
            kind=data["kind"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )


class IdentityProviderForm(ServiceForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("openid_connect", "OpenID Connect"), ("saml", "SAML 2.0")]
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        help_text=gettext_lazy("As on the button: Northgate staff account"),
    )
    word = forms.SlugField(
        label=gettext_lazy("Word in the address"),
        max_length=80,
        help_text=gettext_lazy("Part of the addresses that you enter at the provider."),
    )
    server = forms.URLField(
        label=gettext_lazy("Address of the provider"),
        assume_scheme="https",
        help_text=gettext_lazy("OpenID Connect: the issuer. SAML: the address of its metadata."),
    )
    client_id = forms.CharField(
        label=gettext_lazy("Client id"),
        max_length=191,
        help_text=gettext_lazy(
            "OpenID Connect: as the provider gave it. SAML: the entity id of the provider."
        ),
    )
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=191,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "OpenID Connect only. It is never shown again; leave empty to keep the one that is stored."
        ),
    )

    class Meta:
        model = IdentityProvider
        fields = ["agency", "email_domains", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email_domains"].required = True
        if self.instance.pk:
            app = self.instance.social_app
            self.initial |= {
                "kind": app.provider,
                "name": app.name,
                "word": app.provider_id,
                "client_id": app.settings.get("idp", {}).get("entity_id") or app.client_id,
                "server": app.settings.get("server_url") or app.settings.get("metadata_url", ""),
            }

    def clean_server(self) -> str:
        server: str = self.cleaned_data["server"]
        try:
            providers.check_address(server)
        except ProviderProblem as problem:
            raise ValidationError(str(problem)) from problem
        return server

    def clean_agency(self) -> Agency:
        agency: Agency = self.cleaned_data["agency"]
        if agency.is_independent:
            raise ValidationError(_("Independent has no sign-in of its own."))
        return agency

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        others = SocialApp.objects.filter(provider_id=word)
        if self.instance.pk:
            others = others.exclude(pk=self.instance.social_app_id)
        if others.exists() or word in ("openid_connect", "saml"):
            raise ValidationError(_("This word is taken. Choose another."))
        return word

    def clean_email_domains(self) -> str:
        lines = [one.strip().lower().removeprefix("@") for one in self.cleaned_data["email_domains"].split()]
        for line in lines:
            if not DOMAIN.fullmatch(line):
                raise ValidationError(
                    _("“%(word)s” is no e-mail domain. Write it as northgate.example, one a line.")
                    % {"word": line}
                )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not all(data.get(name) for name in ("kind", "server", "client_id")):
            return data
        try:
            if data["kind"] == "saml":
                self.idp = providers.read_metadata(data["server"], entity_id=data["client_id"])
            else:
                data["server"] = providers.discover(data["server"])
        except ProviderProblem as problem:
            self.add_error("server", str(problem))
        if data["kind"] != "saml" and not data.get("secret") and not self._keeps_a_secret():
            self.add_error("secret", _("Enter the secret that the provider gave for this client id."))
        return data

    def _keeps_a_secret(self) -> bool:
        return bool(self.instance.pk and self.instance.social_app.secret)

    def call_service(self) -> IdentityProvider:
        data = self.cleaned_data
        if data["kind"] == "saml":
            settings: dict[str, Any] = {"idp": self.idp, "metadata_url": data["server"]}
            # The sign-in library puts this into its addresses, and an entity id is often an address itself.
            client_id = data["word"]
        else:
            settings = {"server_url": data["server"], "oauth_pkce_enabled": True}
            client_id = data["client_id"]
        return services.save_identity_provider(
            data["agency"],
            provider=data["kind"],
            provider_id=data["word"],
            name=data["name"],
            client_id=client_id,
            secret=data["secret"],
            settings=settings,
            email_domains=data["email_domains"],
            is_on=data["is_on"],
            existing=self.instance if self.instance.pk else None,
        )
