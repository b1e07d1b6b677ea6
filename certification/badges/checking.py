"""Checks a file that somebody was given: is it a credential of ours, is it unchanged, and does it still count?"""

import io
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from certification.badges import proof
from certification.badges.baking import unbaked
from certification.badges.documents import document_kid
from certification.badges.keys import trusted_keys
from certification.badges.loops import without_loop
from certification.badges.transcript import certificate_addresses, is_transcript
from certification.exceptions import BadSignature, NotACredential, UnknownKey
from certification.law import legal_parts
from certification.models import AchievementCredential, SigningKey
from certification.rules import CredentialState, normalise_number
from certification.selectors import PublicCredential, find_credential, find_credentials, public_view

ATTACHMENT = "credential.json"


@dataclass
class FileCheck:
    """What a check found, part by part. None: that part was not reached, or the file has no such part."""

    kind: str = ""
    is_readable: bool | None = None
    is_ours: bool | None = None
    is_unchanged: bool | None = None
    is_document_unchanged: bool | None = None
    is_known: bool | None = None
    problem: str = ""
    public: PublicCredential | None = None
    # Of a transcript: how each of its certificates stands on the day of the check.
    transcript: list[PublicCredential] | None = None
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Unchanged, ours, and in force on the day of the check."""
        parts = (self.is_readable, self.is_ours, self.is_unchanged, self.is_known)
        counts = self.public is not None and self.public.state == CredentialState.VALID
        return all(parts) and self.is_document_unchanged is not False and counts

    @property
    def is_genuine_transcript(self) -> bool:
        """A transcript as we made it. It holds for the day on which it was made; its certificates may have changed since."""
        is_whole = self.is_unchanged is True and self.is_document_unchanged is not False
        return self.transcript is not None and is_whole and self.is_known is True


def _pdf_is_unchanged(content: bytes) -> bool:
    """Whether the one signature of a PDF is ours, covers all of it and fits."""
    signatures = PdfFileReader(io.BytesIO(content)).embedded_signatures
    if len(signatures) != 1:
        return False
    signature = signatures[0]
    # Anybody can put a signature of their own around changed pages: only a certificate that we signed with counts.
    ours = {key.kid for key in trusted_keys(SigningKey.Use.DOCUMENT)}
    if document_kid(signature.signer_cert) not in ours:
        return False
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = without_loop(validate_pdf_signature, signature, signer_validation_context=context)
    covers_all = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return bool(status.intact and status.valid and covers_all)


def _of_pdf(content: bytes, found: FileCheck) -> str:
    found.kind = "pdf"
    try:
        attached = PdfReader(io.BytesIO(content)).attachments.get(ATTACHMENT)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise NotACredential(_("The PDF is damaged and cannot be read.")) from error
    if not attached:
        raise NotACredential(
            _(
                "There is no credential within this PDF. It may have been printed to a new PDF, or scanned: check it by its number."
            )
        )
    try:
        found.is_document_unchanged = _pdf_is_unchanged(content)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        found.is_document_unchanged = False
    return attached[0].decode("utf-8", errors="replace")


def _text_of(content: bytes, found: FileCheck) -> str:
    head = content[:1024].lstrip()
    if b"%PDF-" in head:
        return _of_pdf(content, found)
    if head.startswith(b"\x89PNG"):
        found.kind = "png"
        return unbaked(content)
    if head.startswith((b"<svg", b"<?xml")):
        found.kind = "svg"
        return unbaked(content)
    found.kind = "json"
    return content.decode("utf-8", errors="replace").strip()


def _document_of(text: str, found: FileCheck) -> dict[str, Any]:
    """The credential, once its signature was checked. Raises NotACredential and BadSignature."""
    if text.count(".") == 2 and not text.startswith("{"):
        found.kind = "jwt" if found.kind == "json" else found.kind
        found.is_readable = True
        return proof.check_jwt(text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotACredential(
            _("This is neither a PDF, PNG or SVG of a certificate nor a credential as JSON.")
        ) from error
    if not isinstance(document, dict) or "credentialSubject" not in document:
        raise NotACredential(_("This is JSON, but not a credential."))
    found.is_readable = True
    return proof.check_document(document)


def check_file(content: bytes, *, on: date) -> FileCheck:
    """Everything that can be said of a file on a day. Never raises: what is wrong stands in the answer."""
    found = FileCheck()
    try:
        found.document = _document_of(_text_of(content, found), found)
    except UnknownKey as error:
        found.is_ours, found.problem = False, str(error)
        return found
    except BadSignature as error:
        found.is_ours, found.is_unchanged, found.problem = True, False, str(error)
        return found
    except NotACredential as error:
        found.is_readable, found.problem = False, str(error)
        return found
    found.is_ours = found.is_unchanged = True
    if is_transcript(found.document):
        return _of_transcript(found, on=on)
    credential = _recorded(found.document)
    found.is_known = credential is not None
    if credential is None:
        found.problem = _("The signature is ours, but no such certificate is on record.")
        return found
    found.public = public_view(credential, on=on)
    if found.is_document_unchanged is False:
        found.problem = _(
            "The credential within is unchanged, but the pages of the PDF were changed after signing. Believe the record below and not the pages."
        )
    return found


def _recorded(document: dict[str, Any]) -> AchievementCredential | None:
    identifier = document.get("id")
    return find_credential(identifier) if isinstance(identifier, str) else None


def _of_transcript(found: FileCheck, *, on: date) -> FileCheck:
    """A transcript is not kept, so its own record is the certificates in it. Three queries, however many they are."""
    asked = {normalise_number(address) or "" for address in certificate_addresses(found.document)}
    known = find_credentials(asked)
    found.is_known = asked == set(known)
    law = legal_parts(known.values(), on=on)
    found.transcript = sorted(
        (public_view(credential, on=on, law=law[credential.pk]) for credential in known.values()),
        key=lambda public: public.issued_on,
        reverse=True,
    )
    if found.is_document_unchanged is False:
        found.problem = _(
            "The transcript within is unchanged, but the pages of the PDF were changed after signing. Believe the list below and not the pages."
        )
    elif not found.is_known:
        found.problem = _("The signature is ours, but a certificate in it is not on record.")
    return found
