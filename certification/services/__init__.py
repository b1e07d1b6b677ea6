"""The only functions that change what certification keeps."""

from certification.services.awards import (
    Batch,
    award_batch,
    award_missing,
    award_waiting,
    consider_award,
    site_issuer,
)
from certification.services.changes import (
    confirm_holder_name,
    correct_credential,
    reinstate_credential,
    revoke_credential,
    set_shares,
    suspend_credential,
)
from certification.services.credit import credit_report, forget_licence_number, keep_licence_number
from certification.services.lapse import follow_refreshers
from certification.services.legal import take_legal_update
from certification.services.recognition import import_completions, recognise, withdraw_recognition
from certification.services.retention import forget_old_names
from certification.services.runs import continue_award_runs, start_award_run
from certification.services.sharing import count_opening, make_link, withdraw_link
from certification.services.templates import save_template
from certification.services.terms import (
    publish_rules,
    sign_off,
    take_newer_rules,
    take_usual_renewals,
    withdraw_sign_off,
)

__all__ = [
    "Batch",
    "award_batch",
    "award_missing",
    "award_waiting",
    "confirm_holder_name",
    "consider_award",
    "continue_award_runs",
    "correct_credential",
    "count_opening",
    "credit_report",
    "follow_refreshers",
    "forget_licence_number",
    "forget_old_names",
    "import_completions",
    "keep_licence_number",
    "make_link",
    "publish_rules",
    "recognise",
    "reinstate_credential",
    "revoke_credential",
    "save_template",
    "set_shares",
    "sign_off",
    "site_issuer",
    "start_award_run",
    "suspend_credential",
    "take_legal_update",
    "take_newer_rules",
    "take_usual_renewals",
    "withdraw_link",
    "withdraw_recognition",
    "withdraw_sign_off",
]
