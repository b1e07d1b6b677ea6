"""Pages of scenarios: parse, ask, call one service, render. Nobody sees another person's attempt, whoever she is."""

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from agencies.selectors import current_membership, working_as
from agencies.services import independent_agency
from scenarios import presenters, services
from scenarios.exceptions import ChoiceNotOffered, NoSuchAttempt, NotOpen, ScenarioRefused, StaleStep
from scenarios.models import Attempt
from scenarios.selectors import (
    VersionStory,
    attempt_of,
    plays_of,
    published_scenarios,
    scenario_by_slug,
    state_of,
)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def _attempt(request: HttpRequest, attempt: uuid.UUID) -> Attempt:
    found = attempt_of(_user(request), attempt)
    if found is None:
        raise Http404
    return found


@require_GET
@cache_control(public=True, max_age=86_400)
def profile(request: HttpRequest) -> HttpResponse:
    """Our xAPI profile for branching decisions, for whoever reads our statements."""
    path = Path(__file__).parent / "static" / "scenarios" / "branching-profile.jsonld"
    response = HttpResponse(path.read_bytes(), content_type="application/ld+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_required
@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """Every story: first those that one's role uses, then the others for practice."""
    user = _user(request)
    today = timezone.localdate()
    role = working_as(user, today).professional_role
    plays = plays_of(user)
    rows = [
        {"scenario": one, "setting": presenters.typeset(one.setting), "plays": plays.get(one.pk)}
        for one in published_scenarios()
    ]
    mine = [row for row in rows if role is not None and row["scenario"].serves(role.code)]
    others = [row for row in rows if row not in mine]
    return render(
        request,
        "scenarios/library.html",
        {"mine": mine, "others": others, "role": role, "section": "scenarios"},
    )


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Practice, outside any course; or on with the attempt that is open, in a course or not."""
    user = _user(request)
    scenario = scenario_by_slug(slug)
    if scenario is None:
        raise Http404
    plays = plays_of(user).get(scenario.pk)
    if plays is not None and not plays.newest.is_resolved:
        return redirect("scenarios:play", plays.newest.uuid)
    now = timezone.now()
    membership = current_membership(user, now.date())
    law = working_as(user, now.date(), membership).jurisdiction
    attempt = services.start_attempt(
        user,
        scenario_slug=slug,
        agency=membership.agency if membership is not None else independent_agency(),
        registration_uuid=None,
        jurisdiction_code=law.code if law is not None else presenters.SHARED_PACK,
        at=now,
    )
    return redirect("scenarios:play", attempt.uuid)


def _page(attempt: Attempt, **more: object) -> dict[str, object]:
    story = VersionStory.of(attempt)
    return {
        "attempt": attempt,
        "scenario": attempt.scenario,
        "head": presenters.typeset(story.words()),
        "story_language": story.language_told,
        "section": "scenarios",
        **more,
    }


def _scene(request: HttpRequest, attempt: Attempt, *, problem: str = "", status: int = 200) -> HttpResponse:
    state = state_of(attempt)
    if state is None or state.scene is None:
        raise Http404
    view = presenters.scene_view(attempt, state, on=timezone.localdate())
    context = _page(attempt, scene=view, problem=problem, has_moved="moved" in request.GET)
    return render(request, "scenarios/scene.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def play(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """Wherever the learner stands: content note, scene, pause, or the debrief once the story has ended."""
    if request.method == "POST":
        return _decide(request, attempt)
    found = _attempt(request, attempt)
    if found.state == Attempt.State.FINISHED:
        return redirect("scenarios:debrief", found.uuid)
    if found.state == Attempt.State.SKIPPED:
        return render(request, "scenarios/skipped.html", _page(found))
    if found.begun_at is None:
        return render(request, "scenarios/start.html", _page(found))
    if found.paused_at is not None:
        return render(request, "scenarios/paused.html", _page(found))
    return _scene(request, found)


def _decide(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    here = reverse("scenarios:play", args=[attempt])
    choice = request.POST.get("choice", "")
    raw_step = request.POST.get("step", "")
    if not (raw_step.isascii() and raw_step.isdigit() and len(raw_step) < 7):
        _attempt(request, attempt)
        return redirect(f"{here}?moved=1")
    if not choice:
        found = _attempt(request, attempt)
        if found.state == Attempt.State.OPEN and found.begun_at is not None:
            problem = _("Choose what you do first, then press the button.")
            return _scene(request, found, problem=problem, status=422)
    try:
        services.decide(_user(request).pk, attempt, choice_uuid=choice, step=int(raw_step), at=timezone.now())
    except NoSuchAttempt as error:
        raise Http404 from error
    except (StaleStep, NotOpen):
        return redirect(f"{here}?moved=1")
    except ChoiceNotOffered:
        problem = _("That choice belongs to another moment of the story. Here is where you are now.")
        return _scene(request, _attempt(request, attempt), problem=problem, status=422)
    return redirect(here)


def _number(request: HttpRequest, name: str) -> int:
    """A small whole number of a form; -1, which nothing has, where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


# What the buttons beside a scene do. Each is harmless when it is sent twice.
_ACTIONS: Mapping[str, Callable[[Attempt, HttpRequest], object]] = {
    "begin": lambda attempt, request: services.begin(attempt, at=timezone.now()),
    "pause": lambda attempt, request: services.pause(attempt, at=timezone.now()),
    "resume": lambda attempt, request: services.resume(attempt, at=timezone.now()),
    "skip": lambda attempt, request: services.skip(attempt, at=timezone.now()),
    "take-up": lambda attempt, request: services.take_up(attempt, at=timezone.now()),
    "replay": lambda attempt, request: services.replay_critical(attempt, at=timezone.now()),
    "back": lambda attempt, request: services.go_back(
        attempt, to=_number(request, "to"), step=_number(request, "step"), at=timezone.now()
    ),
    "coach": lambda attempt, request: services.set_coaching(
        attempt, is_coached=request.POST.get("coach") == "on"
    ),
}


@login_required
@require_POST
def act(request: HttpRequest, attempt: uuid.UUID, action: str) -> HttpResponse:
    found = _attempt(request, attempt)
    if action not in _ACTIONS:
        raise Http404
    try:
        _ACTIONS[action](found, request)
    except ScenarioRefused:
        return redirect(f"{reverse('scenarios:play', args=[found.uuid])}?moved=1")
    return redirect("scenarios:play", found.uuid)


@login_required
@require_POST
def again(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """Play one moment again, for practice."""
    found = _attempt(request, attempt)
    try:
        practice = services.practise_from(found, index=_number(request, "index"), at=timezone.now())
    except ScenarioRefused:
        return redirect("scenarios:play", found.uuid)
    return redirect("scenarios:play", practice.uuid)


@login_required
@never_cache
@require_GET
def others(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """The same events as people of other agencies lived them. Only after the end."""
    found = _attempt(request, attempt)
    if found.state != Attempt.State.FINISHED:
        return redirect("scenarios:play", found.uuid)
    state = state_of(found)
    if found.is_text or state is None:
        story = VersionStory.of(found)
        story.load_all()
        state = presenters.good_way(story, timezone.now())
    view = presenters.perspectives(found, state, key=request.GET.get("as", ""))
    if view is None:
        raise Http404
    return render(request, "scenarios/others.html", _page(found, others=view))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """The story to read instead of to play. Saying that one has read it completes it."""
    found = _attempt(request, attempt)
    if request.method == "POST":
        services.read_as_text(found, at=timezone.now())
        return redirect("scenarios:text", found.uuid)
    view = presenters.story_as_text(found, at=timezone.now())
    return render(request, "scenarios/text.html", _page(found, text=view))


@login_required
@never_cache
@require_GET
def debrief(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    found = _attempt(request, attempt)
    if found.state != Attempt.State.FINISHED:
        return redirect("scenarios:play", found.uuid)
    if found.is_text:
        return redirect("scenarios:text", found.uuid)
    state = state_of(found)
    if state is None or state.ending is None:
        raise Http404
    view = presenters.debrief(found, state, on=timezone.localdate())
    return render(request, "scenarios/debrief.html", _page(found, debrief=view))
