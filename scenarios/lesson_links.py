"""Which lessons to look at again. Lessons live in an app above, which says at start-up how to find their titles."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

LESSONS: Mapping[str, tuple[str, ...]] = {
    "SAF": ("1.5", "3.5", "8.4"),
    "TIC": ("1.3", "8.2"),
    "IDN": ("4.3", "4.5"),
    "CON": ("3.1", "3.4", "3.5"),
    "CUL": ("2.3", "2.4"),
    "REF": ("7.3", "7.4", "5.4", "4.6", "7.5"),
}

_find_titles: Callable[[Sequence[str]], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class LessonLink:
    code: str
    title: str
    url: str


def use_titles_from(find: Callable[[Sequence[str]], Mapping[str, str]]) -> None:
    """Called by the app that has the lessons: codes in, titles of those that exist out."""
    global _find_titles
    _find_titles = find


def lesson_links(competencies: Iterable[str]) -> dict[str, list[LessonLink]]:
    """For each competency its lessons, as far as they exist. One query, or none where nobody has lessons."""
    wanted = {one: LESSONS.get(one, ()) for one in competencies}
    codes = sorted({code for group in wanted.values() for code in group})
    titles = _find_titles(codes) if _find_titles is not None and codes else {}
    links = {}
    for code, title in titles.items():
        try:
            links[code] = LessonLink(code, title, reverse("courses:lesson_by_code", args=[code]))
        except NoReverseMatch:
            continue
    return {one: [links[code] for code in group if code in links] for one, group in wanted.items()}
