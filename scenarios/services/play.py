"""What a learner does with a story. Each function is one transaction: event, summary and statement stand or fall together."""

import secrets
import uuid
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from agencies.models import Agency
from scenarios import engine, signals, statements
from scenarios.exceptions import (
    ChoiceNotOffered,
    MayNotGoBack,
    NoSuchAttempt,
    NoSuchScenario,
    NothingToReplay,
    NotOpen,
    StaleStep,
)
from scenarios.models import Attempt, AttemptEvent, Scenario
from scenarios.selectors import VersionStory, events_of, state_of


@transaction.atomic
def start_attempt(
    user: User,
    *,
    scenario_slug: str,
    agency: Agency,
    registration_uuid: uuid.UUID | None,
    jurisdiction_code: str,
    at: datetime,
) -> Attempt:
    """The learner's attempt at this story: the one that is still open, skipped or unresolved, else a new one.

    Raises NoSuchScenario.
    """
    # The person's row is the lock: two clicks at once must not begin the same story twice.
    User.objects.select_for_update().get(pk=user.pk)
    scenario = (
        Scenario.objects.select_related("version").filter(slug=scenario_slug, version__isnull=False).first()
    )
    if scenario is None or scenario.version is None:
        raise NoSuchScenario(scenario_slug)
    mine = (
        Attempt.objects.of(user)
        .for_play()
        .filter(
            scenario=scenario, registration_uuid=registration_uuid, agency=agency, practice_of__isnull=True
        )
    )
    for attempt in mine:
        if not attempt.is_resolved:
            return take_up(attempt, at=at) if attempt.state == Attempt.State.SKIPPED else attempt
    last = Attempt.objects.of(user).first()
    return Attempt.objects.create(
        user=user,
        agency=agency,
        scenario=scenario,
        version=scenario.version,
        registration_uuid=registration_uuid,
        jurisdiction_code=jurisdiction_code,
        seed=secrets.token_hex(8),
        is_coached=scenario.version.head.get("coach", False) or (last is not None and last.is_coached),
        created_at=at,
    )


def _held() -> QuerySet[Attempt]:
    """Rows as they are now, held until the transaction ends."""
    return Attempt.objects.for_play().select_related("user").select_for_update(of=("self",))


def _locked(attempt: Attempt) -> Attempt:
    return _held().get(pk=attempt.pk)


def _append(attempt: Attempt, events: list[engine.Event], *, last: int | None = None) -> int:
    """Write events after those that stand, the last of which is asked for where it is not known; returns the new last."""
    if last is None:
        last = attempt.events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    rows = [
        AttemptEvent(
            attempt=attempt,
            sequence=last + number,
            step=event.data.get("step"),
            kind=event.kind,
            data={key: value for key, value in event.data.items() if key != "step"},
            at=event.at,
        )
        for number, event in enumerate(events, start=1)
    ]
    AttemptEvent.objects.bulk_create(rows)
    return rows[-1].sequence


def _note(attempt: Attempt, kind: str, *, at: datetime, **data: Any) -> int:
    return _append(attempt, [engine.Event(kind, at, data)])


@transaction.atomic
def begin(attempt: Attempt, *, at: datetime) -> Attempt:
    """Open the first scene, after the content note. Again changes nothing. Raises NotOpen."""
    locked = _locked(attempt)
    if locked.state != Attempt.State.OPEN:
        raise NotOpen
    if locked.begun_at is None:
        _state, events = engine.start(VersionStory.of(locked), at)
        _append(locked, events)
        locked.begun_at = at
        locked.save(update_fields=["begun_at"])
        statements.say_initialized(locked, at=at)
    return locked


def take_choice(attempt: Attempt, *, choice_uuid: uuid.UUID | str, step: int, at: datetime) -> engine.State:
    """Decide, in an attempt that is at hand: see `decide`."""
    return decide(attempt.user_id, attempt.uuid, choice_uuid=choice_uuid, step=step, at=at)


@transaction.atomic
def decide(
    user_id: int, attempt_uuid: uuid.UUID, *, choice_uuid: uuid.UUID | str, step: int, at: datetime
) -> engine.State:
    """Decide in one's own attempt. The same step sent twice happens once; with another choice it raises StaleStep and
    changes nothing.

    Raises NoSuchAttempt, NotOpen before the first scene and after the last, ChoiceNotOffered for a choice of another
    scene. Six queries where this process knows the two scenes, one more for each that it does not.
    """
    locked = _held().filter(user_id=user_id, uuid=attempt_uuid).first()
    if locked is None:
        raise NoSuchAttempt(str(attempt_uuid))
    before = events_of(locked)
    state = engine.fold(before)
    choice = str(choice_uuid)
    if state is not None and step < state.step:
        repeated = locked.events.filter(step=step, kind="decided").first()
        if repeated is not None and repeated.data["choice"] == choice:
            return state
        raise StaleStep
    if state is None or locked.state != Attempt.State.OPEN:
        raise NotOpen
    if step != state.step:
        raise StaleStep
    last = len(before)
    if locked.paused_at is not None:
        last = _resume(locked, at=at)
    story = VersionStory.of(locked)
    scene_key = state.scene
    try:
        after, events = engine.step(story, state, choice, at)
    except engine.EngineError as error:
        raise ChoiceNotOffered from error
    sequence = _append(locked, events, last=last)
    statements.say_responded(
        locked,
        scene_uuid=story.data(str(scene_key))["uuid"],
        choice_uuid=choice,
        move=after.path[-1].move,
        step=step,
        at=at,
    )
    if after.ending is not None:
        _finish(locked, story, after, sequence=sequence, at=at)
    return after


def _finish(
    attempt: Attempt, story: VersionStory, state: engine.State, *, sequence: int, at: datetime
) -> None:
    story.load({decision.scene for decision in state.path})
    found = engine.results(story, state.path)
    critical = [state.path[index].choice for index in state.flagged]
    attempt.state = Attempt.State.FINISHED
    attempt.ending = state.ending or ""
    attempt.has_open_flag = bool(critical)
    attempt.results = {one.competency: one.percent for one in found}
    attempt.finished_at = at
    attempt.save(update_fields=["state", "ending", "has_open_flag", "results", "finished_at"])
    statements.say_completed(
        attempt, sequence=sequence, ending=attempt.ending, results=found, critical=critical, at=at
    )
    _announce(attempt, at=at)


def _announce(attempt: Attempt, *, at: datetime) -> None:
    transaction.on_commit(
        partial(
            signals.scenario_finished.send,
            sender=Attempt,
            attempt_uuid=attempt.uuid,
            registration_uuid=attempt.registration_uuid,
            user_id=attempt.user_id,
            at=at,
        )
    )


@transaction.atomic
def pause(attempt: Attempt, *, at: datetime) -> Attempt:
    """Leave for now. Nothing is lost, nobody is told."""
    locked = _locked(attempt)
    if locked.state == Attempt.State.OPEN and locked.begun_at is not None and locked.paused_at is None:
        sequence = _note(locked, "paused", at=at)
        locked.paused_at = at
        locked.save(update_fields=["paused_at"])
        statements.say_suspended(locked, sequence=sequence, at=at)
    return locked


def _resume(attempt: Attempt, *, at: datetime) -> int:
    sequence = _note(attempt, "resumed", at=at)
    attempt.paused_at = None
    attempt.save(update_fields=["paused_at"])
    statements.say_resumed(attempt, sequence=sequence, at=at)
    return sequence


@transaction.atomic
def resume(attempt: Attempt, *, at: datetime) -> Attempt:
    """Go on after a pause. Deciding does it too."""
    locked = _locked(attempt)
    if locked.state == Attempt.State.OPEN and locked.paused_at is not None:
        _resume(locked, at=at)
    return locked


@transaction.atomic
def skip(attempt: Attempt, *, at: datetime) -> Attempt:
    """Put the story aside without a reason. It stays open to her in her own path; no statement says so. Raises NotOpen."""
    locked = _locked(attempt)
    if locked.state == Attempt.State.FINISHED:
        raise NotOpen
    if locked.state == Attempt.State.OPEN:
        _note(locked, "skipped", at=at)
        locked.state = Attempt.State.SKIPPED
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def take_up(attempt: Attempt, *, at: datetime) -> Attempt:
    """Open a skipped story again, exactly where it was left."""
    locked = _locked(attempt)
    if locked.state == Attempt.State.SKIPPED:
        _note(locked, "taken_up", at=at)
        locked.state = Attempt.State.OPEN
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def read_as_text(attempt: Attempt, *, at: datetime) -> Attempt:
    """The learner has read the story as text, which completes like playing it. Again changes nothing."""
    locked = _locked(attempt)
    if locked.is_resolved:
        return locked
    sequence = _note(locked, "read_as_text", at=at)
    locked.state = Attempt.State.FINISHED
    locked.is_text = True
    locked.ending = ""
    locked.results = {}
    locked.has_open_flag = False
    locked.paused_at = None
    locked.finished_at = at
    locked.save(
        update_fields=["state", "is_text", "ending", "results", "has_open_flag", "paused_at", "finished_at"]
    )
    statements.say_completed(locked, sequence=sequence, ending="", results=[], critical=[], at=at)
    _announce(locked, at=at)
    return locked


@transaction.atomic
def replay_critical(attempt: Attempt, *, at: datetime) -> Attempt:
    """Go back to the first decision that broke an absolute rule and play on from there. Raises NothingToReplay."""
    locked = _locked(attempt)
    state = state_of(locked)
    if (
        locked.state == Attempt.State.OPEN
        and state is not None
        and locked.events.filter(kind="rewound").exists()
    ):
        return locked
    if locked.state != Attempt.State.FINISHED or state is None or not state.flagged or locked.is_text:
        raise NothingToReplay
    _state, events = engine.rewind(state, state.flagged[0], at)
    sequence = _append(locked, events)
    locked.state = Attempt.State.OPEN
    locked.ending = ""
    locked.results = {}
    locked.has_open_flag = False
    locked.finished_at = None
    locked.save(update_fields=["state", "ending", "results", "has_open_flag", "finished_at"])
    statements.say_resumed(locked, sequence=sequence, at=at)
    return locked


@transaction.atomic
def go_back(attempt: Attempt, *, to: int, step: int, at: datetime) -> engine.State:
    """Before the end, back to an earlier decision, as far as the story allows it. Raises NotOpen, StaleStep, MayNotGoBack."""
    locked = _locked(attempt)
    state = state_of(locked)
    if state is None or locked.state != Attempt.State.OPEN:
        raise NotOpen
    if step != state.step:
        raise StaleStep
    story = VersionStory.of(locked)
    policy = locked.version.head.get("backtrack", "none")
    checkpoints = story.checkpoints(state) if policy == "checkpoint" else ()
    if to not in engine.may_go_back_to(policy, state, checkpoints):
        raise MayNotGoBack
    after, events = engine.rewind(state, to, at)
    _append(locked, events)
    return after


@transaction.atomic
def practise_from(attempt: Attempt, *, index: int, at: datetime) -> Attempt:
    """Play one moment of a finished story again, in an attempt of its own: what is finished stays finished.

    The new attempt begins with the same way up to that decision; asked for twice, it is the same one. Raises NotOpen, NothingToReplay.
    """
    locked = _locked(attempt)
    state = state_of(locked)
    if locked.state != Attempt.State.FINISHED or locked.is_text or state is None:
        raise NotOpen
    if not 0 <= index < len(state.path):
        raise NothingToReplay
    way = [one.choice for one in state.path[:index]]
    for begun in Attempt.objects.filter(practice_of=locked, state=Attempt.State.OPEN):
        there = state_of(begun)
        if there is not None and [one.choice for one in there.path] == way:
            return begun
    practice = Attempt.objects.create(
        user=locked.user,
        agency=locked.agency,
        scenario=locked.scenario,
        version=locked.version,
        registration_uuid=None,
        practice_of=locked,
        jurisdiction_code=locked.jurisdiction_code,
        seed=locked.seed,
        is_coached=locked.is_coached,
        created_at=at,
        begun_at=at,
    )
    _append(practice, engine.way_to(state, index, at))
    statements.say_initialized(practice, at=at)
    return practice


@transaction.atomic
def set_coaching(attempt: Attempt, *, is_coached: bool) -> Attempt:
    """Whether the reason is shown after each choice. The learner's own setting; her next story begins with it."""
    locked = _locked(attempt)
    locked.is_coached = is_coached
    locked.save(update_fields=["is_coached"])
    return locked
