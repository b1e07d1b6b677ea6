"""Logos and signatures as people upload them, made harmless: no code, no addresses, no hidden data, no size that hurts."""

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from certification.exceptions import UnusablePicture
from certification.models import CertificateImage

LARGEST = 512 * 1024
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 1200
SMALLEST_SIDE = 16
MOST_SHAPES = 2000

_SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_HOLDERS = {"svg", "g", "defs", "linearGradient", "radialGradient", "stop", "clipPath"}
# Left out without a word: they draw nothing.
_SILENT = {"title", "desc", "metadata"}
_LOOKS = {
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
    "color",
    "clip-path",
    "clip-rule",
    "stop-color",
    "stop-opacity",
    "display",
    "visibility",
}
_PLACES = {
    *("id", "d", "points", "transform", "viewBox", "width", "height", "preserveAspectRatio"),
    *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy"),
    *("offset", "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits"),
}
_ALLOWED = _LOOKS | _PLACES
_LOCAL = re.compile(r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(px|pt|mm|cm|in)?\s*$")


@dataclass(frozen=True)
class Picture:
    """What is kept of an upload: safe bytes under their hash."""

    sha256: str
    media_type: str
    content: bytes
    width: int
    height: int

    @property
    def file_name(self) -> str:
        return f"{self.sha256}.{'svg' if self.media_type == 'image/svg+xml' else 'png'}"


def pictures_of(hashes: Iterable[str]) -> dict[str, Picture]:
    """Kept pictures by their hash. One query, none for none."""
    wanted = {one for one in hashes if one}
    rows = CertificateImage.objects.filter(sha256__in=wanted) if wanted else []
    return {
        row.sha256: Picture(row.sha256, row.media_type, bytes(row.content), row.width, row.height)
        for row in rows
    }


def _kept(content: bytes, media_type: str, width: float, height: float) -> Picture:
    return Picture(
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        content=content,
        width=max(1, round(width)),
        height=max(1, round(height)),
    )


def clean_picture(content: bytes) -> Picture:
    """A PNG or an SVG that holds nothing but the drawing. Raises UnusablePicture with what would be right instead."""
    if not content:
        raise UnusablePicture(_("The file is empty."))
    if len(content) > LARGEST:
        raise UnusablePicture(_("The picture is larger than 512 kB. Save it smaller."))
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return _clean_svg(content) if start == b"<" else _clean_pixels(content)


def _clean_pixels(content: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnusablePicture(_("The picture has too many pixels: 4,000 by 4,000 at most."))
            if min(image.size) < SMALLEST_SIDE:
                raise UnusablePicture(_("The picture is too small to be seen: 16 by 16 pixels at least."))
            whole = ImageOps.exif_transpose(image)
            has_alpha = "A" in whole.getbands() or "transparency" in whole.info
            drawn = whole.convert("RGBA" if has_alpha else "RGB")
    except UnidentifiedImageError as error:
        raise UnusablePicture(_("Only PNG, JPEG and SVG can be used here.")) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePicture(_("The picture is damaged and cannot be read.")) from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # Made anew from the pixels alone: what a camera or a programme wrote beside them stays behind.
    bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    saved = io.BytesIO()
    bare.save(saved, format="PNG", optimize=True)
    return _kept(saved.getvalue(), "image/png", *bare.size)


def _looks_of(style: str) -> dict[str, str]:
    """A style attribute as attributes, as far as it is about looks."""
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip(): value.strip() for name, _colon, value in pairs if name.strip() in _LOOKS}


def _is_safe(value: str) -> bool:
    if "(" in value and "url" in value.lower():
        return _LOCAL.sub("", value).lower().find("url") < 0
    return not re.search(r"(?i)javascript:|data:|https?:|@import|expression|\\", value)


def _size(root: ElementTree.Element) -> tuple[float, float]:
    box = [
        float(number) for number in re.findall(r"-?[0-9]*\.?[0-9]+(?:e-?[0-9]+)?", root.get("viewBox", ""))
    ]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        return box[2], box[3]
    sides = [_NUMBER.match(root.get(side, "")) for side in ("width", "height")]
    if all(sides):
        width, height = (float(side[1]) for side in sides if side)
        if width > 0 and height > 0:
            root.set("viewBox", f"0 0 {width:g} {height:g}")
            return width, height
    raise UnusablePicture(_("The SVG does not say how large it is. Save it with a viewBox."))


def _clean_svg(content: bytes) -> Picture:
    try:
        root = SafeTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnusablePicture(
            _("The SVG cannot be read. Save it as “plain SVG”, without a document type.")
        ) from error
    if root.tag != f"{_SVG}svg":
        raise UnusablePicture(_("Only PNG, JPEG and SVG can be used here."))
    shapes = _clean_element(root, depth=0)
    if not shapes:
        raise UnusablePicture(_("The SVG draws nothing."))
    if shapes > MOST_SHAPES:
        raise UnusablePicture(_("The SVG has too many shapes: 2,000 at most. Simplify it."))
    width, height = _size(root)
    if max(width, height) / min(width, height) > 40:
        raise UnusablePicture(_("The picture is far longer than it is wide, or the other way round."))
    for side, value in (("width", width), ("height", height)):
        root.set(side, f"{value:g}")
    ElementTree.register_namespace("", _SVG[1:-1])
    return _kept(ElementTree.tostring(root, encoding="utf-8"), "image/svg+xml", width, height)


def _clean_element(element: ElementTree.Element, *, depth: int) -> int:
    """Clean an element and all within it in place. How many shapes are left."""
    if depth > 40:
        raise UnusablePicture(_("The SVG is nested too deeply. Simplify it."))
    attributes = {**element.attrib, **_looks_of(element.get("style", ""))}
    element.attrib.clear()
    for name, value in attributes.items():
        if name in _ALLOWED and _is_safe(value):
            element.set(name, value)
    element.text = element.tail = None
    count = 0
    for child in list(element):
        name = child.tag.removeprefix(_SVG) if isinstance(child.tag, str) else ""
        is_foreign = isinstance(child.tag, str) and not child.tag.startswith(_SVG)
        if is_foreign or name in _SILENT or not name:
            element.remove(child)
        elif name in _SHAPES:
            count += 1
            for inner in list(child):
                child.remove(inner)
            _clean_element(child, depth=depth + 1)
        elif name in _HOLDERS:
            count += _clean_element(child, depth=depth + 1)
        elif name in {"text", "tspan", "font"}:
            raise UnusablePicture(
                _("The SVG holds letters as text. Turn them into paths, or save the logo as PNG.")
            )
        else:
            raise UnusablePicture(
                _(
                    "The SVG holds “%(element)s”, which cannot be used here. Save it as “plain SVG” with shapes only, or as PNG."
                )
                % {"element": name[:40]}
            )
    return count
