"""What has to hold when two workers collide. Needs real commits, so it puts the test database back by itself."""

import json
import os
import signal
import threading
import time
import warnings

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from certification import statements
from certification.models import AchievementCredential, CredentialEvent, StatusEntry
from certification.services import award_missing, consider_award
from records.models import Statement
from records.vocabulary import badges
from tests import cast
from tests.factories.accounts import UserFactory
from tests.factories.certification import EARNED, make_satisfied


@pytest.fixture
def put_back(django_db_setup, django_db_blocker):
    """Asked for before `transactional_db`, so that it comes after the emptying of all tables and fills them again."""
    with django_db_blocker.unblock():
        before = connection.creation.serialize_db_to_string()
    yield
    with django_db_blocker.unblock():
        call_command(
            "flush", interactive=False, verbosity=0, reset_sequences=False, inhibit_post_migrate=True
        )
        # Content types first: Wagtail's listeners would make missing ones while its pages are read back.
        rows = sorted(json.loads(before), key=lambda row: row["model"] != "contenttypes.contenttype")
        connection.creation.deserialize_db_from_string(json.dumps(rows))
        connection.close()


def in_another_process(work) -> int:
    """The number of a process that does this with a connection of its own, and then ends without a word."""
    connection.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork is what is wanted, threads or not
        child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def was_killed(child: int) -> bool:
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def assert_awarded_once() -> None:
    assert AchievementCredential.objects.count() == 1
    assert StatusEntry.objects.count() == 1
    assert [event.kind for event in CredentialEvent.objects.all()] == ["issued"]
    said = [json.loads(row.payload)["verb"]["id"] for row in Statement.objects.all()]
    assert said.count(badges.EARNED["id"]) == 1


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_who_is_killed_between_commit_and_news_leaves_an_award_for_the_reconciliation():
    northgate = cast.make_northgate()
    registration = make_satisfied(cast.make_amina(northgate), northgate)
    type(registration).objects.update(satisfied_at=None)

    def satisfy():
        with transaction.atomic():
            type(registration).objects.update(satisfied_at=EARNED)
            transaction.on_commit(die)

    assert was_killed(in_another_process(satisfy))
    registration.refresh_from_db()
    assert registration.satisfied_at == EARNED
    assert not AchievementCredential.objects.exists()
    assert award_missing(at=EARNED) == 1
    assert award_missing(at=EARNED) == 0
    assert_awarded_once()


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_two_workers_a_retry_and_a_worker_that_is_killed_while_it_awards_award_once(monkeypatch):
    northgate = cast.make_northgate()
    registration = make_satisfied(cast.make_amina(northgate), northgate)
    far, told = os.pipe()

    def stop_before_the_commit(*args, **kwargs):
        os.write(told, b"x")
        time.sleep(60)

    def award_and_hang():
        monkeypatch.setattr(statements, "say_earned", stop_before_the_commit)
        consider_award(registration.uuid, at=EARNED)

    child = in_another_process(award_and_hang)
    os.read(far, 1)
    errors = []

    def run(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the assertion below reports it
            errors.append(error)
        finally:
            connection.close()

    again = [
        threading.Thread(target=run, args=(work,))
        for work in (
            lambda: consider_award(registration.uuid, at=EARNED),
            lambda: consider_award(registration.uuid, at=EARNED),
            lambda: award_missing(at=EARNED),
        )
    ]
    for worker in again:
        worker.start()
    time.sleep(0.3)
    os.kill(child, signal.SIGKILL)
    assert was_killed(child)
    for worker in again:
        worker.join()
    os.close(far)
    os.close(told)
    assert errors == []
    assert_awarded_once()


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_a_batch_that_is_killed_halfway_goes_on_when_started_again(monkeypatch, capsys):
    northgate = cast.make_northgate()
    for person in UserFactory.create_batch(5):
        make_satisfied(person, northgate)

    def kill_at_the_third():
        done = []
        say_earned = statements.say_earned

        def say(*args, **kwargs):
            done.append(1)
            if len(done) == 3:
                die()
            say_earned(*args, **kwargs)

        monkeypatch.setattr(statements, "say_earned", say)
        call_command("credential", "issue-batch")

    assert was_killed(in_another_process(kill_at_the_third))
    assert AchievementCredential.objects.count() == 2
    call_command("credential", "issue-batch")
    assert "3 issued." in capsys.readouterr().out
    call_command("credential", "issue-batch")
    assert "0 issued." in capsys.readouterr().out
    assert AchievementCredential.objects.values("user").distinct().count() == 5
    assert AchievementCredential.objects.count() == CredentialEvent.objects.count() == 5


@pytest.mark.usefixtures("put_back", "transactional_db")
def test_two_workers_and_a_reconciliation_with_the_same_news_award_once():
    northgate = cast.make_northgate()
    registration = make_satisfied(cast.make_amina(northgate), northgate)
    gate = threading.Barrier(3)
    errors = []

    def at_once(work):
        def run():
            try:
                gate.wait(timeout=20)
                work()
            except Exception as error:  # noqa: BLE001 - the assertion below reports it
                errors.append(error)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def award():
        consider_award(registration.uuid, at=EARNED)

    workers = [at_once(award), at_once(award), at_once(lambda: award_missing(at=EARNED))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert_awarded_once()
