"""Our own statements, as plain dicts that are valid in xAPI 1.0.3 and 2.0.

Nothing here touches the database. `records.services.store_statements` stores what is built here.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User

# Ids of our own statements are derived from a key, so a command that runs twice writes its statement once.
STATEMENT_NAMESPACE = uuid.UUID("6a0c1f0e-2f53-5b8e-9a46-6f1d5f3b7c21")


def actor(user: User) -> dict[str, Any]:
    """The opaque account: never an e-mail address, a name or a staff number, since some learners work under
    cover.
    """
    return {"objectType": "Agent", "account": {"homePage": settings.PUBLIC_URL, "name": user.actor_name}}


def activity(
    iri: str, *, name: str | Mapping[str, str] | None = None, type_: str | None = None
) -> dict[str, Any]:
    """A name without a language is English; a mapping goes from language tag to text."""
    definition: dict[str, Any] = {}
    if name:
        definition["name"] = (
            {"en": str(name)}
            if not isinstance(name, Mapping)
            else {tag: str(text) for tag, text in name.items()}
        )
    if type_:
        definition["type"] = type_
    result: dict[str, Any] = {"objectType": "Activity", "id": iri}
    if definition:
        result["definition"] = definition
    return result


def statement(
    actor: Mapping[str, Any],
    verb: Mapping[str, Any] | str,
    object: Mapping[str, Any],
    *,
    at: datetime,
    registration: uuid.UUID | str | None = None,
    result: Mapping[str, Any] | None = None,
    context_activities: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    extensions: Mapping[str, Any] | None = None,
    key: str,
) -> dict[str, Any]:
    """One statement. `extensions` go into the context; `key` says which fact this is, and the id follows
    from it.
    """
    context: dict[str, Any] = {}
    if registration is not None:
        context["registration"] = str(registration)
    if context_activities:
        context["contextActivities"] = {
            kind: [dict(item) for item in items] for kind, items in context_activities.items()
        }
    if extensions:
        context["extensions"] = dict(extensions)
    built: dict[str, Any] = {
        "id": str(statement_id(key)),
        "actor": dict(actor),
        "verb": {"id": verb} if isinstance(verb, str) else dict(verb),
        "object": dict(object),
        "timestamp": timestamp(at),
    }
    if result:
        built["result"] = dict(result)
    if context:
        built["context"] = context
    return built


def statement_id(key: str) -> uuid.UUID:
    return uuid.uuid5(STATEMENT_NAMESPACE, f"{settings.PUBLIC_URL}\n{key}")


def timestamp(at: datetime) -> str:
    """UTC with milliseconds, which both versions ask for as the least."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(length: timedelta) -> str:
    """ISO 8601 in seconds with hundredths: the finest that the standard compares."""
    return f"PT{max(length.total_seconds(), 0):.2f}S"
