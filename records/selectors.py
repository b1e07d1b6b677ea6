"""Questions to the store. Every one that an outsider may ask takes the credential that asks, and shows no
more than it may see.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from records import keys, permissions
from records.exceptions import NotAllowed
from records.models import ActivityDefinition, Attachment, Credential, Document, Statement, StatementQuerySet

DEFAULT_LIMIT = 100
MAX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """The filters of GET /statements, as keys. `cursor` is the last `seq` of the page before."""

    relation_keys: tuple[int, ...] = ()
    verb_key: int | None = None
    object_key: int | None = None
    registration_key: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_ascending: bool = False
    limit: int = DEFAULT_LIMIT
    cursor: int | None = None

    @property
    def is_filtered(self) -> bool:
        keys = (self.verb_key, self.object_key, self.registration_key)
        return bool(self.relation_keys) or any(key is not None for key in keys)


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The exact texts of a page, and where the next one begins."""

    payloads: list[str]
    cursor: int | None


def find_credential(key: str, secret: str, *, at: datetime) -> Credential | None:
    """One query. Compares in constant time, so that the time taken tells nothing about the secret."""
    credential = Credential.objects.select_related("agency").filter(key=key).first()
    given = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
    expected = credential.secret_sha256 if credential else "0" * 64
    if not hmac.compare_digest(given, expected) or credential is None:
        return None
    return credential if credential.is_usable(at=at) else None


def visible_statements(reader: Credential) -> StatementQuerySet:
    """Everything that this credential may ever see. The one gate: no outside read goes around it.

    A credential of an agency sees that agency's outcomes, even with the widest scope.
    """
    if not permissions.can_read_statements(reader):
        raise NotAllowed("This credential may not read statements. It needs the scope statements/read.")
    statements = Statement.objects.all()
    if reader.agency is not None:
        statements = statements.outcomes_of(reader.agency)
    if not permissions.can_read_statements_of_others(reader):
        statements = statements.filter(credential=reader)
    return statements


def find_statement(identifier: uuid.UUID, *, is_voided: bool, reader: Credential) -> Statement | None:
    return visible_statements(reader).filter(uuid=identifier, is_voided=is_voided).first()


def statement_page(query: StatementQuery, *, reader: Credential) -> StatementPage:
    """Two queries however much is stored, three when ascending on PostgreSQL."""
    visible = visible_statements(reader)
    found = _window(_matching(visible, query).filter(is_voided=False), query)
    if query.is_filtered and reader.agency_id is None:
        # A statement that refers to a matching one matches too, even when the other is voided. Outcomes
        # refer to nothing.
        found += _window(_referring(visible, query), query)
        found = sorted(set(found), reverse=not query.is_ascending)
    page = found[: query.limit]
    cursor = page[-1][0] if len(found) > query.limit else None
    return StatementPage(payloads=[payload for _, payload in page], cursor=cursor)


def consistent_through() -> datetime:
    """Everything stored up to this moment can be read.

    On PostgreSQL a statement may become visible after a later one; nothing can still appear before the start
    of the oldest open transaction that writes. The second covers the instant between reading the clock and
    taking the number `seq`. On SQLite it is now, unless somebody is writing; then it is the last statement
    that can be seen, because writers stand in line.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT LEAST(clock_timestamp(), min(xact_start) - interval '1 second') FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
            )
            moment: datetime = cursor.fetchone()[0]
        return moment
    if connection.in_atomic_block or _nobody_writes():
        return timezone.now()
    return Statement.objects.order_by("-seq").values_list("stored", flat=True).first() or timezone.now()


def _nobody_writes() -> bool:
    """Whether SQLite's one place for a writer is free: take it without waiting, and give it back."""
    with connection.cursor() as cursor:
        timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout)}")
    return True


def find_attachments(hashes: Iterable[str]) -> dict[str, Attachment]:
    """By their SHA-2. Ask only for those of statements that the reader may see."""
    return {item.sha2: item for item in Attachment.objects.filter(sha2__in=set(hashes))}


def find_definitions(iris: Iterable[str]) -> dict[str, ActivityDefinition]:
    wanted = {keys.key(keys.ACTIVITY, iri) for iri in iris}
    return {item.iri: item for item in ActivityDefinition.objects.filter(key__in=wanted)}


def document_identity(kind: Document.Kind, *parts: str) -> str:
    return hashlib.blake2b("\0".join([kind, *parts]).encode(), digest_size=16).hexdigest()


def find_document(identity: str, *, reader: Credential) -> Document | None:
    _may_read_state(reader)
    return Document.objects.filter(identity=identity).first()


def document_names(
    *,
    activity_key: int,
    agent_key: int,
    registration: uuid.UUID | None,
    since: datetime | None,
    reader: Credential,
) -> list[str]:
    """State ids of a learner's activity, the oldest change first. Without a registration, of every
    registration.
    """
    _may_read_state(reader)
    documents = Document.objects.filter(
        kind=Document.Kind.STATE, activity_key=activity_key, agent_key=agent_key
    )
    if registration is not None:
        documents = documents.filter(registration=registration)
    if since is not None:
        documents = documents.filter(updated_at__gt=since)
    return list(dict.fromkeys(documents.order_by("updated_at", "id").values_list("name", flat=True)))


def _may_read_state(reader: Credential) -> None:
    if not permissions.can_read_state(reader):
        raise NotAllowed(
            "This credential may not read state documents. It needs the scope state, and no agency."
        )


def _matching(statements: StatementQuerySet, query: StatementQuery) -> StatementQuerySet:
    for key in query.relation_keys:
        statements = statements.found_by(key)
    if query.object_key is not None:
        statements = statements.filter(object_key=query.object_key)
    if query.verb_key is not None:
        statements = statements.filter(verb_key=query.verb_key)
    if query.registration_key is not None:
        statements = statements.filter(registration_key=query.registration_key)
    return statements


def _referring(visible: StatementQuerySet, query: StatementQuery) -> StatementQuerySet:
    """Statements whose object is a matching statement, or refers to one in turn, three steps at most."""
    matching = _matching(visible.filter(uuid=OuterRef("target")), query)
    condition = Q(Exists(matching))
    for _ in range(2):
        condition = Q(Exists(matching)) | Q(Exists(visible.filter(condition, uuid=OuterRef("target"))))
    return visible.filter(condition, target__isnull=False, is_voided=False)


def _window(statements: StatementQuerySet, query: StatementQuery) -> list[tuple[int, str]]:
    if query.since is not None:
        statements = statements.filter(stored__gt=query.since)
    if query.until is not None:
        statements = statements.filter(stored__lte=query.until)
    if query.is_ascending:
        if connection.vendor == "postgresql":
            # Who reads forward must not step over what is still being written.
            statements = statements.filter(stored__lte=consistent_through())
        if query.cursor is not None:
            statements = statements.filter(seq__gt=query.cursor)
        statements = statements.order_by("seq")
    else:
        if query.cursor is not None:
            statements = statements.filter(seq__lt=query.cursor)
        statements = statements.order_by("-seq")
    return list(statements.values_list("seq", "payload")[: query.limit + 1])
