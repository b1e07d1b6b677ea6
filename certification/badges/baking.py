"""A credential within a picture, and out of it again ("baking", Open Badges 3.0 section 5.3)."""

import io
import json
import re
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import typst
from django.utils.translation import gettext as _
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from certification.exceptions import NotACredential
from certification.fonts import fonts_for
from certification.models import AchievementCredential
from certification.pdf import printable, typst_fonts

PNG_KEYWORD = "openbadgecredential"
SVG_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_LAYOUT = Path(__file__).resolve().parent.parent / "layouts" / "badge-1.typ"
_BAKED = re.compile(
    r"<openbadges:credential[^>]*>\s*<!\[CDATA\[(?P<json>.*?)\]\]>\s*</openbadges:credential>", re.DOTALL
)
PIXELS = 600


def _picture(credential: AchievementCredential, *, kind: Literal["png", "svg"]) -> bytes:
    data = {
        "course": credential.course_title,
        "role": credential.role_name,
        "year": str(credential.issued_on.year),
        "pack": credential.jurisdiction_code,
    }
    fonts = fonts_for(set("".join(data.values())))
    families = list(fonts.text_families)
    picture: bytes = typst.compile(
        str(_LAYOUT),
        root=str(_LAYOUT.parent),
        font_paths=typst_fonts(fonts.folders),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({**printable(data), "families": families}, ensure_ascii=False)},
        format=kind,
        ppi=PIXELS / 100 * 25.4 if kind == "png" else None,
    )
    return picture


def baked_png(credential: AchievementCredential, signed: dict[str, Any]) -> bytes:
    """A PNG of 600 × 600 pixels that carries the credential in an uncompressed iTXt chunk."""
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt(PNG_KEYWORD, json.dumps(signed, ensure_ascii=False), zip=False)
    baked = io.BytesIO()
    with Image.open(io.BytesIO(_picture(credential, kind="png"))) as image:
        image.save(baked, format="PNG", pnginfo=notes, optimize=True)
    return baked.getvalue()


def baked_svg(credential: AchievementCredential, signed: dict[str, Any]) -> str:
    """An SVG that carries the credential in an `openbadges:credential` element right after its start."""
    picture = _picture(credential, kind="svg").decode()
    body = json.dumps(signed, ensure_ascii=False).replace("]]>", "]]\\u003e")
    start, end = picture.index("<svg"), picture.index(">") + 1
    opening = picture[start : end - 1] + f' xmlns:openbadges="{escape(SVG_NAMESPACE)}">'
    return f"{picture[:start]}{opening}<openbadges:credential><![CDATA[{body}]]></openbadges:credential>{picture[end:]}"


def unbaked(content: bytes) -> str:
    """The text of the credential in a PNG or SVG. Raises NotACredential."""
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        try:
            with Image.open(io.BytesIO(content)) as image:
                image.load()
                text = getattr(image, "text", {}).get(PNG_KEYWORD)
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
        ) as error:
            raise NotACredential(_("The picture is damaged and cannot be read.")) from error
        if not text:
            raise NotACredential(
                _("The picture carries no credential. Pictures lose it when an app saves them anew.")
            )
        return str(text)
    match = _BAKED.search(content.decode("utf-8", errors="replace"))
    if match is None:
        raise NotACredential(_("The picture carries no credential."))
    return match["json"]
