"""Words for assignments and for what a change of one would do."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ProfessionalRole
from compliance.assigning import Preview, Rule, rule_of
from compliance.models import Assignment


@dataclass(frozen=True)
class Line:
    """One assignment in a list."""

    number: str
    course: str
    unit: str
    who: str
    rule: tuple[str, ...]
    ended_at: datetime | None


def line_of(row: Assignment) -> Line:
    words = rule_words(rule_of(row), role=row.professional_role)
    return Line(str(row.uuid), row.course.title, row.agency.name, words[0], tuple(words[1:]), row.ended_at)


def rule_words(rule: Rule, *, role: ProfessionalRole | None) -> list[str]:
    """For whom, by when, and what else it says: short sentences without a full stop, in that order."""
    who = role.name if role else _("Everybody")
    first, last = rule.joined_from, rule.joined_before
    if first and last:
        window = _("joined from %(first)s until before %(last)s")
    elif first:
        window = _("joined on or after %(first)s")
    elif last:
        window = _("joined before %(last)s")
    else:
        window = ""
    if window:
        days = {
            "first": date_format(first, "j F Y") if first else "",
            "last": date_format(last, "j F Y") if last else "",
        }
        who = f"{who}, {window % days}"
    words = [who]
    if rule.due_on:
        words.append(_("By %(day)s") % {"day": date_format(rule.due_on, "j F Y")})
    elif rule.days:
        words.append(
            ngettext("Within %(days)s day of joining", "Within %(days)s days of joining", rule.days)
            % {"days": rule.days}
        )
        if rule.starts_on:
            words.append(
                _("for people here before, counted from %(day)s")
                % {"day": date_format(rule.starts_on, "j F Y")}
            )
    else:
        words.append(_("By no day"))
    if rule.grace_days:
        words.append(
            ngettext("%(days)s day of grace", "%(days)s days of grace", rule.grace_days)
            % {"days": rule.grace_days}
        )
    if rule.renew_months:
        words.append(
            ngettext("Renewed every %(months)s month", "Renewed every %(months)s months", rule.renew_months)
            % {"months": rule.renew_months}
        )
    if rule.priority != Assignment.Priority.NORMAL:
        words.append(str(Assignment.Priority(rule.priority).label))
    return words


def preview_lines(figures: Preview, *, is_end: bool) -> list[str]:
    """What a change would do, the most important first. Nothing that is nought, but for the first line."""
    lines: list[str] = []
    if not is_end:
        lines.append(
            ngettext("This will assign %(n)s person.", "This will assign %(n)s people.", figures.gain)
            % {"n": figures.gain}
        )
        if figures.certified:
            lines.append(
                ngettext(
                    "%(n)s of them is certified already and need do nothing now.",
                    "%(n)s of them are certified already and need do nothing now.",
                    figures.certified,
                )
                % {"n": figures.certified}
            )
        if figures.exempt:
            lines.append(
                ngettext("%(n)s of them is exempt.", "%(n)s of them are exempt.", figures.exempt)
                % {"n": figures.exempt}
            )
    if figures.moved or not (figures.gain or figures.lose):
        lines.append(
            ngettext(
                "%(n)s person gets a new date or rule.", "%(n)s people get a new date or rule.", figures.moved
            )
            % {"n": figures.moved}
        )
    if figures.lose or is_end:
        lines.append(
            ngettext(
                "%(n)s person is no longer asked for it. What was done and earned stays.",
                "%(n)s people are no longer asked for it. What was done and earned stays.",
                figures.lose,
            )
            % {"n": figures.lose}
        )
    if figures.late:
        lines.append(
            ngettext(
                "%(n)s person will be overdue at once.", "%(n)s people will be overdue at once.", figures.late
            )
            % {"n": figures.late}
        )
    if figures.same:
        lines.append(
            ngettext("Nothing changes for %(n)s person.", "Nothing changes for %(n)s people.", figures.same)
            % {"n": figures.same}
        )
    return lines
