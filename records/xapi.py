"""The standard's own words: what a statement may look like, in 1.0.3 and in 2.0 (IEEE 9274.1.1).

`validate` walks a statement once and raises InvalidStatement at the first value that breaks a rule, with the
path to it, the rule and what would be right. Pure: no database, no settings. This is one of the two modules
that speak wire JSON.
"""

import enum
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

import orjson

from records.exceptions import InvalidStatement
from records.vocabulary import adl


class Version(enum.Enum):
    """What a client speaks, and what we answer in."""

    V1 = "1.0.3"
    V2 = "2.0.0"

    @property
    def default_statement_version(self) -> str:
        return "1.0.0" if self is Version.V1 else "2.0.0"


_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_MAILTO: Final = re.compile(r"mailto:[^\s@]+@[^\s@]+")
_SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
_SHA2: Final = re.compile(r"[0-9a-fA-F]{56,128}")
_MIME: Final = re.compile(
    r"[-\w+.!#$&^]+/[-\w+.!#$&^*]+(?:\s*;\s*[-\w+.]+=(?:\"[^\"\r\n]*\"|[^\s;\"]+))*", re.ASCII
)
_VERSION: Final = {
    Version.V1: re.compile(r"1\.0(?:\.\d+)?", re.ASCII),
    Version.V2: re.compile(r"[12]\.0(?:\.\d+)?", re.ASCII),
}
_LANGUAGE: Final = re.compile(
    r"(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4}|[A-Za-z]{5,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
    r"|x(?:-[A-Za-z0-9]{1,8})+"
    r"|en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:BE-FR|BE-NL|CH-DE)"
    r"|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang)"
)
_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|z|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
_DURATION: Final = re.compile(
    r"P(?:\d+(?:\.\d+)?W|(?=\d|T\d)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?)",
    re.ASCII,
)

_INVERSE: Final = ("mbox", "mbox_sha1sum", "openid", "account")
_STATEMENT: Final = frozenset(
    (
        "id",
        "actor",
        "verb",
        "object",
        "result",
        "context",
        "timestamp",
        "stored",
        "authority",
        "version",
        "attachments",
    )
)
_SUB_STATEMENT: Final = frozenset(
    ("objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments")
)
_AGENT: Final = frozenset((*_INVERSE, "objectType", "name"))
_GROUP: Final = _AGENT | {"member"}
_RESULT: Final = frozenset(("score", "success", "completion", "response", "duration", "extensions"))
_SCORE: Final = frozenset(("scaled", "raw", "min", "max"))
_CONTEXT_V1: Final = frozenset(
    (
        "registration",
        "instructor",
        "team",
        "contextActivities",
        "revision",
        "platform",
        "language",
        "statement",
        "extensions",
    )
)
_CONTEXT: Final = {Version.V1: _CONTEXT_V1, Version.V2: _CONTEXT_V1 | {"contextAgents", "contextGroups"}}
_CONTEXT_ACTIVITIES: Final = frozenset(("parent", "grouping", "category", "other"))
_DEFINITION: Final = frozenset(
    (
        "name", "description", "type", "moreInfo", "interactionType", "correctResponsesPattern",
        "choices", "scale", "source", "target", "steps", "extensions",
    )
)  # fmt: skip
_COMPONENTS: Final[dict[str, tuple[str, ...]]] = {
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "true-false": (),
    "fill-in": (),
    "long-fill-in": (),
    "numeric": (),
    "other": (),
}
_ALL_COMPONENTS: Final = ("choices", "scale", "source", "target", "steps")
_ATTACHMENT: Final = frozenset(
    ("usageType", "display", "description", "contentType", "length", "sha2", "fileUrl")
)


def validate(statement: Any, version: Version) -> None:
    """Raise InvalidStatement at the first broken rule; return nothing when the statement is valid."""
    _object(statement, "$", _STATEMENT)
    _no_nulls(statement, "$")
    if "id" in statement:
        _uuid(statement["id"], "$.id")
    if "stored" in statement:
        _timestamp(statement["stored"], "$.stored")
    if "version" in statement:
        value = statement["version"]
        if type(value) is not str or not _VERSION[version].fullmatch(value):
            raise InvalidStatement(
                "$.version",
                "is not a version of this standard.",
                f"Leave it out, or write {version.default_statement_version}.",
            )
    if "authority" in statement:
        _authority(statement["authority"], "$.authority")
    _core(statement, "$", version, is_sub=False)
    if (
        statement["verb"]["id"] == adl.VOIDED["id"]
        and statement["object"].get("objectType") != "StatementRef"
    ):
        raise InvalidStatement(
            "$.object.objectType",
            "must be StatementRef where the verb is voided.",
            "Name the statement to void by its id.",
        )


def validate_agent(value: Any, path: str) -> None:
    """For the `agent` parameter of a request: an Agent or an identified Group."""
    _object(value, path, None)
    _no_nulls(value, path)
    _actor(value, path)
    if not any(name in value for name in _INVERSE):
        raise InvalidStatement(
            path, "does not say who.", "Give exactly one of mbox, mbox_sha1sum, openid, account."
        )


def is_uuid(value: str) -> bool:
    return _UUID.fullmatch(value) is not None


def is_iri(value: str) -> bool:
    return _IRI.fullmatch(value) is not None


def instant(value: str) -> datetime:
    """The moment a valid timestamp names; without an offset it is UTC. Raises ValueError for anything else."""
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        raise ValueError("is not ISO 8601")
    year, month, day, hour, minute, second, fraction, zone, sign, hours, minutes = match.groups()
    whole = datetime(int(year), int(month), int(day), tzinfo=UTC)
    seconds = int(second or 0)
    is_midnight = int(hour) == 24 and int(minute) == 0 and seconds == 0
    if (int(hour) > 23 and not is_midnight) or int(minute) > 59 or seconds > 60:
        raise ValueError("names a time that no clock shows")
    if zone in (None, "Z", "z"):
        offset = UTC
    else:
        if int(hours) > 23 or int(minutes or 0) > 59:
            raise ValueError("has an offset that no place has")
        if sign == "-" and not int(hours) and not int(minutes or 0):
            raise ValueError("has the offset -00:00")
        shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
        offset = timezone(-shift if sign == "-" else shift)
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    length = timedelta(hours=int(hour), minutes=int(minute), seconds=seconds, microseconds=micro)
    try:
        return (whole.replace(tzinfo=offset) + length).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the years 1 to 9999") from error


def exact_timestamp(at: datetime) -> str:
    """UTC with microseconds: as fine as the store keeps it, so that `since` takes back what it gave."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def normalized(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in the form in which it goes out: every context activity in an array, as the standard asks of a
    store.
    """
    full = dict(statement)
    if "context" in full:
        full["context"] = _normalized_context(full["context"])
    target = full["object"]
    if target.get("objectType") == "SubStatement" and "context" in target:
        full["object"] = {**target, "context": _normalized_context(target["context"])}
    return full


def _normalized_context(context: Mapping[str, Any]) -> dict[str, Any]:
    if "contextActivities" not in context:
        return dict(context)
    kinds = {
        kind: items if isinstance(items, list) else [items]
        for kind, items in context["contextActivities"].items()
    }
    return {**context, "contextActivities": kinds}


def merged_definition(known: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """What is known with what is added: the newer word wins, languages and extensions are joined."""
    merged = {**known, **added}
    for name in ("name", "description", "extensions"):
        if name in known and name in added:
            merged[name] = {**known[name], **added[name]}
    return merged


def ids_only(statement: Mapping[str, Any]) -> dict[str, Any]:
    """format=ids: no more of people, activities and verbs than says who and which."""
    short = dict(statement)
    short["actor"] = _short_agent(statement["actor"])
    short["verb"] = {"id": statement["verb"]["id"]}
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        short["object"] = _short_activity(target)
    elif kind in ("Agent", "Group"):
        short["object"] = _short_agent(target)
    elif kind == "SubStatement":
        short["object"] = ids_only(target)
    if "authority" in statement:
        short["authority"] = _short_agent(statement["authority"])
    if "context" in statement:
        context = dict(statement["context"])
        for name in ("instructor", "team"):
            if name in context:
                context[name] = _short_agent(context[name])
        if "contextActivities" in context:
            kinds = context["contextActivities"].items()
            context["contextActivities"] = {
                name: [_short_activity(item) for item in items] for name, items in kinds
            }
        for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in context:
                context[name] = [{**item, inner: _short_agent(item[inner])} for item in context[name]]
        short["context"] = context
    return short


def in_language(
    statement: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]], languages: Sequence[str]
) -> dict[str, Any]:
    """format=canonical: what the store knows of each activity, every language map cut down to one language."""

    def activity(item: Mapping[str, Any]) -> dict[str, Any]:
        definition = definitions.get(item["id"]) or item.get("definition")
        return {**item, "definition": _one_language(definition, languages)} if definition else dict(item)

    full = dict(statement)
    if "display" in full["verb"]:
        full["verb"] = {**full["verb"], "display": _best(full["verb"]["display"], languages)}
    target = full["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        full["object"] = activity(target)
    elif kind == "SubStatement":
        full["object"] = in_language(target, definitions, languages)
    kinds = full.get("context", {}).get("contextActivities")
    if kinds:
        short = {name: [activity(item) for item in items] for name, items in kinds.items()}
        full["context"] = {**full["context"], "contextActivities": short}
    return full


def _one_language(value: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    chosen = {**value}
    for name in ("name", "description"):
        if name in chosen:
            chosen[name] = _best(chosen[name], languages)
    for name in _ALL_COMPONENTS:
        if name in chosen:
            chosen[name] = [
                {**item, "description": _best(item["description"], languages)}
                if "description" in item
                else item
                for item in chosen[name]
            ]
    return chosen


def _best(words: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The first wanted language that is there, by tag or by its first part; else the first there is."""
    by_tag = {tag.lower(): tag for tag in words}
    for wanted in languages:
        exact = by_tag.get(wanted.lower())
        near = exact or next(
            (tag for tag in words if tag.split("-")[0].lower() == wanted.split("-")[0].lower()), None
        )
        if near:
            return {near: words[near]}
    return dict(list(words.items())[:1])


def _short_agent(value: Mapping[str, Any]) -> dict[str, Any]:
    short = {name: value[name] for name in ("objectType", *_INVERSE) if name in value}
    if not any(name in value for name in _INVERSE):
        short["member"] = [_short_agent(member) for member in value.get("member", ())]
    return short


def _short_activity(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": value["id"]}


def text(value: Any) -> str:
    """JSON as it goes out. Whole numbers beyond 64 bits keep every digit."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, for comparing."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(
            value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()


def _object(value: Any, path: str, names: frozenset[str] | None) -> None:
    if type(value) is not dict:
        raise InvalidStatement(path, "must be an object.", "Write it in braces: {…}.")
    if names is not None and not value.keys() <= names:
        unknown = sorted(value.keys() - names)[0]
        near = next((name for name in names if name.lower() == unknown.lower()), None)
        right = (
            f"Write {near}: names are case-sensitive." if near else f"Allowed are {', '.join(sorted(names))}."
        )
        raise InvalidStatement(f"{path}.{unknown}", "is not a property of the standard.", right)


def _array(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    if type(value) is not list:
        raise InvalidStatement(path, "must be an array.", "Write it in brackets: […].")
    return ((item, f"{path}[{number}]") for number, item in enumerate(value))


def _required(value: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in value:
        raise InvalidStatement(f"{path}.{name}", "is missing.", "It is required here.")
    return value[name]


def _string(value: Any, path: str) -> None:
    if type(value) is not str:
        raise InvalidStatement(path, "must be a string.", "Write it in quotation marks.")


def _boolean(value: Any, path: str) -> None:
    if type(value) is not bool:
        raise InvalidStatement(path, "must be a Boolean.", "Write true or false without quotation marks.")


def _iri(value: Any, path: str) -> None:
    if type(value) is not str or not _IRI.fullmatch(value):
        raise InvalidStatement(
            path, "must be an IRI with a scheme.", "For example https://example.org/activity/1."
        )


def _uuid(value: Any, path: str) -> None:
    if type(value) is not str or not _UUID.fullmatch(value):
        raise InvalidStatement(path, "must be a UUID.", "For example 0b5c1c9e-6f6a-4c57-9a4d-0d4b9f1d3a55.")


def _timestamp(value: Any, path: str) -> None:
    right = "For example 2026-11-22T09:30:00.000Z."
    if type(value) is not str:
        raise InvalidStatement(path, "must be an ISO 8601 timestamp.", right)
    try:
        instant(value)
    except ValueError as error:
        raise InvalidStatement(path, f"must be an ISO 8601 timestamp: {error}.", right) from error


@lru_cache(maxsize=4096)
def _is_language(tag: str) -> bool:
    if not _LANGUAGE.fullmatch(tag):
        return False
    # RFC 5646: no singleton twice before the private part.
    singletons = [part.lower() for part in tag.lower().split("-x-")[0].split("-")[1:] if len(part) == 1]
    return len(singletons) == len(set(singletons))


def _language_map(value: Any, path: str) -> None:
    _object(value, path, None)
    for tag, words in value.items():
        if not _is_language(tag):
            raise InvalidStatement(
                f"{path}[{tag!r}]", "is not a language tag.", "Write it by RFC 5646, for example en-GB."
            )
        _string(words, f"{path}[{tag!r}]")


def _extensions(value: Any, path: str) -> None:
    _object(value, path, None)
    for name in value:
        _iri(name, f"{path}[{name!r}]")


def _no_nulls(value: Mapping[str, Any], path: str) -> None:
    """Null is allowed inside extensions and nowhere else."""
    for name, item in value.items():
        if item is None:
            raise InvalidStatement(f"{path}.{name}", "must not be null.", "Leave the property out instead.")
        if type(item) is dict:
            if name != "extensions":
                _no_nulls(item, f"{path}.{name}")
        elif type(item) is list:
            for number, entry in enumerate(item):
                if entry is None:
                    raise InvalidStatement(
                        f"{path}.{name}[{number}]", "must not be null.", "Leave it out instead."
                    )
                if type(entry) is dict:
                    _no_nulls(entry, f"{path}.{name}[{number}]")


def _inverse(value: Mapping[str, Any], path: str) -> bool:
    """Whether there is an inverse functional identifier; checks it and that it is the only one."""
    found = [name for name in _INVERSE if name in value]
    if not found:
        return False
    if len(found) > 1:
        raise InvalidStatement(
            path, f"says who in {len(found)} ways: {', '.join(found)}.", "Keep exactly one of them."
        )
    name, given = found[0], value[found[0]]
    where = f"{path}.{name}"
    if name == "account":
        _object(given, where, frozenset(("homePage", "name")))
        _iri(_required(given, "homePage", where), f"{where}.homePage")
        _string(_required(given, "name", where), f"{where}.name")
    elif name == "mbox":
        if type(given) is not str or not _MAILTO.fullmatch(given):
            raise InvalidStatement(where, "must be a mailto IRI.", "For example mailto:someone@example.org.")
    elif name == "openid":
        _iri(given, where)
    elif type(given) is not str or not _SHA1.fullmatch(given):
        raise InvalidStatement(
            where, "must be a SHA-1 in hexadecimal.", "40 digits, of the whole mailto IRI."
        )
    return True


def _agent(value: Any, path: str) -> None:
    _object(value, path, _AGENT)
    if value.get("objectType", "Agent") != "Agent":
        raise InvalidStatement(f"{path}.objectType", "must be Agent here.", "Write Agent, or leave it out.")
    if "name" in value:
        _string(value["name"], f"{path}.name")
    if not _inverse(value, path):
        raise InvalidStatement(
            path, "does not say who.", "Give exactly one of mbox, mbox_sha1sum, openid, account."
        )


def _group(value: Any, path: str) -> None:
    _object(value, path, _GROUP)
    if value.get("objectType") != "Group":
        raise InvalidStatement(f"{path}.objectType", "must be Group here.", "Write Group.")
    if "name" in value:
        _string(value["name"], f"{path}.name")
    is_identified = _inverse(value, path)
    if "member" in value:
        for member, where in _array(value["member"], f"{path}.member"):
            _agent(member, where)
    elif not is_identified:
        raise InvalidStatement(
            f"{path}.member", "is missing.", "A group without an identifier must list its members."
        )


def _actor(value: Any, path: str) -> None:
    _object(value, path, None)
    if value.get("objectType", "Agent") == "Group":
        _group(value, path)
    else:
        _agent(value, path)


def _authority(value: Any, path: str) -> None:
    _actor(value, path)
    if value.get("objectType") == "Group" and (
        len(value.get("member", ())) != 2 or any(name in value for name in _INVERSE)
    ):
        raise InvalidStatement(
            path, "as a group must be anonymous with exactly two members.", "One stands for the application."
        )


def _verb(value: Any, path: str) -> None:
    _object(value, path, frozenset(("id", "display")))
    _iri(_required(value, "id", path), f"{path}.id")
    if "display" in value:
        _language_map(value["display"], f"{path}.display")


def _activity(value: Any, path: str) -> None:
    _object(value, path, frozenset(("objectType", "id", "definition")))
    if value.get("objectType", "Activity") != "Activity":
        raise InvalidStatement(
            f"{path}.objectType", "must be Activity here.", "Write Activity, or leave it out."
        )
    _iri(_required(value, "id", path), f"{path}.id")
    if "definition" in value:
        _definition(value["definition"], f"{path}.definition")


def _definition(value: Any, path: str) -> None:
    _object(value, path, _DEFINITION)
    for name, check in _DEFINITION_CHECKS:
        if name in value:
            check(value[name], f"{path}.{name}")
    kind = value.get("interactionType")
    if "interactionType" in value and (type(kind) is not str or kind not in _COMPONENTS):
        raise InvalidStatement(
            f"{path}.interactionType", "is not an interaction type.", f"One of {', '.join(_COMPONENTS)}."
        )
    if "correctResponsesPattern" in value:
        where = f"{path}.correctResponsesPattern"
        for item, place in _array(value["correctResponsesPattern"], where):
            _string(item, place)
        if kind is None:
            raise InvalidStatement(
                f"{path}.interactionType", "is missing.", "It is required beside correctResponsesPattern."
            )
    for name in _ALL_COMPONENTS:
        if name not in value:
            continue
        if kind is None or name not in _COMPONENTS[kind]:
            raise InvalidStatement(
                f"{path}.{name}", "does not belong to this interactionType.", f"Leave it out for {kind}."
            )
        seen: set[str] = set()
        for component, where in _array(value[name], f"{path}.{name}"):
            _object(component, where, frozenset(("id", "description")))
            identifier = _required(component, "id", where)
            _string(identifier, f"{where}.id")
            if identifier in seen:
                raise InvalidStatement(
                    f"{where}.id", "is used twice in this list.", "Give each component an id of its own."
                )
            seen.add(identifier)
            if "description" in component:
                _language_map(component["description"], f"{where}.description")


_DEFINITION_CHECKS: Final[tuple[tuple[str, Callable[[Any, str], None]], ...]] = (
    ("name", _language_map),
    ("description", _language_map),
    ("type", _iri),
    ("moreInfo", _iri),
    ("extensions", _extensions),
)


def _reference(value: Any, path: str) -> None:
    _object(value, path, frozenset(("objectType", "id")))
    if value.get("objectType") != "StatementRef":
        raise InvalidStatement(f"{path}.objectType", "must be StatementRef here.", "Write StatementRef.")
    _uuid(_required(value, "id", path), f"{path}.id")


def _target(value: Any, path: str, version: Version, *, is_sub: bool) -> None:
    _object(value, path, None)
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        _activity(value, path)
    elif kind == "Agent":
        _agent(value, path)
    elif kind == "Group":
        _group(value, path)
    elif kind == "StatementRef":
        _reference(value, path)
    elif kind == "SubStatement" and not is_sub:
        _object(value, path, _SUB_STATEMENT)
        _core(value, path, version, is_sub=True)
    else:
        right = "Activity, Agent, Group or StatementRef" + ("" if is_sub else ", or SubStatement")
        raise InvalidStatement(
            f"{path}.objectType", "is not a kind of object that may stand here.", f"One of {right}."
        )


def _result(value: Any, path: str) -> None:
    _object(value, path, _RESULT)
    for name in ("success", "completion"):
        if name in value:
            _boolean(value[name], f"{path}.{name}")
    if "response" in value:
        _string(value["response"], f"{path}.response")
    if "duration" in value:
        duration = value["duration"]
        if type(duration) is not str or not _DURATION.fullmatch(duration):
            raise InvalidStatement(
                f"{path}.duration", "must be an ISO 8601 duration.", "For example PT1H30M or PT95.25S."
            )
    if "extensions" in value:
        _extensions(value["extensions"], f"{path}.extensions")
    if "score" in value:
        _score(value["score"], f"{path}.score")


def _score(value: Any, path: str) -> None:
    _object(value, path, _SCORE)
    for name, number in value.items():
        if type(number) is not int and type(number) is not float:
            raise InvalidStatement(f"{path}.{name}", "must be a number.", "Write it without quotation marks.")
    if "scaled" in value and not -1 <= value["scaled"] <= 1:
        raise InvalidStatement(f"{path}.scaled", "must lie between -1 and 1.", "0.8 means 80 per cent.")
    least, most, raw = value.get("min"), value.get("max"), value.get("raw")
    if least is not None and most is not None and least >= most:
        raise InvalidStatement(f"{path}.min", "must be less than max.", "Change one of them.")
    if raw is not None and ((least is not None and raw < least) or (most is not None and raw > most)):
        raise InvalidStatement(f"{path}.raw", "must lie between min and max.", "Change one of them.")


def _context(value: Any, path: str, target: Mapping[str, Any], version: Version) -> None:
    _object(value, path, _CONTEXT[version])
    if "registration" in value:
        _uuid(value["registration"], f"{path}.registration")
    if "instructor" in value:
        _actor(value["instructor"], f"{path}.instructor")
    if "team" in value:
        _group(value["team"], f"{path}.team")
    if "contextActivities" in value:
        where = f"{path}.contextActivities"
        _object(value["contextActivities"], where, _CONTEXT_ACTIVITIES)
        for kind, items in value["contextActivities"].items():
            if type(items) is list:
                for item, place in _array(items, f"{where}.{kind}"):
                    _activity(item, place)
            else:
                _activity(items, f"{where}.{kind}")
    for name in ("revision", "platform"):
        if name in value:
            _string(value[name], f"{path}.{name}")
            if target.get("objectType", "Activity") != "Activity":
                raise InvalidStatement(
                    f"{path}.{name}", "is only allowed where the object is an Activity.", "Leave it out."
                )
    if "language" in value and (type(value["language"]) is not str or not _is_language(value["language"])):
        raise InvalidStatement(
            f"{path}.language", "is not a language tag.", "Write it by RFC 5646, for example en-GB."
        )
    if "statement" in value:
        _reference(value["statement"], f"{path}.statement")
    if "extensions" in value:
        _extensions(value["extensions"], f"{path}.extensions")
    _context_people(value, path, "contextAgents", "contextAgent", "agent", _agent)
    _context_people(value, path, "contextGroups", "contextGroup", "group", _group)


def _context_people(
    value: Mapping[str, Any], path: str, name: str, kind: str, inner: str, check: Callable[[Any, str], None]
) -> None:
    if name not in value:
        return
    for item, where in _array(value[name], f"{path}.{name}"):
        _object(item, where, frozenset(("objectType", inner, "relevantTypes")))
        if item.get("objectType") != kind:
            raise InvalidStatement(f"{where}.objectType", f"must be {kind}.", f"Write {kind}.")
        check(_required(item, inner, where), f"{where}.{inner}")
        if "relevantTypes" in item:
            types = list(_array(item["relevantTypes"], f"{where}.relevantTypes"))
            if not types:
                raise InvalidStatement(
                    f"{where}.relevantTypes", "must not be empty.", "Name a type, or leave it out."
                )
            for entry, place in types:
                _iri(entry, place)


def _attachments(value: Any, path: str) -> None:
    for item, where in _array(value, path):
        _object(item, where, _ATTACHMENT)
        _iri(_required(item, "usageType", where), f"{where}.usageType")
        _language_map(_required(item, "display", where), f"{where}.display")
        if "description" in item:
            _language_map(item["description"], f"{where}.description")
        content_type = _required(item, "contentType", where)
        if type(content_type) is not str or not _MIME.fullmatch(content_type):
            raise InvalidStatement(
                f"{where}.contentType", "must be an Internet media type.", "For example text/plain."
            )
        length = _required(item, "length", where)
        if type(length) is not int or length < 0:
            raise InvalidStatement(f"{where}.length", "must be a whole number of bytes.", "For example 27.")
        sha2 = _required(item, "sha2", where)
        if type(sha2) is not str or not _SHA2.fullmatch(sha2):
            raise InvalidStatement(
                f"{where}.sha2", "must be a SHA-2 in hexadecimal.", "64 digits for SHA-256."
            )
        if "fileUrl" in item:
            _iri(item["fileUrl"], f"{where}.fileUrl")


def _core(value: Mapping[str, Any], path: str, version: Version, *, is_sub: bool) -> None:
    _actor(_required(value, "actor", path), f"{path}.actor")
    _verb(_required(value, "verb", path), f"{path}.verb")
    target = _required(value, "object", path)
    _target(target, f"{path}.object", version, is_sub=is_sub)
    if "result" in value:
        _result(value["result"], f"{path}.result")
    if "context" in value:
        _context(value["context"], f"{path}.context", target, version)
    if "timestamp" in value:
        _timestamp(value["timestamp"], f"{path}.timestamp")
    if "attachments" in value:
        _attachments(value["attachments"], f"{path}.attachments")
