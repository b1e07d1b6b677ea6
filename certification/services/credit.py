"""Licence numbers, and what is reported to a body that gives credit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from certification.exceptions import CertificationError
from certification.models import AchievementCredential, CreditApproval, LicenceNumber


def apply_credit(credential: AchievementCredential) -> None:
    """Put body, number and hours on a certificate that is about to be issued, where an approval is recorded."""
    approval = CreditApproval.objects.for_award(credential).first()
    if approval is not None:
        credential.accrediting_body = approval.accrediting_body
        credential.approval_number = approval.approval_number
        credential.credit_hours = approval.credit_hours


@transaction.atomic
def keep_licence_number(user: User, *, body: str, number: str, at: datetime) -> LicenceNumber:
    """Keep or change the number for one body. Raises CertificationError in words for the screen."""
    body, number = " ".join(body.split()), " ".join(number.split())
    if not body or not number:
        raise CertificationError(_("Type both the body and the number."))
    if len(number) > 80:
        raise CertificationError(_("A licence number has 80 letters at most."))
    row, _is_new = LicenceNumber.objects.update_or_create(
        user=user, body=body, defaults={"number": number, "at": at}
    )
    return row


def forget_licence_number(user: User, *, pk: int) -> None:
    LicenceNumber.objects.filter(user=user, pk=pk).delete()


@dataclass(frozen=True)
class Credit:
    """One row of a report to a body."""

    name: str
    licence_number: str
    course: str
    approval_number: str
    credit_hours: str
    completed_on: date
    certificate: str


def credit_report(body: str, *, first: date, last: date) -> Iterator[Credit]:
    """Who earned credit of a body in these days: those alone who gave their number for it. Two queries."""
    numbers = {row.user_id: row.number for row in LicenceNumber.objects.filter(body__iexact=body)}
    rows = (
        AchievementCredential.objects.in_force()
        .filter(accrediting_body__iexact=body, issued_on__range=(first, last), user__in=numbers)
        .order_by("issued_on", "pk")
    )
    for row in rows:
        yield Credit(
            row.holder_name,
            numbers[row.user_id],
            row.course_title,
            row.approval_number,
            str(row.credit_hours),
            row.issued_on,
            row.number,
        )
