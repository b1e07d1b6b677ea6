"""Sets a certificate with Typst: tagged, archivable (PDF/UA-1 and PDF/A-3a in one file), the same bytes each time."""

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst

from certification.exceptions import UnknownPaper
from certification.fonts import FontSet, fonts_for, printable_characters
from certification.models import AchievementCredential
from certification.rules import unprintable

PAPERS = {"a4": "a4", "letter": "us-letter"}
STANDARDS: Final[list[Literal["a-3a", "ua-1"]]] = ["a-3a", "ua-1"]
FALLBACK_LANGUAGE = "en-gb"

_LAYOUTS = Path(__file__).resolve().parent / "layouts"


@lru_cache(maxsize=8)
def typst_fonts(folders: tuple[Path, ...]) -> Any:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


def qr_code(address: str) -> str:
    """An SVG of dark squares on nothing, without a border: the layout leaves the quiet zone."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        file, kind="svg", border=0, dark="#16282c", xmldecl=False
    )
    return file.getvalue().decode()


def missing_letters(name: str) -> str:
    """Letters of a name that our fonts have no shape for."""
    return unprintable(name, printable_characters())


def _letters(credential: AchievementCredential) -> set[str]:
    return set(
        "".join(
            [
                credential.holder_name,
                credential.role_name,
                credential.course_title,
                credential.pack_name,
                credential.issuer_name,
                json.dumps(credential.words, ensure_ascii=False),
            ]
        )
    )


def _data(credential: AchievementCredential, *, paper: str, language: str, fonts: FontSet) -> dict[str, Any]:
    languages = credential.words["languages"]
    if language not in languages:
        language = FALLBACK_LANGUAGE if FALLBACK_LANGUAGE in languages else next(iter(languages))
    lang, _, region = language.partition("-")
    missing = missing_letters(credential.holder_name)
    address = credential.words["verify_url"]
    return {
        "paper": PAPERS[paper],
        "lang": lang,
        "region": region.upper() or None,
        "words": languages[language],
        "name": "".join(letter for letter in credential.holder_name if letter not in missing).strip(),
        "name_is_whole": not missing,
        "course": credential.course_title,
        "role": credential.role_name,
        "number": credential.number,
        "address": address,
        "qr": qr_code(address),
        "content": [
            {"code": code, "version": version}
            for code, version in sorted(credential.content_versions.items())
        ],
        "text_families": list(fonts.text_families),
        "name_families": list(fonts.name_families),
    }


def printed_data(credential: AchievementCredential, *, language: str = FALLBACK_LANGUAGE) -> dict[str, Any]:
    """What the layout is given to print, for whoever wants to know what a certificate says."""
    return _data(credential, paper="a4", language=language, fonts=fonts_for(_letters(credential)))


def render_certificate(
    credential: AchievementCredential,
    *,
    paper: str = "a4",
    language: str = FALLBACK_LANGUAGE,
    attachment: str = "",
) -> bytes:
    """The certificate as a PDF, made from nothing but its row. Names reach Typst as data, never as markup.

    `attachment` is the signed credential, which travels in the file as `credential.json`. Raises UnknownPaper for anything but "a4" and "letter". A language that its words do not know gives English.
    """
    if paper not in PAPERS:
        raise UnknownPaper(f"{paper} is not a paper size for certificates. Choose a4 or letter.")
    fonts = fonts_for(_letters(credential))
    data = _data(credential, paper=paper, language=language, fonts=fonts)
    data["attachment"] = attachment
    pdf: bytes = typst.compile(
        str(_LAYOUTS / f"certificate-{credential.layout}.typ"),
        root=str(_LAYOUTS),
        font_paths=typst_fonts(fonts.folders),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=int(credential.issued_at.timestamp()),
    )
    return pdf
