"""How often a stranger may ask. Counts live in the cache under a keyed hash; no address is kept."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

LOOK_UPS = (30, 60)
COMPARISONS = (5, 600)
COMPARISONS_OF_ONE = (20, 3600)


def who_asks(request: HttpRequest) -> str:
    """The address as the sign-in's own throttle reads it, so that a proxy is trusted in one place."""
    return str(get_adapter(request).get_client_ip(request))


def is_allowed(what: str, who: str, limit: tuple[int, int]) -> bool:
    """Count one more of `what` for `who`, and say whether it still lies within so many in so many seconds."""
    most, seconds = limit
    window = int(time.time() // seconds)
    key = "certification:" + salted_hmac("certification.throttle", f"{what}:{who}:{window}").hexdigest()
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # It ran out between the two calls: a new window has begun.
        return True
