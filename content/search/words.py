"""Words as the index knows them, and the nearest to a misspelt one. Plain Python: the same on every database.

Databases differ in how they cut, fold and stem words, so none is asked to: what is indexed and what is asked for goes
through `indexed`, and leaves nothing to them but letters and spaces.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Small letters without accents: "Señal" is "senal"."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in spread if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order. Apostrophes belong to the word: "don't" is "dont"."""
    joined = fold(text).replace("’", "").replace("'", "")
    return [word for word in _WORD.findall(joined) if len(word) <= LONGEST_WORD]


def stem(word: str) -> str:
    """A plural is looked up as its singular: Harman's S rules, which also fit Spanish plurals in -s."""
    if len(word) <= 3:
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word


def indexed(text: str) -> str:
    """A text as it goes into the index, and a question as it is asked there."""
    return " ".join(stem(word) for word in words_of(text))


def vocabulary(text: str) -> set[str]:
    """The words of a text that a misspelt word may be compared with."""
    return {word for word in words_of(text) if len(word) > 2 and not word.isdigit()}


def furthest(word: str) -> int:
    """How many slips of the finger may lie between a word and what was meant: the longer the word, the more, up to two."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


class Slips:
    """Counts the slips between one word and others: a letter put in, left out, changed, or swapped with its neighbour.

    Optimal string alignment, a column of the table at a time in the bits of one number (Hyyrö 2003): eight times faster
    here than letter by letter, which is what lets a whole vocabulary be compared while somebody waits.
    """

    def __init__(self, word: str) -> None:
        self.word = word
        self._at: dict[str, int] = {}
        for place, letter in enumerate(word):
            self._at[letter] = self._at.get(letter, 0) | 1 << place

    def to(self, other: str) -> int:
        slips = len(self.word)
        if not slips:
            return len(other)
        whole, last = (1 << slips) - 1, 1 << (slips - 1)
        more, less, same, at_before = whole, 0, 0, 0
        for letter in other:
            at = self._at.get(letter, 0)
            swapped = ((~same & at) << 1) & at_before
            same = ((((at & more) + more) ^ more) | at | less | swapped) & whole
            up = less | (whole & ~(same | more))
            down = same & more
            slips += bool(up & last) - bool(down & last)
            up = (up << 1 | 1) & whole
            more = (down << 1 & whole) | (whole & ~(same | up))
            less = up & same
            at_before = at
        return slips


def _letters(word: str) -> int:
    """One bit for each letter that a word contains. A slip changes at most two of them."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) % 61)
    return bits


@dataclass(frozen=True)
class KnownWord:
    word: str
    language: str
    entries: int


class Spelling:
    """The vocabulary, sorted by length so that a word is compared with those alone that it could have been."""

    def __init__(self, known: Iterable[KnownWord]) -> None:
        self._by_length: dict[int, list[tuple[int, KnownWord]]] = {}
        for one in known:
            self._by_length.setdefault(len(one.word), []).append((_letters(one.word), one))

    def nearest(self, word: str, *, language: str, slips: int, most: int = 3) -> list[str]:
        """Up to `most` words that may have been meant, the likeliest first. Never the word itself, nor its plural.

        Fewer slips first, then words of the language of the page, then those that begin alike, then the more frequent.
        """
        far = min(slips, furthest(word))
        letters, root, count = _letters(word), stem(word), Slips(word).to
        found: dict[str, tuple[int, bool, bool, int, str]] = {}
        for length in range(len(word) - far, len(word) + far + 1):
            for bits, one in self._by_length.get(length, ()):
                if (bits ^ letters).bit_count() > 2 * far:
                    continue
                away = count(one.word)
                if away > far or stem(one.word) == root:
                    continue
                rank = (away, one.language != language, one.word[0] != word[0], -one.entries, one.word)
                found[one.word] = min(rank, found.get(one.word, rank))
        return sorted(found, key=found.__getitem__)[:most]


def corrected(
    asked: Sequence[str], nearest: Mapping[str, Sequence[str]], *, most: int = 4
) -> list[tuple[str, ...]]:
    """The question with its misspelt words put right, the likeliest first: one more word down the list each time."""
    found: dict[tuple[str, ...], None] = {}
    for step in range(max((len(options) for options in nearest.values()), default=0)):
        found[tuple(_at(nearest.get(word), step) or word for word in asked)] = None
    return list(found)[:most]


def _at(options: Sequence[str] | None, step: int) -> str:
    return options[min(step, len(options) - 1)] if options else ""
