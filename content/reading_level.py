"""How hard a text is to read: the Flesch-Kincaid grade, which is about the years of school that it asks for.

    0.39 x (words / sentences) + 11.8 x (syllables / words) - 15.59

Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability Formulas for Navy Enlisted Personnel", Research Branch
Report 8-75, Naval Technical Training, 1975. The formula is two lines; packages that offer it bring dictionaries or fetch them
when first used. Syllables are counted by rule, which over a lesson is right to a tenth of a grade.

What says nothing about the writing is left out: citations, addresses, names of bodies, laws and people (words with a capital
that do not begin a sentence), abbreviations and numbers.
"""

import re
from functools import lru_cache

# Of a text shorter than this the grade says little.
FEWEST_WORDS = 100

_CITATION = re.compile(r"\[@[^\]]*\]")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|https?://\S+")
_BREAK = re.compile(r"[.!?…]+[”\"’')\]]*(?=\s|$)|\n\s*\n|\n\s*(?:[-*#]|\d+\.)\s")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:[’'-][A-Za-zÀ-ÿ]+)*")
_VOWELS = re.compile(r"[aeiouyà-ÿ]+")
# Two vowels side by side that are spoken one after the other, as in "idea", "science", "client" and "agreeing".
_APART = re.compile(
    r"(?<![ctsg])i(?:a(?!ge|r\b)|(?<!lli)o)|(?<![csti])ie(?=t|nt)|(?<=c)ie(?=t|nce\b)|(?<=qu)ie(?=t)|[aeouy]ing|eo(?!p)"
    r"|rea(?=[^dklmst]|$|te)|dea(?![dflr])|ua(?=l|t)|uou|yee"
)
# An e inside a word that only lengthens the vowel before it.
_SILENT = re.compile(
    r"(?<=[^aeiou])e(?=(?:ty|ly|less|ness|ful|ments?)$)|(?<=som)e(?=body|thing|one|times|where)|(?<=ther)e(?=fore)"
)


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Spoken parts of an English word, by its spelling; at least one."""
    plain = word.lower().replace("’", "'").split("'")[0]
    count = len(_VOWELS.findall(plain)) + len(_APART.findall(plain)) - len(_SILENT.findall(plain))
    if plain.endswith("e") and not re.search(r"[^aeiouy]le$|[aeiouy]e$", plain):
        count -= 1
    if re.search(r"[^aeiouytd]ed$", plain):
        count -= 1
    if re.search(r"[^aeiouyscxzgh]es$", plain) and not re.search(r"[^aeiouy]les$", plain):
        count -= 1
    return max(count, 1)


def _sentences(text: str) -> list[list[str]]:
    """The words of each sentence, without names, abbreviations and numbers."""
    plain = _LINK.sub(lambda found: found.group(1) or "", _CITATION.sub("", text)).replace("*", "")
    found = []
    for sentence in _BREAK.split(plain):
        words = _WORD.findall(sentence)
        kept = [
            word
            for at, word in enumerate(words)
            if word.islower() or (at == 0 and not word.isupper()) or word == "I"
        ]
        if kept:
            found.append(kept)
    return found


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text; 0 where it has no words."""
    sentences = _sentences(text)
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def word_count(text: str) -> int:
    return sum(len(sentence) for sentence in _sentences(text))
