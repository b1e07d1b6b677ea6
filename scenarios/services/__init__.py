"""The only functions that change scenarios and attempts."""

from scenarios.services.drafts import draft_document, load_scenario, publish_scenario, save_draft
from scenarios.services.play import (
    begin,
    pause,
    read_as_text,
    replay_critical,
    resume,
    set_coaching,
    skip,
    start_attempt,
    take_choice,
    take_up,
)

__all__ = [
    "begin", "draft_document", "load_scenario", "pause", "publish_scenario", "read_as_text", "replay_critical", "resume",
    "save_draft",
    "set_coaching", "skip", "start_attempt", "take_choice", "take_up",
]  # fmt: skip
