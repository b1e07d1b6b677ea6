"""cmi5's own words; its other verbs are ADL's (records.vocabulary.adl)."""

from records.vocabulary import verb

ABANDONED = verb("https://w3id.org/xapi/adl/verbs/abandoned", "abandoned")
SATISFIED = verb("https://w3id.org/xapi/adl/verbs/satisfied", "satisfied")
WAIVED = verb("https://w3id.org/xapi/adl/verbs/waived", "waived")

ACTIVITY_BLOCK = "https://w3id.org/xapi/cmi5/activitytype/block"
ACTIVITY_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"

CATEGORY_CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
CATEGORY_MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"

EXTENSION_LAUNCH_MODE = "https://w3id.org/xapi/cmi5/context/extensions/launchmode"
EXTENSION_LAUNCH_URL = "https://w3id.org/xapi/cmi5/context/extensions/launchurl"
EXTENSION_MASTERY_SCORE = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
EXTENSION_MOVE_ON = "https://w3id.org/xapi/cmi5/context/extensions/moveon"
EXTENSION_SESSION_ID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
EXTENSION_PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
EXTENSION_REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"

# The only reasons that cmi5 knows for a waiver.
WAIVED_REASONS = frozenset({"Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative"})
