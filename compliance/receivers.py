"""What compliance does when those below have news. All of it may be heard twice, and late.

Where somebody stands is always worked out as of today, whenever the news is dated.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import InterfaceError, OperationalError
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import account_deletion, own_data, role_chosen
from agencies.signals import membership_changed, memberships_changed
from certification.selectors import credentials_of
from certification.services import set_shares
from certification.signals import credential_changed, recognition_changed
from compliance import services
from compliance.own_data import own_data_of
from courses.signals import registration_created, registration_satisfied, registration_started

logger = logging.getLogger(__name__)
_is_quiet = ContextVar("compliance is quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """For whoever brings in hundreds of people and calls `services.refresh_all` afterwards."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


@receiver(membership_changed, dispatch_uid="compliance.membership")
@receiver(role_chosen, dispatch_uid="compliance.role")
def ask_what_is_asked(sender: Any, *, user_id: int, **news: Any) -> None:
    if not _is_quiet.get():
        services.follow_up(user_id, at=timezone.now())


@receiver(memberships_changed, dispatch_uid="compliance.memberships")
def ask_many_what_is_asked(sender: Any, *, user_ids: list[int], **news: Any) -> None:
    """Sent by a background worker. What goes wrong with one person's registration stops nobody else; the night mends it."""
    if _is_quiet.get():
        return
    at = timezone.now()
    for user_id in services.refresh_statuses(user_ids, at=at):
        try:
            services.follow_up(user_id, at=at)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("Person %s could not be registered for what is asked of her", user_id)


@receiver(registration_created, dispatch_uid="compliance.created")
@receiver(registration_started, dispatch_uid="compliance.started")
@receiver(registration_satisfied, dispatch_uid="compliance.satisfied")
@receiver(credential_changed, dispatch_uid="compliance.credential")
@receiver(recognition_changed, dispatch_uid="compliance.recognition")
def work_out_again(sender: Any, *, user_id: int, **news: Any) -> None:
    if not _is_quiet.get():
        services.refresh_status(user_id, at=timezone.now())


@receiver(account_deletion, dispatch_uid="compliance.deletion")
def hide_what_was_shared(sender: Any, *, user: User, keeps_name: bool, at: Any, **news: Any) -> None:
    """Certificates stay; unless the holder wants otherwise, the page that checks them no longer names her."""
    if keeps_name:
        return
    nothing = {"name": False, "compare_name": False, "agency": False, "lead": False}
    for credential in credentials_of(user):
        set_shares(credential, shares=nothing, by=user, at=at)


@receiver(own_data, dispatch_uid="compliance.own_data")
def give_own_data(sender: Any, *, user: User, **news: Any) -> dict[str, Any]:
    return own_data_of(user)
