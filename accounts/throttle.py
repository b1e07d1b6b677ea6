"""How often a stranger may ask. Counts live in the cache under a keyed hash; no address is kept."""

import time
from datetime import date

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

CROWDS = 4096


def who_asks(request: HttpRequest) -> str:
    """The address as the sign-in's own throttle reads it, so that a proxy is trusted in one place."""
    return str(get_adapter(request).get_client_ip(request))


def crowd_of(request: HttpRequest, *, on: date) -> str:
    """One of 4,096 crowds into which all addresses fall, others every day.

    Enough to slow down a flood. A crowd is a million addresses wide, so that not even who holds the key finds anybody in it.
    """
    digest = salted_hmac(f"accounts.throttle.crowd.{on.isoformat()}", who_asks(request)).digest()
    return str(int.from_bytes(digest[:4], "big") % CROWDS)


def is_allowed(what: str, who: str, limit: tuple[int, int]) -> bool:
    """Count one more of `what` for `who`, and say whether it still lies within so many in so many seconds."""
    most, seconds = limit
    window = int(time.time() // seconds)
    key = "throttle:" + salted_hmac("accounts.throttle", f"{what}:{who}:{window}").hexdigest()
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # It ran out between the two calls: a new window has begun.
        return True
