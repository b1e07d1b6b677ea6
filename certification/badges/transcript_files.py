"""A transcript as a file: signed JSON, or a signed PDF with that JSON within it."""

import json

from accounts.models import User
from certification.badges import proof
from certification.badges.documents import MEDIA_TYPES, sign_pdf
from certification.badges.transcript import transcript_document
from certification.pdf import FALLBACK_LANGUAGE
from certification.transcript_pdf import render_transcript
from certification.transcripts import Transcript

KINDS = {kind: MEDIA_TYPES[kind] for kind in ("pdf", "json")}


def transcript_file(
    transcript: Transcript,
    user: User,
    kind: str,
    *,
    paper: str = "a4",
    language: str = FALLBACK_LANGUAGE,
) -> bytes:
    """The transcript as a file of one of `KINDS`. Raises NoSigningKey, UnknownPaper and KeyError."""
    text = json.dumps(proof.secure(transcript_document(transcript, user)), ensure_ascii=False, indent=1)
    if kind == "pdf":
        return sign_pdf(render_transcript(transcript, paper=paper, language=language, attachment=text))
    return {"json": text.encode()}[kind]
