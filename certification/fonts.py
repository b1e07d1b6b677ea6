"""The fonts of certificates: still TTF files, made once from the variable woff2 files that the site ships.

Typst ignores woff2 without a word, so what is embedded is asserted in a test.
"""

import hashlib
import io
import json
import logging
import os
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Collection, Iterator
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

# Chinese, Japanese and Korean are cut into a hundred pieces each, and a name needs two or three of them. The same letter is
# written a little differently from country to country; which one is meant, the country's own old code tells best.
HAN_FAMILIES = {
    "sc": ("Noto Sans SC", "gb2312"),
    "tc": ("Noto Sans TC", "big5"),
    "jp": ("Noto Sans JP", "shift_jis"),
    "kr": ("Noto Sans KR", "euc_kr"),
}
_KANA = range(0x3041, 0x3100)
_HANGUL = range(0xAC00, 0xD7A4)

# Sixty lines of progress for every font say nothing that anybody needs.
logging.getLogger("fontTools").setLevel(logging.WARNING)


@dataclass(frozen=True)
class FontSource:
    """One shipped woff2 file with all weights, or one for each weight, or one of many in an archive."""

    path: Path
    family: str
    is_whole: bool
    characters: frozenset[int]
    digest: str
    member: str = ""

    def content(self, weight: int) -> bytes:
        if not self.member:
            return _file_for(self.path, weight).read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(self.member)


@dataclass(frozen=True)
class FontSet:
    """What one certificate is set with: folders of TTF files, and the order in which to look for a letter."""

    folders: tuple[Path, ...]
    text_families: tuple[str, ...]
    name_families: tuple[str, ...]


def _file_for(path: Path, weight: int) -> Path:
    """Fonts with many parts in a letter come as a file a weight: to make still files from one takes up to a minute."""
    return path.with_name(path.name.replace("-600-", f"-{weight}-"))


def _read(path: Path) -> FontSource:
    with TTFont(path, lazy=True) as font:
        base = str(font["name"].getDebugName(16) or font["name"].getDebugName(1))
        base = base.removesuffix(" Thin").removesuffix(" SemiBold")
        characters = frozenset(font.getBestCmap())
    piece = _PIECE.search(path.stem)
    return FontSource(
        path=path,
        family=f"{base} {piece[1].replace('-', ' ').title()}" if piece else base,
        is_whole=piece is None,
        characters=characters,
        digest=hashlib.sha256(
            RECIPE + b"".join(file.read_bytes() for file in {path: 0, _file_for(path, 400): 0})
        ).hexdigest()[:16],
    )


@lru_cache(maxsize=1)
def font_sources() -> tuple[FontSource, ...]:
    """Every shipped font, the house's own two first, then their other scripts, then the rest."""
    sources = [
        _read(path)
        for folder in (_SHIPPED, _OWN)
        for path in sorted(folder.glob("*.woff2"))
        if "-400-" not in path.name
    ]

    def order(source: FontSource) -> tuple[bool, bool, str]:
        is_house = source.family.startswith((TEXT_FAMILY, NAME_FAMILY))
        return (not is_house, not source.is_whole, source.family)

    return tuple(sorted(sources, key=order))


def _numbers(ranges: str) -> Iterator[int]:
    for part in ranges.split(","):
        first, _dash, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


@lru_cache(maxsize=1)
def han_pieces() -> dict[str, tuple[FontSource, ...]]:
    """The pieces of Chinese, Japanese and Korean. What each knows is told by an index: to open all would take seconds."""
    found = {}
    for name, (family, _code) in HAN_FAMILIES.items():
        path = _OWN / f"noto-sans-{name}-600-normal.zip"
        with zipfile.ZipFile(path) as archive:
            found[name] = tuple(
                FontSource(
                    path=path,
                    family=f"{family} {piece}",
                    is_whole=False,
                    characters=frozenset(_numbers(ranges)),
                    digest=hashlib.sha256(
                        RECIPE + f"{name} {piece} {archive.getinfo(f'{piece}.woff2').CRC}".encode()
                    ).hexdigest()[:16],
                    member=f"{piece}.woff2",
                )
                for piece, ranges in json.loads(archive.read("index.json")).items()
            )
    return found


@lru_cache(maxsize=1)
def _han_letters() -> dict[str, frozenset[int]]:
    return {
        name: frozenset().union(*(piece.characters for piece in pieces))
        for name, pieces in han_pieces().items()
    }


@lru_cache(maxsize=1)
def printable_characters() -> frozenset[int]:
    """Every letter that a certificate can show."""
    return frozenset().union(*(source.characters for source in font_sources()), *_han_letters().values())


def _han_for(wanted: set[int]) -> list[FontSource]:
    """The pieces for letters that no other font knows: all from one country's font, where one has them all."""

    def order(name: str) -> tuple[bool, bool, int, int]:
        is_japanese = name == "jp" and any(letter in _KANA for letter in wanted)
        is_korean = name == "kr" and any(letter in _HANGUL for letter in wanted)
        _family, code = HAN_FAMILIES[name]
        foreign = sum(not chr(letter).encode(code, "ignore") for letter in wanted)
        return (not is_japanese, not is_korean, len(wanted - _han_letters()[name]), foreign)

    chosen = []
    for name in sorted(HAN_FAMILIES, key=order):
        for piece in han_pieces()[name]:
            if wanted & piece.characters:
                chosen.append(piece)
                wanted = wanted - piece.characters
    return chosen


def _write_instance(source: FontSource, folder: Path, *, style: str, weight: int) -> None:
    font = TTFont(io.BytesIO(source.content(weight)))
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
        # Pieces have one weight, that of names, and Typst takes it where another is asked for.
        weights = {"SemiBold": WEIGHTS["SemiBold"]} if source.member else WEIGHTS
        for style, weight in weights.items():
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
    """The house's two fonts, and of the others only those that these letters need. Made at their first use."""
    # What only joins and parts letters is known to every font of India and asks for none.
    wanted = {ord(letter) for letter in letters if unicodedata.category(letter) != "Cf"}
    chosen: list[FontSource] = []
    for source in font_sources():
        is_house = source.is_whole and source.family in {TEXT_FAMILY, NAME_FAMILY}
        if is_house or wanted & source.characters:
            chosen.append(source)
        if is_house and source.family == NAME_FAMILY:
            wanted -= source.characters
    left = wanted.difference(*(source.characters for source in chosen))
    if left:
        chosen += _han_for(left)
    families = [source.family for source in chosen]

    def ordered(first: str) -> tuple[str, ...]:
        return tuple(sorted(families, key=lambda family: not family.startswith(first)))

    return FontSet(
        folders=tuple(_still_files(source) for source in chosen),
        text_families=ordered(TEXT_FAMILY),
        name_families=ordered(NAME_FAMILY),
    )
