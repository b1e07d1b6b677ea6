"""What agencies do when those below have news."""

from datetime import datetime
from typing import Any

from allauth.account.signals import user_signed_up
from allauth.socialaccount.signals import social_account_added
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.signals import account_deletion, own_data
from agencies import services
from agencies.adapters import address_of, provider_of
from agencies.isolation import across_agencies
from agencies.own_data import own_data_of


@receiver(user_signed_up)
def give_a_place(
    sender: Any, *, request: HttpRequest, user: User, sociallogin: Any = None, **news: Any
) -> None:
    """Through an agency's provider one joins that agency, otherwise Independent."""
    on = timezone.localdate()
    provider = provider_of(sociallogin) if sociallogin else None
    # She is not signed in yet, and what waits for her is in an agency that she does not work for yet.
    with across_agencies("somebody new takes her place"):
        if provider is not None:
            services.join_through(provider, user, email=address_of(sociallogin), on=on)
        services.join_independent(user, on=on)


@receiver(social_account_added)
def join_by_connecting(sender: Any, *, request: HttpRequest, sociallogin: Any, **news: Any) -> None:
    """Somebody with an account connected her agency's sign-in from inside it."""
    provider = provider_of(sociallogin)
    if provider is not None:
        with across_agencies("somebody new takes her place"):
            services.join_through(
                provider, sociallogin.user, email=address_of(sociallogin), on=timezone.localdate()
            )


@receiver(account_deletion)
def leave_everywhere(sender: Any, *, user: User, at: datetime, **news: Any) -> None:
    services.forget_member(user, on=timezone.localdate(at))


@receiver(own_data, dispatch_uid="agencies.own_data")
def give_own_data(sender: Any, *, user: User, **news: Any) -> dict[str, Any]:
    return own_data_of(user)
