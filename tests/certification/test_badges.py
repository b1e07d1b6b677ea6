"""The credential: signed, accepted by the schema, refused when one word changes, and dead when it is withdrawn."""

import asyncio
import copy
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse
from openvc.keys import Ed25519SigningKey
from openvc.multibase import decode_multibase
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.status import check_credential_status
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pypdf import PdfReader, PdfWriter

from accounts.services import confirm_name
from certification.badges import documents, keys, proof, status
from certification.badges.checking import check_file
from certification.badges.document import credential_document
from certification.badges.loops import without_loop
from certification.exceptions import NoSigningKey
from certification.models import AchievementCredential, SigningKey, StatusEntry
from certification.services import (
    correct_credential,
    reinstate_credential,
    revoke_credential,
    set_shares,
    suspend_credential,
)
from tests.factories.certification import EARNED, make_credential, make_lesson

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
SCHEMA = json.loads((SAMPLES / "ob_v3p0_achievementcredential_schema.json").read_text(encoding="utf-8"))
DAY = EARNED.date()


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    cache.clear()


@pytest.fixture
def credential(amina, northgate) -> AchievementCredential:
    make_lesson()
    confirm_name(amina, name=amina.name, at=EARNED)
    return make_credential(amina, northgate)


def bits(place: StatusEntry, purpose: str) -> bool:
    """Whether the place's bit is set in the list as published now."""
    cache.clear()
    published = status.status_list(place.list_number, purpose)
    entry = {
        "credentialStatus": {
            "id": "x",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(place.index),
            "statusListCredential": published["id"],
        }
    }
    return bool(check_credential_status(entry, resolve_status_list=lambda url: published).entries[0].is_set)


def w3c_vector(name: str, monkeypatch) -> tuple[dict, Ed25519PrivateKey]:
    """What W3C signed, and its key. Its contexts are known for as long as the test goes on."""
    vector = json.loads((SAMPLES / f"w3c-{name}.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(proof, "contexts", lambda: vector["contexts"])
    private = decode_multibase(vector["keyPair"]["privateKeyMultibase"])[2:34]
    return vector["signed"], Ed25519PrivateKey.from_private_bytes(private)


@pytest.mark.parametrize("name", ["eddsa-rdfc-2022", "eddsa-rdfc-2022-employment"])
def test_the_signature_is_that_of_the_w3c_test_vector(monkeypatch, name):
    """With W3C's key, document and time it gives W3C's bytes."""
    expected, private = w3c_vector(name, monkeypatch)
    signed = proof.add_proof(
        {key: value for key, value in expected.items() if key != "proof"},
        private=private,
        method=expected["proof"]["verificationMethod"],
        created=datetime.fromisoformat(expected["proof"]["created"]),
    )
    assert signed == expected


def test_the_older_suite_of_w3c_hashes_to_the_same_bytes(monkeypatch):
    """We do not sign with it, but canonical form and hashes are those of the newer one."""
    expected, private = w3c_vector("ed25519-signature-2020", monkeypatch)
    document = {key: value for key, value in expected.items() if key != "proof"}
    config = {key: value for key, value in expected["proof"].items() if key != "proofValue"}
    hashed = proof._digest({**config, "@context": document["@context"]}) + proof._digest(document)
    assert private.sign(hashed) == decode_multibase(expected["proof"]["proofValue"])


def test_it_fits_the_schema_of_1edtech(credential):
    import jsonschema

    jsonschema.Draft201909Validator(SCHEMA).validate(documents.signed_credential(credential))


def test_it_says_what_was_learned_under_which_law_and_until_when(credential):
    document = credential_document(credential)
    subject = document["credentialSubject"]
    assert document["issuer"]["id"] == "did:web:localhost%3A8000"
    assert document["validUntil"] == "2027-11-14T23:59:59Z"
    assert subject["achievement"]["version"] == "2026.1"
    assert "United Kingdom" in subject["achievement"]["description"]
    assert [aligned["targetCode"] for aligned in subject["achievement"]["alignment"]] == ["HHS-U"]
    assert "not yet reviewed by a person with lived experience" in subject["narrative"]
    assert document["evidence"][0]["narrative"] == "1.3 (2026.1)"


def test_no_credit_is_claimed_without_an_approval_on_record(credential):
    assert "creditsEarned" not in credential_document(credential)["credentialSubject"]
    credential.accrediting_body, credential.approval_number = "Board", "42"
    assert credential_document(credential)["credentialSubject"]["creditsEarned"] == 2.25


def test_nothing_in_it_can_be_read_that_names_the_holder(credential, amina):
    text = json.dumps(credential_document(credential))
    for word in (*amina.name.split(), amina.email, "Northgate"):
        assert word not in text


def test_her_address_can_be_confirmed_by_who_knows_it(credential, amina):
    import hashlib

    known = {
        row["identityType"]: row for row in credential_document(credential)["credentialSubject"]["identifier"]
    }
    for kind, value in (("emailAddress", amina.email), ("name", amina.name)):
        digest = hashlib.sha256((value + known[kind]["salt"]).encode()).hexdigest()
        assert known[kind]["identityHash"] == f"sha256${digest}"


def test_evidence_result_and_agency_are_the_holders_to_show(credential, amina):
    set_shares(credential, shares={"evidence": False, "results": False, "agency": True}, by=amina, at=EARNED)
    credential.refresh_from_db()
    document = credential_document(credential)
    assert "evidence" not in document
    assert "result" not in document["credentialSubject"]
    assert document["credentialSubject"]["source"]["name"] == "Northgate Police"


@pytest.mark.parametrize("kind", ["json", "jwt", "pdf", "png", "svg"])
def test_every_file_can_be_checked_again(credential, kind):
    found = check_file(documents.export(credential, kind), on=DAY)
    assert found.holds, found
    assert found.kind == kind
    assert found.public.number == credential.number


def leaves(value, road=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*road, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*road, place))
    else:
        yield road


def changed_at(document, road):
    copied = copy.deepcopy(document)
    inner = copied
    for step in road[:-1]:
        inner = inner[step]
    before = inner[road[-1]]
    inner[road[-1]] = (
        not before if isinstance(before, bool) else f"{before}x" if isinstance(before, str) else 7
    )
    return copied


def test_a_change_of_any_one_word_is_refused(credential):
    signed = documents.signed_credential(credential)
    roads = list(leaves(signed))
    assert len(roads) > 60
    believed = [
        road for road in roads if check_file(json.dumps(changed_at(signed, road)).encode(), on=DAY).holds
    ]
    assert believed == []


def test_a_word_taken_out_or_put_in_is_refused(credential):
    signed = documents.signed_credential(credential)
    for key in signed:
        less = {name: value for name, value in signed.items() if name != key}
        assert not check_file(json.dumps(less).encode(), on=DAY).holds, key
    for key in ("name2", "holder", "refreshService"):
        assert not check_file(json.dumps({**signed, key: "x"}).encode(), on=DAY).holds, key


def test_a_token_with_a_changed_word_is_refused(credential):
    token = documents.export(credential, "jwt").decode()
    payload = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "vc+jwt"
    assert payload["credentialSubject"]["achievement"]["name"]
    forged = jwt.encode(payload, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=header)
    unsigned = jwt.encode(payload, "", algorithm="none", headers={"kid": header["kid"]})
    for wrong in (forged, unsigned, token[:-4] + "AAAA"):
        found = check_file(wrong.encode(), on=DAY)
        assert not found.holds
        assert found.is_unchanged is False


def test_somebody_elses_key_is_not_ours(credential):
    stranger = Ed25519SigningKey(Ed25519PrivateKey.generate(), "did:web:elsewhere.example#1")
    signed = DataIntegrityProofSuite().add_proof(
        credential_document(credential),
        signing_key=stranger,
        verification_method=stranger.kid,
        extra_contexts=proof.contexts(),
    )
    found = check_file(json.dumps(signed).encode(), on=DAY)
    assert found.is_ours is False
    assert "key of this site" in found.problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 50,
        b"%PDF-1.7 nothing",
        b"\x89PNG\r\n\x1a\nnothing",
        b"<svg></svg>",
        b"<?xml version='1.0'?><svg>",
        b"[]",
        b"{}",
        b'{"credentialSubject": 3}',
        b'{"credentialSubject": {}, "proof": [1]}',
        b'{"credentialSubject": {}, "proof": {"verificationMethod": ["x"]}}',
        b"a.b.c",
        b"[" * 5000,
        "ключ".encode("utf-16"),
    ],
)
def test_what_is_no_credential_is_said_to_be_none(content):
    found = check_file(content, on=DAY)
    assert not found.holds
    assert found.problem


def test_a_pdf_whose_pages_were_changed_is_not_to_be_believed(credential):
    """The credential within is taken over whole; only the page says something else."""
    pdf = documents.export(credential, "pdf")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.add_blank_page(100, 100)
    changed = io.BytesIO()
    writer.write(changed)
    added = pdf + b"\n% one more line\n"
    for wrong in (changed.getvalue(), added.replace(b"/Issuer", b"/Isszer")):
        found = check_file(wrong, on=DAY)
        assert found.is_unchanged
        assert found.is_document_unchanged is False
        assert not found.holds


def test_a_pdf_with_somebody_elses_signature_is_not_to_be_believed(credential, settings, tmp_path):
    from certification.pdf import render_certificate

    text = json.dumps(documents.signed_credential(credential))
    credential.holder_name = "Somebody Else"
    unsigned = render_certificate(credential, attachment=text) + b"\n"
    stranger: SimpleSigner = documents._signer(documents._self_signed())
    out = io.BytesIO()
    PdfSigner(PdfSignatureMetadata(field_name="Issuer"), signer=stranger).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(unsigned)), output=out
    )
    found = check_file(out.getvalue(), on=DAY)
    assert found.is_unchanged
    assert found.is_document_unchanged is False
    assert not found.holds


def test_a_paper_without_the_credential_is_sent_to_its_number(credential):
    from certification.pdf import render_certificate

    found = check_file(render_certificate(credential), on=DAY)
    assert not found.holds
    assert "number" in found.problem


def test_the_badge_is_a_picture_of_the_right_size(credential):
    with Image.open(io.BytesIO(documents.export(credential, "png"))) as picture:
        assert picture.size == (600, 600)
        assert json.loads(picture.text["openbadgecredential"])["id"].endswith(f"/{credential.number}/")


def test_withdrawn_is_in_the_list_and_in_the_answer(credential, ben):
    before = documents.export(credential, "json")
    place = status.place_of(credential)
    assert not bits(place, "revocation")
    revoke_credential(credential, by=ben, reason="Issued in error.", at=EARNED + timedelta(days=1))
    assert bits(place, "revocation")
    found = check_file(before, on=DAY + timedelta(days=1))
    assert found.is_unchanged
    assert not found.holds
    assert found.public.state == "revoked"


def test_paused_is_not_believed_until_the_pause_ends(credential, ben):
    file = documents.export(credential, "json")
    place = status.place_of(credential)
    suspend_credential(credential, by=ben, reason="A question is open.", at=EARNED)
    assert bits(place, "revocation")
    assert bits(place, "suspension")
    assert check_file(file, on=DAY).public.state == "suspended"
    reinstate_credential(credential, by=ben, reason="It is settled.", at=EARNED)
    assert not bits(place, "revocation")
    assert not bits(place, "suspension")
    assert check_file(file, on=DAY).holds


def test_what_was_issued_with_a_wrong_name_is_withdrawn_in_the_list(credential, amina):
    place = status.place_of(credential)
    right = correct_credential(credential, holder_name="Amina R.", by=amina, reason="Name.", at=EARNED)
    assert bits(place, "revocation")
    assert not bits(status.place_of(right), "revocation")


def test_what_a_renewal_replaced_is_still_true(credential, amina, northgate):
    make_credential(amina, northgate, at=EARNED + timedelta(days=300))
    assert not bits(status.place_of(credential), "revocation")


def test_the_list_is_signed_and_as_long_as_w3c_asks(credential):
    place = status.place_of(credential)
    published = status.status_list(place.list_number, "revocation")
    assert proof.check_document(published)["credentialSubject"]["statusPurpose"] == "revocation"
    assert 0 <= place.index < status.BITS
    assert status.status_list(99, "revocation") is None
    assert status.status_list(place.list_number, "nonsense") is None


def test_a_new_key_leaves_old_credentials_as_they_are(credential):
    old = documents.export(credential, "json")
    first = keys.signing_key().kid
    call_command("credential", "rotate-key")
    assert keys.signing_key().kid != first
    assert check_file(old, on=DAY).holds
    assert check_file(documents.export(credential, "json"), on=DAY).holds
    assert len(keys.did_document()["verificationMethod"]) == 2


def test_what_an_unsafe_key_signed_does_not_count(credential):
    old = documents.export(credential, "json")
    call_command("credential", "rotate-key", compromised=[keys.signing_key().kid])
    assert not check_file(old, on=DAY).holds
    assert len(keys.did_document()["assertionMethod"]) == 1


def test_an_unsafe_key_signs_nothing_more(credential):
    SigningKey.objects.filter(kid=keys.signing_key().kid).update(compromised_at=EARNED)
    with pytest.raises(NoSigningKey, match="unsafe"):
        documents.export(credential, "json")


def test_a_demo_key_is_none_in_production(credential, settings):
    made_in_demo = documents.export(credential, "json")
    settings.CREDENTIAL_DEMO_KEYS = False
    with pytest.raises(NoSigningKey, match="rotate-key"):
        documents.export(credential, "json")
    with pytest.raises(NoSigningKey, match="rotate-key"):
        documents.export(credential, "pdf")
    assert keys.did_document()["assertionMethod"] == []
    assert not check_file(made_in_demo, on=DAY).holds
    call_command("credential", "rotate-key")
    assert check_file(documents.export(credential, "pdf"), on=DAY).holds


def test_a_key_of_another_kind_is_refused_in_words(credential, settings):
    for text, word in (("nonsense", "PEM"), (documents._self_signed().decode(), "Ed25519")):
        settings.CREDENTIAL_KEY = text
        with pytest.raises(NoSigningKey, match=word):
            documents.export(credential, "json")


def test_a_private_key_is_readable_by_its_owner_only(settings):
    for file in (keys.make_key_file(), documents.make_document_key_file()):
        assert file.stat().st_mode & 0o077 == 0


def test_the_command_lists_exports_and_checks(credential, ben, tmp_path, capsys):
    call_command("credential", "list", status="valid", limit=5)
    assert capsys.readouterr().out.split() == [credential.number]
    file = tmp_path / "c.pdf"
    call_command("credential", "export", credential.number, kind="pdf", to=file)
    call_command("credential", "verify", str(file))
    assert "NO" not in capsys.readouterr().out
    revoke_credential(credential, by=ben, reason="Issued in error.", at=EARNED)
    with pytest.raises(CommandError, match="revoked"):
        call_command("credential", "verify", str(file))
    call_command("credential", "list", status="valid")
    assert capsys.readouterr().out.count("WL-") == 1  # the one line of "verify"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["export", "WL-0000-0000-0000-0000"], "no certificate"),
        (["verify", "no-such-file.pdf"], "cannot be read"),
        (["rotate-key", "--compromised", "nobody"], "No key is called nobody"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, word):
    with pytest.raises(CommandError, match=word):
        call_command("credential", *arguments)


def test_keys_and_lists_can_be_fetched_from_any_site(client, credential):
    documents.export(credential, "json")
    for url in (reverse("certification:did"), reverse("certification:status_list", args=[1, "revocation"])):
        response = client.get(url)
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "max-age=30" in response["Cache-Control"]
    assert client.get(reverse("certification:status_list", args=[7, "revocation"])).status_code == 404


def test_the_holder_downloads_her_files_and_nobody_else_does(signed_in, amina, ben, credential):
    url = reverse("certification:file", args=[credential.number, "png"])
    mine = signed_in(amina).get(url)
    assert mine["Content-Type"] == "image/png"
    assert check_file(mine.content, on=DAY).is_unchanged
    assert signed_in(ben).get(url).status_code == 404
    wrong = reverse("certification:file", args=[credential.number, "exe"])
    assert signed_in(amina).get(wrong).status_code == 404


def test_without_a_key_the_holder_is_told_and_nothing_breaks(signed_in, amina, credential, settings):
    settings.CREDENTIAL_DEMO_KEYS = False
    for url in (
        reverse("certification:pdf", args=[credential.number]),
        reverse("certification:file", args=[credential.number, "json"]),
    ):
        response = signed_in(amina).get(url, follow=True)
        assert "cannot be signed at the moment" in response.content.decode()


def test_a_file_can_be_signed_where_an_event_loop_already_runs():
    async def loops_within() -> int:
        return without_loop(asyncio.run, asyncio.sleep(0, 7))

    assert asyncio.run(loops_within()) == 7


@pytest.mark.parametrize("word", ["-1", "many", "1.5"])
def test_a_limit_that_is_no_number_of_certificates_is_refused_in_words(word):
    with pytest.raises(CommandError, match="no number of certificates"):
        call_command("credential", "list", f"--limit={word}")
