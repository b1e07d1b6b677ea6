"""The video profile; its IRIs lie under https://w3id.org/xapi/video.

The profile takes initialized, completed and terminated from ADL.
"""

from records.vocabulary import verb

PAUSED = verb("https://w3id.org/xapi/video/verbs/paused", "paused")
PLAYED = verb("https://w3id.org/xapi/video/verbs/played", "played")
SEEKED = verb("https://w3id.org/xapi/video/verbs/seeked", "seeked")

ACTIVITY_VIDEO = "https://w3id.org/xapi/video/activity-type/video"
CATEGORY_VIDEO = "https://w3id.org/xapi/video"

EXTENSION_CAPTIONS_ENABLED = "https://w3id.org/xapi/video/extensions/cc-enabled"
EXTENSION_CAPTIONS_LANGUAGE = "https://w3id.org/xapi/video/extensions/cc-subtitle-lang"
EXTENSION_COMPLETION_THRESHOLD = "https://w3id.org/xapi/video/extensions/completion-threshold"
EXTENSION_LENGTH = "https://w3id.org/xapi/video/extensions/length"
EXTENSION_PLAYED_SEGMENTS = "https://w3id.org/xapi/video/extensions/played-segments"
EXTENSION_PROGRESS = "https://w3id.org/xapi/video/extensions/progress"
EXTENSION_SESSION_ID = "https://w3id.org/xapi/video/extensions/session-id"
EXTENSION_SPEED = "https://w3id.org/xapi/video/extensions/speed"
EXTENSION_TIME = "https://w3id.org/xapi/video/extensions/time"
EXTENSION_TIME_FROM = "https://w3id.org/xapi/video/extensions/time-from"
EXTENSION_TIME_TO = "https://w3id.org/xapi/video/extensions/time-to"
