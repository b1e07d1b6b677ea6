"""What belongs to no app."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.utils.http import urlencode
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel


def sign_in_to_admin(request: HttpRequest) -> HttpResponse:
    """To the one sign-in page. Somebody who is signed in and still sent here may not open the admin: said, not looped."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return redirect(f"{resolve_url('account_login')}{'?' if query else ''}{query}")


class AdminAccountView(AccountView):
    """An editor's own settings without Wagtail's two names, which it asks for and we do not keep, and without a picture.

    Name and address are changed where everybody changes them: under "My account".
    """

    def get_panels(self) -> list[Any]:
        unwanted = (NameEmailSettingsPanel, AvatarSettingsPanel)
        return [panel for panel in super().get_panels() if not isinstance(panel, unwanted)]


admin_account = require_admin_access(AdminAccountView.as_view())


# What belongs to one person, and the answers about single certificates. Public pages may be found.
_NOT_FOR_ROBOTS = (
    "/account/",
    "/accounts/",
    "/admin/",
    "/agencies/",
    "/agency/",
    "/learn/",
    "/scenarios/",
    "/training/",
    "/verify/",
    "/xapi/",
)


def robots(request: HttpRequest) -> HttpResponse:
    """The page with the empty field may be found, the page of a certificate may not."""
    lines = ["User-agent: *", "Allow: /verify/$", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the request, which may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html", {"leave_url": settings.LEAVE_URL}))
