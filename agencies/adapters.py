"""Sign-in through an agency's own provider (OIDC or SAML)."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from agencies import selectors
from agencies.models import IdentityProvider
from agencies.providers import GuardedSession

VERIFIED_CLAIMS = ("email_verified", "http://schemas.auth0.com/email_verified")


def provider_of(sociallogin: Any) -> IdentityProvider | None:
    """The agency's provider that a sign-in came through."""
    return selectors.provider_for(sociallogin.account.provider)


def address_of(sociallogin: Any) -> str:
    """The address that the provider vouches for."""
    known = [address.email for address in sociallogin.email_addresses]
    return str(next(iter(known), "") or sociallogin.account.extra_data.get("email", ""))


def is_disowned(sociallogin: Any) -> bool:
    """Whether the provider says outright that it has not checked the address.

    Many say nothing (Entra ID, most SAML): an agency then answers for the addresses in its own domains.
    """
    extra = sociallogin.account.extra_data
    sources = [extra, extra.get("userinfo") or {}, extra.get("id_token") or {}]
    said = [source[key] for source in sources for key in VERIFIED_CLAIMS if key in source]
    return any(str(one).strip().lower() not in ("true", "1", "yes") for one in _flat(said))


def _flat(values: list[Any]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Only an agency's own provider, only for its own addresses, and never into somebody's existing account.

    An account that exists under the same address stays closed: allauth asks the person to sign in there first and to
    connect the provider from inside, and nothing here relaxes that.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        provider = provider_of(sociallogin)
        if provider is None:
            self._refuse(
                request,
                _("This sign-in belongs to no agency here. Ask your training lead for the right link."),
            )
        elif not provider.is_on:
            self._refuse(request, _("This sign-in is switched off. Ask your training lead."))
        elif not provider.accepts(address_of(sociallogin)):
            self._refuse(
                request,
                _("%(agency)s lets in addresses of its own only. Sign in with your work account.")
                % {"agency": provider.agency.name},
            )
        elif is_disowned(sociallogin):
            self._refuse(
                request,
                _(
                    "%(agency)s has not confirmed that this e-mail address is yours. Confirm it there, then try again."
                )
                % {"agency": provider.agency.name},
            )

    def _refuse(self, request: HttpRequest, words: str) -> None:
        messages.error(request, words)
        raise ImmediateHttpResponse(redirect("account_login"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """The agency decides about its own people, whether or not strangers may sign up."""
        provider = provider_of(sociallogin)
        return provider is not None and provider.is_on and provider.accepts(address_of(sociallogin))

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """An agency answers for addresses in its own domains and for no others."""
        ours = selectors.provider_for(provider.app.provider_id) if provider.app else None
        return ours is not None and ours.accepts(email)

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return False

    def get_requests_session(self) -> GuardedSession:
        return GuardedSession()

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """The public sign-in page names no agency; each has its own link."""
        return []

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user = sociallogin.user
        assert isinstance(user, User)  # noqa: S101
        user.email = (data.get("email") or "").strip().lower()
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = " ".join((data.get("name") or " ".join(filter(None, parts))).split())[:200]
        return user
