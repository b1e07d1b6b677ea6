"""The only functions that write to the store."""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agencies.models import Agency
from records import builders, keys, xapi
from records.exceptions import StatementConflict
from records.models import Credential, Rel, Statement
from records.outcomes import is_outcome
from records.vocabulary import adl

logger = logging.getLogger(__name__)

_UNCOMPARED = frozenset({"id", "stored", "authority", "version", "timestamp"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as it will be stored, and every key under which it will be found."""

    row: Statement
    relations: frozenset[int]
    definitions: Mapping[str, Mapping[str, Any]]
    is_voiding: bool


def platform_authority() -> dict[str, Any]:
    """Who vouches for our own statements."""
    return {
        "objectType": "Agent",
        "name": "Waylight",
        "account": {"homePage": settings.PUBLIC_URL, "name": "waylight"},
    }


@transaction.atomic
def store_statements(
    statements: Sequence[dict[str, Any]], *, agency: Agency | None, at: datetime
) -> list[uuid.UUID]:
    """Store the platform's own statements in the caller's transaction, so that fact and record cannot
    disagree.

    Fills what is missing (id, timestamp) and what only the store may say (stored, authority, version).
    `stored` is the store's own clock and not `at`: a reader who asks for what is new since a moment must
    never miss anything. Calling again with the same ids changes nothing. Four queries, however many
    statements.
    """
    authority = platform_authority()
    stored = _clock()
    prepared = []
    for statement in statements:
        xapi.validate(statement, xapi.Version.V1)
        prepared.append(
            _prepare(statement, authority=authority, stored=stored, at=at, agency=agency, credential=None)
        )
    _insert(prepared, is_strict=False)
    return [item.row.uuid for item in prepared]


def _prepare(
    statement: Mapping[str, Any],
    *,
    authority: dict[str, Any],
    stored: datetime,
    at: datetime,
    agency: Agency | None,
    credential: Credential | None,
    version: str = "1.0.0",
) -> Prepared:
    full = xapi.normalized(statement)
    full.setdefault("id", str(uuid.uuid4()))
    full.setdefault("timestamp", builders.timestamp(at))
    full.setdefault("version", version)
    full["stored"] = xapi.exact_timestamp(stored)
    full["authority"] = authority
    target = full["object"]
    registration = full.get("context", {}).get("registration")
    row = Statement(
        uuid=uuid.UUID(full["id"]),
        actor_key=keys.actor_key(full["actor"]),
        verb_key=keys.key(keys.VERB, full["verb"]["id"]),
        object_key=keys.object_key(target),
        registration_key=keys.key(keys.REGISTRATION, registration.lower()) if registration else None,
        target=uuid.UUID(target["id"]) if target.get("objectType") == "StatementRef" else None,
        stored=stored,
        timestamp=xapi.instant(full["timestamp"]),
        version=full["version"],
        is_outcome=credential is None and is_outcome(full),
        digest=_digest(full),
        payload=xapi.text(full),
        agency=agency,
        credential=credential,
    )
    definitions = {item["id"]: item["definition"] for item in keys.activities(full) if item.get("definition")}
    return Prepared(
        row=row,
        relations=frozenset(keys.related_keys(full)),
        definitions=definitions,
        is_voiding=full["verb"]["id"] == adl.VOIDED["id"],
    )


def _digest(statement: Mapping[str, Any]) -> bytes:
    """Of everything that the client says. Two statements with the same id and digest are one statement sent
    twice.
    """
    said = {name: value for name, value in statement.items() if name not in _UNCOMPARED}
    return hashlib.blake2b(xapi.canonical(said), digest_size=16).digest()


def _clock() -> datetime:
    """The moment of storing. PostgreSQL's own clock where there is one, so that web servers' clocks need not
    agree.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _insert(prepared: Iterable[Prepared], *, is_strict: bool) -> list[Prepared]:
    """Insert those that are new and return them. Strict: the same id with other words is a conflict."""
    wanted: dict[uuid.UUID, Prepared] = {}
    for item in prepared:
        first = wanted.setdefault(item.row.uuid, item)
        if is_strict and bytes(first.row.digest) != bytes(item.row.digest):
            raise StatementConflict(str(item.row.uuid))
    known = _digests(wanted)
    if is_strict:
        _refuse_conflicts(wanted, known)
    new = {identifier: item for identifier, item in wanted.items() if identifier not in known}
    if not new:
        return []
    # Another writer may have stored the same id since the look above; the database then keeps the first.
    Statement.objects.bulk_create([item.row for item in new.values()], ignore_conflicts=True)
    written = {
        row[0]: row
        for row in Statement.objects.filter(uuid__in=list(new)).values_list("uuid", "seq", "digest")
    }
    if is_strict:
        _refuse_conflicts(new, {identifier: bytes(row[2]) for identifier, row in written.items()})
    relations = []
    for identifier, item in new.items():
        item.row.seq = written[identifier][1]
        relations += [Rel(key=key, statement_id=item.row.seq) for key in sorted(item.relations)]
    Rel.objects.bulk_create(relations, ignore_conflicts=True)
    return list(new.values())


def _digests(wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    rows = Statement.objects.filter(uuid__in=list(wanted)).values_list("uuid", "digest")
    return {identifier: bytes(digest) for identifier, digest in rows}


def _refuse_conflicts(wanted: Mapping[uuid.UUID, Prepared], known: Mapping[uuid.UUID, bytes]) -> None:
    for identifier, digest in known.items():
        if bytes(wanted[identifier].row.digest) != digest:
            raise StatementConflict(str(identifier))
