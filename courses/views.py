"""Taking a course: parse, ask, call one service, render."""

import re
import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.preferences import Look
from accounts.services import set_preferences
from courses import services
from courses.activities import Activity, Audience, has_unknown, read_answer, shuffled
from courses.exceptions import CourseError, InvalidAnswer, NotReady
from courses.gate_selectors import gates_here, lessons_of
from courses.gate_words import gate_counts, gate_lines
from courses.models import ActivityResponse, CheckAttempt, LessonPage, Registration, UnitProgress
from courses.presenters import find_activity, present_lesson, present_question
from courses.reviewing import lesson_reviews
from courses.selectors import (
    current_registration,
    latest_attempt,
    learning_path,
    lessons_to_leave_out,
    registration_for,
    scenario_slugs,
)
from courses.services.checks import lessons_to_read_first, missed_lessons
from scenarios.selectors import attempts_for_registration, published_scenarios
from scenarios.services import start_attempt

NOTE_LENGTH = 4000


def _registration(request: HttpRequest, registration_uuid: uuid.UUID) -> Registration:
    """One's own; anyone else's is as good as none."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required saw to it
    found = registration_for(request.user, registration_uuid)
    if found is None:
        raise Http404
    return found


def _lesson_page(registration: Registration, code: str) -> LessonPage:
    page: LessonPage | None = LessonPage.objects.live().filter(code=code).select_related("module").first()
    units = registration.course_version.units
    if page is None or not units.filter(kind="lesson", code=code).exists():
        raise Http404
    return page


@require_GET
def lesson_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """From a debrief or an e-mail to the lesson in one's own training; for anyone else to the sign-in."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    registration = current_registration(request.user)
    if (
        registration is None
        or not registration.course_version.units.filter(kind="lesson", code=code).exists()
    ):
        return redirect("compliance:my_training")
    return redirect("courses:lesson", registration.uuid, code)


@login_required
@require_GET
def course(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    found = _registration(request, registration)
    path = learning_path(found)
    known = set(lessons_to_leave_out(found))
    lessons = lessons_of(found.course_version)
    reviews = lesson_reviews(lessons)
    context = {
        "registration": found,
        "path": path,
        "reviews": gate_counts(reviews.values()),
        "gates": gate_lines(
            gates_here(lessons, agency=found.agency, on=timezone.localdate(), reviews=reviews)
        ),
        "left_out": [unit for unit in path.units if unit.code in known],
        "section": "training",
    }
    return render(request, "courses/course.html", context)


@login_required
@require_http_methods(["GET", "HEAD"])
def lesson(request: HttpRequest, registration: uuid.UUID, code: str) -> HttpResponse:
    found = _registration(request, registration)
    page = _lesson_page(found, code)
    user = found.user
    view = request.GET.get("view", "")
    opened = not page.content_note or view == "whole"
    is_again = code in found.course_version.rules.get("summaries", ())
    as_summary = view == "summary" or (
        view == ""
        and (is_again or (bool(page.content_note) and user.content_notes == User.ContentNotes.SUMMARY))
    )
    if opened or as_summary:
        services.open_lesson(found, code=code, at=timezone.now())
    context = _lesson_context(found, page, shows=request.GET.get("answer", ""), as_summary=as_summary)
    context |= {"opened": opened, "as_summary": as_summary, "view": "summary" if as_summary else "whole"}
    context["offers_whole"] = is_again or bool(page.content_note)
    return render(request, "courses/lesson.html", context)


def _lesson_context(
    registration: Registration,
    page: LessonPage,
    *,
    shows: str = "",
    as_summary: bool = False,
    problem: str = "",
    problem_at: str = "",
) -> dict[str, Any]:
    responses = {
        row.activity_id: row
        for row in ActivityResponse.objects.filter(user=registration.user, lesson_code=page.code)
    }
    reviews = lesson_reviews([page])
    shown = present_lesson(
        page,
        role=registration.professional_role,
        jurisdiction=registration.jurisdiction,
        responses=responses,
        shows=shows,
        learner_key=str(registration.user.uuid),
        user=registration.user,
        reviews=reviews[page.code],
        as_summary=as_summary,
    )
    path = learning_path(registration, here=page.code)
    codes = [unit.code for unit in path.units]
    at = codes.index(page.code)
    return {
        "lesson": shown,
        "gates": gate_lines(
            gates_here([page], agency=registration.agency, on=timezone.localdate(), reviews=reviews)
        ),
        "registration": registration,
        "path": path,
        "previous": path.units[at - 1] if at else None,
        "next": path.units[at + 1] if at + 1 < len(path.units) else None,
        "unit": path.units[at],
        "is_done": path.units[at].completed_at is not None,
        "section": "training",
        "problem": problem,
        "problem_at": problem_at,
    }


@login_required
@require_GET
def card(request: HttpRequest, registration: uuid.UUID, code: str) -> HttpResponse:
    """The "use it tomorrow" card, on one page."""
    found = _registration(request, registration)
    page = _lesson_page(found, code)
    lines = [str(block.value) for block in page.use_tomorrow]
    return render(
        request,
        "courses/card.html",
        {"page": page, "lines": lines, "registration": found, "section": "training"},
    )


@login_required
@require_POST
def lesson_done(request: HttpRequest, registration: uuid.UUID, code: str) -> HttpResponse:
    """Done with a lesson, in whole or as its summary, or passing it by for now."""
    found = _registration(request, registration)
    page = _lesson_page(found, code)
    how = request.POST.get("how", "read")
    at = timezone.now()
    if how == "skip":
        services.skip_lesson(found, code=page.code, at=at)
    else:
        mode = UnitProgress.Mode.SUMMARY if how == "summary" else UnitProgress.Mode.READ
        services.complete_lesson(found, code=page.code, mode=mode, at=at)
    path = learning_path(found, here=page.code)
    codes = [unit.code for unit in path.units]
    rest = path.units[codes.index(page.code) + 1 :]
    following = next((unit for unit in rest if not unit.is_done), None)
    if following is None or request.POST.get("then") == "stop":
        return redirect("compliance:my_training")
    return redirect(following.url)


def _find_activity(page: LessonPage, registration: Registration, activity_id: str) -> Activity:
    audience = Audience(registration.professional_role.code, registration.jurisdiction.code)
    found = find_activity(page, activity_id, audience)
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def activity(request: HttpRequest, registration: uuid.UUID, code: str, activity: str) -> HttpResponse:
    """Keep what was put into an activity and answer it. With script, only the activity comes back."""
    found = _registration(request, registration)
    page = _lesson_page(found, code)
    exercise = _find_activity(page, found, activity)
    at = timezone.now()
    here = f"{reverse('courses:lesson', args=[found.uuid, code])}?view=whole"
    if "delete_note" in request.POST:
        services.delete_note(found.user, lesson_code=code, activity_id=activity)
    elif "again" in request.POST:
        services.save_response(found.user, lesson_code=code, activity_id=activity, answer={}, at=at)
    elif exercise.kind == "preferences":
        if not _save_preferences(found.user, request.POST.dict()):
            return _activity_page(
                request, found, page, activity, problem=_("Choose one of the options shown."), status=422
            )
        services.save_response(
            found.user, lesson_code=code, activity_id=activity, answer={"saved": True}, at=at
        )
    else:
        before = ActivityResponse.objects.filter(
            user=found.user, lesson_code=code, activity_id=activity
        ).first()
        kept = dict(before.answer) if before else {}
        if exercise.is_order and "order" not in kept:
            kept = {"order": [line.id for line in shuffled(exercise, key=str(found.user.uuid))]}
        posted = {key: request.POST.getlist(key) for key in request.POST}
        if has_unknown(exercise, posted):
            problem = _(
                "Nothing was saved, because part of it is not on offer here. Choose among what is shown."
            )
            return _activity_page(request, found, page, activity, problem=problem, status=422)
        answer = read_answer(exercise, posted, before=kept)
        if exercise.is_order:
            answer["compared"] = "move" not in request.POST or bool(kept.get("compared"))
        # PostgreSQL keeps no NUL, and nobody means one.
        note = request.POST["note"].replace("\x00", "") if "note" in request.POST else None
        if note and len(note) > NOTE_LENGTH:
            problem = _("That is longer than %(most)s characters. Shorten it; nothing was saved.") % {
                "most": NOTE_LENGTH
            }
            return _activity_page(request, found, page, activity, problem=problem, status=422)
        if not _has_choices(answer) and not note:
            problem = (
                _("Write something first, or leave it: nothing depends on it.")
                if exercise.prompts
                else _("Choose something first, then compare.")
            )
            return _activity_page(request, found, page, activity, problem=problem, status=422)
        services.save_response(
            found.user, lesson_code=code, activity_id=activity, answer=answer, note=note, at=at
        )
    if request.headers.get("X-Requested-With") == "fetch":
        return _activity_page(request, found, page, activity)
    place = (
        f"case-{activity}-{request.POST['case']}"
        if re.fullmatch(r"[a-z0-9-]+", request.POST.get("case", ""))
        else f"activity-{activity}"
    )
    return redirect(f"{here}#{place}")


def _has_choices(answer: dict[str, Any]) -> bool:
    return any(answer.values())


def _save_preferences(user: User, posted: dict[str, str]) -> bool:
    """Keep what was chosen; False where something is not on offer."""
    language = posted.get("language")
    if language is not None and language not in dict(settings.LANGUAGES):
        return False
    try:
        set_preferences(
            user,
            look=Look(user.text_size, user.theme, user.motion).changed(posted),
            language=language,
            content_notes=posted.get("content_notes"),
        )
    except ValidationError:
        return False
    return True


def _activity_page(
    request: HttpRequest,
    registration: Registration,
    page: LessonPage,
    activity_id: str,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _lesson_context(registration, page, problem=problem, problem_at=activity_id)
    here = f"{reverse('courses:lesson', args=[registration.uuid, page.code])}?view=whole"
    context |= {"opened": True, "view": "whole", "here": here}
    if request.headers.get("X-Requested-With") == "fetch":
        part = next(
            part
            for part in context["lesson"].parts
            if part.activity and part.activity.activity.id == activity_id
        )
        return render(
            request, "courses/parts/activity.html", context | {"shown": part.activity}, status=status
        )
    return render(request, "courses/lesson.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    """The check's front page: what it asks, how the last one went, and the button that starts it."""
    found = _registration(request, registration)
    if "check" not in found.course_version.rules:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            attempt = services.start_check(found, at=timezone.now())
        except NotReady:
            problem = _("Open the lesson below once more first. Then the check is ready.")
        except CourseError as error:
            problem = str(error)
        else:
            first_open = attempt.items.filter(answer__isnull=True).first()
            return redirect("courses:check_item", found.uuid, first_open.position if first_open else 1)
    last = latest_attempt(found)
    path = learning_path(found, here="check")
    titles = {unit.code: unit for unit in path.units}
    context: dict[str, Any] = {
        "registration": found,
        "path": path,
        "attempt": last,
        "rules": found.course_version.rules["check"],
        "section": "training",
        "problem": problem,
        "unit": titles["check"],
        "next": path.units[-1] if path.units[-1].code != "check" else None,
    }
    if last is not None and last.submitted_at is not None and not last.passed:
        context |= {
            "must_read": [titles[code] for code in lessons_to_read_first(found, last) if code in titles],
            "missed_rules": sorted(
                {
                    item.question_version.must_pass
                    for item in last.items.all()
                    if item.question_version.must_pass and not item.is_correct
                }
            ),
            "could_read": sorted(
                {
                    item.question_version.question.lesson_code
                    for item in last.items.all()
                    if not item.is_correct
                }
                - set(missed_lessons(last))
            ),
            "titles": titles,
        }
        context["could_read"] = [titles[code] for code in context["could_read"] if code in titles]
    if last is not None and last.submitted_at is not None:
        earned = sum(item.earned for item in last.items.all())
        context["right"] = f"{Decimal(earned).normalize():f}"
        context["count"] = len(last.items.all())
    return render(request, "courses/check.html", context, status=409 if problem else 200)


def read_item_answer(request: HttpRequest, attempt: CheckAttempt, position: int) -> list[str]:
    """What the form says, as courses.marking reads it: ids, ids in their order, or pairs."""
    item = attempt.items.select_related("question_version").filter(position=position).first()
    if item is None or item.question_version.kind not in ("ordering", "matching"):
        return request.POST.getlist("answer")
    given = {key: request.POST.get(f"answer-{key}", "") for key in item.option_order}
    if item.question_version.kind == "matching":
        return [f"{key}:{target}" for key, target in given.items() if target]
    places = sorted(given.values())
    if places != sorted(str(place) for place in range(1, len(given) + 1)):
        return []
    return sorted(given, key=lambda key: int(given[key]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_item(request: HttpRequest, registration: uuid.UUID, position: int) -> HttpResponse:
    """One question. Before it is answered nothing on the page tells which option is best."""
    found = _registration(request, registration)
    attempt = (
        CheckAttempt.objects.filter(registration=found, purpose=CheckAttempt.Purpose.CHECK)
        .select_related("unit")
        .first()
    )
    if attempt is None:
        return redirect("courses:check", found.uuid)
    problem = ""
    if request.method == "POST":
        if request.POST.get("attempt", str(attempt.uuid)) != str(attempt.uuid):
            # From a window that still shows an earlier check: its letters mean other answers here.
            messages.warning(
                request,
                _("That answer was to an earlier check and does not count. Here is where you stand now."),
            )
            return redirect("courses:check", found.uuid)
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
            return redirect("courses:check_item", found.uuid, position)
    items = list(attempt.items.select_related("question_version__question"))
    item = next((one for one in items if one.position == position), None)
    if item is None:
        raise Http404
    posted = {key: request.POST.get(f"answer-{key}", "") for key in item.option_order}
    shown = present_question(item.question_version, item.option_order, item.answer, posted=posted)
    following = next((one for one in items if one.answer is None and one.position > position), None) or next(
        (one for one in items if one.answer is None and one.position != position), None
    )
    context = {
        "registration": found,
        "attempt": attempt,
        "item": item,
        "question": shown,
        "count": len(items),
        "answered": sum(1 for one in items if one.answer is not None),
        "following": following,
        "problem": problem,
        "section": "training",
    }
    return render(request, "courses/check_item.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request: HttpRequest, registration: uuid.UUID) -> HttpResponse:
    """Choose among the scenarios of one's role, or go on with the one that was begun."""
    found = _registration(request, registration)
    slugs = scenario_slugs(found)
    if not slugs:
        raise Http404
    attempts = {attempt.scenario.slug: attempt for attempt in attempts_for_registration(found.uuid)}
    if request.method == "POST":
        slug = request.POST.get("scenario", "")
        if slug not in slugs:
            raise Http404
        started = start_attempt(
            found.user,
            scenario_slug=slug,
            agency=found.agency,
            registration_uuid=found.uuid,
            jurisdiction_code=found.jurisdiction.code,
            at=timezone.now(),
        )
        return redirect("scenarios:play", started.uuid)
    choices = [
        {"scenario": one, "attempt": attempts.get(one.slug)}
        for one in published_scenarios()
        if one.slug in slugs
    ]
    return render(
        request,
        "courses/scenario.html",
        {
            "registration": found,
            "choices": choices,
            "path": learning_path(found, here="scenario"),
            "section": "training",
        },
    )
