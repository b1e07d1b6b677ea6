"""Keys that credentials are signed with: private halves in files, public halves in the database.

A private key is one PEM file under `CREDENTIAL_KEYS_DIR`, or the text of `CREDENTIAL_KEY`. The newest file signs. Its
public half is kept for good in `SigningKey`, so that what was signed years ago can be checked after the file is gone.
"""

import ipaddress
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils import timezone
from openvc.keys import jwk_thumbprint
from openvc.multibase import encode_multibase

from certification.exceptions import NoSigningKey
from certification.models import SigningKey

DEMO = "demo-"
_ED25519_PUBLIC = b"\xed\x01"  # multicodec


@dataclass(frozen=True)
class Key:
    """One key pair. `kid` is the start of its JWK thumbprint (RFC 7638), `multibase` its public half as a Multikey."""

    private: Ed25519PrivateKey
    kid: str
    multibase: str
    is_demo: bool

    @property
    def method(self) -> str:
        return method_id(self.kid)


def issuer_did() -> str:
    """`did:web` of this site. An address in numbers is written as localhost, because `did:web` knows only names."""
    address = urlsplit(settings.PUBLIC_URL)
    name = address.hostname or "localhost"
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        name = "localhost"
    return f"did:web:{name}" + (quote(f":{address.port}", safe="") if address.port else "")


def method_id(kid: str) -> str:
    return f"{issuer_did()}#{kid}"


@lru_cache(maxsize=8)
def _parse(pem: bytes, origin: str, is_demo: bool) -> Key:
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise NoSigningKey(f"{origin} is not a private key in PEM without a password.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise NoSigningKey(f"{origin} is not an Ed25519 key; credentials are signed with Ed25519 only.")
    multibase = encode_multibase(
        _ED25519_PUBLIC + private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    )
    return Key(private, jwk_thumbprint(public_jwk(multibase))[:16], multibase, is_demo)


def public_jwk(multibase: str) -> dict[str, Any]:
    """The JSON Web Key of a public half as `SigningKey` keeps it."""
    from openvc.did.base import multikey_to_jwk

    return dict(multikey_to_jwk(multibase))


def _files() -> list[Path]:
    """The newest last: their names are the moments at which they were made. Demo keys only where they are allowed."""
    files = sorted(
        Path(settings.CREDENTIAL_KEYS_DIR).glob("*.pem"), key=lambda file: file.name.removeprefix(DEMO)
    )
    return [file for file in files if settings.CREDENTIAL_DEMO_KEYS or not file.name.startswith(DEMO)]


def make_key_file(*, is_demo: bool = False) -> Path:
    """A new private key in a file that only its owner can read. Raises NoSigningKey where it cannot be written."""
    folder = Path(settings.CREDENTIAL_KEYS_DIR)
    file = folder / f"{DEMO if is_demo else ''}{timezone.now():%Y%m%dT%H%M%S%f}.pem"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Whole or not at all: another process may look for the newest key at this moment.
        unfinished = file.with_suffix(".new")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(pem)
        unfinished.rename(file)
    except OSError as error:
        raise NoSigningKey(f"No key can be written to {folder}: {error.strerror}.") from error
    return file


def current_key() -> Key:
    """The key that signs, without a look at the database. Raises NoSigningKey where there is none."""
    if settings.CREDENTIAL_KEY:
        return _parse(settings.CREDENTIAL_KEY.encode(), "CREDENTIAL_KEY", False)
    files = _files()
    if not files:
        if not settings.CREDENTIAL_DEMO_KEYS:
            raise NoSigningKey(
                "There is no key to sign credentials with. Make one with `manage.py credential rotate-key`, "
                "or set CREDENTIAL_KEY_FILE."
            )
        make_key_file(is_demo=True)
        files = _files()
    newest = files[-1]
    return _parse(newest.read_bytes(), newest.name, newest.name.startswith(DEMO))


def remember(kid: str, *, use: SigningKey.Use, public: str, is_demo: bool) -> None:
    """Keep the public half of a key that is about to sign. Raises NoSigningKey where it was declared unsafe."""
    row, _created = SigningKey.objects.get_or_create(
        kid=kid, defaults={"use": use, "public": public, "is_demo": is_demo, "created_at": timezone.now()}
    )
    if row.compromised_at is not None:
        raise NoSigningKey(
            f"The key {kid} was declared unsafe. Make another with `manage.py credential rotate-key`."
        )


def signing_key() -> Key:
    """The key that signs credentials now. Its public half is in the database when this returns.

    Raises NoSigningKey where there is none (a demo key is none in production), or where it was declared unsafe.
    """
    key = current_key()
    remember(key.kid, use=SigningKey.Use.CREDENTIAL, public=key.multibase, is_demo=key.is_demo)
    return key


def trusted_keys(use: SigningKey.Use) -> list[SigningKey]:
    """Every key whose signatures count, oldest first."""
    keys = SigningKey.objects.filter(use=use, compromised_at__isnull=True)
    return list(keys if settings.CREDENTIAL_DEMO_KEYS else keys.filter(is_demo=False))


def did_document() -> dict[str, Any]:
    """What `did:web` resolves to: every key whose signatures count, old ones too."""
    did = issuer_did()
    keys = trusted_keys(SigningKey.Use.CREDENTIAL)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {
                "id": method_id(key.kid),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.public,
            }
            for key in keys
        ],
        "assertionMethod": [method_id(key.kid) for key in keys],
    }
