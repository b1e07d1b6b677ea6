"""64-bit keys by which statements are found. Pure: values in, values out.

Nothing is upserted when a statement is written: an actor, a verb or an activity is its key, so writers never
wait for each other over a shared row. A kind is part of every key, so the same IRI as verb and as activity
gives two keys.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

AGENT: Final = "agent"  # actor or object, or a member of a group there
RELATED_AGENT: Final = "related-agent"  # anywhere in the statement
ACTIVITY: Final = "activity"
RELATED_ACTIVITY: Final = "related-activity"
VERB: Final = "verb"
REGISTRATION: Final = "registration"
STATEMENT: Final = "statement"


def key(kind: str, text: str) -> int:
    digest = hashlib.blake2b(f"{kind}\0{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def agent_identity(agent: Mapping[str, Any]) -> str | None:
    """The inverse functional identifier as text; None for an anonymous group."""
    account = agent.get("account")
    if account is not None:
        return f"account\0{account['homePage']}\0{account['name']}"
    for name in ("mbox", "openid"):
        if name in agent:
            return f"{name}\0{agent[name]}"
    if "mbox_sha1sum" in agent:
        return f"mbox_sha1sum\0{agent['mbox_sha1sum'].lower()}"
    return None


def actor_key(agent: Mapping[str, Any]) -> int:
    """Of the actor's column. An anonymous group is the group of its members."""
    identity = agent_identity(agent)
    if identity is None:
        identity = "anonymous\0" + json.dumps(agent.get("member", []), sort_keys=True)
    return key(AGENT, identity)


def object_key(target: Mapping[str, Any]) -> int | None:
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return key(ACTIVITY, target["id"])
    if kind == "StatementRef":
        return key(STATEMENT, target["id"].lower())
    if kind in ("Agent", "Group"):
        return actor_key(target)
    return None


def related_keys(statement: Mapping[str, Any]) -> set[int]:
    """Every key of the `rel` table under which this statement is found."""
    keys = {
        key(AGENT, identity)
        for part in (statement["actor"], statement["object"])
        for identity in _identities(part)
    }
    keys |= {key(RELATED_AGENT, identity) for agent in _agents(statement) for identity in _identities(agent)}
    keys |= {key(RELATED_ACTIVITY, activity["id"]) for activity in activities(statement)}
    return keys


def activities(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every activity that the statement names, wherever it stands."""
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target
    elif kind == "SubStatement":
        yield from activities(target)
    for items in statement.get("context", {}).get("contextActivities", {}).values():
        yield from items if isinstance(items, list) else [items]


def _agents(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield statement["actor"]
    target = statement["object"]
    if target.get("objectType") in ("Agent", "Group"):
        yield target
    elif target.get("objectType") == "SubStatement":
        yield from _agents(target)
    if "authority" in statement:
        yield statement["authority"]
    context = statement.get("context", {})
    for name in ("instructor", "team"):
        if name in context:
            yield context[name]
    for item in context.get("contextAgents", ()):
        yield item["agent"]
    for item in context.get("contextGroups", ()):
        yield item["group"]


def _identities(part: Mapping[str, Any]) -> Iterator[str]:
    if part.get("objectType", "Agent") not in ("Agent", "Group"):
        return
    identity = agent_identity(part)
    if identity is not None:
        yield identity
    for member in part.get("member", ()):
        inner = agent_identity(member)
        if inner is not None:
            yield inner
