"""Checking a file or a whole list, without an account."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.services import confirm_name
from certification import checking_views, throttle
from certification.badges import documents
from certification.services import revoke_credential, set_shares
from tests.factories.certification import make_credential

pytestmark = pytest.mark.django_db
FILE, LIST = reverse("certification:verify_file"), reverse("certification:verify_many")


@pytest.fixture
def credential(amina, northgate):
    now = timezone.now()
    confirm_name(amina, name=amina.name, at=now)
    return make_credential(amina, northgate, at=now)


def upload(client, url, content: bytes, **fields):
    return client.post(url, {"file": SimpleUploadedFile("what.bin", content), **fields})


def test_a_genuine_file_is_said_to_be_genuine(client, credential):
    text = upload(client, FILE, documents.export(credential, "pdf")).content.decode()
    assert "The file is genuine, and the certificate is valid today" in text
    assert credential.number in text
    assert "Amina" not in text


def test_a_withdrawn_one_is_genuine_and_no_longer_valid(client, credential, ben):
    file = documents.export(credential, "json")
    revoke_credential(credential, by=ben, reason="Issued in error.", at=timezone.now())
    text = upload(client, FILE, file).content.decode()
    assert "genuine, but the certificate is not valid today" in text
    assert "This certificate was withdrawn" in text


def test_it_says_which_part_fails(client, credential):
    changed = documents.export(credential, "json").replace(b"Completed", b"Enrolled")
    text = upload(client, FILE, changed).content.decode()
    assert "Do not rely on this file" in text
    assert "something was changed after signing" in text
    assert "Not checked, because of the part above" in text


def test_without_a_file_it_asks_for_one(client):
    assert client.get(FILE).status_code == 200
    response = client.post(FILE, {})
    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()


def test_too_large_a_file_is_refused_before_it_is_read(client):
    response = upload(client, FILE, b"x" * (5 * 1024 * 1024 + 1))
    assert response.status_code == 422
    assert "larger than 5 MB" in response.content.decode()


def test_files_are_limited(client, monkeypatch):
    monkeypatch.setattr(throttle, "FILES", (0, 60))
    assert upload(client, FILE, b"x").status_code == 429


def test_a_list_is_answered_row_by_row(client, credential, django_assert_max_num_queries):
    names = (
        f"number,name\n{credential.number.lower()},rahman AMINA\n{credential.number},Somebody Else\nWL-1,X\n"
    )
    with django_assert_max_num_queries(3):
        text = upload(client, LIST, names.encode()).content.decode()
    assert text.count("Valid</span>") == 2
    assert "does not match" in text
    assert "Unknown</span>" in text
    assert "Amina Rahman" not in text


def test_a_list_from_a_german_spreadsheet_is_read(client, credential):
    content = f"Nummer;Name\r\n{credential.number};Amina Rahmän\r\n".encode("cp1252")
    assert ">matches</td>" in upload(client, LIST, content).content.decode()


def test_the_answer_comes_as_a_file_that_spreadsheets_open_safely(client, credential):
    content = f"{credential.number}\n=HYPERLINK(1)\n".encode()
    response = upload(client, LIST, content, **{"as": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith(f"{credential.number},valid,")
    assert lines[2].startswith("'=HYPERLINK")


def test_a_holder_who_lets_no_name_be_compared_is_left_alone(client, credential, amina):
    set_shares(credential, shares={"compare_name": False}, by=amina, at=timezone.now())
    text = upload(client, LIST, f"{credential.number},Amina Rahman".encode()).content.decode()
    assert "not compared" in text


def test_a_list_finds_out_no_name_by_trying(client, credential, monkeypatch):
    monkeypatch.setattr(throttle, "COMPARISONS_OF_ONE", (2, 3600))
    guesses = "\n".join(f"{credential.number},Guess {n}" for n in range(5))
    text = upload(client, LIST, guesses.encode()).content.decode()
    assert text.count("does not match") == 2
    assert text.count("not compared") == 3


@pytest.mark.parametrize(("content", "word"), [(b"\n\n", "no number"), (b"WL-1\n" * 501, "501 rows")])
def test_a_list_without_rows_or_with_too_many_is_refused_in_words(client, content, word):
    response = upload(client, LIST, content)
    assert response.status_code == 422
    assert word in response.content.decode()
    assert checking_views.MOST_ROWS == 500


def test_what_cannot_be_a_list_is_refused_in_words(client):
    response = upload(client, LIST, b"WL-" + b"1" * 200_000)
    assert response.status_code == 422
    assert "cannot be read as a list" in response.content.decode()


@pytest.mark.parametrize(
    "say",
    [
        lambda number: f"{number}\r{number}\r".encode(),
        lambda number: f"Number\tName\r\n{number}\tX\r\n{number}\tY\r\n".encode("utf-16"),
    ],
    ids=["old line ends", "Unicode text"],
)
def test_a_list_is_read_however_a_spreadsheet_saved_it(client, credential, say):
    text = upload(client, LIST, say(credential.number)).content.decode()
    assert text.count("Valid</span>") == 2
    assert "Unknown</span>" not in text


def test_a_list_that_is_refused_counts_as_a_file(client, monkeypatch):
    monkeypatch.setattr(throttle, "FILES", (1, 60))
    assert upload(client, LIST, b"WL-1\n" * 501).status_code == 422
    assert upload(client, LIST, b"WL-1\n" * 501).status_code == 429


def test_lists_are_limited(client, monkeypatch):
    monkeypatch.setattr(throttle, "LISTS", (0, 60))
    assert upload(client, LIST, b"WL-1").status_code == 429


@pytest.mark.parametrize("how", [{"query": "?format=json"}, {"headers": {"accept": "application/json"}}])
def test_a_program_gets_the_same_as_json(client, credential, how):
    url = reverse("certification:verify_number", args=[credential.number]) + how.get("query", "")
    response = client.get(url, headers=how.get("headers"))
    said = json.loads(response.content)
    assert said["state"] == "valid"
    assert said["number"] == credential.number
    assert "holder_name" not in said
    assert "agency" not in said
    assert response["Cache-Control"] == "no-store"


def test_an_unknown_number_is_unknown_to_a_program_too(client):
    url = reverse("certification:verify_number", args=["WL-0000-0000-0000-0000"])
    assert client.get(url, headers={"accept": "application/json"}).status_code == 404
