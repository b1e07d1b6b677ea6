"""The fonts of certificates: still TTF files, made once from the variable woff2 files that the site ships.

Typst ignores woff2 without a word, so what is embedded is asserted in a test.
"""

import hashlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

import ui

TEXT_FAMILY = "Atkinson Hyperlegible Next"
NAME_FAMILY = "Literata"
WEIGHTS = {"Regular": 400, "SemiBold": 600}
# Raise it when what is made from the same woff2 changes.
RECIPE = b"1"

# Fonts come cut into scripts. Pieces that share a family's name get a family each, or Typst would see only one.
_PIECE = re.compile(r"-(latin-ext|cyrillic-ext|cyrillic|greek-ext|greek|vietnamese)\b")
_OWN = Path(__file__).resolve().parent / "fonts"
_SHIPPED = Path(ui.__file__).resolve().parent / "static" / "ui" / "fonts"

# Sixty lines of progress for every font say nothing that anybody needs.
logging.getLogger("fontTools").setLevel(logging.WARNING)


@dataclass(frozen=True)
class FontSource:
    """One shipped woff2 file."""

    path: Path
    family: str
    is_whole: bool
    characters: frozenset[int]
    digest: str


@dataclass(frozen=True)
class FontSet:
    """What one certificate is set with: folders of TTF files, and the order in which to look for a letter."""

    folders: tuple[Path, ...]
    text_families: tuple[str, ...]
    name_families: tuple[str, ...]


def _read(path: Path) -> FontSource:
    with TTFont(path, lazy=True) as font:
        base = str(font["name"].getDebugName(16) or font["name"].getDebugName(1)).removesuffix(" Thin")
        characters = frozenset(font.getBestCmap())
    piece = _PIECE.search(path.stem)
    return FontSource(
        path=path,
        family=f"{base} {piece[1].replace('-', ' ').title()}" if piece else base,
        is_whole=piece is None,
        characters=characters,
        digest=hashlib.sha256(RECIPE + path.read_bytes()).hexdigest()[:16],
    )


@lru_cache(maxsize=1)
def font_sources() -> tuple[FontSource, ...]:
    """Every shipped font, the house's own two first, then their other scripts, then the rest."""
    sources = [_read(path) for folder in (_SHIPPED, _OWN) for path in sorted(folder.glob("*.woff2"))]

    def order(source: FontSource) -> tuple[bool, bool, str]:
        is_house = source.family.startswith((TEXT_FAMILY, NAME_FAMILY))
        return (not is_house, not source.is_whole, source.family)

    return tuple(sorted(sources, key=order))


@lru_cache(maxsize=1)
def printable_characters() -> frozenset[int]:
    """Every letter that a certificate can show."""
    return frozenset().union(*(source.characters for source in font_sources()))


def _write_instance(source: FontSource, folder: Path, *, style: str, weight: int) -> None:
    font = TTFont(source.path)
    if "fvar" in font:
        limits = {
            axis.axisTag: weight if axis.axisTag == "wght" else axis.defaultValue
            for axis in font["fvar"].axes
        }
        font = instancer.instantiateVariableFont(font, limits)
    font["OS/2"].usWeightClass = weight
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in {0, 13, 14}]
    postscript = f"{source.family.replace(' ', '')}-{style}"
    full = f"{source.family} {style}"
    words = {1: full, 2: "Regular", 3: postscript, 4: full, 6: postscript, 16: source.family, 17: style}
    for name_id, text in words.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font.flavor = None
    # The shipped file carries its own date: making it a second time has to give the same bytes.
    font.recalcTimestamp = False
    font.save(folder / f"{postscript}.ttf")


def _still_files(source: FontSource) -> Path:
    """The folder with the TTF files of a source, made at first use under VAR_DIR."""
    folder = Path(settings.VAR_DIR) / "fonts" / source.digest
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved in at once: a second process sees all of it or nothing.
    workshop = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for style, weight in WEIGHTS.items():
            _write_instance(source, workshop, style=style, weight=weight)
        workshop.chmod(0o755)
        try:
            os.rename(workshop, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return folder


def fonts_for(letters: Collection[str]) -> FontSet:
    """The house's two fonts, and of the others only those that these letters need."""
    wanted = {ord(letter) for letter in letters}
    chosen: list[FontSource] = []
    for source in font_sources():
        is_house = source.is_whole and source.family in {TEXT_FAMILY, NAME_FAMILY}
        if is_house or wanted & source.characters:
            chosen.append(source)
        if is_house and source.family == NAME_FAMILY:
            wanted -= source.characters
    families = [source.family for source in chosen]

    def ordered(first: str) -> tuple[str, ...]:
        return tuple(sorted(families, key=lambda family: not family.startswith(first)))

    return FontSet(
        folders=tuple(_still_files(source) for source in chosen),
        text_families=ordered(TEXT_FAMILY),
        name_families=ordered(NAME_FAMILY),
    )
