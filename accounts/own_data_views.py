"""Taking one's data along."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.own_data import own_data_archive
from accounts.throttle import is_allowed

# Signing many PDFs takes a moment.
EXPORTS = (5, 600)


@login_required
@require_GET
def own_data(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/own_data.html", {"section": "account"})


@login_required
@require_GET
@reauthentication_required  # type: ignore[untyped-decorator]
def own_data_file(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required saw to it
    if not is_allowed("own-data", str(user.uuid), EXPORTS):
        response = render(
            request, "accounts/own_data.html", {"section": "account", "is_too_often": True}, status=429
        )
        response["Retry-After"] = str(EXPORTS[1])
        return response
    now = timezone.now()
    response = HttpResponse(own_data_archive(user, at=now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="waylight-my-data-{timezone.localdate(now)}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response
