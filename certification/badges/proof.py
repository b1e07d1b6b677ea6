"""Signing and checking: an eddsa-rdfc-2022 proof within the document, or a JSON Web Token around it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from django.utils.translation import gettext as _
from openvc.errors import OpenvcError
from openvc.multibase import encode_multibase
from openvc.proof.contexts import bundled_contexts
from openvc.proof.data_integrity import DataIntegrityProofSuite
from pyld import jsonld

from certification.badges.keys import method_id, public_jwk, signing_key, trusted_keys
from certification.exceptions import BadSignature, UnknownKey
from certification.models import SigningKey

_FOLDER = Path(__file__).resolve().parent / "contexts"
_CONTEXTS = {
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-extensions.json",
}
JWT_TYPE = "vc+jwt"
# What our proofs consist of. A signature does not cover everything that could be added to its own proof.
_PROOF = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_suite = DataIntegrityProofSuite()


@lru_cache(maxsize=1)
def contexts() -> Mapping[str, dict[str, Any]]:
    """Open Badges contexts by address, from beside this module: nothing is fetched to sign or to check."""
    return {url: json.loads((_FOLDER / name).read_text(encoding="utf-8")) for url, name in _CONTEXTS.items()}


def _load(url: str, options: object = None) -> dict[str, Any]:
    known = {**bundled_contexts(), **contexts()}
    if url not in known:
        raise ValueError(f"No context is fetched, and {url} is not one of ours.")
    # "static" lets pyld keep what it made of a context: these never change while the process lives.
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": known[url],
        "tag": "static",
    }


def _digest(document: dict[str, Any]) -> bytes:
    canonical = jsonld.normalize(
        document,
        {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load},
    )
    return hashlib.sha256(canonical.encode()).digest()


def add_proof(
    document: dict[str, Any], *, private: Ed25519PrivateKey, method: str, created: datetime
) -> dict[str, Any]:
    """The document with an eddsa-rdfc-2022 proof (W3C vc-di-eddsa, section 3.3).

    Our own, because the library's takes three times as long: it also proves that every word of a stranger's document is
    covered. Ours has one shape, and a test holds each of its words to be covered.
    """
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    signed_over = _digest({**config, "@context": document["@context"]}) + _digest(document)
    return {**document, "proof": {**config, "proofValue": encode_multibase(private.sign(signed_over))}}


def secure(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its proof, as an array: 1EdTech's schema asks for one where W3C allows both."""
    key = signing_key()
    signed = add_proof(document, private=key.private, method=key.method, created=timezone.now())
    return {**signed, "proof": [signed["proof"]]}


def as_jwt(document: dict[str, Any]) -> str:
    """The document as `vc+jwt` (VC 2.0): the payload is the document itself, not a claim that holds it."""
    key = signing_key()
    return jwt.encode(
        document, key.private, algorithm="EdDSA", headers={"typ": JWT_TYPE, "cty": "vc", "kid": key.method}
    )


def _public_key_of(method: object) -> dict[str, Any]:
    """Raises UnknownKey for anything that is not a key of ours whose signatures count."""
    for key in trusted_keys(SigningKey.Use.CREDENTIAL):
        if method == method_id(key.kid):
            return public_jwk(key.public)
    raise UnknownKey(_("It was not signed with a key of this site that still counts."))


def _changed() -> str:
    return _("The words do not fit the signature: something was changed after signing.")


def check_document(signed: dict[str, Any]) -> dict[str, Any]:
    """The document, once its one proof was checked. Dates are not looked at.

    Raises UnknownKey where the key is not ours, and BadSignature where there is no proof, more than one, or one that
    does not fit the words.
    """
    proofs = signed.get("proof")
    if isinstance(proofs, list):
        if len(proofs) != 1:
            raise BadSignature(_("It needs exactly one signature, and has none or several."))
        proofs = proofs[0]
    if not isinstance(proofs, dict):
        raise BadSignature(_("It needs exactly one signature, and has none or several."))
    public = _public_key_of(proofs.get("verificationMethod"))
    if set(proofs) != _PROOF:
        raise BadSignature(_changed())
    try:
        _suite.verify(
            {**signed, "proof": proofs},
            public_key_jwk=public,
            extra_contexts=contexts(),
            check_temporal=False,
        )
    except (OpenvcError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadSignature(_changed()) from error
    return {key: value for key, value in signed.items() if key != "proof"}


def check_jwt(token: str) -> dict[str, Any]:
    """The document within a token, once its signature was checked. Raises as `check_document`."""
    try:
        header = jwt.get_unverified_header(token)
        public = _public_key_of(header.get("kid"))
        if header.get("typ") != JWT_TYPE:
            raise BadSignature(_("It is a token of another kind, and no credential."))
        return dict(
            jwt.decode(
                token,
                jwt.PyJWK(public, algorithm="EdDSA"),
                algorithms=["EdDSA"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise BadSignature(_changed()) from error
