"""What the masthead asks about agencies."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.selectors import agencies_led_by


def leads(request: HttpRequest) -> dict[str, Any]:
    """Whether "My agency" leads anywhere. One query, and only where a template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"leads_agency": False}
    return {"leads_agency": SimpleLazyObject(lambda: bool(agencies_led_by(user, timezone.localdate())))}
