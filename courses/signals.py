"""News that travels up, after commit. Receivers may be called again with the same news."""

from django.dispatch import Signal

# registration_uuid, user_id, at
registration_created = Signal()
registration_started = Signal()
registration_satisfied = Signal()
refresher_done = Signal()
