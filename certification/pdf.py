"""Sets a certificate with Typst: tagged, archivable (PDF/UA-1 and PDF/A-3a in one file), the same bytes each time."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst

from certification.exceptions import UnknownPaper
from certification.fonts import NAME_FAMILY, FontSet, fonts_for, printable_characters
from certification.models import AchievementCredential
from certification.pictures import Picture, pictures_of
from certification.rules import is_selector, unprintable
from certification.wording_rules import is_right_to_left, is_tall, with_breaks

PAPERS = {"a4": "a4", "letter": "us-letter"}
STANDARDS: Final[list[Literal["a-3a", "ua-1"]]] = ["a-3a", "ua-1"]
FALLBACK_LANGUAGE = "en-gb"
PREVIEW_DOTS = 96

_DOTS = re.compile("……+")
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


def printable(value: Any) -> Any:
    """What is printed, without letters that have no shape: one in an agency's name must not keep a certificate from anybody.

    Typst refuses a document for archives that would show an empty box. Three dots stand where letters are left out.
    """
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [printable(one) for one in value]
    if not isinstance(value, str) or value.isascii():
        return value
    missing = missing_letters(value)
    kept = "".join(
        "…" if letter in missing and letter.isprintable() else letter
        for letter in value
        if not is_selector(letter)
    )
    return _DOTS.sub("…", kept)


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


def _turn(family: str) -> int:
    """When a font is asked for a letter of a name, so that a name can be copied out as it was typed.

    The house's font would put some letters together from parts that its piece for them has whole. Noto draws the dots of
    Arabic letters as shapes of their own, and readers of PDF then give letters twice.
    """
    if family.startswith(f"{NAME_FAMILY} "):
        return 0
    return 1 if family == NAME_FAMILY else 3 if family.startswith("Noto ") else 2


def _dressed(words: dict[str, Any], look: dict[str, Any], language: str) -> dict[str, Any]:
    """The words of a certificate in a language, with what the agency says instead. Facts are not among what it may say."""
    said = look["languages"].get(language, {})
    return {
        **words,
        "title": with_breaks(said.get("heading") or words["title"]),
        "intro": with_breaks(said.get("opening") or words["intro"]),
        "closing": with_breaks(said.get("closing", "")),
        "footer": with_breaks(said.get("footer", "")),
        "signatures": with_breaks(said.get("signatures", "")),
    }


def _look_data(look: dict[str, Any], language: str, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    alts = look["languages"].get(language, {}).get("signature_alts", [])
    return {
        "accent": look["accent"],
        "agency": with_breaks(look["agency"]),
        "logo": _picture_data(look["logo"], look["logo_alt"], pictures),
        "signatories": [
            {
                "name": with_breaks(one["name"], longest=17, step=12),
                "title": with_breaks(one["title"], longest=20, step=14),
                "signature": _picture_data(one["signature"], alt, pictures),
            }
            for one, alt in zip(look["signatories"], alts, strict=False)
        ],
    }


def _picture_data(sha256: str, alt: str, pictures: Mapping[str, Picture]) -> dict[str, Any] | None:
    picture = pictures.get(sha256)
    if picture is None:
        return None
    return {"file": picture.file_name, "ratio": picture.width / picture.height, "alt": alt}


def _data(
    credential: AchievementCredential,
    *,
    paper: str,
    language: str,
    fonts: FontSet,
    look: dict[str, Any] | None,
    pictures: Mapping[str, Picture],
) -> dict[str, Any]:
    languages = credential.words["languages"]
    if language not in languages:
        language = FALLBACK_LANGUAGE if FALLBACK_LANGUAGE in languages else next(iter(languages))
    lang, _, region = language.partition("-")
    missing = missing_letters(credential.holder_name)
    name = "".join(letter for letter in credential.holder_name if letter not in missing).strip()
    address = credential.words["verify_url"]
    data = {
        "paper": PAPERS[paper],
        "lang": lang,
        "region": region.upper() or None,
        "words": languages[language],
        "name": name,
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
    if credential.layout > 1:
        data["name"] = with_breaks(name)
        data["name_families"] = sorted(fonts.name_families, key=_turn)
        data["text_families"] = sorted(fonts.text_families, key=lambda family: family.startswith("Noto "))
        data["name_turns"] = is_right_to_left(name)
        data["name_is_tall"] = is_tall(name)
        data["look"] = _look_data(look, language, pictures) if look is not None else None
        if look is not None:
            data["words"] = _dressed(data["words"], look, language)
    result: dict[str, Any] = printable(data)
    return result


@dataclass(frozen=True)
class _Set:
    """A certificate as Typst wants it."""

    source: Any
    root: str | None
    fonts: FontSet
    data: str


def _set(
    credential: AchievementCredential,
    *,
    paper: str,
    language: str,
    attachment: str,
    is_plain: bool,
    pictures: Mapping[str, Picture] | None,
) -> _Set:
    if paper not in PAPERS:
        raise UnknownPaper(f"{paper} is not a paper size for certificates. Choose a4 or letter.")
    look = None if is_plain else credential.words.get("look")
    if look is None:
        pictures = {}
    elif pictures is None:
        pictures = pictures_of([look["logo"], *(one["signature"] for one in look["signatories"])])
    fonts = fonts_for(_letters(credential))
    data = _data(credential, paper=paper, language=language, fonts=fonts, look=look, pictures=pictures)
    data["attachment"] = attachment
    layout = _LAYOUTS / f"certificate-{credential.layout}.typ"
    # With pictures the document is several files, which exist nowhere but in memory.
    source: Any = str(layout)
    if pictures:
        source = {"main.typ": layout.read_bytes()} | {
            picture.file_name: picture.content for picture in pictures.values()
        }
    return _Set(
        source=source,
        root=None if pictures else str(_LAYOUTS),
        fonts=fonts,
        data=json.dumps(data, ensure_ascii=False),
    )


def printed_data(credential: AchievementCredential, *, language: str = FALLBACK_LANGUAGE) -> dict[str, Any]:
    """What the layout is given to print, for whoever wants to know what a certificate says."""
    data = _data(
        credential,
        paper="a4",
        language=language,
        fonts=fonts_for(_letters(credential)),
        look=credential.words.get("look"),
        pictures={},
    )
    # Places to break a long name are for the paper only.
    return data | {"name": str(data["name"]).replace("\u200b", "")}


def render_certificate(
    credential: AchievementCredential,
    *,
    paper: str = "a4",
    language: str = FALLBACK_LANGUAGE,
    attachment: str = "",
    is_plain: bool = False,
) -> bytes:
    """The certificate as a PDF, made from its row and the pictures kept under the hashes in it. Names reach Typst as data, never as markup.

    `attachment` is the signed credential, which travels in the file as `credential.json`. `is_plain` leaves out what the
    agency added: its name, logo, signatories and wording. Raises UnknownPaper for anything but "a4" and "letter". A
    language that its words do not know gives English.
    """
    what = _set(
        credential,
        paper=paper,
        language=language,
        attachment=attachment,
        is_plain=is_plain,
        pictures=None,
    )
    pdf: bytes = typst.compile(
        what.source,
        root=what.root,
        font_paths=typst_fonts(what.fonts.folders),
        ignore_system_fonts=True,
        sys_inputs={"data": what.data},
        pdf_standards=[*STANDARDS],
        timestamp=int(credential.issued_at.timestamp()),
    )
    return pdf


def draw_certificate(
    credential: AchievementCredential,
    *,
    paper: str,
    language: str,
    pictures: Mapping[str, Picture],
    dots: int = PREVIEW_DOTS,
) -> bytes:
    """The same page as a PNG, for trying a look out: with these pictures, kept or not."""
    what = _set(credential, paper=paper, language=language, attachment="", is_plain=False, pictures=pictures)
    png: bytes = typst.compile(
        what.source,
        root=what.root,
        font_paths=typst_fonts(what.fonts.folders),
        ignore_system_fonts=True,
        sys_inputs={"data": what.data},
        format="png",
        ppi=dots,
    )
    return png
