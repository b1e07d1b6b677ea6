"""Pages of the admin on what the training changes: as charts with tables, and as a file with the very same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem

from courses.evaluation import END, HIGHEST, LOWEST, REACTIONS, WORKLOAD
from courses.evaluation_selectors import EvaluationReport, GainRow, ReactionRow, evaluation_report
from courses.models import CheckAttempt
from courses.statistics import Estimate
from courses.suppression import SMALLEST
from ui.spreadsheets import csv_line

# Charts are drawn in this many steps from the lowest to the highest value.
WIDTH = 1000


@dataclass(frozen=True)
class Bar:
    """A mean as a point on its interval, in steps of the chart."""

    words: str
    at: int
    low: int
    width: int


def _bar(
    found: Estimate | None, *, lowest: float, highest: float, scale: float = 1, unit: str = ""
) -> Bar | None:
    if found is None:
        return None

    def step(value: float) -> int:
        return round(WIDTH * (min(max(value, lowest), highest) - lowest) / (highest - lowest))

    words = _("%(mean).1f%(unit)s (%(low).1f to %(high).1f)") % {
        "mean": found.mean * scale,
        "unit": unit,
        "low": found.low * scale,
        "high": found.high * scale,
    }
    return Bar(words, step(found.mean), step(found.low), max(step(found.high) - step(found.low), 4))


def _reaction(row: ReactionRow, *, label: str = "") -> dict[str, Any]:
    return {
        "label": label or row.label or _("No agency"),
        "row": row,
        "bars": [_bar(one, lowest=LOWEST, highest=HIGHEST) for one in row.items],
    }


def _point(row: GainRow) -> str:
    return _("At the end") if row.point in (END, CheckAttempt.Purpose.AFTER) else _("Six months later")


def _gain(
    row: GainRow, *, label: str = "", scale: float = 1, unit: str = "", widest: float
) -> dict[str, Any]:
    found = row.gain
    return {
        "label": label or row.label,
        "point": _point(row),
        "row": row,
        "before": found and f"{found.before * scale:.1f}{unit}",
        "after": found and f"{found.after * scale:.1f}{unit}",
        "bar": _bar(found.gain, lowest=-widest, highest=widest, scale=scale, unit=unit) if found else None,
        "normalised": f"{found.normalised * 100:.0f} %" if found and found.normalised is not None else None,
    }


@permission_required("courses.read_evaluation")
def evaluation(request: HttpRequest) -> HttpResponse:
    """What everybody's answers say together."""
    report = evaluation_report(on=timezone.localdate())
    return render(
        request,
        "courses/admin/evaluation.html",
        {
            "title": _("Evaluation"),
            "breadcrumbs_items": [{"url": "", "label": _("Evaluation")}],
            "smallest": SMALLEST,
            "statements": REACTIONS,
            "workload": [label for _code, label in WORKLOAD],
            "reactions": [
                _reaction(report.reaction_total, label=_("All courses")),
                *(_reaction(row) for row in report.reactions),
            ],
            "agencies": [_reaction(row) for row in report.agencies],
            "learning": [_gain(row, scale=100, unit=" %", widest=1) for row in report.learning],
            "attitudes": [
                _gain(row, label=_("Mean of the eight statements, 1 to 5"), widest=HIGHEST - LOWEST)
                for row in report.attitudes
            ],
            "items": report.attitude_items,
            "audit": report.audit,
            "audit_agencies": report.audit_agencies,
        },
    )


@permission_required("courses.read_evaluation")
def evaluation_csv(request: HttpRequest) -> HttpResponse:
    """The numbers of the page and no others; what is hidden there is empty here."""
    on = timezone.localdate()
    return HttpResponse(
        "\ufeff" + "".join(_lines(evaluation_report(on=on))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="evaluation-{on.isoformat()}.csv"'},
    )


def _lines(report: EvaluationReport) -> Iterator[str]:
    yield csv_line(
        [
            _("Part"),
            _("Group"),
            _("Measure"),
            _("People"),
            _("Before"),
            _("After"),
            _("Mean"),
            _("Interval from"),
            _("Interval to"),
            _("Normalised gain"),
            _("Not answered again"),
        ]
    )
    parts = (
        (_("Reaction, by course"), [report.reaction_total, *report.reactions]),
        (_("Reaction, by agency"), list(report.agencies)),
    )
    for part, rows in parts:
        for row in rows:
            group = row.label or (_("All courses") if row is report.reaction_total else _("No agency"))
            if row.n is None:
                yield csv_line(
                    [part, group, _("hidden: fewer than ten, or would give away such a number"), *[None] * 8]
                )
                continue
            for statement, found in zip(REACTIONS, row.items, strict=True):
                yield csv_line([part, group, statement.text, row.n, None, None, *_numbers(found), None, None])
            for (_code, label), count in zip(WORKLOAD, row.workload, strict=True):
                yield csv_line([part, group, label, count, *[None] * 7])
    for part, gains in ((_("Learning"), report.learning), (_("Attitudes"), report.attitudes)):
        for one in gains:
            gained = one.gain
            yield csv_line(
                [
                    part,
                    one.label,
                    _point(one),
                    one.follow_up.again,
                    _round(gained.before if gained else None),
                    _round(gained.after if gained else None),
                    *_numbers(gained.gain if gained else None),
                    _round(gained.normalised if gained else None),
                    one.follow_up.lost,
                ]
            )
    for item in report.attitude_items:
        yield csv_line(
            [
                _("Attitudes"),
                item.text,
                _("At the end"),
                None,
                _round(item.before),
                _round(item.after),
                *[None] * 5,
            ]
        )
    for look in report.audit:
        yield csv_line(
            [_("Records of agencies, in percent"), "", look.text, None, None, None, look.percent, *[None] * 4]
        )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _numbers(found: Estimate | None) -> list[float | None]:
    return [None] * 3 if found is None else [round(found.mean, 3), round(found.low, 3), round(found.high, 3)]


class EvaluationMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("courses.read_evaluation")


def menu_item() -> MenuItem:
    return EvaluationMenuItem(
        _("Evaluation"), reverse("courses_evaluation"), icon_name="clipboard-list", order=110
    )
