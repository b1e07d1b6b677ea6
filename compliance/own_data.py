"""What staff lists say about a person, for her own file."""

from typing import Any

from accounts.models import User
from compliance.models import ComplianceStatus


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
        ]
    }
