"""What does this reveal: what is told is what is there, reader by reader."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.services import confirm_name
from certification import permissions
from certification.badges.document import credential_document
from certification.models import AchievementCredential
from certification.pdf import render_certificate
from certification.reveals import document_facts, readers_of, stranger
from certification.selectors import find_credential
from certification.services import confirm_holder_name, make_link, set_shares
from certification.sharing import links_of
from tests.factories.certification import EARNED, make_credential, make_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential(amina, northgate) -> AchievementCredential:
    make_lesson()
    confirm_name(amina, name=amina.name, at=EARNED)
    return make_credential(amina, northgate)


def said(reader) -> str:
    return " ".join(f"{fact.label} {fact.value}" for fact in reader.facts)


def one(key: str, credential: AchievementCredential):
    return next(reader for reader in readers_of(credential, at=EARNED) if reader.key == key)


def test_a_stranger_is_told_no_name_until_the_holder_agrees(credential, amina):
    reader = stranger(credential, at=EARNED)
    assert "Amina" not in said(reader)
    assert "your name" in reader.hides
    assert "your agency" in reader.hides
    shown = set_shares(credential, shares={"name": True, "agency": True}, by=amina, at=EARNED)
    reader = stranger(shown, at=EARNED)
    assert "Amina Rahman" in said(reader)
    assert "your name" not in reader.hides
    assert "your agency" not in reader.hides


def test_what_a_stranger_is_said_to_learn_stands_on_the_public_page(client, credential):
    reader = stranger(credential, at=timezone.now())
    response = client.get(
        reverse("certification:verify_number", args=[credential.number]), {"format": "json"}
    )
    assert len(reader.facts) == len(response.json()) - len({"checked_at"})


def test_the_lead_gets_the_pdf_only_if_permissions_say_so(credential, amina, ben):
    for agrees in (False, True):
        row = set_shares(credential, shares={"lead": agrees}, by=amina, at=EARNED)
        reader = one("lead", row)
        opens = permissions.can_download(ben, row, on=EARNED.date())
        assert opens is agrees
        assert ("Essential" in said(reader)) is opens
        assert "Amina Rahman" in said(reader)


def test_every_fact_about_the_pdf_is_printed_on_it(credential):
    text = " ".join(PdfReader(io.BytesIO(render_certificate(credential))).pages[0].extract_text().split())
    for fact in one("pdf", credential).facts:
        assert " ".join(fact.value.split()).rstrip(".") in text, fact


def test_every_value_in_the_file_is_told(credential):
    document = credential_document(credential)
    told = "\n".join(fact.value for fact in document_facts(document))

    def leaves(value):
        if isinstance(value, dict):
            for inner in value.values():
                yield from leaves(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from leaves(inner)
        else:
            yield json.dumps(value)[1:-1] if isinstance(value, str) else json.dumps(value)

    untold = [value for value in leaves(document) if value not in told]
    # Moments are told as days.
    assert all(value[4:5] == "-" and value.endswith("Z") for value in untold), untold


def test_the_file_tells_name_and_address_only_as_codes(credential):
    reader = one("file", credential)
    assert [str(answer) for _words, answer in reader.knows] == ["code", "no", "code"]
    assert "your agency" in reader.hides
    codes = [fact for fact in reader.plain if "as a code" in fact.value]
    assert [fact.label for fact in codes] == ["Your e-mail address", "Your name"]
    assert len(reader.technical) > 5


def test_the_agency_shows_up_where_the_holder_shows_it(credential, amina):
    row = set_shares(credential, shares={"agency": True}, by=amina, at=EARNED)
    reader = one("file", row)
    assert "Northgate Police" in said(reader)
    assert "your agency" not in reader.hides
    # The file travels within the PDF, whose page does not name the agency.
    on_paper = one("pdf", row)
    assert "Northgate Police" not in said(on_paper)
    assert "your agency" not in on_paper.hides


def test_nobody_is_given_a_score(credential):
    for reader in readers_of(credential, at=EARNED + timedelta(days=1)):
        assert "answers, scores and choices in scenarios" in reader.hides


def test_the_page_tells_of_every_reader(signed_in, amina, credential):
    now = timezone.now()
    make_link(
        credential,
        drawn=uuid.uuid4(),
        shows={"name": True},
        label="Office",
        expires_on=now.date(),
        by=amina,
        at=now,
    )
    text = signed_in(amina).get(reverse("certification:reveals", args=[credential.number])).content.decode()
    for who in (
        "Anyone with the number",
        "Your training lead",
        "Who gets the PDF from you",
        "Who gets the credential or the badge, and a wallet",
        "Share link: Office",
    ):
        assert who in text


def test_it_costs_the_same_for_one_link_or_ten(count_queries, amina, northgate, credential):
    confirm_holder_name(credential, name="Amina B Rahman", at=EARNED)
    row = find_credential(credential.number)

    def share():
        make_link(
            credential,
            drawn=uuid.uuid4(),
            shows={"name": True, "transcript": True},
            label="",
            expires_on=EARNED.date(),
            by=amina,
            at=EARNED,
        )

    share()
    first = count_queries(lambda: readers_of(row, links=links_of(row), at=EARNED))
    for _ in range(9):
        share()
    assert count_queries(lambda: readers_of(row, links=links_of(row), at=EARNED)) == first
    assert first <= 13
