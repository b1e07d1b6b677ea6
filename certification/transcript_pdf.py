"""Sets a transcript with Typst: tagged and archivable like a certificate, on as many pages as it takes."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from certification.exceptions import UnknownPaper
from certification.fonts import FontSet, fonts_for
from certification.pdf import FALLBACK_LANGUAGE, PAPERS, STANDARDS, missing_letters, printable, typst_fonts
from certification.transcripts import EarnedCertificate, FinishedCourse, Transcript
from certification.words import day, review_sentence

_LAYOUTS = Path(__file__).resolve().parent / "layouts"


def _fact(label: str, value: str, *, is_content: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "is_content": is_content}


def _certificate(earned: EarnedCertificate) -> dict[str, Any]:
    facts = [
        _fact(_("Certificate number"), earned.number),
        _fact(_("Issued"), day(earned.issued_on)),
        _fact(_("Valid until"), day(earned.valid_until)),
        _fact(_("Law taught"), earned.law, is_content=True),
        _fact(_("Content version"), earned.course_version),
        _fact(_("Learning hours"), earned.hours),
        _fact(_("Issued by"), earned.credential.issuer_name, is_content=True),
    ]
    if earned.agency:
        facts.append(_fact(_("Learned under"), earned.agency, is_content=True))
    if earned.credit:
        facts.append(_fact(_("Credit"), earned.credit, is_content=True))
    notes = [review_sentence(earned.credential.review_state)]
    if earned.replaced_by:
        notes.insert(0, _("Replaced by certificate %(number)s.") % {"number": earned.replaced_by})
    if earned.other_name:
        notes.insert(0, _("Issued to %(name)s.") % {"name": earned.other_name})
    return {
        "course": earned.course,
        "role": earned.role,
        "state": earned.state_words,
        "facts": facts,
        "notes": notes,
        "address": earned.address,
    }


def _course(finished: FinishedCourse) -> dict[str, Any]:
    facts = [
        _fact(_("Finished"), day(finished.finished_on)),
        _fact(_("Law"), finished.law, is_content=True),
        _fact(_("Content version"), finished.course_version),
    ]
    if finished.hours:
        facts.append(_fact(_("Learning hours"), finished.hours))
    if finished.agency:
        facts.append(_fact(_("Learned under"), finished.agency, is_content=True))
    return {
        "course": finished.course,
        "role": finished.role,
        "state": "",
        "facts": facts,
        "notes": [],
        "address": "",
    }


def _words(transcript: Transcript) -> dict[str, Any]:
    check = settings.PUBLIC_URL + reverse("certification:verify_file")
    return {
        "title": _("Training transcript"),
        "lead": _("%(period)s. As it stood on %(day)s.")
        % {"period": transcript.period.words, "day": day(transcript.made_on)},
        "made": _("Made on %(day)s by Waylight, %(site)s")
        % {"day": day(transcript.made_on), "site": settings.PUBLIC_URL},
        # The numbers are put in by the layout, which alone knows how many pages there are.
        "page": _("Page %(n)s of %(m)s"),
        "certificates": _("Certificates"),
        "courses": _("Courses finished without a certificate"),
        "nothing": _("Nothing was finished in this time."),
        "unprintable": _("Some letters of the name cannot be printed here. It is recorded in full."),
        "closing": [
            _(
                "It says what this person finished, on which content and under which law. It holds no score, answer or choice, and it is not a licence to practise or to interview anyone."
            ),
            _("Accredited credit is named only where an approval is recorded. All else is learning time."),
            _(
                "How a certificate stands can change after this day. Check each one by its address above, or this whole file at %(address)s"
            )
            % {"address": check},
        ],
    }


def printed_transcript(transcript: Transcript, *, language: str) -> dict[str, Any]:
    """Everything that is printed, in a language of the site."""
    with override(language):
        return {
            "words": _words(transcript),
            "certificates": [_certificate(earned) for earned in transcript.certificates],
            "courses": [_course(finished) for finished in transcript.courses],
        }


def _data(transcript: Transcript, *, paper: str, language: str) -> tuple[dict[str, Any], FontSet]:
    known = {code for code, _name in settings.LANGUAGES}
    language = language if language in known else FALLBACK_LANGUAGE
    lang, _dash, region = language.partition("-")
    printed = printed_transcript(transcript, language=language)
    name = transcript.holder_name
    letters = set(json.dumps(printed, ensure_ascii=False)) | set(name)
    fonts = fonts_for(letters)
    missing = missing_letters(name)
    return {
        **printable(printed),
        "paper": PAPERS[paper],
        "lang": lang,
        "region": region.upper() or None,
        "name": printable("".join(letter for letter in name if letter not in missing).strip()),
        "name_is_whole": not missing,
        "text_families": list(fonts.text_families),
        "name_families": list(fonts.name_families),
    }, fonts


def render_transcript(
    transcript: Transcript, *, paper: str = "a4", language: str = FALLBACK_LANGUAGE, attachment: str = ""
) -> bytes:
    """The transcript as a PDF, not yet signed. `attachment` is the signed JSON that travels in it.

    Raises UnknownPaper for anything but "a4" and "letter". An unknown language gives English.
    """
    if paper not in PAPERS:
        raise UnknownPaper(f"{paper} is not a paper size for transcripts. Choose a4 or letter.")
    data, fonts = _data(transcript, paper=paper, language=language)
    data["attachment"] = attachment
    pdf: bytes = typst.compile(
        str(_LAYOUTS / "transcript-1.typ"),
        root=str(_LAYOUTS),
        font_paths=typst_fonts(fonts.folders),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=int(transcript.made_at.timestamp()),
    )
    return pdf
