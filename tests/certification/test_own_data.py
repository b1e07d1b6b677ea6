"""Taking one's data along: everything of hers, nothing of anybody else's, and no secret."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.own_data import own_data_archive, own_data_of
from accounts.own_data_views import EXPORTS
from accounts.services import confirm_name
from certification.badges.checking import check_file
from certification.models import AchievementCredential
from certification.services import confirm_holder_name, make_link, revoke_credential
from courses.models import ActivityResponse
from tests.factories.accounts import PASSWORD
from tests.factories.certification import make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def credential(amina, northgate, now) -> AchievementCredential:
    confirm_name(amina, name=amina.name, at=now)
    return make_credential(amina, northgate, at=now - timedelta(days=30))


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_it_holds_account_certificates_files_history_links_and_transcript(amina, credential, now):
    link, secret = make_link(
        credential,
        drawn=uuid.uuid4(),
        shows={"name": True},
        label="Credentialing office",
        expires_on=now.date(),
        by=amina,
        at=now,
    )
    ActivityResponse.objects.create(
        user=amina, lesson_code="1.3", activity_id="a", note="My own note", answered_at=now
    )
    files = unpacked(own_data_archive(amina, at=now))
    assert set(files) == {
        "README.txt",
        "account.json",
        "agencies.json",
        "certificates.json",
        f"certificates/{credential.number}.json",
        f"certificates/{credential.number}.pdf",
        "courses.json",
        "exercises.json",
        "learning-record.json",
        "licence-numbers.json",
        "recognised.json",
        "reminders.json",
        "scenarios.json",
        "share-links.json",
        "signed-off.json",
        "staff-lists.json",
        "transcript.json",
        "transcript.pdf",
        "who-looked-at-me.json",
    }
    assert json.loads(files["account.json"])["name"] == "Amina Rahman"
    assert json.loads(files["agencies.json"])["memberships"][0]["agency"] == "Northgate Police"
    certificate = json.loads(files["certificates.json"])[0]
    assert (certificate["number"], certificate["state"]) == (credential.number, "valid")
    assert [event["what"] for event in certificate["history"]] == ["issued", "link made"]
    assert certificate["history"][1]["by"] == "you"
    assert json.loads(files["share-links.json"])[0]["for_whom"] == "Credentialing office"
    assert json.loads(files["exercises.json"])[0]["note"] == "My own note"
    assert json.loads(files["courses.json"])[0]["course"] == "Essential"
    assert json.loads(files["learning-record.json"])[-1]["actor"]["account"]["name"] == amina.actor_name
    everything = b"\n".join(files.values()).decode("latin-1")
    for hidden in (secret, link.digest, amina.password):
        assert hidden not in everything


def test_the_files_in_it_check_out(amina, credential, now):
    files = own_data_of(amina, at=now)
    for kind in ("pdf", "json"):
        assert check_file(files[f"certificates/{credential.number}.{kind}"], on=now.date()).holds
        assert check_file(files[f"transcript.{kind}"], on=now.date()).is_genuine_transcript


def test_what_does_not_count_is_told_and_not_handed_out(amina, ben, credential, now):
    newer = confirm_holder_name(credential, name="Amina B Rahman", at=now)
    amina.refresh_from_db()
    revoke_credential(newer, by=ben, reason="Issued in error.", at=now)
    files = own_data_of(amina, at=now)
    assert not [name for name in files if name.startswith("certificates/")]
    rows = json.loads(files["certificates.json"])
    assert {row["number"]: row["state"] for row in rows} == {
        credential.number: "superseded",
        newer.number: "revoked",
    }
    revoked = next(row for row in rows if row["number"] == newer.number)["history"][-1]
    assert (revoked["by"], revoked["reason"]) == ("somebody else", "Issued in error.")
    assert "Ben Okafor" not in json.dumps(rows)


def test_nothing_of_anybody_else_is_in_it(amina, chidi, brannoc, credential, now):
    confirm_name(chidi, name=chidi.name, at=now)
    his = make_credential(chidi, brannoc, at=now - timedelta(days=10))
    files = own_data_of(chidi, at=now)
    everything = b"\n".join(files.values())
    assert his.number.encode() in everything
    for hers in (credential.number, "Amina", "Northgate", "amina@"):
        assert hers.encode() not in everything


def test_without_a_confirmed_name_there_are_rows_and_no_files(amina, northgate, now):
    make_credential(amina, northgate, at=now)
    files = own_data_of(amina, at=now)
    assert json.loads(files["certificates.json"])
    assert not [name for name in files if name.endswith(".pdf")]


def test_without_a_key_the_rest_is_still_hers(amina, credential, settings, now):
    settings.CREDENTIAL_DEMO_KEYS = False
    files = own_data_of(amina, at=now)
    assert "could not be made" in files["certificates/README.txt"].decode()
    assert json.loads(files["certificates.json"])


def test_the_page_explains_and_the_file_asks_to_sign_in_again(signed_in, amina, credential):
    client = signed_in(amina)
    assert "Take your data with you" in client.get(reverse("accounts:own_data")).content.decode()
    url = reverse("accounts:own_data_file")
    assert client.get(url).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(url)
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    assert "certificates.json" in unpacked(response.content)


def test_it_is_not_made_again_and_again(signed_in, chidi):
    client = signed_in(chidi)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answers = [client.get(reverse("accounts:own_data_file")).status_code for _ in range(EXPORTS[0] + 1)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_stranger_is_asked_to_sign_in(db):
    for name in ("own_data", "own_data_file"):
        assert "/login/" in Client().get(reverse(f"accounts:{name}")).url
