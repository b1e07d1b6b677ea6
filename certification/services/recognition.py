"""Equivalence, earlier completions, waivers and extensions: an agency's word in place of a certificate."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.audit import note_change
from agencies.models import Agency, Membership
from agencies.permissions import can_lead
from certification.exceptions import CertificationError
from certification.models import Recognition
from certification.recognition import LONGEST_DAYS, Completion
from certification.signals import recognition_changed
from courses.models import Course


def _announce(row: Recognition, *, at: datetime) -> None:
    news = {"user_id": row.user_id, "at": at}
    transaction.on_commit(lambda: recognition_changed.send(sender=Recognition, **news))


def _check_lead(by: User, agency: Agency, *, at: datetime) -> None:
    if not can_lead(by, agency, timezone.localdate(at)):
        raise CertificationError(_("Only a lead of the agency can do this."))


@transaction.atomic
def recognise(
    user: User,
    *,
    kind: str,
    course: Course,
    agency: Agency,
    starts_on: date,
    ends_on: date,
    reason: str,
    evidence: str = "",
    by: User,
    at: datetime,
) -> Recognition:
    """Record what counts in place of a certificate. What stands there already is returned as it is.

    Raises CertificationError in words for the screen: without a reason, for one's own, for people elsewhere, where the
    days make no sense or are too many, and without evidence of training that was done.
    """
    _check_lead(by, agency, at=at)
    if user.pk == by.pk:
        raise CertificationError(_("Nobody can do this for themselves. Ask another lead."))
    here = Membership.objects.current(on=timezone.localdate(at)).filter(user=user)
    if not here.filter(agency__path__startswith=agency.path).exists():
        raise CertificationError(_("This person does not work in your agency."))
    if not reason.strip():
        raise CertificationError(_("Give a reason."))
    if kind in Recognition.COUNTS_AS_CERTIFIED and not evidence.strip():
        raise CertificationError(_("Say what the evidence is and where it is kept."))
    if ends_on < starts_on:
        raise CertificationError(_("The last day has to be on or after the first."))
    if kind == Recognition.Kind.PRIOR and starts_on > timezone.localdate(at):
        raise CertificationError(_("An earlier completion cannot lie in the future."))
    longest = LONGEST_DAYS[kind]
    if ends_on - starts_on > timedelta(days=longest):
        raise CertificationError(
            _("The last day can be at most %(days)s days after the first.") % {"days": longest}
        )
    row, is_new = Recognition.objects.get_or_create(
        user=user,
        agency=agency,
        course=course,
        kind=kind,
        starts_on=starts_on,
        withdrawn_at__isnull=True,
        defaults={
            "ends_on": ends_on,
            "reason": reason.strip(),
            "evidence": evidence.strip(),
            "by": by,
            "at": at,
        },
    )
    if is_new:
        said = {"kind": str(row.kind), "course": course.code, "until": ends_on.isoformat()}
        note_change("recognition.given", agency, person=user, by=by, details=said)
        _announce(row, at=at)
    return row


@transaction.atomic
def withdraw_recognition(row: Recognition, *, by: User, reason: str, at: datetime) -> Recognition:
    """It no longer counts. Raises CertificationError without a reason, the second time, and without being a lead there."""
    _check_lead(by, row.agency, at=at)
    if not reason.strip():
        raise CertificationError(_("Give a reason."))
    locked = Recognition.objects.select_for_update().get(pk=row.pk)
    if locked.withdrawn_at is not None:
        raise CertificationError(_("It was withdrawn before."))
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = at, by, reason.strip()
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    note_change(
        "recognition.withdrawn", row.agency, person=row.user_id, by=by, details={"kind": str(row.kind)}
    )
    _announce(locked, at=at)
    return locked


@transaction.atomic
def import_completions(
    rows: Sequence[Completion], *, agency: Agency, reason: str, by: User, at: datetime
) -> list[Recognition]:
    """Record all of these as earlier completions, or none. Rows that are there already stay as they are."""
    return [
        recognise(
            row.user,
            kind=Recognition.Kind.PRIOR,
            course=row.course,
            agency=agency,
            starts_on=row.completed_on,
            ends_on=row.valid_until,
            reason=reason,
            evidence=row.evidence,
            by=by,
            at=at,
        )
        for row in rows
    ]
