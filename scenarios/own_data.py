"""What stories keep about a person, for her own file."""

from typing import Any

from accounts.models import User
from scenarios.models import Attempt


def own_data_of(user: User) -> dict[str, Any]:
    attempts = Attempt.objects.filter(user=user).select_related("scenario", "version")
    return {
        "scenarios.json": [
            {
                "scenario": attempt.scenario.title,
                "version": attempt.version.number,
                "jurisdiction": attempt.jurisdiction_code,
                "state": attempt.state,
                "ending": attempt.ending,
                "read_as_text": attempt.is_text,
                "created_at": attempt.created_at,
                "begun_at": attempt.begun_at,
                "paused_at": attempt.paused_at,
                "finished_at": attempt.finished_at,
                "results": attempt.results,
                "events": [
                    {"at": event.at, "kind": event.kind, "data": event.data} for event in attempt.events.all()
                ],
            }
            for attempt in attempts.prefetch_related("events")
        ]
    }
