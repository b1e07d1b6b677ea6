"""News from accounts. Receivers may be called again with the same news."""

from django.dispatch import Signal

# After commit. user_id, at
role_chosen = Signal()

# Inside the transaction that deletes the account, so that either everything personal goes or nothing does.
# user, keeps_name (the holder lets the certificates she earned go on naming her), at
account_deletion = Signal()

# Somebody takes everything of hers with her. Receivers return {file name: bytes, or what JSON can hold} and change nothing.
# user, at
own_data = Signal()
