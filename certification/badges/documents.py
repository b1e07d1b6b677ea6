"""A certificate as a file: PDF with the credential within it and a signature around it, JSON, JWT, PNG, SVG."""

import io
import json
import os
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certification.badges import proof
from certification.badges.baking import baked_png, baked_svg
from certification.badges.document import credential_document
from certification.badges.keys import remember
from certification.badges.loops import without_loop
from certification.exceptions import NoSigningKey
from certification.models import AchievementCredential, SigningKey
from certification.pdf import FALLBACK_LANGUAGE, render_certificate

DOCUMENT_KEY_FILE = "document-signature"
MEDIA_TYPES = {
    "json": "application/vc+ld+json",
    "jwt": "application/vc+jwt",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
}


def _self_signed() -> bytes:
    """A key and a certificate for it, for trying out and for agencies that have none of their own. PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(
                x509.NameOID.COMMON_NAME, f"Waylight certificates, {settings.PUBLIC_URL}"[:64]
            ),
        ]
    )
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now.replace(year=now.year + 10, day=min(now.day, 28)))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(
        Encoding.PEM
    )


def make_document_key_file(*, is_demo: bool = False) -> Path:
    """A self-signed key for documents, in a file that only its owner can read, where there is none yet."""
    folder = Path(settings.CREDENTIAL_KEYS_DIR)
    file = folder / f"{'demo-' if is_demo else ''}{DOCUMENT_KEY_FILE}.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = file.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(_self_signed())
        unfinished.rename(file)
    except OSError as error:
        raise NoSigningKey(f"No key can be written to {folder}: {error.strerror}.") from error
    return file


def make_document_key_file_once() -> None:
    """A key for documents where none was given: an agency's own is never touched."""
    if (
        not settings.DOCUMENT_KEY
        and not (Path(settings.CREDENTIAL_KEYS_DIR) / f"{DOCUMENT_KEY_FILE}.key").exists()
    ):
        make_document_key_file()


def _document_pem() -> tuple[bytes, bool]:
    """The key that signs documents, and whether it is only for trying out."""
    if settings.DOCUMENT_KEY:
        return str(settings.DOCUMENT_KEY).encode(), False
    folder = Path(settings.CREDENTIAL_KEYS_DIR)
    own, demo = folder / f"{DOCUMENT_KEY_FILE}.key", folder / f"demo-{DOCUMENT_KEY_FILE}.key"
    if own.exists():
        return own.read_bytes(), False
    if not settings.CREDENTIAL_DEMO_KEYS:
        raise NoSigningKey(
            "There is no key to sign documents with. Make one with `manage.py credential rotate-key`, "
            "or set DOCUMENT_KEY_FILE."
        )
    return (demo if demo.exists() else make_document_key_file(is_demo=True)).read_bytes(), True


@lru_cache(maxsize=4)
def _signer(pem: bytes) -> SimpleSigner:
    key: asn1_keys.PrivateKeyInfo | None = None
    certificates: list[asn1_x509.Certificate] = []
    try:
        for kind, _headers, content in asn1_pem.unarmor(pem, multiple=True):
            if kind == "CERTIFICATE":
                certificates.append(asn1_x509.Certificate.load(content))
            elif kind == "PRIVATE KEY":
                key = asn1_keys.PrivateKeyInfo.load(content)
    except ValueError as error:
        raise NoSigningKey("The key for documents cannot be read: it has to be PEM.") from error
    if key is None or not certificates:
        raise NoSigningKey(
            "The key for documents needs a PRIVATE KEY (PKCS#8, no password) and its CERTIFICATE, in one PEM text."
        )
    registry = SimpleCertificateStore()
    registry.register_multiple(certificates[1:])
    return SimpleSigner(signing_cert=certificates[0], signing_key=key, cert_registry=registry)


def document_kid(certificate: asn1_x509.Certificate) -> str:
    return str(certificate.sha256.hex())[:16]


def document_certificate() -> asn1_x509.Certificate:
    """That of the key which signs documents. Raises NoSigningKey where there is none."""
    return _signer(_document_pem()[0]).signing_cert


def _document_signer() -> SimpleSigner:
    pem, is_demo = _document_pem()
    signer = _signer(pem)
    own = signer.signing_cert
    remember(
        document_kid(own),
        use=SigningKey.Use.DOCUMENT,
        public=asn1_pem.armor("CERTIFICATE", own.dump()).decode(),
        is_demo=is_demo,
    )
    return signer


def sign_pdf(pdf: bytes) -> bytes:
    """The same PDF with a PAdES baseline signature, invisible, over all of it. Raises NoSigningKey."""
    # PDF/A-3 wants a line end before what is added, and Typst writes none at the end.
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    signed = io.BytesIO()
    signer = PdfSigner(
        PdfSignatureMetadata(field_name="Issuer", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"),
        signer=_document_signer(),
    )
    without_loop(signer.sign_pdf, writer, output=signed)
    return signed.getvalue()


def signed_credential(credential: AchievementCredential) -> dict[str, object]:
    """The credential as signed JSON. Raises NoSigningKey."""
    return proof.secure(credential_document(credential))


def export(
    credential: AchievementCredential,
    kind: str,
    *,
    paper: str = "a4",
    language: str = FALLBACK_LANGUAGE,
    is_plain: bool = False,
) -> bytes:
    """The certificate as a file of a kind in `MEDIA_TYPES`. Raises NoSigningKey, UnknownPaper and KeyError.

    `is_plain`: a PDF without what the agency added to it.
    """
    if kind == "jwt":
        return proof.as_jwt(credential_document(credential)).encode()
    signed = signed_credential(credential)
    text = json.dumps(signed, ensure_ascii=False, indent=1)
    if kind == "pdf":
        return sign_pdf(
            render_certificate(credential, paper=paper, language=language, attachment=text, is_plain=is_plain)
        )
    return {
        "json": lambda: text.encode(),
        "png": lambda: baked_png(credential, signed),
        "svg": lambda: baked_svg(credential, signed).encode(),
    }[kind]()
