"""News that travels up, after commit. Receivers may be called again with the same news."""

from django.dispatch import Signal

# statement_uuid, registration (UUID or None), credential_id, at
outside_statement_stored = Signal()
