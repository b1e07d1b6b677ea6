"""An agency's own way in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agencies import selectors


def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """The providers of one agency. An agency without any answers like one that does not exist."""
    agency = selectors.agency_by_slug(slug)
    providers = selectors.identity_providers(agency) if agency else []
    if agency is None or not providers:
        raise Http404
    process = "connect" if request.user.is_authenticated else "login"
    ways = [
        {
            "name": one.social_app.name,
            "url": one.social_app.get_provider(request).get_login_url(request, process=process),
        }
        for one in providers
    ]
    return render(request, "agencies/sign_in.html", {"agency": agency, "ways": ways})
