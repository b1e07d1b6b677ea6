"""Stories as drafts, as published versions that never change, and as what a learner did in them."""

from scenarios.models.attempts import Attempt, AttemptEvent, AttemptQuerySet
from scenarios.models.graph import (
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
from scenarios.models.versions import CompiledScene, ScenarioVersion

__all__ = [
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
    "ScenarioVersion",
    "Scene",
    "StringTranslation",
    "Variable",
]
