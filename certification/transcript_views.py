"""The holder's transcript, on a page and as files."""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from certification.badges.transcript_files import KINDS, transcript_file
from certification.exceptions import NoSigningKey
from certification.pdf import FALLBACK_LANGUAGE, PAPERS, missing_letters
from certification.sharing_forms import TranscriptForm

logger = logging.getLogger(__name__)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    return request.user


def _has_name(user: User) -> bool:
    return bool(user.name) and user.name_confirmed_at is not None


@login_required
@never_cache
@require_GET
def transcript(request: HttpRequest) -> HttpResponse:
    """Everything that one earned in the time chosen, and its files."""
    user = _user(request)
    form = TranscriptForm(request.GET)
    context = {
        "section": "training",
        "form": form,
        "has_name": _has_name(user),
        "missing_letters": missing_letters(user.name),
    }
    if not form.is_valid():
        return render(request, "certification/transcript.html", context, status=422)
    chosen = {key: request.GET[key] for key in ("start", "end", "agencies", "names") if request.GET.get(key)}
    context["query"] = urlencode(chosen)
    context["transcript"] = form.transcript(user, at=timezone.now())
    return render(request, "certification/transcript.html", context)


@login_required
@require_GET
def transcript_download(request: HttpRequest, kind: str) -> HttpResponse:
    user = _user(request)
    form = TranscriptForm(request.GET)
    paper = request.GET.get("paper", "a4")
    if kind not in KINDS or paper not in PAPERS or not form.is_valid():
        raise Http404
    if not _has_name(user):
        return redirect("certification:transcript")
    found = form.transcript(user, at=timezone.now())
    if found.is_empty:
        return redirect("certification:transcript")
    language = request.GET.get("language") or get_language() or FALLBACK_LANGUAGE
    try:
        content = transcript_file(found, user, kind, paper=paper, language=language)
    except NoSigningKey as error:
        logger.error("A transcript cannot be signed: %s", error)
        messages.error(
            request, _("Transcripts cannot be signed at the moment. Tell the people who run this site.")
        )
        return redirect("certification:transcript")
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="transcript-{found.made_on}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response
