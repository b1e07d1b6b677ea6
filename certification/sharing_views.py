"""What a holder hands out: share links, a wallet's file. And the page that a link leads to."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from agencies.isolation import across_agencies
from certification import selectors, services, sharing, throttle
from certification.badges.documents import MEDIA_TYPES
from certification.exceptions import TooManyLinks
from certification.models import AchievementCredential
from certification.pdf import FALLBACK_LANGUAGE
from certification.reveals import readers_of, viewer
from certification.rules import CredentialState
from certification.sharing_forms import ShareLinkForm
from certification.views import as_public


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _own(request: HttpRequest, number: str) -> AchievementCredential:
    """One's own certificate; anyone else's is as good as none."""
    credential = selectors.held_credential(_user(request), number)
    if credential is None:
        raise Http404
    return credential


def _needs_name(credential: AchievementCredential) -> bool:
    return credential.user.name_confirmed_at is None or not credential.holder_name


def _links_page(
    request: HttpRequest,
    credential: AchievementCredential,
    form: ShareLinkForm,
    *,
    at: datetime,
    address: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    on = selectors.today(at)
    context |= {
        "section": "training",
        "credential": credential,
        "form": form,
        "address": address,
        "links": [{"link": link, "works": link.works(on=on)} for link in sharing.links_of(credential)],
        "preview": viewer(sharing.Behind(credential, at=at), form.shows, key="preview", who=""),
    }
    return render(request, "certification/links.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, number: str) -> HttpResponse:
    """Every link to one certificate, a form for one more, and what that one would show."""
    credential = _own(request, number)
    now = timezone.now()
    if _needs_name(credential):
        messages.error(request, _("Confirm your name first. Then you can share the certificate."))
        return redirect("certification:detail", credential.number)
    if request.method != "POST":
        return _links_page(request, credential, ShareLinkForm.blank(), at=now)
    form = ShareLinkForm(request.POST)
    if not form.is_valid():
        return _links_page(request, credential, form, at=now, status=422)
    if request.POST.get("do") != "make":
        return _links_page(request, credential, form, at=now, is_preview=True)
    try:
        _link, secret = services.make_link(
            credential,
            drawn=form.cleaned_data["drawn"],
            shows=form.shows,
            label=form.cleaned_data["label"],
            expires_on=form.expires_on(today=selectors.today(now)),
            by=_user(request),
            at=now,
        )
    except TooManyLinks:
        form.add_error(None, _("Twenty links to this certificate work already. Withdraw one first."))
        return _links_page(request, credential, form, at=now, status=422)
    if not secret:
        # The form came twice. Its secret was shown with the first answer, and nobody has it any more.
        return redirect("certification:links", credential.number)
    # Answered at once instead of sent on: so the secret is written nowhere, not even into the session.
    address = settings.PUBLIC_URL + reverse("certification:shared", args=[secret])
    return _links_page(request, credential, ShareLinkForm.blank(), at=now, address=address, status=201)


@login_required
@require_POST
def withdraw_link(request: HttpRequest, number: str, link: uuid.UUID) -> HttpResponse:
    credential = _own(request, number)
    found = sharing.held_link(credential, link)
    if found is None:
        raise Http404
    services.withdraw_link(found, by=_user(request), at=timezone.now())
    messages.success(request, _("Withdrawn. The link leads nowhere from now on."))
    return redirect("certification:links", credential.number)


def _shared_page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"certification/{template}.html", context, status=status)
    # Django writes the address of every refusal into the log, and this address is a secret that may still work.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return as_public(response)


@require_safe
@across_agencies("a certificate by its shared address")
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """What the holder chose to show to whoever has this address."""
    if not throttle.is_allowed("look-up", throttle.who_asks(request), throttle.LOOK_UPS):
        response = _shared_page(request, "shared_gone", 429, is_too_often=True)
        response["Retry-After"] = str(throttle.LOOK_UPS[1])
        return response
    now = timezone.now()
    on = selectors.today(now)
    link = sharing.find_link(secret, on=on)
    if link is None:
        return _shared_page(request, "shared_gone", 404)
    credential = sharing.shared_credential(link)
    # Her own look at it is nobody's opening, and a program that asks only whether it is there opens nothing.
    if request.method != "HEAD" and request.user.pk != credential.user_id:
        services.count_opening(link, on=on)
    found = sharing.shared_view(sharing.Behind(credential, at=now), link.shows)
    return _shared_page(request, "shared", shared=found, public=found.public, link=link, checked_at=now)


WALLET_FILES = ("json", "jwt", "png", "svg")


@login_required
@require_GET
def wallet(request: HttpRequest, number: str) -> HttpResponse:
    """The files that wallets and backpacks take, with their names and kinds."""
    credential = _own(request, number)
    state = selectors.credential_state(credential, selectors.today(timezone.now()))
    if _needs_name(credential) or state not in {CredentialState.VALID, CredentialState.EXPIRED}:
        return redirect("certification:detail", credential.number)
    files = {
        kind: {"name": f"{credential.number}.{kind}", "media": MEDIA_TYPES[kind]} for kind in WALLET_FILES
    }
    return render(
        request,
        "certification/wallet.html",
        {"section": "training", "credential": credential, "files": files},
    )


@login_required
@never_cache
@require_GET
def reveals(request: HttpRequest, number: str) -> HttpResponse:
    """What each kind of reader can learn of this certificate, and what not."""
    credential = _own(request, number)
    now = timezone.now()
    working = sharing.links_of(credential).working(on=selectors.today(now))
    readers = readers_of(credential, links=working, at=now, language=get_language() or FALLBACK_LANGUAGE)
    context = {"section": "training", "credential": credential, "readers": readers}
    return render(request, "certification/reveals.html", context)
