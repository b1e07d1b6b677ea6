"""Beginning a refresher, and telling people by e-mail that one is due."""

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from agencies.models import Membership
from agencies.selectors import root_path
from courses.exceptions import NotReady
from courses.models import (
    AssignableUnit,
    CheckAttempt,
    NoRefresherMail,
    RefresherNotice,
    Registration,
)
from courses.refresher_selectors import (
    Refreshing,
    lessons_of,
    missed_by,
    refreshing,
    refreshing_of,
    with_refreshers,
)
from courses.refreshers import draw_refresher, weak_lessons
from courses.services.checks import _bank, lay_out
from courses.services.registrations import _unit

logger = logging.getLogger(__name__)
SALT = "courses.refreshers"
LINK_LASTS = timedelta(days=30)
REMIND_AFTER = timedelta(days=7)


@transaction.atomic
def start_refresher(registration: Registration, *, at: datetime) -> CheckAttempt:
    """The refresher that is due, drawn for this person and kept, or the one that she has begun.

    Raises NotReady where none is due or the bank has nothing to ask.
    """
    locked = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("course_version__course", "professional_role", "jurisdiction", "user")
        .get(pk=registration.pk)
    )
    found = refreshing_of(locked, on=timezone.localdate(at))
    if found is None or found.due is None:
        raise NotReady(_("No refresher is due here now."))
    unit = _unit(locked, kind=AssignableUnit.Kind.CHECK)
    attempts = CheckAttempt.objects.filter(
        registration=locked, unit=unit, purpose=CheckAttempt.Purpose.REFRESHER
    )
    begun = attempts.filter(number=found.due.day).first()
    if begun is not None:
        return begun
    bank = _bank(locked, lessons_of(locked))
    last = (
        CheckAttempt.objects.filter(registration__user=locked.user_id, submitted_at__isnull=False)
        .order_by("-submitted_at")
        .first()
    )
    avoid = set(last.items.values_list("question_version__question_id", flat=True)) if last else set()
    seed = secrets.randbits(62)
    drawn = draw_refresher(
        [candidate for candidate, _version in bank],
        weak=weak_lessons(missed_by(locked)),
        avoid=avoid,
        seed=seed,
    )
    if not drawn:
        raise NotReady(_("There are no questions for this refresher at the moment."))
    attempt = CheckAttempt.objects.create(
        registration=locked,
        unit=unit,
        number=found.due.day,
        purpose=CheckAttempt.Purpose.REFRESHER,
        seed=seed,
        started_at=at,
    )
    versions = {candidate.key: version for candidate, version in bank}
    lay_out(attempt, [versions[candidate.key] for candidate in drawn])
    return attempt


def link_token(registration: Registration, *, day: int) -> str:
    """Opens one refresher of one person and nothing else; it signs nobody in."""
    return signing.dumps([str(registration.uuid), day], salt=SALT, compress=True)


def read_token(token: str) -> tuple[str, int]:
    """The registration's UUID and the day. Raises signing.BadSignature for what we did not sign or is too old."""
    found = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    if not isinstance(found, list) or len(found) != 2:
        raise signing.BadSignature("No link to a refresher.")
    return str(found[0]), int(found[1])


def stop_mail(user: User, *, at: datetime) -> None:
    NoRefresherMail.objects.get_or_create(user=user, defaults={"at": at})


def allow_mail(user: User) -> None:
    NoRefresherMail.objects.filter(user=user).delete()


def _may_mail(user: User, due: Iterable[Refreshing], *, at: datetime) -> list[Refreshing]:
    """Of people who can sign in, and of courses under an agency in which they still work."""
    if not user.is_active or user.deleted_at is not None:
        return []
    here = Membership.objects.current(on=timezone.localdate(at)).filter(user=user).select_related("agency")
    roots = {root_path(membership.agency) for membership in here}
    return [
        one
        for one in due
        if one.registration.agency.is_independent or root_path(one.registration.agency) in roots
    ]


def send_refreshers(*, at: datetime) -> int:
    """Tell everybody for whom a refresher is due, in one e-mail each: once, and once more a week later. How many e-mails.

    Somebody to whom no mail can be sent is passed over and tried again the next time.
    """
    on = timezone.localdate(at)
    refused = NoRefresherMail.objects.values("user")
    rows = with_refreshers(on=on).exclude(user__in=refused)
    by_person: dict[int, list[Refreshing]] = {}
    for one in refreshing(rows, on=on):
        if one.due is not None:
            by_person.setdefault(one.registration.user_id, []).append(one)
    sent = 0
    for due in by_person.values():
        try:
            sent += _tell(due, at=at)
        except OSError as error:
            # SMTP errors are OSErrors. The address stays out of the log.
            logger.warning("An e-mail about a refresher was not sent: %s", type(error).__name__)
    return sent


@transaction.atomic
def _tell(due: list[Refreshing], *, at: datetime) -> bool:
    user = User.objects.select_for_update().get(pk=due[0].registration.user_id)
    notices = {
        (row.registration_id, row.day): row
        for row in RefresherNotice.objects.filter(registration__in=[one.registration for one in due])
    }
    fresh, again = [], []
    for one in _may_mail(user, due, at=at):
        assert one.due is not None  # noqa: S101
        notice = notices.get((one.registration.pk, one.due.day))
        if notice is None:
            fresh.append(one)
        elif notice.reminded_at is None and at - notice.sent_at >= REMIND_AFTER:
            again.append(one)
    if not fresh and not again:
        return False
    for one in fresh:
        RefresherNotice.objects.create(
            registration=one.registration, day=one.due.day if one.due else 0, sent_at=at
        )
    for one in again:
        RefresherNotice.objects.filter(
            registration=one.registration, day=one.due.day if one.due else 0
        ).update(reminded_at=at)
    # Within the transaction: what cannot be sent is not noted as sent.
    _mail(user, [*fresh, *again])
    return True


def _mail(user: User, due: list[Refreshing]) -> None:
    """Neither subject nor text says what the course is about: a locked telephone shows both."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        links = [
            settings.PUBLIC_URL
            + reverse(
                "courses:refresher_by_mail",
                args=[link_token(one.registration, day=one.due.day if one.due else 0)],
            )
            for one in due
        ]
        EmailMessage(
            ngettext("Six short questions for you", "Short questions for you", len(links)),
            render_to_string("courses/mail/refresher.txt", {"links": links}),
            None,
            [user.email],
        ).send()
