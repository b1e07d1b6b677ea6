"""Taking on in writing that a review is missing, and taking it back."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.models import User
from agencies.models import Agency
from content.models import ReviewSignOff
from courses.exceptions import CourseError
from courses.gate_rules import AT_MOST_DAYS, REASON_AT_LEAST
from courses.models import GateTakeover, LessonPage, Module, TakeoverWithdrawal
from courses.permissions import may_take_on
from courses.reviewing import lesson_readings


@transaction.atomic
def take_on(
    user: User,
    *,
    agency: Agency | None,
    modules: Sequence[str],
    gates: Sequence[str],
    reason: str,
    until: date,
    on: date,
) -> GateTakeover:
    """Let lessons of these modules be assigned before these reviews, at one agency and below or everywhere.

    Keeps the digests of the texts as they are. Raises CourseError for anybody but an administrator, and for what is too short, too
    long or about nothing.
    """
    reason = reason.strip()
    if not may_take_on(user):
        raise CourseError(_("Only an administrator takes a missing review on."))
    if len(reason) < REASON_AT_LEAST:
        raise CourseError(
            _("Say why, and what is done until the review is there: %(least)s characters at least.")
            % {"least": REASON_AT_LEAST}
        )
    if not on <= until <= on + timedelta(days=AT_MOST_DAYS):
        raise CourseError(_("Choose a last day within the next twelve months."))
    known = set(Module.objects.filter(code__in=modules).values_list("code", flat=True))
    if not modules or known != set(modules) or not gates or set(gates) - set(ReviewSignOff.Gate.values):
        raise CourseError(_("Choose at least one module and one review."))
    pages = list(LessonPage.objects.live().filter(module__code__in=known).select_related("module"))
    takeover = GateTakeover.objects.create(
        agency=agency,
        modules=sorted(known),
        gates=[gate for gate in ReviewSignOff.Gate.values if gate in gates],
        texts={reading.subject: reading.digest for reading in lesson_readings(pages)},
        reason=reason,
        until=until,
        taken_by=user,
        taken_by_name=user.name or str(_("an administrator")),
        taken_on=on,
    )
    log(
        instance=takeover,
        action="courses.take_on",
        user=user,
        data={"agency": str(agency or ""), "until": until.isoformat()},
    )
    return takeover


@transaction.atomic
def withdraw(takeover: GateTakeover, *, user: User, on: date) -> TakeoverWithdrawal:
    """From now on nobody new is registered by it; who is on the way stays so. Calling again returns the first."""
    if not may_take_on(user):
        raise CourseError(_("Only an administrator takes a missing review on."))
    row, is_new = TakeoverWithdrawal.objects.get_or_create(
        takeover=takeover, defaults={"withdrawn_by": user, "withdrawn_on": on}
    )
    if is_new:
        log(instance=takeover, action="courses.withdraw_take_on", user=user)
    return row
