"""What has to hold when workers collide or are killed, and commands when nobody reads on. Needs real commits, so it puts the test database back by itself.

Each worker is a process of its own: a fork would share the connection, and beside a browser it hangs.
"""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from certification.models import AchievementCredential, CredentialEvent, StatusEntry
from certification.services import award_missing, consider_award
from records.models import Statement
from records.vocabulary import badges
from tests import cast
from tests.certification.worker import Worker
from tests.factories.accounts import UserFactory
from tests.factories.certification import EARNED, make_satisfied


@pytest.fixture(scope="module")
def put_back(django_db_setup, django_db_blocker):
    """Comes after the last test has emptied all tables, and fills them again."""
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


pytestmark = pytest.mark.usefixtures("put_back", "transactional_db")


@pytest.fixture
def registration(put_back, transactional_db):
    northgate = cast.make_northgate()
    return make_satisfied(cast.make_amina(northgate), northgate)


def assert_awarded_once() -> None:
    assert AchievementCredential.objects.count() == 1
    assert StatusEntry.objects.count() == 1
    assert [event.kind for event in CredentialEvent.objects.all()] == ["issued"]
    said = [json.loads(row.payload)["verb"]["id"] for row in Statement.objects.all()]
    assert said.count(badges.EARNED["id"]) == 1


def test_two_workers_and_a_reconciliation_with_the_same_news_award_once(registration):
    with Worker("award", registration.uuid) as one, Worker("award", registration.uuid) as two:
        one.wait_for("ready")
        two.wait_for("ready")
        one.go()
        two.go()
        award_missing(at=EARNED)
        assert one.did_well()
        assert two.did_well()
    assert_awarded_once()


def test_who_is_killed_between_commit_and_news_leaves_an_award_for_the_reconciliation(registration):
    type(registration).objects.update(satisfied_at=None)
    with Worker("satisfy and die after the commit", registration.uuid) as worker:
        worker.go()
        assert worker.was_killed()
    registration.refresh_from_db()
    assert registration.satisfied_at == EARNED
    assert not AchievementCredential.objects.exists()
    assert award_missing(at=EARNED) == 1
    assert award_missing(at=EARNED) == 0
    assert_awarded_once()


def test_who_is_killed_before_the_commit_leaves_nothing_and_a_retry_awards_once(registration):
    with Worker("award and die before the commit", registration.uuid) as worker:
        worker.go()
        assert worker.was_killed()
    assert not AchievementCredential.objects.exists()
    assert not StatusEntry.objects.exists()
    assert not CredentialEvent.objects.exists()
    first = consider_award(registration.uuid, at=EARNED)
    assert consider_award(registration.uuid, at=EARNED) == first
    assert_awarded_once()


def test_who_is_killed_after_the_commit_has_awarded_and_a_retry_awards_nothing_more(registration):
    with Worker("award and die after the commit", registration.uuid) as worker:
        worker.go()
        assert worker.was_killed()
    assert_awarded_once()
    number = AchievementCredential.objects.get().number
    assert consider_award(registration.uuid, at=EARNED).number == number
    assert award_missing(at=EARNED) == 0
    assert_awarded_once()


def test_two_workers_a_retry_and_a_worker_that_is_killed_while_it_awards_award_once(registration):
    with (
        Worker("award and hang before the commit", registration.uuid) as first,
        Worker("award", registration.uuid) as one,
        Worker("award missing") as two,
    ):
        again = [one, two]
        first.go()
        first.wait_for("awarding")
        for worker in again:
            worker.go()
        for worker in again:
            worker.wait_for("begun")
        assert not AchievementCredential.objects.exists()
        first.kill()
        assert first.was_killed()
        assert all(worker.did_well() for worker in again)
    assert_awarded_once()
    assert consider_award(registration.uuid, at=EARNED) == AchievementCredential.objects.get()
    assert_awarded_once()


def test_a_batch_that_is_killed_halfway_goes_on_when_started_again(registration, capsys):
    for person in UserFactory.create_batch(4):
        make_satisfied(person, registration.agency)
    with Worker("issue a batch and die at the third") as worker:
        worker.go()
        assert worker.was_killed()
    assert AchievementCredential.objects.count() == 2
    call_command("credential", "issue-batch")
    assert "3 issued." in capsys.readouterr().out
    call_command("credential", "issue-batch")
    assert "0 issued." in capsys.readouterr().out
    assert AchievementCredential.objects.values("user").distinct().count() == 5
    assert AchievementCredential.objects.count() == CredentialEvent.objects.count() == 5


@pytest.mark.parametrize("arguments", [["list"], ["export", "--as", "pdf"], ["export", "--as", "json"]])
def test_a_command_whose_output_nobody_reads_on_ends_without_a_word(registration, arguments):
    action, *options = arguments
    number = consider_award(registration.uuid, at=EARNED).number
    named = [number] if action == "export" else []
    with Worker("manage", "credential", action, *named, *options) as worker:
        worker.stop_reading()
        worker.go()
        assert worker.did_well()
        assert worker.complaints == ""
