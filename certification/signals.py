"""News that travels up, after commit. Receivers may be called again with the same news."""

from django.dispatch import Signal

# user_id, achievement_id, at
credential_changed = Signal()
# user_id, at
recognition_changed = Signal()
