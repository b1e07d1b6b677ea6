"""How long a certificate of somebody who left keeps her name."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from certification.models import AchievementCredential, CredentialEvent, Recognition
from certification.rules import add_months
from certification.selectors import today
from certification.services.history import record


@transaction.atomic
def _forget(user_id: int, *, years: int, at: datetime) -> int:
    User.objects.select_for_update().get(pk=user_id)
    ended_before = add_months(today(at), -12 * years)
    due = AchievementCredential.objects.filter(user_id=user_id).no_longer_to_be_named(
        ended_before=ended_before
    )
    credentials = list(due)
    AchievementCredential.objects.filter(pk__in=[credential.pk for credential in credentials]).forget_names()
    for credential in credentials:
        credential.events.forget_reasons()
        record(credential, CredentialEvent.Kind.NAME_ERASED, at=at)
    return len(credentials)


def forget_old_names(*, years: int, at: datetime) -> int:
    """Erase the name from certificates whose last day is more than so many years past and whose holder deleted her account.

    Whatever else they say stays, so that they can be counted and checked: what was learned in which version, and when.
    What somebody typed about them goes too: reasons in their history, and why something was recognised in their place.
    Whoever still has an account keeps everything. Calling again changes nothing. How many certificates that were.
    """
    ended_before = add_months(today(at), -12 * years)
    due = AchievementCredential.objects.no_longer_to_be_named(ended_before=ended_before)
    people = list(due.order_by().values_list("user_id", flat=True).distinct())
    Recognition.objects.filter(
        ~Q(reason="") | ~Q(evidence="") | ~Q(withdrawn_reason=""),
        user__deleted_at__isnull=False,
        ends_on__lt=ended_before,
    ).update(reason="", evidence="", withdrawn_reason="")
    return sum(_forget(user_id, years=years, at=at) for user_id in people)
