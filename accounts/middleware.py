"""How a page looks and which language it speaks, for one request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.preferences import COOKIE, Look, look_from_cookie


def _known(language: str) -> str | None:
    try:
        return translation.get_supported_language_variant(language) if language else None
    except LookupError:
        return None


def language_for(request: HttpRequest) -> str:
    """The person's own, else what was chosen on this device, else what the browser asks for."""
    own = request.user.language if request.user.is_authenticated else ""
    return (
        _known(own)
        or _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
        or translation.get_language_from_request(request)
    )


def look_for(request: HttpRequest) -> Look:
    """The person's own, else what was chosen on this device."""
    if request.user.is_authenticated:
        return Look(text_size=request.user.text_size, theme=request.user.theme, motion=request.user.motion)
    return look_from_cookie(request.COOKIES.get(COOKIE, ""))


class LanguageMiddleware:
    """Stands after AuthenticationMiddleware, because the person's own choice comes first. Sets `request.look` too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_for(request)
        request.LANGUAGE_CODE = language
        request.look = look_for(request)  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
