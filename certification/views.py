"""The holder's page of a certificate, and the page on which anyone can check one."""

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from agencies.isolation import across_agencies
from certification import permissions, selectors, services, throttle
from certification.badges import keys, status
from certification.badges.documents import MEDIA_TYPES, export
from certification.exceptions import CertificationError, NoSigningKey
from certification.forms import CompareNameForm, HolderNameForm, NumberForm, SharesForm
from certification.models import AchievementCredential, CredentialEvent, default_shares
from certification.pdf import FALLBACK_LANGUAGE, PAPERS, missing_letters
from certification.reveals import Reader, readers_of
from certification.rules import CredentialState, names_match, normalise_number
from certification.sharing import links_of
from certification.words import review_sentence, verify_url

logger = logging.getLogger(__name__)
JSON = "application/json"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _own(request: HttpRequest, number: str) -> AchievementCredential:
    """One's own certificate; anyone else's is as good as none."""
    credential = selectors.held_credential(_user(request), number)
    if credential is None:
        raise Http404
    return credential


def _is_usable(state: CredentialState) -> bool:
    return state in {CredentialState.VALID, CredentialState.EXPIRED}


def _needs_name(credential: AchievementCredential) -> bool:
    return credential.user.name_confirmed_at is None or not credential.holder_name


def _readers(credential: AchievementCredential) -> list[Reader]:
    at = timezone.now()
    links = links_of(credential).working(on=selectors.today(at))
    return readers_of(credential, links=links, at=at, language=get_language() or FALLBACK_LANGUAGE)


def _detail_page(
    request: HttpRequest,
    credential: AchievementCredential,
    *,
    name_form: HolderNameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    on = selectors.today(timezone.now())
    state = selectors.credential_state(credential, on)
    history = selectors.history_of(credential)
    newer = selectors.replaced_by(credential)
    withdrawn = next((event for event in history if event.kind == CredentialEvent.Kind.REVOKED), None)
    context: dict[str, Any] = {
        "section": "training",
        "credential": credential,
        "state": state,
        "is_usable": _is_usable(state),
        "needs_name": _needs_name(credential) and _is_usable(state),
        "name_differs": credential.user.name != credential.holder_name and _is_usable(state),
        "missing_letters": missing_letters(credential.holder_name),
        "review": review_sentence(credential.review_state),
        "papers": [("a4", "A4"), ("letter", "Letter")],
        "is_dressed": "look" in credential.words,
        "public": selectors.public_view(credential, on=on),
        "history": history,
        "newer": newer,
        "waits_for_refresher": state == CredentialState.SUSPENDED
        and selectors.waits_for_refresher(credential),
        "withdrawn": withdrawn,
        "name_form": name_form
        or HolderNameForm(initial={"name": credential.user.name or credential.holder_name}),
        "readers": [] if _needs_name(credential) else _readers(credential),
        "shares_form": SharesForm(initial={**default_shares(), **credential.shares}),
    }
    return render(request, "certification/detail.html", context, status=status)


@login_required
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    credential = _own(request, number)
    if number != credential.number:
        return redirect("certification:detail", credential.number)
    return _detail_page(request, credential)


@login_required
@require_POST
def holder_name(request: HttpRequest, number: str) -> HttpResponse:
    credential = _own(request, number)
    form = HolderNameForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, credential, name_form=form, status=422)
    try:
        current = services.confirm_holder_name(credential, name=form.cleaned_data["name"], at=timezone.now())
    except CertificationError:
        messages.error(
            request,
            _("This certificate is no longer the newest. Correct the name on the one that replaced it."),
        )
        return redirect("certification:detail", credential.number)
    if current.number == credential.number:
        messages.success(request, _("Name confirmed. You can download the certificate."))
    else:
        messages.success(
            request,
            _(
                "Name confirmed. The certificate was issued again with it, under a new number; the old one says that it was replaced."
            ),
        )
    return redirect("certification:detail", current.number)


@login_required
@require_POST
def shares(request: HttpRequest, number: str) -> HttpResponse:
    credential = _own(request, number)
    form = SharesForm(request.POST)
    if form.is_valid():
        services.set_shares(credential, shares=form.cleaned_data, by=_user(request), at=timezone.now())
        messages.success(request, _("Saved. The public page shows exactly what you see below."))
    return redirect("certification:detail", credential.number)


@login_required
@require_GET
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    credential = selectors.find_credential(number)
    on = selectors.today(timezone.now())
    if credential is None or not permissions.can_download(_user(request), credential, on=on):
        raise Http404
    newer = selectors.replaced_by(credential)
    is_correction = newer is not None and newer.kind == AchievementCredential.Kind.CORRECTION
    state = selectors.credential_state(credential, on)
    if state == CredentialState.REVOKED or is_correction or _needs_name(credential):
        if not permissions.can_open(_user(request), credential):
            raise Http404
        return redirect("certification:detail", credential.number)
    paper = request.GET.get("paper", "a4")
    if paper not in PAPERS:
        raise Http404
    try:
        document = export(
            credential,
            "pdf",
            paper=paper,
            language=request.GET.get("language") or get_language() or FALLBACK_LANGUAGE,
            is_plain=request.GET.get("look") == "plain",
        )
    except NoSigningKey as error:
        return _cannot_sign(request, credential, error)
    return _download(document, "pdf", f"{credential.number}-{paper}.pdf")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _cannot_sign(
    request: HttpRequest, credential: AchievementCredential, error: NoSigningKey
) -> HttpResponse:
    logger.error("A certificate cannot be signed: %s", error)
    messages.error(
        request,
        _("Certificates cannot be signed at the moment. Yours is safe; tell the people who run this site."),
    )
    return redirect("certification:detail", credential.number)


@login_required
@require_GET
def credential_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The holder's own credential for a wallet, another system or a web page."""
    credential = _own(request, number)
    if kind not in {"json", "jwt", "png", "svg"}:
        raise Http404
    on = selectors.today(timezone.now())
    if _needs_name(credential) or not _is_usable(selectors.credential_state(credential, on)):
        return redirect("certification:detail", credential.number)
    try:
        return _download(export(credential, kind), kind, f"{credential.number}.{kind}")
    except NoSigningKey as error:
        return _cannot_sign(request, credential, error)


def as_public(response: HttpResponse) -> HttpResponse:
    """Search engines keep away, and nothing stays behind in a cache: a withdrawal shows at once."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    context.setdefault("form", NumberForm())
    return as_public(render(request, "certification/verify.html", context, status=status))


def _too_often(request: HttpRequest) -> HttpResponse:
    response = _answer(request, 429, is_too_often=True)
    response["Retry-After"] = str(throttle.LOOK_UPS[1])
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json" or request.get_preferred_type(["text/html", JSON]) == JSON


def _unknown(request: HttpRequest, asked: str) -> HttpResponse:
    """One answer for what cannot be a number and for what nobody was given."""
    if _wants_json(request):
        return as_public(JsonResponse({"state": "unknown"}, status=404))
    return _answer(request, 404, form=NumberForm(initial={"number": asked[:200]}), is_unknown=True)


@require_GET
@across_agencies("anybody checks a certificate")
def verify(request: HttpRequest) -> HttpResponse:
    if "number" not in request.GET:
        return _answer(request)
    form = NumberForm(request.GET)
    if not form.is_valid():
        return _answer(request, 422, form=form)
    number = normalise_number(form.cleaned_data["number"])
    if number is not None:
        return as_public(redirect("certification:verify_number", number))
    if not throttle.is_allowed("look-up", throttle.who_asks(request), throttle.LOOK_UPS):
        return _too_often(request)
    return _unknown(request, form.cleaned_data["number"])


def _compare(
    request: HttpRequest, credential: AchievementCredential
) -> tuple[CompareNameForm, bool | None, bool]:
    """The form, whether the name matched, and whether it was asked too often."""
    form = CompareNameForm(request.POST)
    if not form.is_valid():
        return form, None, False
    asked_by = throttle.who_asks(request)
    is_allowed = throttle.is_allowed("compare", asked_by, throttle.COMPARISONS) and throttle.may_compare(
        credential
    )
    if not is_allowed:
        return form, None, True
    return form, names_match(form.cleaned_data["name"], credential.holder_name), False


@require_http_methods(["GET", "HEAD", "POST"])
@across_agencies("anybody checks a certificate")
def verify_number(request: HttpRequest, number: str) -> HttpResponse:
    if not throttle.is_allowed("look-up", throttle.who_asks(request), throttle.LOOK_UPS):
        return _too_often(request)
    canonical = normalise_number(number)
    credential = selectors.find_credential(canonical) if canonical else None
    if credential is None:
        return _unknown(request, number)
    if number != credential.number:
        return as_public(redirect("certification:verify_number", credential.number))
    now = timezone.now()
    public = selectors.public_view(credential, on=selectors.today(now))
    if _wants_json(request):
        return as_public(JsonResponse(selectors.public_data(public, checked_at=now)))
    context: dict[str, Any] = {
        "form": NumberForm(),
        "public": public,
        "address": verify_url(credential.number),
        "checked_at": now,
        "compare_form": CompareNameForm() if public.can_compare_name else None,
    }
    if request.method == "POST":
        if not public.can_compare_name:
            return _answer(request, 403, **context)
        context["compare_form"], context["matches"], context["compared_too_often"] = _compare(
            request, credential
        )
        status = 429 if context["compared_too_often"] else 200 if context["matches"] is not None else 422
        return _answer(request, status, **context)
    return _answer(request, **context)


def _document(document: dict[str, Any], media_type: str) -> HttpResponse:
    """For programs anywhere: whoever checks a credential in a browser asks from another site."""
    response = JsonResponse(document, content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={status.SECONDS}"
    return response


@require_GET
def did_document(request: HttpRequest) -> HttpResponse:
    """The keys of this site, as `did:web` asks for them."""
    return _document(keys.did_document(), "application/did+json")


@require_GET
@across_agencies("anybody checks a certificate")
def status_list(request: HttpRequest, list_number: int, purpose: str) -> HttpResponse:
    """Which credentials no longer count, signed. It names nobody and no certificate."""
    signed = status.status_list(list_number, purpose)
    if signed is None:
        raise Http404
    return _document(signed, "application/vc+ld+json")
