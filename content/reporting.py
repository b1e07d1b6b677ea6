"""What happens to a report of a problem: taken in, assigned, answered, closed, and after a time without its words."""

import uuid
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import User
from content.models import ProblemReport
from content.subjects import Subject

TICKET_SALT = "content.reporting.ticket"
# People need a moment to write; programs that fill in forms do not. A form left open over a night is still good.
QUICKEST, LONGEST = 3, 24 * 3600


class TicketRefused(Exception):
    """The form was sent too soon, too late or from somewhere else. Sending it again with a new ticket is right."""


def new_ticket(*, now: float) -> str:
    """What a form carries so that a double press makes one report; signed, and good for a day."""
    return signing.dumps([uuid.uuid4().hex, int(now)], salt=TICKET_SALT)


def read_ticket(ticket: str, *, now: float) -> uuid.UUID:
    """The report's uuid-to-be. Raises TicketRefused."""
    try:
        number, made = signing.loads(ticket, salt=TICKET_SALT)
        if not QUICKEST <= now - made <= LONGEST:
            raise TicketRefused
        return uuid.UUID(number)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TicketRefused from error


@transaction.atomic
def take_in_report(
    number: uuid.UUID,
    *,
    subject: Subject | None,
    kind: str,
    text: str,
    contact: str = "",
    language: str = "",
    on: date,
) -> ProblemReport:
    """Keep a report and tell the reviewers. The same report sent twice is one; other words under its number are another."""
    before = ProblemReport.objects.filter(uuid=number).first()
    if before is not None and before.text == text:
        return before
    report = ProblemReport.objects.create(
        uuid=number if before is None else uuid.uuid4(),
        about=subject.name if subject else "",
        title=subject.title if subject else "",
        module=subject.module if subject else "",
        kind=kind,
        text=text,
        contact=contact,
        language=language,
        received_on=on,
    )
    transaction.on_commit(partial(tell_reviewers.enqueue, report.pk))
    return report


def reviewers() -> list[User]:
    """Who may work on reports, through a group or by name; administrators only where nobody else may."""
    permission = Permission.objects.get(content_type__app_label="content", codename="change_problemreport")
    people = User.objects.filter(is_active=True)
    named = people.filter(Q(groups__permissions=permission) | Q(user_permissions=permission)).distinct()
    return list(named.order_by("pk")) or list(people.filter(is_superuser=True).order_by("pk"))


@task()  # type: ignore[untyped-decorator]
def tell_reviewers(report_pk: int) -> None:
    """One e-mail to each reviewer, with neither the words nor what it is about: mail passes through many hands."""
    report = ProblemReport.objects.get(pk=report_pk)
    for person in reviewers():
        with translation.override(person.language or settings.LANGUAGE_CODE):
            send_mail(
                _("A report has arrived: %(reference)s") % {"reference": report.reference},
                render_to_string(
                    "content/mail/report_arrived.txt",
                    {"report": report, "url": settings.PUBLIC_URL + admin_url(report)},
                ),
                None,
                [person.email],
            )


@task()  # type: ignore[untyped-decorator]
def tell_sender(report_pk: int) -> None:
    """The answer, where she asked for one by e-mail. When the report is closed her address goes."""
    report = ProblemReport.objects.get(pk=report_pk)
    if not report.contact:
        return
    with translation.override(report.language or settings.LANGUAGE_CODE):
        send_mail(
            _("Your report %(reference)s") % {"reference": report.reference},
            render_to_string(
                "content/mail/report_answer.txt",
                {
                    "report": report,
                    "url": settings.PUBLIC_URL + reverse("content:report_state", args=[report.uuid]),
                },
            ),
            None,
            [report.contact],
        )
    if report.is_closed:
        ProblemReport.objects.filter(pk=report_pk).update(contact="")


def admin_url(report: ProblemReport) -> str:
    return reverse("content_report", args=[report.pk])


@transaction.atomic
def work_on_report(
    report: ProblemReport,
    *,
    assigned_to: User | None,
    state: str,
    answer: str,
    note: str,
    on: date,
) -> ProblemReport:
    """Keep what a reviewer decided; whoever asked for an answer gets it once there is one, and when the report is closed.

    A report that somebody has taken on is no longer new. One that is opened again stands as if it had never been closed.
    """
    locked = ProblemReport.objects.select_for_update().get(pk=report.pk)
    was_closed, old_answer = locked.is_closed, locked.answer
    if state == ProblemReport.State.NEW and assigned_to is not None:
        state = ProblemReport.State.IN_HAND
    locked.assigned_to, locked.state, locked.answer, locked.note = assigned_to, state, answer, note
    if not locked.is_closed:
        locked.closed_on = None
    elif not was_closed:
        locked.closed_on = on
    locked.save(update_fields=["assigned_to", "state", "answer", "note", "closed_on"])
    if locked.contact and ((answer and answer != old_answer) or (locked.is_closed and not was_closed)):
        transaction.on_commit(partial(tell_sender.enqueue, locked.pk))
    return locked


@transaction.atomic
def remove_old_words(*, on: date, days: int) -> int:
    """Take words, answer, note and address out of reports closed so many days ago. How many were emptied."""
    old = ProblemReport.objects.closed().filter(
        closed_on__lte=on - timedelta(days=days), removed_on__isnull=True
    )
    return old.update(text="", answer="", note="", contact="", removed_on=on)
