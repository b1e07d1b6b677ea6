"""What only the whole project can know: which policy applies where, and how far a request reaches."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from csp.constants import HEADER, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from agencies.isolation import EVERYTHING, NOTHING, Reach, acting, logger, reaching

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


# Whom the site trusts with the people of every agency, in the admin and nowhere else.
ACROSS = (
    "agencies.change_membership",
    "agencies.view_membership",
    "certification.view_achievementcredential",
)


class RequestReach:
    """Asked again before each look at a protected table, because people sign in and out on the way."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.is_logged = False

    def person(self) -> int | None:
        user = getattr(self.request, "user", None)
        return user.pk if isinstance(user, User) and user.is_authenticated else None

    def __call__(self) -> Reach:
        user = getattr(self.request, "user", None)
        if not isinstance(user, User) or not user.is_authenticated:
            return NOTHING
        if self._is_admin(user):
            if not self.is_logged:
                self.is_logged = True
                logger.info("across agencies: %s in the admin, by %s", self.request.path, user.uuid)
            return EVERYTHING
        return Reach(person=user.pk)

    def _is_admin(self, user: User) -> bool:
        """Wagtail's admin. Leads have their pages outside it, and what trainers write there belongs to no person."""
        return self.request.path.startswith(reverse("wagtailadmin_home")) and (
            user.is_superuser or any(user.has_perm(permission) for permission in ACROSS)
        )


class ReachMiddleware:
    """How far a request reaches in the database; nothing is asked or said until a protected table is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reach = RequestReach(request)
        with reaching(reach), acting(reach.person):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _reaching_still(reach, response.streaming_content)
        return response


def _reaching_still(reach: RequestReach, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A long file is read from the database while it is sent, after the request is over."""
    iterator = iter(chunks)
    while True:
        with reaching(reach):
            try:
                chunk = next(iterator)
            except StopIteration:
                return
        yield chunk
