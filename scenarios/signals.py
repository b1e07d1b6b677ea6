"""News that travels up, after commit. Receivers may be called again with the same news."""

from django.dispatch import Signal

# attempt_uuid, registration_uuid, user_id, at
scenario_finished = Signal()
