"""The only functions that change what certification keeps."""

from certification.services.awards import award_missing, consider_award, site_issuer
from certification.services.changes import (
    confirm_holder_name,
    correct_credential,
    reinstate_credential,
    revoke_credential,
    set_shares,
    suspend_credential,
)

__all__ = [
    "award_missing",
    "confirm_holder_name",
    "consider_award",
    "correct_credential",
    "reinstate_credential",
    "revoke_credential",
    "set_shares",
    "site_issuer",
    "suspend_credential",
]
