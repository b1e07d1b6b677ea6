"""`manage.py check --deploy` looks at the keys before anybody's certificate depends on them."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from certification.badges import documents, keys
from certification.checks import check_signing_keys


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    settings.CREDENTIAL_DEMO_KEYS = False
    return tmp_path / "keys"


def found() -> list[str]:
    return [str(message.id).partition(".")[2] for message in check_signing_keys()]


def test_keys_of_its_own_are_well():
    keys.make_key_file()
    documents.make_document_key_file()
    assert found() == []


def test_a_site_without_keys_is_told_which():
    assert found() == ["E002", "E003"]
    keys.make_key_file()
    assert found() == ["E003"]


def test_keys_for_trying_out_are_none_in_production(settings):
    keys.make_key_file(is_demo=True)
    documents.make_document_key_file(is_demo=True)
    assert found() == ["E002", "E003"]
    settings.CREDENTIAL_DEMO_KEYS = True
    assert found() == ["E001"]
    settings.DEBUG = True
    assert found() == []


def test_the_check_itself_makes_no_key(folder):
    found()
    assert not folder.exists()


def test_what_is_no_key_is_said_to_be_none(settings):
    settings.CREDENTIAL_KEY = settings.DOCUMENT_KEY = "nonsense"
    assert found() == ["E002", "E003"]


def test_a_key_that_others_can_read_is_an_error():
    keys.make_key_file()
    documents.make_document_key_file().chmod(0o644)
    assert found() == ["E004"]


def test_a_certificate_that_soon_ends_is_a_warning(monkeypatch):
    keys.make_key_file()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2016, 12, 1, tzinfo=UTC))
    documents.make_document_key_file()
    monkeypatch.undo()
    assert found() == ["W001"]
