"""The only functions that change what courses keep."""

from courses.services.activities import delete_note, delete_responses, save_response
from courses.services.checks import answer_item, start_check
from courses.services.gates import take_on, withdraw
from courses.services.parallel_forms import leave_out_lessons, reopen_tested_out, start_form
from courses.services.refreshers import send_refreshers, start_refresher
from courses.services.registrations import (
    complete_lesson,
    evaluate_move_on,
    open_lesson,
    reconcile_registrations,
    record_scenario,
    refuse_open_gates,
    register,
    set_due,
    skip_lesson,
)

__all__ = [
    "answer_item",
    "complete_lesson",
    "delete_note",
    "delete_responses",
    "evaluate_move_on",
    "leave_out_lessons",
    "open_lesson",
    "reconcile_registrations",
    "record_scenario",
    "refuse_open_gates",
    "register",
    "reopen_tested_out",
    "save_response",
    "send_refreshers",
    "set_due",
    "skip_lesson",
    "start_check",
    "start_form",
    "start_refresher",
    "take_on",
    "withdraw",
]
