"""News that travels up, after commit. Receivers may be called again with the same news."""

from django.dispatch import Signal

# user_id, agency_id, at: somebody joined, left, moved, or was given another role
membership_changed = Signal()

# user_ids: the same of many people at once, sent in parts by a background worker. Receivers do their work before they return.
memberships_changed = Signal()
