"""What the learning record says about a person, for her own file."""

import json
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import own_data
from records import builders, keys
from records.models import Statement


@receiver(own_data, dispatch_uid="records.own_data")
def give_own_data(sender: Any, *, user: User, **news: Any) -> dict[str, Any]:
    """Every statement in which she acts, oldest first, as it went out. She is in it under her random name."""
    key = keys.actor_key(builders.actor(user))
    payloads = Statement.objects.found_by(key).filter(actor_key=key).order_by("seq")
    return {
        "learning-record.json": [
            json.loads(payload) for payload in payloads.values_list("payload", flat=True).iterator()
        ]
    }
