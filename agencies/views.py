"""An agency's own way in."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from onelogin.saml2.errors import OneLogin_Saml2_Error
from requests import RequestException

from agencies import selectors


def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """The providers of one agency. An agency without any answers like one that does not exist."""
    agency = selectors.agency_by_slug(slug)
    providers = selectors.identity_providers(agency) if agency else []
    if agency is None or not providers:
        raise Http404
    process = "connect" if request.user.is_authenticated else "login"
    if process == "connect":
        # Asked on the way back, the provider's answer would be lost: it holds once.
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
    ways = [
        {
            "name": one.social_app.name,
            "url": one.social_app.get_provider(request).get_login_url(request, process=process),
        }
        for one in providers
    ]
    return render(request, "agencies/sign_in.html", {"agency": agency, "ways": ways, "section": "account"})


@never_cache
def go_on(request: HttpRequest, word: str) -> HttpResponse:
    """Set out for the provider; asked for by address, the way leads to the agency's page with its button.

    A page in between instead of a redirect: `form-action` of the content policy would hold for every redirect after the
    button, and no list can name all hosts behind an agency's sign-in.
    """
    provider = selectors.provider_for(word)
    if provider is None or not provider.is_on:
        raise Http404
    if request.method != "POST":
        return redirect("agencies:sign_in", slug=provider.agency.slug)
    process = "connect" if request.user.is_authenticated else "login"
    try:
        away = provider.social_app.get_provider(request).redirect(request, process)
        target = away["Location"]
    except (OAuth2Error, OneLogin_Saml2_Error, RequestException, KeyError, ValueError):
        messages.error(
            request,
            _("%(name)s does not answer at the moment. Try again in a few minutes.")
            % {"name": provider.social_app.name},
        )
        return redirect("agencies:sign_in", slug=provider.agency.slug)
    response = render(request, "agencies/go_on.html", {"name": provider.social_app.name, "target": target})
    response["Refresh"] = f"0; url={target}"
    return response
