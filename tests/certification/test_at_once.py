"""What has to hold when two workers collide. Needs real commits, so it puts the test database back by itself."""

import json
import threading

import pytest
from django.core.management import call_command
from django.db import connection

from certification.models import AchievementCredential, CredentialEvent
from certification.services import award_missing, consider_award
from records.models import Statement
from records.vocabulary import badges
from tests import cast
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
    assert AchievementCredential.objects.count() == 1
    assert [event.kind for event in CredentialEvent.objects.all()] == ["issued"]
    said = [json.loads(row.payload)["verb"]["id"] for row in Statement.objects.all()]
    assert said.count(badges.EARNED["id"]) == 1
