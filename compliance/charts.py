"""Drawings of figures as plain numbers for SVG, and the words beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.dashboard import Figures, Group, Overview
from compliance.models import ReadinessPoint

BAR_WIDTH = 600
# What each part of a bar is drawn with, as the key of the page explains: never told apart by colour alone.
PARTS = {
    "safe": "var(--chart-1)",
    "ends_in_90": "url(#stripes)",
    "late": "url(#lattice)",
    "open": "url(#dots)",
}


@dataclass(frozen=True)
class Part:
    fill: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    group: Group
    url: str
    parts: Sequence[Part]
    words: str


def bar_of(group: Group, *, url: str) -> Bar:
    figures = group.figures
    parts: list[Part] = []
    x = 0.0
    for kind, fill in PARTS.items():
        width = BAR_WIDTH * getattr(figures, kind) / figures.people if figures.people else 0
        if width:
            parts.append(Part(fill, round(x, 1), round(width, 1)))
        x += width
    return Bar(group, url, parts, _words(group.name, figures))


def _words(name: str, figures: Figures) -> str:
    return _(
        "%(name)s: %(safe)s certified, %(soon)s certified until within 90 days, %(late)s lapsed or overdue, "
        "%(open)s not certified yet"
    ) % {
        "name": name,
        "safe": figures.safe,
        "soon": figures.ends_in_90,
        "late": figures.late,
        "open": figures.open,
    }


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Line:
    """A share over time: 286 wide and 128 high, from 0 or from the ten below the lowest up to 100 in a hundred."""

    path: str
    last: Mark
    grid: Sequence[Mark]
    weeks: Sequence[Mark]
    title: str


_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 314, 22, 150


def percent_of(point: ReadinessPoint) -> int:
    return point.ready * 100 // point.people if point.people else 0


def line_of(points: Sequence[ReadinessPoint]) -> Line | None:
    """None with fewer than two weeks: a point is no line."""
    if len(points) < 2:
        return None
    shares = [percent_of(point) for point in points]
    low = min(min(shares) // 20 * 20, 80)
    first, last = points[0].week, points[-1].week
    days = (last - first).days

    def place(day: date, share: float) -> tuple[float, float]:
        x = _LEFT + (_RIGHT - _LEFT) * (day - first).days / days
        return round(x, 1), round(_BOTTOM - (_BOTTOM - _TOP) * (share - low) / (100 - low), 1)

    spots = [place(point.week, share) for point, share in zip(points, shares, strict=True)]
    step = 20 if low >= 40 else 40 if low else 50
    named = [points[round(part * (len(points) - 1) / 3)] for part in range(4)] if len(points) > 3 else points
    return Line(
        path="M" + " L".join(f"{x} {y}" for x, y in spots),
        last=Mark(*spots[-1], f"{shares[-1]}%"),
        grid=[Mark(0, place(first, share)[1], f"{share}%") for share in range(low, 101, step)],
        weeks=[Mark(place(one.week, 0)[0], 175, date_format(one.week, "j M")) for one in named],
        title=_("Share certified: %(first)s%% on %(start)s, %(last)s%% on %(end)s")
        % {
            "first": shares[0],
            "start": date_format(first, "j F Y"),
            "last": shares[-1],
            "end": date_format(last, "j F Y"),
        },
    )


@dataclass(frozen=True)
class Suggestion:
    strong: str
    rest: str
    query: str
    group: Group | None = None


def suggestions(seen: Overview) -> list[Suggestion]:
    """At most three things that would change most, each with the filter that shows who it is about."""
    found: list[Suggestion] = []
    figures = seen.figures
    widest = max(seen.units, key=lambda one: one.figures.not_started, default=None)
    if widest is not None and widest.figures.not_started:
        number = widest.figures.not_started
        found.append(
            Suggestion(
                ngettext(
                    "%(unit)s: %(number)s has not started.", "%(unit)s: %(number)s have not started.", number
                )
                % {"unit": widest.name, "number": number},
                "",
                "status=not_started",
                widest,
            )
        )
    if figures.ends_in_30:
        found.append(
            Suggestion(
                ngettext(
                    "%(number)s certificate ends within 30 days.",
                    "%(number)s certificates end within 30 days.",
                    figures.ends_in_30,
                )
                % {"number": figures.ends_in_30},
                _("Who renews in time never lapses; the shorter course is enough."),
                "ends=30",
            )
        )
    if figures.lapsed:
        found.append(
            Suggestion(
                ngettext("%(number)s has lapsed.", "%(number)s have lapsed.", figures.lapsed)
                % {"number": figures.lapsed},
                "",
                "status=lapsed",
            )
        )
    return found
