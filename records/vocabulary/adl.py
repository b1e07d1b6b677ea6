"""ADL's vocabulary: https://registry.tincanapi.com and https://w3id.org/xapi/adl."""

from records.vocabulary import verb

_VERBS = "http://adlnet.gov/expapi/verbs/"
_TYPES = "http://adlnet.gov/expapi/activities/"

ANSWERED = verb(_VERBS + "answered", "answered")
ATTEMPTED = verb(_VERBS + "attempted", "attempted")
ATTENDED = verb(_VERBS + "attended", "attended")
COMPLETED = verb(_VERBS + "completed", "completed")
EXITED = verb(_VERBS + "exited", "exited")
EXPERIENCED = verb(_VERBS + "experienced", "experienced")
FAILED = verb(_VERBS + "failed", "failed")
INITIALIZED = verb(_VERBS + "initialized", "initialized")
INTERACTED = verb(_VERBS + "interacted", "interacted")
LAUNCHED = verb(_VERBS + "launched", "launched")
PASSED = verb(_VERBS + "passed", "passed")
PREFERRED = verb(_VERBS + "preferred", "preferred")
PROGRESSED = verb(_VERBS + "progressed", "progressed")
REGISTERED = verb(_VERBS + "registered", "registered")
RESPONDED = verb(_VERBS + "responded", "responded")
RESUMED = verb(_VERBS + "resumed", "resumed")
SCORED = verb(_VERBS + "scored", "scored")
SUSPENDED = verb(_VERBS + "suspended", "suspended")
TERMINATED = verb(_VERBS + "terminated", "terminated")
VOIDED = verb(_VERBS + "voided", "voided")

ACTIVITY_ASSESSMENT = _TYPES + "assessment"
ACTIVITY_COURSE = _TYPES + "course"
ACTIVITY_FILE = _TYPES + "file"
ACTIVITY_INTERACTION = _TYPES + "cmi.interaction"
ACTIVITY_LESSON = _TYPES + "lesson"
ACTIVITY_LINK = _TYPES + "link"
ACTIVITY_MEDIA = _TYPES + "media"
ACTIVITY_MEETING = _TYPES + "meeting"
ACTIVITY_MODULE = _TYPES + "module"
ACTIVITY_OBJECTIVE = _TYPES + "objective"
ACTIVITY_PROFILE = _TYPES + "profile"
ACTIVITY_QUESTION = _TYPES + "question"
ACTIVITY_SIMULATION = _TYPES + "simulation"
