"""The questions before a course, at its end and six months later, and leaving out what somebody knows already."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from courses import services
from courses.exceptions import CourseError, InvalidAnswer, NotReady
from courses.models import CheckAttempt, Registration
from courses.parallel_forms import open_purpose
from courses.presenters import present_question
from courses.selectors import form_standing, learning_path, lessons_to_leave_out, own_gain
from courses.views import _registration, read_item_answer

Purpose = CheckAttempt.Purpose
TITLES = {
    "pre": gettext_lazy("Before you start"),
    "post": gettext_lazy("What has stayed?"),
    "follow-up": gettext_lazy("What has stayed after six months?"),
}


COLUMNS = (("before", Purpose.BEFORE), ("after", Purpose.AFTER), ("later", Purpose.LATER))


def _around(request: HttpRequest, registration: uuid.UUID, purpose: str) -> Registration:
    found = _registration(request, registration)
    if purpose not in TITLES or "forms" not in found.course_version.rules:
        raise Http404
    return found


def _attempt(registration: Registration, purpose: str) -> CheckAttempt | None:
    return registration.check_attempts.filter(purpose=purpose).select_related("unit").first()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, registration: uuid.UUID, purpose: str) -> HttpResponse:
    """What these questions are for, and the way past them; afterwards what came of them, once that gives nothing away."""
    found = _around(request, registration, purpose)
    at, problem = timezone.now(), ""
    if request.method == "POST":
        try:
            attempt = services.start_form(found, purpose=purpose, at=at)
        except CourseError as error:
            problem = str(error)
        else:
            first = attempt.items.filter(answer__isnull=True).first()
            if first is not None:
                return redirect("courses:form_item", found.uuid, purpose, first.position)
    last = _attempt(found, purpose)
    standing = form_standing(found)
    path = learning_path(found)
    titles = {unit.code: unit for unit in path.units}
    context: dict[str, Any] = {
        "registration": found,
        "purpose": purpose,
        "title": TITLES[purpose],
        "attempt": last,
        "count": last.items.count() if last else found.course_version.rules["forms"]["items"],
        "is_open": open_purpose(standing, at=at) == purpose,
        "next": path.next_unit,
        "left_out": [titles[code] for code in lessons_to_leave_out(found) if code in titles],
        "may_leave_out": found.course_version.rules.get("test_out", {}).get("lessons", []),
        "gain": _gain_rows(found) if {Purpose.AFTER, Purpose.LATER} & set(standing.done) else [],
        "may_look": last is not None and _may_look(last, standing.done),
        "later_on": standing.later_on,
        "section": "training",
        "problem": problem,
    }
    return render(request, "courses/form.html", context, status=409 if problem else 200)


def _gain_rows(registration: Registration) -> list[dict[str, str]]:
    """Counts and not percentages: of two questions a percentage says more than is known."""

    def words(score: tuple[Decimal, int] | None) -> str:
        if score is None:
            return ""
        return _("%(right)s of %(count)s") % {
            "right": f"{score[0].quantize(Decimal('0.1')).normalize():f}",
            "count": score[1],
        }

    return [
        {"title": row.title, **{name: words(row.scores.get(purpose)) for name, purpose in COLUMNS}}
        for row in own_gain(registration)
    ]


def _may_look(attempt: CheckAttempt, done: Any) -> bool:
    """The first form comes back six months later, so that nothing tells about its answers until then."""
    if attempt.submitted_at is None:
        return False
    return attempt.purpose == Purpose.AFTER or Purpose.LATER in done


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, registration: uuid.UUID, purpose: str, position: int) -> HttpResponse:
    """One question. The answer is kept and the next one comes, without a word on it."""
    found = _around(request, registration, purpose)
    attempt = _attempt(found, purpose)
    if attempt is None:
        return redirect("courses:form", found.uuid, purpose)
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
        except NotReady as error:
            messages.info(request, str(error))
            return redirect("courses:form", found.uuid, purpose)
    items = list(attempt.items.select_related("question_version__question"))
    here = next((one for one in items if one.position == position), None)
    if here is None:
        raise Http404
    may_look = _may_look(attempt, form_standing(found).done)
    if here.answer is not None and not may_look:
        following = next((one for one in items if one.answer is None), None)
        if following is None:
            return redirect("courses:form", found.uuid, purpose)
        return redirect("courses:form_item", found.uuid, purpose, following.position)
    if here.answer is None and open_purpose(form_standing(found), at=timezone.now()) != purpose:
        return redirect("courses:form", found.uuid, purpose)
    posted = {key: request.POST.get(f"answer-{key}", "") for key in here.option_order}
    context = {
        "registration": found,
        "purpose": purpose,
        "title": TITLES[purpose],
        "item": here,
        "question": present_question(
            here.question_version, here.option_order, here.answer if may_look else None, posted=posted
        ),
        "count": len(items),
        "answered": sum(1 for one in items if one.answer is not None),
        "problem": problem,
        "section": "training",
    }
    return render(request, "courses/form_item.html", context, status=422 if problem else 200)


@login_required
@require_POST
def leave_out(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    """She says that she leaves out what she knows. The lessons stay open to her."""
    found = _registration(request, registration)
    try:
        services.leave_out_lessons(found, at=timezone.now())
    except NotReady as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("Done. These lessons count as known, and you can open them at any time."))
    return redirect("courses:course", found.uuid)
