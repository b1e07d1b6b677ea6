"""What nobody may get past a check: any changed field of any file, a stranger's key, another kind of token, a day too late."""

import base64
import copy
import hashlib
import hmac
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openvc.multibase import decode_multibase
from pyld import jsonld

from accounts.services import confirm_name
from certification.badges import documents, keys, proof, status
from certification.badges.checking import check_file
from certification.badges.document import credential_document
from certification.exceptions import BadSignature, UnknownKey
from certification.models import AchievementCredential
from certification.services import revoke_credential
from tests.factories.certification import make_credential, make_lesson

VECTOR = json.loads(
    (Path(__file__).parent / "samples" / "w3c-eddsa-rdfc-2022.json").read_text(encoding="utf-8")
)
NOW = datetime(2026, 11, 14, 10, tzinfo=UTC)
DAY = NOW.date()


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    cache.clear()


@pytest.fixture
def credential(amina, northgate) -> AchievementCredential:
    make_lesson()
    confirm_name(amina, name=amina.name, at=NOW)
    return make_credential(amina, northgate, at=NOW)


# What W3C prints of each step: Data Integrity EdDSA Cryptosuites v1.0, appendix B.1, examples 9, 10, 12 and 13.
CANONICAL = """\
<did:example:abcdefgh> <https://www.w3.org/ns/credentials/examples#alumniOf> "The School of Examples" .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/examples#AlumniCredential> .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <https://schema.org/description> "A minimum viable example of an Alumni Credential." .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <https://schema.org/name> "Alumni Credential" .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <https://www.w3.org/2018/credentials#credentialSubject> <did:example:abcdefgh> .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <https://www.w3.org/2018/credentials#issuer> <https://vc.example/issuers/5678> .
<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33> <https://www.w3.org/2018/credentials#validFrom> "2023-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
"""
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
CONFIG_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"


def test_every_step_of_the_w3c_vector_is_reproduced(monkeypatch):
    """Canonical lines, both hashes, and the key's signature over them, byte for byte."""
    monkeypatch.setattr(proof, "contexts", lambda: VECTOR["contexts"])
    document = {key: value for key, value in VECTOR["signed"].items() if key != "proof"}
    config = {key: value for key, value in VECTOR["signed"]["proof"].items() if key != "proofValue"}
    canonical = jsonld.normalize(
        document,
        {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": proof._load},
    )
    assert canonical == CANONICAL
    assert hashlib.sha256(canonical.encode()).hexdigest() == DOCUMENT_HASH
    assert proof._digest(document).hex() == DOCUMENT_HASH
    assert proof._digest({**config, "@context": document["@context"]}).hex() == CONFIG_HASH
    private = Ed25519PrivateKey.from_private_bytes(
        decode_multibase(VECTOR["keyPair"]["privateKeyMultibase"])[2:34]
    )
    signature = private.sign(bytes.fromhex(CONFIG_HASH + DOCUMENT_HASH))
    assert signature == decode_multibase(VECTOR["signed"]["proof"]["proofValue"])


def places(value, road=()):
    """Every place in a document: objects, arrays and leaves, each with the way to it."""
    yield road, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield from places(below, (*road, step))


def with_change(document, road, change):
    """A copy in which `change` was called with what holds the place, and the last step to it."""
    copied = copy.deepcopy(document)
    inner = copied
    for step in road[:-1]:
        inner = inner[step]
    change(inner, road[-1])
    return copied


def other(inner, step):
    value = inner[step]
    if isinstance(value, bool):
        inner[step] = not value
    elif isinstance(value, str):
        inner[step] = f"{value}x"
    else:
        inner[step] = 7 if value != 7 else 8


def gone(inner, step):
    del inner[step]


def mutations(document):
    """Each leaf changed, each place removed, and into each object a word put, and a context that reads all words anew."""
    for road, value in places(document):
        if isinstance(value, dict):
            for more in (
                {"x-more": "x"},
                {"@context": {"@vocab": "https://evil.example/"}},
            ):
                if set(more) & set(value):
                    continue
                copied = copy.deepcopy(document)
                inner = copied
                for step in road:
                    inner = inner[step]
                inner.update(more)
                yield f"{road} + {more}", copied
        if not road:
            continue
        yield f"{road} removed", with_change(document, road, gone)
        if not isinstance(value, dict | list):
            yield f"{road} changed", with_change(document, road, other)


@pytest.mark.django_db
def test_no_change_of_any_single_field_is_believed(credential):
    signed = documents.signed_credential(credential)
    assert check_file(json.dumps(signed).encode(), on=DAY).holds
    tried = list(mutations(signed))
    assert len(tried) > 180
    assert [what for what, changed in tried if check_file(json.dumps(changed).encode(), on=DAY).holds] == []


@pytest.mark.django_db
def test_two_proofs_or_none_are_refused(credential):
    signed = documents.signed_credential(credential)
    for proofs in ([], signed["proof"] * 2, [*signed["proof"], {}], {}, None, "x"):
        assert not check_file(json.dumps({**signed, "proof": proofs}).encode(), on=DAY).holds


def coded(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.django_db
def test_no_change_of_any_field_of_a_token_is_believed(credential):
    token = documents.export(credential, "jwt").decode()
    header, payload, signature = token.split(".")
    said = jwt.decode(token, options={"verify_signature": False})
    head = jwt.get_unverified_header(token)
    assert check_file(token.encode(), on=DAY).holds
    wrong = [(what, f"{header}.{coded(changed)}.{signature}") for what, changed in mutations(said)]
    wrong += [(what, f"{coded(changed)}.{payload}.{signature}") for what, changed in mutations(head)]
    wrong += [
        (place, f"{header}.{payload}.{signature[:place]}{'B' if signature[place] == 'A' else 'A'}{signature[place + 1 :]}")
        for place in range(0, len(signature) - 1, 5)
    ]  # fmt: skip
    assert len(wrong) > 180
    assert [what for what, changed in wrong if check_file(changed.encode(), on=DAY).holds] == []


@pytest.mark.django_db
def test_a_token_of_another_kind_or_by_another_algorithm_is_refused(credential):
    """Even with our own signature a token counts only as what it was made for."""
    document = credential_document(credential)
    key = keys.signing_key()
    public = key.private.public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(**header):
        return jwt.encode(
            document,
            key.private,
            algorithm="EdDSA",
            headers={"typ": "vc+jwt", **({"kid": key.method} | header)},
        )

    def by_secret(secret: bytes) -> str:
        body = f"{coded({'alg': 'HS256', 'typ': 'vc+jwt', 'kid': key.method})}.{coded(document)}"
        mac = hmac.new(secret, body.encode(), "sha256").digest()
        return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    stranger = Ed25519PrivateKey.generate()
    own = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(stranger.public_key()))
    assert check_file(signed().encode(), on=DAY).holds
    wrong = {
        "plain JWT": signed(typ="JWT"),
        "no type": signed(typ=None),
        "a presentation": signed(typ="vp+jwt"),
        "an SD-JWT": signed(typ="dc+sd-jwt"),
        "no algorithm": f"{coded({'alg': 'none', 'typ': 'vc+jwt', 'kid': key.method})}.{coded(document)}.",
        "our public key as a secret": by_secret(raw),
        "our public key in PEM as a secret": by_secret(pem),
        "a key that it brings along": jwt.encode(
            document, stranger, algorithm="EdDSA", headers={"typ": "vc+jwt", "kid": key.method, "jwk": own}
        ),
        "a stranger's name for a key": signed(kid="did:web:elsewhere.example#1"),
        "no name for a key": jwt.encode(document, key.private, algorithm="EdDSA", headers={"typ": "vc+jwt"}),
    }
    assert [what for what, token in wrong.items() if check_file(token.encode(), on=DAY).holds] == []


@pytest.mark.django_db
def test_no_changed_byte_of_a_pdf_is_believed(credential):
    pdf = documents.export(credential, "pdf")
    assert check_file(pdf, on=DAY).holds
    hole = re.search(rb"/Contents\s*<([0-9a-fA-F]+)>", pdf)
    assert hole is not None
    offsets = [*range(0, len(pdf), len(pdf) // 12), len(pdf) - 2, hole.start(1) + 20]
    believed = []
    for offset in offsets:
        changed = bytearray(pdf)
        changed[offset] ^= 1
        if check_file(bytes(changed), on=DAY).holds:
            believed.append(offset)
    assert [offset for offset in believed if not hole.start(1) <= offset < hole.end(1)] == []
    # Zeros that fill up the place for the signature say nothing, and no signature of a PDF covers its own place.
    assert hole.start(1) + 20 not in believed
    for shorter in (pdf[:-200], pdf[: len(pdf) // 2], pdf + b"\n", pdf + pdf):
        assert not check_file(shorter, on=DAY).holds


@pytest.mark.django_db
def test_no_changed_field_of_a_status_list_is_believed(credential):
    published = status.status_list(status.place_of(credential).list_number, "revocation")
    assert published is not None
    proof.check_document(published)
    believed = []
    for what, changed in mutations(published):
        try:
            proof.check_document(changed)
        except (BadSignature, UnknownKey):
            continue
        believed.append(what)
    assert believed == []


def by_a_stranger(credential) -> bytes:
    signed = proof.add_proof(
        credential_document(credential),
        private=Ed25519PrivateKey.generate(),
        method=keys.signing_key().method,
        created=timezone.now(),
    )
    return json.dumps(signed).encode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["json", "jwt", "pdf", "png", "svg"])
@pytest.mark.parametrize("wrong", ["revoked", "expired"])
def test_what_no_longer_counts_is_refused_in_every_kind_of_file(
    client, amina, ben, northgate, tmp_path, wrong, kind
):
    now = timezone.now()
    earned = now - timedelta(days=500 if wrong == "expired" else 2)
    confirm_name(amina, name=amina.name, at=earned)
    credential = make_credential(amina, northgate, at=earned)
    file = documents.export(credential, kind)
    if wrong == "revoked":
        revoke_credential(credential, by=ben, reason="Issued in error.", at=now)
    refused(client, tmp_path, file, "genuine, but the certificate is not valid today", wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["a stranger's key", "tampered"])
def test_what_we_never_signed_so_is_refused_by_page_and_command(client, credential, tmp_path, wrong):
    file = (
        by_a_stranger(credential)
        if wrong == "a stranger's key"
        else documents.export(credential, "json").replace(b"Completed", b"Enrolled")
    )
    refused(client, tmp_path, file, "Do not rely on this file", "changed after signing")


def refused(client, folder, content: bytes, on_the_page: str, by_the_command: str) -> None:
    page = client.post(reverse("certification:verify_file"), {"file": SimpleUploadedFile("x", content)})
    assert on_the_page in page.content.decode()
    path = folder / "given"
    path.write_bytes(content)
    said = io.StringIO()
    with pytest.raises(CommandError, match=by_the_command):
        call_command("credential", "verify", str(path), stdout=said)
    assert said.getvalue()


@pytest.mark.django_db
def test_a_withdrawal_is_seen_within_a_minute(client, credential, ben, monkeypatch):
    """The worst case: a list was signed and fetched just before, and both keep it as long as they may."""
    place = status.place_of(credential)
    list_url = reverse("certification:status_list", args=[place.list_number, "revocation"])
    page_url = reverse("certification:verify_number", args=[credential.number])
    kept = []
    monkeypatch.setattr(status.cache, "set", lambda key, value, seconds: kept.append(seconds))
    headers = client.get(list_url).headers
    ages = [int(age) for age in re.findall(r"max-age=(\d+)", headers["Cache-Control"])]
    assert kept
    assert ages
    assert max(kept) + max(ages) <= 60
    assert json.loads(client.get(list_url).content)["credentialSubject"].get("ttl", 0) <= 30_000
    assert "no-store" in client.get(page_url).headers["Cache-Control"]
    revoke_credential(credential, by=ben, reason="Issued in error.", at=NOW)
    assert "withdrawn" in client.get(page_url).content.decode()
