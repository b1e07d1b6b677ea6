"""What no published vocabulary says. The IRIs are names, not addresses, and never change with the site's
address.
"""

from records.vocabulary import verb

_BASE = "https://w3id.org/waylight/"

CHOSE = verb(_BASE + "verbs/chose", "chose")
PAUSED = verb(_BASE + "verbs/paused", "paused")
READ_AS_TEXT = verb(_BASE + "verbs/read-as-text", "read as text")
REPLAYED = verb(_BASE + "verbs/replayed", "played again")
SKIPPED = verb(_BASE + "verbs/skipped", "skipped")

ACTIVITY_CHOICE = _BASE + "activity-types/choice"
ACTIVITY_DEBRIEF = _BASE + "activity-types/debrief"
ACTIVITY_ENDING = _BASE + "activity-types/ending"
ACTIVITY_SCENARIO = _BASE + "activity-types/scenario"
ACTIVITY_SCENE = _BASE + "activity-types/scene"

EXTENSION_COMPETENCIES = _BASE + "extensions/competencies"
EXTENSION_CRITICAL_CHOICES = _BASE + "extensions/critical-choices"
EXTENSION_ENDING = _BASE + "extensions/ending"
EXTENSION_MOVE_TYPE = _BASE + "extensions/move-type"
EXTENSION_STEP = _BASE + "extensions/step"
EXTENSION_VALID_UNTIL = _BASE + "extensions/valid-until"
EXTENSION_VERSION = _BASE + "extensions/version"

PROFILE_BRANCHING = _BASE + "profiles/branching"
PROFILE_BRANCHING_VERSION = PROFILE_BRANCHING + "/v1.0"
