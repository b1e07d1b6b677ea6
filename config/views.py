"""What belongs to no app."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode


def sign_in_to_admin(request: HttpRequest) -> HttpResponse:
    """To the one sign-in page. Somebody who is signed in and still sent here may not open the admin: said, not looped."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return redirect(f"{resolve_url('account_login')}{'?' if query else ''}{query}")
