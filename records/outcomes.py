"""What an employer may see: the one place where it is decided (ARCHITECTURE section 6).

Registered, completed, passed, failed, satisfied or waived a whole course, and certified, with dates. Nothing
below that. The rule is an allow-list: a statement that carries anything it does not name (a score, a
duration, an answer, a note in an extension, an attachment) is not an outcome, whatever its verb says. Pure:
values in, values out.
"""

from collections.abc import Mapping
from typing import Any, Final

from records.vocabulary import adl, badges, cmi5, waylight

_COURSE_VERBS: Final = frozenset(
    verb["id"]
    for verb in (adl.REGISTERED, adl.COMPLETED, adl.PASSED, adl.FAILED, cmi5.SATISFIED, cmi5.WAIVED)
)
_CERTIFICATE_VERBS: Final = frozenset({badges.EARNED["id"]})
_COURSE_TYPES: Final = frozenset({cmi5.ACTIVITY_COURSE})
_CERTIFICATE_TYPES: Final = frozenset({badges.ACTIVITY_BADGE})

_STATEMENT: Final = frozenset(
    {"id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version"}
)
_ACTOR: Final = frozenset({"objectType", "account"})
_CONTEXT: Final = frozenset({"registration", "contextActivities", "extensions"})
_CATEGORIES: Final = frozenset({cmi5.CATEGORY_CMI5, cmi5.CATEGORY_MOVE_ON})
_CONTEXT_EXTENSIONS: Final = frozenset(
    {
        waylight.EXTENSION_VALID_UNTIL,
        waylight.EXTENSION_VERSION,
        cmi5.EXTENSION_SESSION_ID,
    }
)
_RESULT: Final = frozenset({"success", "completion", "extensions"})


def is_outcome(statement: Mapping[str, Any]) -> bool:
    """Whether an employer may read this statement, given that the platform wrote it itself."""
    return (
        statement.keys() <= _STATEMENT
        and statement["actor"].keys() <= _ACTOR
        and _is_whole(statement["verb"].get("id"), statement["object"])
        and _is_plain_result(statement.get("result", {}), statement["verb"].get("id"))
        and _is_plain_context(statement.get("context", {}))
    )


def _is_whole(verb: str | None, target: Mapping[str, Any]) -> bool:
    if target.get("objectType", "Activity") != "Activity":
        return False
    definition = target.get("definition", {})
    if not definition.keys() <= {"name", "description", "type"}:
        return False
    kind = definition.get("type")
    return (verb in _COURSE_VERBS and kind in _COURSE_TYPES) or (
        verb in _CERTIFICATE_VERBS and kind in _CERTIFICATE_TYPES
    )


def _is_plain_result(result: Mapping[str, Any], verb: str | None) -> bool:
    if not result.keys() <= _RESULT:
        return False
    extensions = result.get("extensions", {})
    if not extensions:
        return True
    return (
        verb == cmi5.WAIVED["id"]
        and extensions.keys() == {cmi5.EXTENSION_REASON}
        and extensions[cmi5.EXTENSION_REASON] in cmi5.WAIVED_REASONS
    )


def _is_plain_context(context: Mapping[str, Any]) -> bool:
    if not (context.keys() <= _CONTEXT and context.get("extensions", {}).keys() <= _CONTEXT_EXTENSIONS):
        return False
    kinds = context.get("contextActivities", {})
    if not kinds.keys() <= {"category", "grouping", "parent"}:
        return False
    if any(item.get("id") not in _CATEGORIES for item in _listed(kinds.get("category"))):
        return False
    around = [*_listed(kinds.get("grouping")), *_listed(kinds.get("parent"))]
    return all(item.get("definition", {}).get("type") in _COURSE_TYPES for item in around)


def _listed(value: Any) -> list[Mapping[str, Any]]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
