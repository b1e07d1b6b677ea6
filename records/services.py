"""The only functions that write to the store."""

import hashlib
import logging
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agencies.isolation import across_agencies
from agencies.models import Agency
from records import builders, keys, permissions, selectors, wire, xapi
from records.exceptions import (
    BadBody,
    DocumentConflict,
    InvalidStatement,
    NotAllowed,
    PreconditionFailed,
    PreconditionRequired,
    StatementConflict,
)
from records.models import ActivityDefinition, Attachment, Credential, Document, Rel, Scope, Statement
from records.outcomes import is_outcome
from records.signals import outside_statement_stored
from records.vocabulary import adl

_UNCOMPARED = frozenset({"id", "stored", "authority", "version", "timestamp"})


@dataclass(frozen=True, slots=True)
class NewAttachment:
    sha2: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as it will be stored, and every key under which it will be found."""

    row: Statement
    registration: uuid.UUID | None
    relations: frozenset[int]
    definitions: Mapping[str, Mapping[str, Any]]


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
    never miss anything. Calling again with the same ids changes nothing. Three queries, however many
    statements.
    """
    with across_agencies("the store writes", level=logging.DEBUG):
        return _store(statements, agency=agency, at=at)


def _store(statements: Sequence[dict[str, Any]], *, agency: Agency | None, at: datetime) -> list[uuid.UUID]:
    authority = platform_authority()
    stored = _clock()
    prepared = []
    for statement in statements:
        xapi.validate(statement, xapi.Version.V1)
        prepared.append(
            _prepare(
                statement,
                authority=authority,
                stored=stored,
                at=at,
                agency=agency.pk if agency else None,
                credential=None,
            )
        )
    _remember_definitions(_insert(prepared, is_strict=False))
    return [item.row.uuid for item in prepared]


@transaction.atomic
def store_outside_statements(
    statements: Sequence[dict[str, Any]],
    *,
    credential: Credential,
    version: xapi.Version,
    attachments: Sequence[NewAttachment] = (),
    at: datetime,
) -> list[uuid.UUID]:
    """Store what a client sent, all or nothing, and tell the higher apps after commit.

    A statement that belongs to one of our registrations gets the agency of that registration. Raises
    NotAllowed, InvalidStatement and StatementConflict.
    """
    if not permissions.can_write_statements(credential):
        raise NotAllowed(
            "This credential may not write statements. It needs the scope statements/write, and no agency."
        )
    for number, statement in enumerate(statements):
        try:
            xapi.validate(statement, version)
        except InvalidStatement as error:
            raise error.within(number) if len(statements) > 1 else error from None
    _refuse_repeated_ids(statements)
    registrations = [_registration_key(statement) for statement in statements]
    agencies = _agencies_of_keys({key for key in registrations if key is not None})
    stored = _clock()
    prepared = [
        _prepare(
            statement,
            authority=authority_of(credential),
            stored=stored,
            at=at,
            agency=agencies.get(registration) if registration is not None else None,
            credential=credential,
            version=version.default_statement_version,
        )
        for statement, registration in zip(statements, registrations, strict=True)
    ]
    new = _insert(prepared, is_strict=True)
    _apply_voiding(new, credential=credential)
    _store_attachments(attachments, stored=stored)
    if permissions.can_define_activities(credential):
        own = f"{settings.PUBLIC_URL}/"
        _remember_definitions(new, except_below=own)
    for item in new:
        transaction.on_commit(partial(_tell, item.row, item.registration), robust=True)
    return [item.row.uuid for item in prepared]


def authority_of(credential: Credential) -> dict[str, Any]:
    return {
        "objectType": "Agent",
        "account": {"homePage": f"{settings.PUBLIC_URL}/xapi", "name": str(credential.uuid)},
    }


def create_credential(
    name: str, *, agency: Agency | None, scopes: Sequence[Scope], at: datetime
) -> tuple[Credential, str]:
    """The credential and its secret, which is shown once and not kept."""
    secret = secrets.token_urlsafe(32)
    credential = Credential.objects.create(
        name=name,
        key=secrets.token_hex(16),
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        agency=agency,
        scopes=[str(scope) for scope in scopes],
        created_at=at,
    )
    return credential, secret


def revoke_credential(credential: Credential, *, at: datetime) -> None:
    """It stops working at once. What it wrote stays."""
    Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(revoked_at=at)


@dataclass(frozen=True, slots=True)
class StateAddress:
    """What names a state document. `agent` is the learner's inverse functional identifier
    (keys.agent_identity).
    """

    activity: str
    agent: str
    registration: uuid.UUID | None
    name: str

    @property
    def identity(self) -> str:
        registration = str(self.registration or "")
        return selectors.document_identity(
            Document.Kind.STATE, self.activity, self.agent, registration, self.name
        )

    @property
    def activity_key(self) -> int:
        return keys.key(keys.ACTIVITY, self.activity)

    @property
    def agent_key(self) -> int:
        return keys.key(keys.AGENT, self.agent)


@dataclass(frozen=True, slots=True)
class Precondition:
    """If-Match and If-None-Match as sent: ETags without quotation marks, or a star."""

    if_match: frozenset[str] = frozenset()
    if_none_match: frozenset[str] = frozenset()

    def check(self, document: Document | None) -> None:
        """Raise PreconditionFailed unless the stored document is what the client expects."""
        etags = {document.etag, "*"} if document else set()
        if self.if_match and not self.if_match & etags:
            raise PreconditionFailed(
                "The document is not the one that If-Match names. Read it again, then write."
            )
        if self.if_none_match & etags:
            raise PreconditionFailed(
                "There is a document already, and If-None-Match says there should be none."
            )


@transaction.atomic
def put_state(
    address: StateAddress,
    *,
    content: bytes,
    content_type: str,
    precondition: Precondition,
    needs_precondition: bool = False,
    by: Credential,
    at: datetime,
) -> None:
    """Replace the document, or make it. Raises PreconditionRequired where a replacement must say what it
    replaces.
    """
    document = _locked_state(address, by=by)
    precondition.check(document)
    if (
        needs_precondition
        and document is not None
        and not (precondition.if_match or precondition.if_none_match)
    ):
        raise PreconditionRequired(
            "There is a document already. Read it, and send its ETag in If-Match to replace it."
        )
    _write_state(address, content=content, content_type=content_type, at=at)


@transaction.atomic
def merge_state(
    address: StateAddress,
    *,
    content: bytes,
    content_type: str,
    precondition: Precondition,
    by: Credential,
    at: datetime,
) -> None:
    """Merge a JSON object's top-level properties into the document, or make it. Raises DocumentConflict."""
    document = _locked_state(address, by=by)
    precondition.check(document)
    if document is None:
        if _is_json(content_type):
            _json_object(content, "The document that was sent")
        _write_state(address, content=content, content_type=content_type, at=at)
        return
    if not (_is_json(content_type) and _is_json(document.content_type)):
        raise DocumentConflict(
            "Only JSON documents can be merged, and one of the two is not. Use PUT to replace it."
        )
    merged = {
        **_json_object(bytes(document.content), "The document that is stored"),
        **_json_object(content, "The document that was sent"),
    }
    _write_state(address, content=xapi.text(merged).encode(), content_type=content_type, at=at)


@transaction.atomic
def delete_state(address: StateAddress, *, precondition: Precondition, by: Credential) -> None:
    """Deleting what is not there is no mistake."""
    precondition.check(_locked_state(address, by=by))
    Document.objects.filter(identity=address.identity).delete()


@transaction.atomic
def delete_states(activity: str, agent: str, *, registration: uuid.UUID | None, by: Credential) -> None:
    """Every state document of this learner and activity; of one registration where one is named."""
    _may_write_state(by)
    documents = Document.objects.filter(
        kind=Document.Kind.STATE,
        activity_key=keys.key(keys.ACTIVITY, activity),
        agent_key=keys.key(keys.AGENT, agent),
    )
    if registration is not None:
        documents = documents.filter(registration=registration)
    documents.delete()


def _may_write_state(credential: Credential) -> None:
    if not permissions.can_write_state(credential):
        raise NotAllowed(
            "This credential may not write state documents. It needs the scope state, and no agency."
        )


def _locked_state(address: StateAddress, *, by: Credential) -> Document | None:
    _may_write_state(by)
    return Document.objects.select_for_update().filter(identity=address.identity).first()


def _write_state(address: StateAddress, *, content: bytes, content_type: str, at: datetime) -> None:
    agency = None
    if address.registration is not None:
        key = keys.key(keys.REGISTRATION, str(address.registration))
        agency = _agencies_of_keys({key}).get(key)
    values = {
        "content": content,
        "content_type": content_type,
        "etag": hashlib.sha256(content).hexdigest()[:40],
        "updated_at": at,
        "agency_id": agency,
    }
    named = {
        "kind": Document.Kind.STATE,
        "activity_key": address.activity_key,
        "agent_key": address.agent_key,
        "registration": address.registration,
        "name": address.name,
    }
    Document.objects.update_or_create(
        identity=address.identity, defaults=values, create_defaults={**named, **values}
    )


def _is_json(content_type: str) -> bool:
    return content_type.split(";")[0].strip().lower() == "application/json"


def _json_object(content: bytes, what: str) -> dict[str, Any]:
    try:
        value = wire.parse_json(content)
    except BadBody as error:
        raise DocumentConflict(f"{what} is not JSON. {error}") from error
    if not isinstance(value, dict):
        raise DocumentConflict(f"{what} is not a JSON object, so there is nothing to merge.")
    return value


def _prepare(
    statement: Mapping[str, Any],
    *,
    authority: dict[str, Any],
    stored: datetime,
    at: datetime,
    agency: int | None,
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
        registration_key=_registration_key(full),
        target=uuid.UUID(target["id"]) if target.get("objectType") == "StatementRef" else None,
        stored=stored,
        timestamp=xapi.instant(full["timestamp"]),
        version=full["version"],
        is_outcome=credential is None and is_outcome(full),
        digest=_digest(full),
        payload=xapi.text(full),
        agency_id=agency,
        credential=credential,
    )
    definitions = {item["id"]: item["definition"] for item in keys.activities(full) if item.get("definition")}
    return Prepared(
        row=row,
        registration=uuid.UUID(registration) if registration else None,
        relations=frozenset(keys.related_keys(full)),
        definitions=definitions,
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
        # Taking a transaction's number first makes this writer visible to selectors.consistent_through.
        cursor.execute("SELECT txid_current(), clock_timestamp()")
        now: datetime = cursor.fetchone()[1]
    return now


def _insert(prepared: Iterable[Prepared], *, is_strict: bool) -> list[Prepared]:
    """Insert and return what was not there. Strict: the same id with other words is a conflict; otherwise what is there
    already is simply found again, and returned with the rest.
    """
    new: dict[uuid.UUID, Prepared] = {}
    for item in prepared:
        new.setdefault(item.row.uuid, item)
    if is_strict:
        known = _digests(new)
        _refuse_conflicts(new, known)
        new = {identifier: item for identifier, item in new.items() if identifier not in known}
    if not new:
        return []
    # Writing the id over itself changes nothing, and lets the database say the number of a row that it kept: an earlier
    # one, or another writer's since the look above.
    Statement.objects.bulk_create(
        [item.row for item in new.values()],
        update_conflicts=True,
        unique_fields=["uuid"],
        update_fields=["uuid"],
    )
    if is_strict:
        _refuse_conflicts(new, _digests(new))
    Rel.objects.bulk_create(
        [Rel(key=key, statement_id=item.row.seq) for item in new.values() for key in sorted(item.relations)],
        ignore_conflicts=True,
    )
    return list(new.values())


def _digests(wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    rows = Statement.objects.filter(uuid__in=list(wanted)).values_list("uuid", "digest")
    return {identifier: bytes(digest) for identifier, digest in rows}


def _refuse_conflicts(wanted: Mapping[uuid.UUID, Prepared], known: Mapping[uuid.UUID, bytes]) -> None:
    for identifier, digest in known.items():
        if bytes(wanted[identifier].row.digest) != digest:
            raise StatementConflict(str(identifier))


def _refuse_repeated_ids(statements: Iterable[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for number, statement in enumerate(statements):
        identifier = statement.get("id", "").lower()
        if identifier and identifier in seen:
            raise InvalidStatement(
                f"$[{number}].id", "is used twice in this batch.", "Give each statement an id of its own."
            )
        seen.add(identifier)


def _registration_key(statement: Mapping[str, Any]) -> int | None:
    registration = statement.get("context", {}).get("registration")
    return keys.key(keys.REGISTRATION, registration.lower()) if registration else None


def _agencies_of_keys(registration_keys: set[int]) -> dict[int, int]:
    """The agency under which our own statements put each registration. One query, none without a
    registration.
    """
    if not registration_keys:
        return {}
    rows = Statement.objects.filter(
        registration_key__in=registration_keys, agency__isnull=False, credential__isnull=True
    )
    return {
        key: agency
        for key, agency in rows.values_list("registration_key", "agency_id").distinct()
        if key is not None and agency is not None
    }


def _apply_voiding(new: Sequence[Prepared], *, credential: Credential) -> None:
    """Void what the new statements name, and what arrives after the statement that voids it."""
    voided_key = keys.key(keys.VERB, adl.VOIDED["id"])
    voiding = {item.row.target for item in new if item.row.verb_key == voided_key and item.row.target}
    if voiding:
        for target in Statement.objects.filter(uuid__in=voiding):
            _may_void(target, by=credential, voided_key=voided_key)
        Statement.objects.filter(uuid__in=voiding, is_voided=False).update(is_voided=True)
    arrived = [item.row.uuid for item in new if item.row.verb_key != voided_key]
    early = Statement.objects.filter(target__in=arrived, verb_key=voided_key).select_related("credential")
    for statement in early:
        writer = statement.credential
        if writer is not None and (writer == credential or permissions.can_void_statements_of_others(writer)):
            Statement.objects.filter(uuid__in=[statement.target]).update(is_voided=True)


def _may_void(target: Statement, *, by: Credential, voided_key: int) -> None:
    if target.verb_key == voided_key:
        raise InvalidStatement(
            "$.object.id",
            "names a statement that voids another; that cannot be voided.",
            "Send the statement anew.",
        )
    if target.credential_id is None:
        raise NotAllowed(f"The statement {target.uuid} is the platform's own. Only the platform may void it.")
    if target.credential_id != by.pk and not permissions.can_void_statements_of_others(by):
        raise NotAllowed(f"The statement {target.uuid} is another client's. Voiding it needs the scope all.")


def _store_attachments(attachments: Iterable[NewAttachment], *, stored: datetime) -> None:
    rows = [
        Attachment(
            sha2=item.sha2.lower(), content_type=item.content_type, content=item.content, stored=stored
        )
        for item in attachments
    ]
    if rows:
        Attachment.objects.bulk_create(sorted(rows, key=lambda row: row.sha2), ignore_conflicts=True)


def _tell(row: Statement, registration: uuid.UUID | None) -> None:
    outside_statement_stored.send(
        sender=Statement,
        statement_uuid=row.uuid,
        registration=registration,
        credential_id=row.credential_id,
        at=row.stored,
    )


# Definitions that this process has written or seen written: IRI -> digest. Repeating one costs nothing.
_known_definitions: dict[str, bytes] = {}
_MOST_KNOWN_DEFINITIONS = 20_000


def _remember_definitions(new: Iterable[Prepared], *, except_below: str | None = None) -> None:
    """After commit, so that nobody waits for a shared row inside a learner's transaction.

    A client cannot rename the platform's own courses: `except_below` is the address that they lie under.
    """
    definitions: dict[str, Mapping[str, Any]] = {}
    for item in new:
        for iri, definition in item.definitions.items():
            if except_below is None or not iri.startswith(except_below):
                definitions[iri] = definition
    if definitions:
        transaction.on_commit(partial(_write_definitions, definitions), robust=True)


def _write_definitions(definitions: Mapping[str, Mapping[str, Any]]) -> None:
    changed = {
        iri: digest
        for iri, definition in definitions.items()
        if _known_definitions.get(iri)
        != (digest := hashlib.blake2b(xapi.canonical(definition), digest_size=8).digest())
    }
    if not changed:
        return
    known = selectors.find_definitions(changed)
    for iri in sorted(changed):
        row = known.get(iri)
        merged = xapi.merged_definition(row.definition if row else {}, definitions[iri])
        if row is None or row.definition != merged:
            ActivityDefinition.objects.update_or_create(
                key=keys.key(keys.ACTIVITY, iri),
                defaults={"iri": iri, "definition": merged, "updated_at": timezone.now()},
            )
    if len(_known_definitions) > _MOST_KNOWN_DEFINITIONS:
        _known_definitions.clear()
    _known_definitions.update(changed)
