"""A refresher: six questions, with or without signing in, each answered at once."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.throttle import is_allowed, who_asks
from agencies.isolation import across_agencies
from courses import services
from courses.exceptions import InvalidAnswer, NotReady
from courses.models import CheckAttempt, NoRefresherMail, Registration
from courses.presenters import present_question
from courses.refresher_selectors import missed_in, refreshing_of
from courses.refreshers import ITEMS, is_enough, read_again, weak_lessons
from courses.selectors import learning_path
from courses.services.refreshers import allow_mail, read_token, start_refresher, stop_mail
from courses.views import _registration, read_item_answer

# Wrong links from one address: so many in so many seconds.
WRONG_LINKS = (30, 600)
# So long after the last answer a link from an e-mail still shows what came of it.
SHOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Door:
    """How somebody came in: signed in, or by the link of one refresher."""

    registration: Registration
    token: str = ""
    day: int | None = None

    def start(self) -> str:
        if self.token:
            return reverse("courses:refresher_by_mail", args=[self.token])
        return reverse("courses:refresher", args=[self.registration.uuid])

    def item(self, position: int) -> str:
        if self.token:
            return reverse("courses:refresher_item_by_mail", args=[self.token, position])
        return reverse("courses:refresher_item", args=[self.registration.uuid, position])


def _gone(request: HttpRequest, *, status: int = 404) -> HttpResponse:
    """One answer for a link that is wrong, too old, or for what is no longer asked."""
    response = render(request, "courses/refresher_gone.html", {"is_too_often": status == 429}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _by_mail(request: HttpRequest, token: str) -> Door | HttpResponse:
    try:
        found, day = read_token(token)
        registration = (
            Registration.objects.select_related(
                "course_version__course", "professional_role", "jurisdiction", "agency", "user"
            )
            .filter(uuid=uuid.UUID(found), user__is_active=True)
            .first()
        )
    except (signing.BadSignature, ValueError, TypeError):
        registration = None
    if registration is None:
        allowed = is_allowed("refresher-link", who_asks(request), WRONG_LINKS)
        return _gone(request, status=404 if allowed else 429)
    return Door(registration, token, day)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refresher(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    return _front(request, Door(_registration(request, registration)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refresher_item(request: HttpRequest, registration: uuid.UUID, position: int) -> HttpResponse:
    return _item(request, Door(_registration(request, registration)), position)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@across_agencies("a refresher by its secret address")
def refresher_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    door = _by_mail(request, token)
    return door if isinstance(door, HttpResponse) else _private(_front(request, door))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@across_agencies("a refresher by its secret address")
def refresher_item_by_mail(request: HttpRequest, token: str, position: int) -> HttpResponse:
    door = _by_mail(request, token)
    return door if isinstance(door, HttpResponse) else _private(_item(request, door, position))


def _private(response: HttpResponse) -> HttpResponse:
    """The link is a key: it is passed on to no other site and found by no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _latest(door: Door) -> CheckAttempt | None:
    """The go at what is due, or the last one; by a link only the one that it was sent for."""
    rows = CheckAttempt.objects.filter(
        registration=door.registration, purpose=CheckAttempt.Purpose.REFRESHER
    ).select_related("unit")
    if door.day is not None:
        rows = rows.filter(number=door.day)
    return rows.order_by("-number").first()


def _front(request: HttpRequest, door: Door) -> HttpResponse:
    """What it is, and afterwards what to read again."""
    at = timezone.now()
    problem = ""
    found = refreshing_of(door.registration, on=timezone.localdate(at))
    due = found.due if found is not None else None
    if door.day is not None and due is not None and due.day != door.day:
        # A newer one is due by now: the link of the older one opens nothing.
        return _gone(request)
    if request.method == "POST":
        if "mail" in request.POST:
            return _mail_choice(request, door)
        try:
            attempt = start_refresher(door.registration, at=at)
        except NotReady as error:
            problem = str(error)
        else:
            first = attempt.items.filter(answer__isnull=True).first()
            return redirect(door.item(first.position) if first else door.start())
    last = _latest(door)
    if due is None and (last is None or last.submitted_at is None):
        if door.token:
            return _gone(request)
        if found is None:
            raise Http404
    context: dict[str, Any] = {
        "door": door,
        "registration": door.registration,
        "due": due,
        "next": found.next if found is not None else None,
        "attempt": last if last is not None and due is not None and last.number == due.day else None,
        "count": ITEMS,
        "problem": problem,
        "wants_mail": not NoRefresherMail.objects.filter(user=door.registration.user_id).exists(),
        "section": "training",
    }
    is_done = due is None and last is not None and last.submitted_at is not None
    if is_done and last is not None and last.submitted_at is not None:
        if door.token and at - last.submitted_at > SHOWN_FOR:
            return _gone(request)
        context |= _result(door, last)
    return render(request, "courses/refresher.html", context, status=409 if problem else 200)


def _result(door: Door, attempt: CheckAttempt) -> dict[str, Any]:
    items = list(attempt.items.select_related("question_version__question"))
    missed = missed_in(items)
    units = {unit.code: unit for unit in learning_path(door.registration).units if unit.kind == "lesson"}
    again = read_again({code: unit.minutes for code, unit in units.items()}, weak_lessons(missed))
    return {
        "done": attempt,
        "right": len(items) - len(missed),
        "asked": len(items),
        "is_enough": is_enough([item.earned for item in items]),
        "again": [units[code] for code in again],
        "minutes": sum(units[code].minutes for code in again),
    }


@require_POST
def _mail_choice(request: HttpRequest, door: Door) -> HttpResponse:
    if request.POST["mail"] == "stop":
        stop_mail(door.registration.user, at=timezone.now())
        messages.success(request, _("You get no more e-mails about refreshers. They stay on My training."))
    else:
        allow_mail(door.registration.user)
        messages.success(request, _("You get an e-mail again when a refresher is due."))
    return redirect(door.start())


def _item(request: HttpRequest, door: Door, position: int) -> HttpResponse:
    """One question; as soon as it is answered, why, with its sources: that is what makes it stay."""
    attempt = _latest(door)
    if attempt is None:
        return redirect(door.start())
    if door.token and attempt.submitted_at and timezone.now() - attempt.submitted_at > SHOWN_FOR:
        return _gone(request)
    problem = ""
    if request.method == "POST":
        try:
            services.answer_item(
                attempt,
                position=position,
                answer=read_item_answer(request, attempt, position),
                at=timezone.now(),
            )
        except InvalidAnswer as error:
            problem = _(str(error))
        else:
            return redirect(door.item(position))
    items = list(attempt.items.select_related("question_version__question"))
    here = next((one for one in items if one.position == position), None)
    if here is None:
        raise Http404
    following = next((one for one in items if one.answer is None and one.position != position), None)
    posted = {key: request.POST.get(f"answer-{key}", "") for key in here.option_order}
    context = {
        "door": door,
        "registration": door.registration,
        "item": here,
        "question": present_question(here.question_version, here.option_order, here.answer, posted=posted),
        "count": len(items),
        "answered": sum(1 for one in items if one.answer is not None),
        "start_url": door.start(),
        "next_url": door.item(following.position) if following else door.start(),
        "is_last": following is None,
        "problem": problem,
        "section": "training",
    }
    return render(request, "courses/refresher_item.html", context, status=422 if problem else 200)
