"""Stories as drafts, as published versions that never change, and as what a learner did in them."""

from scenarios.models.attempts import Attempt, AttemptEvent, AttemptQuerySet
from scenarios.models.graph import (
    HEAD_FIELDS,
    Character,
    Choice,
    ChoiceScore,
    DebriefPoint,
    Ending,
    MustRule,
    Overlay,
    PackSlot,
    PackWords,
    Perspective,
    PerspectiveView,
    Scenario,
    Scene,
    StringTranslation,
    Variable,
)
from scenarios.models.pages import ScenarioIndexPage, ScenarioPage
from scenarios.models.versions import CompiledScene, ScenarioVersion

__all__ = [
    "HEAD_FIELDS",
    "Attempt",
    "AttemptEvent",
    "AttemptQuerySet",
    "Character",
    "Choice",
    "ChoiceScore",
    "CompiledScene",
    "DebriefPoint",
    "Ending",
    "MustRule",
    "Overlay",
    "PackSlot",
    "PackWords",
    "Perspective",
    "PerspectiveView",
    "Scenario",
    "ScenarioIndexPage",
    "ScenarioPage",
    "ScenarioVersion",
    "Scene",
    "StringTranslation",
    "Variable",
]
