"""What the masthead and footer of every page need, without asking the database more than they must."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi


def shell(request: HttpRequest) -> dict[str, Any]:
    """Languages, the person's look, and where "Leave this page" leads."""
    match = getattr(request, "resolver_match", None)
    return {
        # The sign-in library's pages name no section of their own; what a view says goes before this.
        "section": "account" if match and match.route.startswith("accounts/") else "",
        "look": SimpleLazyObject(lambda: _look(request)),
        "leave_url": settings.LEAVE_URL,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "page_direction": "rtl" if get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
        "has_styleguide": settings.DEBUG,
        "open_sign_up": settings.OPEN_SIGN_UP,
    }


def _look(request: HttpRequest) -> dict[str, str]:
    """Text size, colours and motion: of the person where she is signed in, else of this device."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return {"text_size": user.text_size, "theme": user.theme, "motion": user.motion}
    pairs = (part.partition(":") for part in request.COOKIES.get("waylight_look", "").split("|"))
    kept = {key: value for key, _, value in pairs if value.isalpha()}
    return {
        key: kept.get(key, default)
        for key, default in (("text_size", "normal"), ("theme", "device"), ("motion", "device"))
    }
