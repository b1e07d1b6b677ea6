"""The xAPI endpoint: parse, ask, call one service or selector, answer. Every refusal is JSON that says what
would be right.
"""

import logging
import secrets
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import http_date, urlencode
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from agencies.isolation import across_agencies, within_agency
from agencies.selectors import root_path
from records import exceptions, keys, selectors, services, wire, xapi
from records.models import Credential
from records.requests import XapiRequest, read_credential, read_request, read_version

logger = logging.getLogger(__name__)

VERSIONS = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]
_STATUS: dict[type[exceptions.RecordsError], HTTPStatus] = {
    exceptions.InvalidStatement: HTTPStatus.BAD_REQUEST,
    exceptions.BadBody: HTTPStatus.BAD_REQUEST,
    exceptions.BadRequest: HTTPStatus.BAD_REQUEST,
    exceptions.DocumentConflict: HTTPStatus.BAD_REQUEST,
    exceptions.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    exceptions.NotAllowed: HTTPStatus.FORBIDDEN,
    exceptions.MissingDocument: HTTPStatus.NOT_FOUND,
    exceptions.StatementConflict: HTTPStatus.CONFLICT,
    exceptions.PreconditionRequired: HTTPStatus.CONFLICT,
    exceptions.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    exceptions.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


@method_decorator(csrf_exempt, name="dispatch")
class Resource(View):
    """What every resource shares: version, credential, refusals and headers. No session, no cookie, so no
    CSRF token.
    """

    needs_credential: ClassVar[bool] = True
    asked: XapiRequest
    version: xapi.Version
    credential: Credential

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.version = xapi.Version.V1
        try:
            response = self._answer(request)
        except exceptions.RecordsError as error:
            response = _refusal(error)
        except OperationalError:
            # Two writers in each other's way, or a database that is away for a moment: the client can try
            # again.
            logger.exception("The store could not be reached")
            response = _json(
                {"error": "The store is busy. Send the same request again."}, HTTPStatus.SERVICE_UNAVAILABLE
            )
            response["Retry-After"] = "1"
        self._mark(response)
        response["X-Experience-API-Version"] = self.version.value
        response["Cache-Control"] = "no-store"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.asked = read_request(request)
        if self.needs_credential:
            self.version = read_version(self.asked)
            self.credential = read_credential(self.asked, at=timezone.now())
        method = "get" if self.asked.method == "HEAD" else self.asked.method.lower()
        handler: Callable[[], HttpResponse] | None = getattr(self, f"on_{method}", None)
        if handler is None:
            allowed = [name for name in ("GET", "HEAD", "PUT", "POST", "DELETE") if self._takes(name)]
            response = _json(
                {"error": f"This resource takes {', '.join(allowed)}, not {self.asked.method[:20]}."},
                HTTPStatus.METHOD_NOT_ALLOWED,
            )
            response["Allow"] = ", ".join(allowed)
            return response
        with self._reach():
            response = handler()
        if self.asked.method == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    def _reach(self) -> AbstractContextManager[None]:
        """The rows of the agency whose key it is; a key of the whole site reads and writes for all."""
        if self.needs_credential and self.credential.agency is not None:
            return within_agency(root_path(self.credential.agency))
        return across_agencies("a key of the site to the record store", level=logging.DEBUG)

    def _mark(self, response: HttpResponse) -> None:
        """For what a resource says on every answer, refusals included."""

    def _takes(self, method: str) -> bool:
        return hasattr(self, "on_get" if method == "HEAD" else f"on_{method.lower()}")


class About(Resource):
    """Which versions are spoken. Anyone may ask."""

    needs_credential = False

    def on_get(self) -> HttpResponse:
        return _json({"version": VERSIONS})


class NotHere(Resource):
    """Everything else under this address, resources of the standard that are not spoken among it."""

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.version = read_version(read_request(request))
        raise exceptions.MissingDocument("There is no such resource here.")


class Statements(Resource):
    """The statement resource."""

    moment: datetime | None = None

    def _mark(self, response: HttpResponse) -> None:
        moment = self.moment or selectors.consistent_through()
        response["X-Experience-API-Consistent-Through"] = xapi.exact_timestamp(moment)

    def on_post(self) -> HttpResponse:
        self.asked.only()
        value, attachments = self._read_body()
        batch = value if isinstance(value, list) else [value]
        if len(batch) > wire.MAX_STATEMENTS:
            raise exceptions.TooLarge(
                f"A batch takes {wire.MAX_STATEMENTS} statements, and this has {len(batch)}."
            )
        stored = self._store(batch, attachments)
        return _json([str(identifier) for identifier in stored])

    def on_put(self) -> HttpResponse:
        self.asked.only("statementId")
        self.asked.required("statementId")
        identifier = self.asked.uuid("statementId")
        value, attachments = self._read_body()
        if not isinstance(value, dict):
            raise exceptions.InvalidStatement("$", "must be one statement.", "Send a batch with POST.")
        given = value.setdefault("id", str(identifier))
        if not isinstance(given, str) or given.lower() != str(identifier):
            raise exceptions.InvalidStatement(
                "$.id", "must be the statementId of the address.", "Or leave it out."
            )
        self._store([value], attachments)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def on_get(self) -> HttpResponse:
        self.asked.only(
            "statementId", "voidedStatementId", "agent", "verb", "activity", "registration",
            "related_activities", "related_agents", "since",
            "until", "limit", "format", "attachments", "ascending", "cursor",
        )  # fmt: skip
        form = self.asked.params.get("format", "exact")
        if form not in ("ids", "exact", "canonical"):
            raise exceptions.BadRequest("The parameter format must be one of ids, exact, canonical.")
        # Read before the statements, so that what the header promises is in the answer.
        self.moment = selectors.consistent_through()
        single = (
            self._find_single() if {"statementId", "voidedStatementId"} & set(self.asked.params) else None
        )
        if single is not None:
            payloads, more = [single.payload], None
        else:
            page = selectors.statement_page(self._query(), reader=self.credential)
            payloads, more = page.payloads, self._more(page.cursor)
        shown = self._formatted(payloads, form)
        if single is not None:
            body = shown[0].encode()
        else:
            body = b'{"statements":[' + ",".join(shown).encode() + b'],"more":' + orjson.dumps(more) + b"}"
        response = self._with_attachments(body, payloads)
        if single is not None:
            response["Last-Modified"] = http_date(single.stored.timestamp())
        return response

    def _find_single(self) -> Any:
        """The statement, or MissingDocument: the same answer for one that is not there and one that may not
        be seen.
        """
        params = self.asked.params
        if "statementId" in params and "voidedStatementId" in params:
            raise exceptions.BadRequest("Ask for statementId or voidedStatementId, not for both.")
        others = sorted(params.keys() - {"statementId", "voidedStatementId", "format", "attachments"})
        if others:
            raise exceptions.BadRequest(
                f"Beside an id only format and attachments may stand, not {others[0]}."
            )
        is_voided = "voidedStatementId" in params
        identifier = self.asked.uuid("voidedStatementId" if is_voided else "statementId")
        if identifier is None:
            raise exceptions.BadRequest("The id is missing.")
        found = selectors.find_statement(identifier, is_voided=is_voided, reader=self.credential)
        if found is None:
            raise exceptions.MissingDocument("There is no such statement.")
        return found

    def _query(self) -> selectors.StatementQuery:
        relations = []
        agent = self.asked.agent("agent")
        if agent is not None:
            relations.append(
                keys.key(keys.RELATED_AGENT if self.asked.flag("related_agents") else keys.AGENT, agent)
            )
        activity, object_key = self.asked.iri("activity"), None
        if activity is not None:
            if self.asked.flag("related_activities"):
                relations.append(keys.key(keys.RELATED_ACTIVITY, activity))
            else:
                object_key = keys.key(keys.ACTIVITY, activity)
        verb, registration = self.asked.iri("verb"), self.asked.uuid("registration")
        limit = self.asked.number("limit") or selectors.DEFAULT_LIMIT
        for name in ("related_agents", "related_activities", "attachments"):
            self.asked.flag(name)
        return selectors.StatementQuery(
            relation_keys=tuple(relations),
            object_key=object_key,
            verb_key=keys.key(keys.VERB, verb) if verb is not None else None,
            registration_key=keys.key(keys.REGISTRATION, str(registration)) if registration else None,
            since=self.asked.instant("since"),
            until=self.asked.instant("until"),
            is_ascending=self.asked.flag("ascending"),
            limit=min(limit, selectors.MAX_LIMIT),
            cursor=self.asked.number("cursor"),
        )

    def _more(self, cursor: int | None) -> str:
        if cursor is None:
            return ""
        params = {**self.asked.params, "cursor": str(cursor)}
        return f"{reverse('records:statements')}?{urlencode(sorted(params.items()))}"

    def _formatted(self, payloads: Sequence[str], form: str) -> list[str]:
        if form == "exact":
            return list(payloads)
        statements = [wire.parse_json(payload.encode()) for payload in payloads]
        if form == "ids":
            return [xapi.text(xapi.ids_only(statement)) for statement in statements]
        iris = {activity["id"] for statement in statements for activity in keys.activities(statement)}
        known = {iri: row.definition for iri, row in selectors.find_definitions(iris).items()}
        languages = self.asked.languages()
        return [xapi.text(xapi.in_language(statement, known, languages)) for statement in statements]

    def _with_attachments(self, body: bytes, payloads: Sequence[str]) -> HttpResponse:
        if not self.asked.flag("attachments"):
            return HttpResponse(body, content_type="application/json")
        hashes = {
            item["sha2"].lower()
            for payload in payloads
            if '"attachments"' in payload
            for item in _attachments_of(wire.parse_json(payload.encode()))
        }
        found = selectors.find_attachments(hashes) if hashes else {}
        boundary = secrets.token_hex(20)
        parts = [(item.sha2, item.content_type, bytes(item.content)) for _, item in sorted(found.items())]
        return HttpResponse(
            wire.build_multipart(body, parts, boundary), content_type=f"multipart/mixed; boundary={boundary}"
        )

    def _read_body(self) -> tuple[Any, list[services.NewAttachment]]:
        media_type = self.asked.media_type
        if media_type == "application/json":
            value = wire.parse_json(self.asked.body)
            _match_attachments(value, [])
            return value, []
        if media_type == "multipart/mixed":
            parts = wire.parse_multipart(self.asked.body, self.asked.content_type)
            if parts[0].headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
                raise exceptions.BadBody("The first part must be application/json and hold the statements.")
            value = wire.parse_json(parts[0].content)
            return value, _match_attachments(value, parts[1:])
        raise exceptions.BadRequest(
            "The Content-Type must be application/json, or multipart/mixed with attachments."
        )

    def _store(self, batch: list[Any], attachments: Sequence[services.NewAttachment]) -> list[uuid.UUID]:
        return services.store_outside_statements(
            batch,
            credential=self.credential,
            version=self.version,
            attachments=attachments,
            at=timezone.now(),
        )


class State(Resource):
    """State documents: what a piece of content keeps about a learner and an activity."""

    def on_get(self) -> HttpResponse:
        self.asked.only("activityId", "agent", "registration", "stateId", "since")
        if "stateId" not in self.asked.params:
            return self._names()
        if "since" in self.asked.params:
            raise exceptions.BadRequest(
                "The parameter since belongs to a list, so it cannot stand beside stateId."
            )
        document = selectors.find_document(self._address().identity, reader=self.credential)
        if document is None:
            raise exceptions.MissingDocument("There is no such document.")
        response = HttpResponse(bytes(document.content), content_type=document.content_type)
        response["ETag"] = f'"{document.etag}"'
        response["Last-Modified"] = http_date(document.updated_at.timestamp())
        # Somebody else's bytes: a browser must never take them for a page of this site.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def on_put(self) -> HttpResponse:
        # From 2.0 on nobody replaces a document without saying which.
        is_careful = self.version is xapi.Version.V2
        return self._write(partial(services.put_state, needs_precondition=is_careful))

    def on_post(self) -> HttpResponse:
        return self._write(services.merge_state)

    def on_delete(self) -> HttpResponse:
        self.asked.only("activityId", "agent", "registration", "stateId")
        if "stateId" in self.asked.params:
            services.delete_state(self._address(), precondition=self._precondition(), by=self.credential)
        else:
            activity, agent = self._owner()
            registration = self.asked.uuid("registration")
            services.delete_states(activity, agent, registration=registration, by=self.credential)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def _names(self) -> HttpResponse:
        activity, agent = self._owner()
        names = selectors.document_names(
            activity_key=keys.key(keys.ACTIVITY, activity),
            agent_key=keys.key(keys.AGENT, agent),
            registration=self.asked.uuid("registration"),
            since=self.asked.instant("since"),
            reader=self.credential,
        )
        return _json(names)

    def _write(self, write: Callable[..., None]) -> HttpResponse:
        self.asked.only("activityId", "agent", "registration", "stateId")
        self.asked.required("stateId")
        content_type = self.asked.content_type or "application/octet-stream"
        if len(content_type) > 255 or not content_type.isprintable() or not content_type.isascii():
            raise exceptions.BadRequest("The Content-Type is not a media type.")
        if self.asked.media_type == "application/json":
            wire.parse_json(self.asked.body)
        write(
            self._address(),
            content=self.asked.body,
            content_type=content_type,
            precondition=self._precondition(),
            by=self.credential,
            at=timezone.now(),
        )
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def _owner(self) -> tuple[str, str]:
        self.asked.required("activityId")
        self.asked.required("agent")
        activity, agent = self.asked.iri("activityId"), self.asked.agent("agent")
        if activity is None or agent is None:
            raise exceptions.BadRequest("The parameters activityId and agent are needed.")
        return activity, agent

    def _address(self) -> services.StateAddress:
        activity, agent = self._owner()
        return services.StateAddress(
            activity=activity,
            agent=agent,
            registration=self.asked.uuid("registration"),
            name=self.asked.required("stateId"),
        )

    def _precondition(self) -> services.Precondition:
        return services.Precondition(
            if_match=_etags(self.asked.headers.get("if-match", "")),
            if_none_match=_etags(self.asked.headers.get("if-none-match", "")),
        )


def _etags(header: str) -> frozenset[str]:
    tags = (entry.strip().removeprefix("W/").strip('"') for entry in header.split(","))
    return frozenset(tag for tag in tags if tag)


def _attachments_of(statement: Any) -> list[dict[str, Any]]:
    """Of a statement and of the one inside it. Looks no closer than it must: the validator has not seen it
    yet.
    """
    found: list[dict[str, Any]] = []
    if isinstance(statement, dict):
        target = statement.get("object")
        inner = target.get("attachments") if isinstance(target, dict) else None
        for items in (statement.get("attachments"), inner):
            if isinstance(items, list):
                found += [
                    item for item in items if isinstance(item, dict) and isinstance(item.get("sha2"), str)
                ]
    return found


def _match_attachments(value: Any, parts: Sequence[wire.Part]) -> list[services.NewAttachment]:
    """Every part belongs to an attachment, and every attachment has its part or an address."""
    statements = value if isinstance(value, list) else [value]
    described = [item for statement in statements for item in _attachments_of(statement)]
    by_hash = {item["sha2"].lower(): item for item in described}
    new = {}
    for part in parts:
        sha2 = part.headers.get("x-experience-api-hash", "").lower()
        if not sha2:
            raise exceptions.BadBody(
                "A part has no X-Experience-API-Hash, so nobody knows whose attachment it is."
            )
        if part.headers.get("content-transfer-encoding", "").lower() != "binary":
            raise exceptions.BadBody("A part must have Content-Transfer-Encoding: binary.")
        if sha2 not in by_hash:
            raise exceptions.BadBody(f"No statement describes the attachment {sha2[:128]}.")
        if not wire.is_hash_of(sha2, part.content):
            raise exceptions.BadBody(f"The bytes of the attachment {sha2[:128]} have another hash.")
        content_type = str(by_hash[sha2].get("contentType", ""))
        if len(content_type) > 255:
            raise exceptions.BadBody("The contentType of an attachment is longer than 255 characters.")
        new[sha2] = services.NewAttachment(sha2=sha2, content_type=content_type, content=part.content)
    for item in described:
        if "fileUrl" not in item and item["sha2"].lower() not in new:
            raise exceptions.BadBody(
                f"The attachment {item['sha2'][:128]} is not in the request."
                " Send multipart/mixed, or give a fileUrl."
            )
    return list(new.values())


def _refusal(error: exceptions.RecordsError) -> HttpResponse:
    body: dict[str, Any] = {"error": str(error)}
    if isinstance(error, exceptions.InvalidStatement):
        body |= {"path": error.path, "rule": error.rule, "right": error.right}
    response = _json(body, _STATUS.get(type(error), HTTPStatus.BAD_REQUEST))
    if isinstance(error, exceptions.NotSignedIn):
        response["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    return response


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(
        xapi.text(value).encode("utf-8", "replace"), status=status, content_type="application/json"
    )
