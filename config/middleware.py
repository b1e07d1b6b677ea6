"""What only the whole project can know: which policy applies where."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

# Wagtail's editor brings inline scripts and styles of its own. Only people who may open the admin ever meet this policy.
ADMIN_POLICY: dict[str, Any] = {
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}


class AdminPolicyMiddleware:
    """Relaxes the Content Security Policy inside the admin, and lets its preview show pages in a frame."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(reverse("wagtailadmin_home")):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]
            # A previewed page went through this stack already, as a learner's page, and keeps a learner's policy but for
            # where it may be framed.
            policy = response.get(HEADER, "")
            if policy:
                response[HEADER] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response


class ButtonPageMiddleware:
    """Says in words what an address is that only a button may send to, where Django would show an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.streaming or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response.get("Allow", "")
        return page
