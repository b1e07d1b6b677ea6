"""What staff lists say about a person, for her own file."""

from typing import Any

from accounts.models import User
from compliance.models import ComplianceStatus, ReminderChoice, ReminderMail


def own_data_of(user: User) -> dict[str, Any]:
    statuses = ComplianceStatus.objects.filter(user=user).select_related("agency", "course")
    return {
        "staff-lists.json": [
            {
                "agency": status.agency.name,
                "course": status.course.title,
                "state": status.state,
                "since": status.since,
                "valid_until": status.valid_until,
                "due_on": status.due_on,
            }
            for status in statuses
        ],
        "reminders.json": _reminders(user),
    }


def _reminders(user: User) -> dict[str, Any]:
    sent = ReminderMail.objects.filter(recipient=user, state=ReminderMail.State.SENT).order_by("sent_at")
    choice = ReminderChoice.objects.filter(user=user).first()
    return {
        "sent": [{"kind": row.kind, "for": row.for_on, "sent_at": row.sent_at} for row in sent],
        "chosen": None
        if choice is None
        else {
            "only_last": choice.only_last,
            "weekly_summary": choice.digest,
            "weekday": choice.digest_weekday,
            "quiet_from": choice.quiet_from,
            "quiet_until": choice.quiet_until,
        },
    }
