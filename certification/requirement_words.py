"""Rules of achievements in sentences, for learners, leads and people who check a certificate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.requirements import Answer, Kind
from certification.terms import Way
from certification.validity import Basis, Cycle, Validity
from courses.models import Course
from scenarios.models import Scenario
from scenarios.presenters import COMPETENCY_NAMES


@dataclass(frozen=True)
class Line:
    """One requirement. `depth` 1 belongs to the "one of these" above it."""

    text: str
    help: str
    met_at: datetime | None
    depth: int = 0
    starts_way: bool = False


class Names:
    """Titles of the courses and scenarios that rules name. Two queries."""

    def __init__(self) -> None:
        self.courses = dict(Course.objects.values_list("code", "title"))
        self.scenarios = dict(Scenario.objects.values_list("slug", "title"))


def lines(answers: Sequence[Answer], names: Names | None = None) -> list[Line]:
    return list(_lines(answers, names or Names(), 0))


def _lines(answers: Sequence[Answer], names: Names, depth: int) -> Iterator[Line]:
    for one in answers:
        text, help_text = sentence(one.requirement, names)
        yield Line(text, help_text, one.met_at, depth)
        for number, way in enumerate(one.of):
            for place, line in enumerate(_lines(way, names, depth + 1)):
                yield Line(line.text, line.help, line.met_at, line.depth, number > 0 and place == 0)


def sentence(one: Mapping[str, Any], names: Names) -> tuple[str, str]:
    """What is asked for, and a hint."""
    course = names.courses.get(one.get("course", ""), one.get("course", ""))
    match one["kind"]:
        case Kind.COURSE:
            if "minimum_version" in one:
                return (
                    _("%(course)s, version %(number)s or later")
                    % {"course": course, "number": one["minimum_version"]},
                    "",
                )
            return course, ""
        case Kind.CHECK:
            if "percent" in one:
                return (
                    _("The check of %(course)s, with at least %(percent)s %%")
                    % {"course": course, "percent": one["percent"]},
                    "",
                )
            return _("The check of %(course)s") % {"course": course}, ""
        case Kind.SCENARIO:
            titles = [names.scenarios.get(slug, slug) for slug in one["scenarios"]]
            text = _("The scenario “%(titles)s”") % {"titles": _("” or “").join(titles)}
            levels = [
                _("%(name)s at least %(percent)s %%")
                % {"name": COMPETENCY_NAMES.get(key, key), "percent": least}
                for key, least in one.get("levels", {}).items()
            ]
            hint = _("Reading it as text counts too.") if levels else ""
            return ": ".join(part for part in (text, ", ".join(levels)) if part), hint
        case Kind.SESSION:
            return _("Session with an instructor: %(title)s") % {"title": one["title"]}, ""
        case Kind.SIGN_OFF:
            return _("Seen by a supervisor at work: %(title)s") % {"title": one["title"]}, one.get("help", "")
        case Kind.REFRESHERS:
            return _("The refresher checks that are due"), ""
        case Kind.HOURS:
            return _("%(hours)s learning hours in all") % {"hours": f"{one['hours']:g}"}, ""
    return _("One of these"), ""


def validity_sentence(rule: Validity) -> str:
    """How long the certificate will hold."""
    if rule.cycle is not None:
        end = {
            Cycle.CALENDAR_YEAR: _("the end of the calendar year"),
            Cycle.FISCAL_YEAR: _("30 June, the end of the fiscal year"),
            Cycle.BIRTH_MONTH: _("the end of the month in which you were born"),
        }[rule.cycle]
        years = rule.months // 12
        if years == 1:
            return _("It will hold until %(end)s.") % {"end": end}
        return _("It will hold for up to %(years)s years, until %(end)s.") % {"years": years, "end": end}
    months = ngettext(
        "It will hold for %(months)s month.", "It will hold for %(months)s months.", rule.months
    ) % {"months": rule.months}
    if rule.basis == Basis.EXPIRY:
        return (
            months + " " + _("If you renew it in time, counted from the day on which the earlier one ends.")
        )
    return str(months)


def renewal_sentence(rule: Validity) -> str:
    opens = ngettext(
        "It can be renewed from %(days)s day before its end",
        "It can be renewed from %(days)s days before its end",
        rule.window_days,
    ) % {"days": rule.window_days}
    if not rule.grace_days:
        return str(opens) + "."
    grace = ngettext(" until %(days)s day after it.", " until %(days)s days after it.", rule.grace_days) % {
        "days": rule.grace_days
    }
    return str(opens) + str(grace)


@dataclass(frozen=True)
class WayWords:
    way: Way
    lines: list[Line]
    validity: str
    renewal: str

    @property
    def open_count(self) -> int:
        return sum(not line.met_at for line in self.lines if line.depth == 0)


def way_words(way: Way, names: Names | None = None) -> WayWords:
    return WayWords(
        way, lines(way.answers, names), validity_sentence(way.validity), renewal_sentence(way.validity)
    )
