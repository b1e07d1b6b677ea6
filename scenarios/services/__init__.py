"""The only functions that change scenarios and attempts."""

from scenarios.services.drafts import draft_document, load_scenario, load_story, publish_scenario, save_draft
from scenarios.services.editing import add_scene
from scenarios.services.pages import copy_story, page_for, publish_page, scenario_index, why_not_ready
from scenarios.services.play import (
    begin,
    decide,
    go_back,
    pause,
    practise_from,
    read_as_text,
    replay_critical,
    resume,
    set_coaching,
    skip,
    start_attempt,
    take_choice,
    take_up,
)
from scenarios.services.transfer import export_story, import_story, plan_import

__all__ = [
    "add_scene", "begin", "copy_story", "decide", "draft_document", "export_story", "go_back", "import_story", "load_scenario", "load_story", "page_for", "pause", "plan_import", "practise_from", "publish_page",
    "publish_scenario", "read_as_text", "replay_critical", "resume", "save_draft", "scenario_index", "set_coaching", "skip",
    "start_attempt", "take_choice", "take_up", "why_not_ready",
]  # fmt: skip
