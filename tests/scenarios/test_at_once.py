"""What has to hold when the same step arrives several times at once, or dies half-way."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from records.models import Statement
from scenarios import engine, services
from scenarios.exceptions import StaleStep
from scenarios.models import Attempt, AttemptEvent
from scenarios.selectors import VersionStory, events_of, state_of
from tests import cast
from tests.certification.test_at_once import put_back  # noqa: F401 (a fixture)

from .conftest import NOW, document


def begun() -> Attempt:
    northgate = cast.make_northgate()
    services.load_scenario(document("seen-alone"), at=NOW)
    attempt = services.start_attempt(
        cast.make_amina(northgate),
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=uuid.uuid4(),
        jurisdiction_code="UK",
        at=NOW,
    )
    return services.begin(attempt, at=NOW)


def all_at_once(*calls: Callable[[], object]) -> list[Exception]:
    gate = threading.Barrier(len(calls))
    errors: list[Exception] = []

    def run(call: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            call()
        except Exception as error:  # noqa: BLE001 (asserted by the caller)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_the_same_step_sent_five_times_at_once_happens_once() -> None:
    attempt = begun()
    choices = [one.uuid for one in VersionStory.of(attempt).scene("S2-n01").choices]

    def take(choice: str) -> Callable[[], object]:
        return lambda: services.take_choice(attempt, choice_uuid=choice, step=0, at=NOW)

    assert all_at_once(*[take(choices[0])] * 5) == []
    assert AttemptEvent.objects.filter(attempt=attempt, kind="decided").count() == 1
    assert Statement.objects.count() == 2
    state = state_of(attempt)
    assert state is not None
    following = [one.uuid for one in VersionStory.of(attempt).scene(str(state.scene)).choices]
    errors = all_at_once(
        *(
            lambda choice=choice: services.take_choice(attempt, choice_uuid=choice, step=1, at=NOW)
            for choice in following
        )  # type: ignore[misc]
    )
    assert len(errors) == len(following) - 1
    assert {type(error) for error in errors} == {StaleStep}
    assert AttemptEvent.objects.filter(attempt=attempt, kind="decided").count() == 2
    assert engine.fold(events_of(attempt)) == state_of(attempt)


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_a_step_that_dies_half_way_leaves_nothing(monkeypatch: Any) -> None:
    attempt = begun()
    choice = VersionStory.of(attempt).scene("S2-n01").choices[0].uuid
    before = (AttemptEvent.objects.count(), Statement.objects.count())

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(services.play.statements, "say_responded", die)
        with pytest.raises(SystemExit):
            services.take_choice(attempt, choice_uuid=choice, step=0, at=NOW)
    assert (AttemptEvent.objects.count(), Statement.objects.count()) == before
    assert services.take_choice(attempt, choice_uuid=choice, step=0, at=NOW).step == 1
    assert (AttemptEvent.objects.count(), Statement.objects.count()) == (before[0] + 1, before[1] + 1)
