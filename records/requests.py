"""From an HTTP request to what a resource needs: version, parameters, headers, body, and who asks.

Both ways of asking lead here: the plain one, and the alternate syntax of 1.0.3 (a POST whose form carries
method, headers and body), for clients that cannot send anything else.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict

from records import keys, wire, xapi
from records.exceptions import BadBody, BadRequest, InvalidStatement, NotSignedIn, TooLarge
from records.models import Credential
from records.selectors import find_credential

_VERSION: Final = re.compile(r"(1\.0|2\.0)(?:\.\d+)?", re.ASCII)
_FORM: Final = "application/x-www-form-urlencoded"
_HEADERS: Final = frozenset(
    {
        "authorization", "x-experience-api-version", "content-type", "content-length", "if-match",
        "if-none-match", "accept-language", "accept",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class XapiRequest:
    """What was asked, whichever way. Header names are in lower case."""

    method: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def media_type(self) -> str:
        return self.content_type.split(";")[0].strip().lower()

    def only(self, *names: str) -> None:
        """Refuse parameters that this resource does not know, so that a misspelt filter is never taken for
        none.
        """
        unknown = sorted(self.params.keys() - set(names))
        if unknown:
            allowed = ", ".join(names) if names else "none"
            raise BadRequest(f"The parameter {unknown[0]} is not known here. Allowed: {allowed}.")

    def required(self, name: str) -> str:
        value = self.params.get(name)
        if value is None:
            raise BadRequest(f"The parameter {name} is missing.")
        return value

    def iri(self, name: str) -> str | None:
        value = self.params.get(name)
        if value is not None and not xapi.is_iri(value):
            raise BadRequest(
                f"The parameter {name} must be an IRI with a scheme, for example https://example.org/1."
            )
        return value

    def uuid(self, name: str) -> uuid.UUID | None:
        value = self.params.get(name)
        if value is None:
            return None
        if not xapi.is_uuid(value):
            raise BadRequest(f"The parameter {name} must be a UUID.")
        return uuid.UUID(value)

    def flag(self, name: str) -> bool:
        value = self.params.get(name, "false")
        if value not in ("true", "false"):
            raise BadRequest(f"The parameter {name} must be true or false.")
        return value == "true"

    def instant(self, name: str) -> datetime | None:
        value = self.params.get(name)
        if value is None:
            return None
        try:
            # A plus sign that was not escaped arrives as a space.
            return xapi.instant(re.sub(r" (\d\d:?\d\d)$", r"+\1", value))
        except ValueError as error:
            raise BadRequest(f"The parameter {name} must be an ISO 8601 timestamp: it {error}.") from error

    def number(self, name: str) -> int | None:
        value = self.params.get(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise BadRequest(f"The parameter {name} must be a whole number, 0 or more.")
        return int(value)

    def agent(self, name: str) -> str | None:
        """Who is meant, as an inverse functional identifier (keys.agent_identity)."""
        given = self.params.get(name)
        if given is None:
            return None
        value: dict[str, Any] = wire.parse_object(given, name)
        try:
            xapi.validate_agent(value, f"${name}")
        except InvalidStatement as error:
            raise BadRequest(f"The parameter {name} is not right. {error}") from error
        return keys.agent_identity(value)

    def languages(self) -> list[str]:
        """From Accept-Language, the most wanted first."""
        weighted = []
        for entry in self.headers.get("accept-language", "").split(",")[:32]:
            tag, _, weight = entry.strip().partition(";q=")
            try:
                weighted.append((-float(weight or 1), tag.strip()))
            except ValueError:
                continue
        return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0]) if tag]


def read_request(request: HttpRequest) -> XapiRequest:
    """Raises BadRequest or TooLarge, and nothing else."""
    try:
        params = _single(request.GET)
        body = request.body
    except RequestDataTooBig as error:
        raise TooLarge(
            "The request is too large. Send fewer statements or smaller attachments at once."
        ) from error
    except (SuspiciousOperation, OSError, ValueError) as error:
        raise BadRequest("The request cannot be read.") from error
    headers = {name.lower(): value for name, value in request.headers.items()}
    plain = XapiRequest(method=request.method or "", params=params, headers=headers, body=body)
    if plain.method == "POST" and "method" in params:
        return _alternate(plain)
    return plain


def read_version(request: XapiRequest) -> xapi.Version:
    """Of the standard, by its header."""
    given = request.headers.get("x-experience-api-version")
    if given is None:
        raise BadRequest("The header X-Experience-API-Version is missing. Send 1.0.3 or 2.0.0.")
    match = _VERSION.fullmatch(given.strip())
    if match is None:
        raise BadRequest(
            "The header X-Experience-API-Version names no version that is spoken here. Send 1.0.3 or 2.0.0."
        )
    return xapi.Version.V1 if match.group(1) == "1.0" else xapi.Version.V2


def read_credential(request: XapiRequest, *, at: datetime) -> Credential:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise NotSignedIn("Sign in with HTTP Basic: the key as user name, the secret as password.")
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError) as error:
        raise NotSignedIn("The Authorization header is not Base64 of key:secret.") from error
    credential = None if "\0" in key else find_credential(key, secret, at=at)
    if credential is None:
        raise NotSignedIn("The key or the secret is wrong, or the credential has ended.")
    return credential


def _single(params: QueryDict) -> dict[str, str]:
    single = {}
    for name, values in params.lists():
        if len(values) != 1:
            raise BadRequest(f"The parameter {name} is given more than once.")
        value = str(values[0])
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise BadRequest(f"The parameter {name} has a character that cannot be stored.")
        single[name] = value
    return single


def _alternate(request: XapiRequest) -> XapiRequest:
    if set(request.params) != {"method"}:
        raise BadRequest("In the alternate syntax the address carries the parameter method and nothing else.")
    if request.media_type != _FORM:
        raise BadRequest(f"In the alternate syntax the body must be {_FORM}.")
    method = request.params["method"].upper()
    if method not in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        raise BadRequest("The parameter method must be one of GET, HEAD, PUT, POST, DELETE.")
    try:
        form = _single(QueryDict(request.body, encoding="utf-8"))
    except (SuspiciousOperation, ValueError, BadBody) as error:
        raise BadRequest("The form cannot be read.") from error
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("content-type", "content-length")
    }
    headers |= {name.lower(): value for name, value in form.items() if name.lower() in _HEADERS}
    content = form.get("content")
    if method in ("PUT", "POST") and content is None:
        raise BadRequest("The form has no field content, which carries the body.")
    if content is not None:
        headers.setdefault("content-type", "application/json")
    params = {
        name: value for name, value in form.items() if name.lower() not in _HEADERS and name != "content"
    }
    converted = XapiRequest(method=method, params=params, headers=headers, body=(content or "").encode())
    if headers.get("x-experience-api-version", "").startswith("2"):
        raise BadRequest("The alternate syntax belongs to 1.0.3. In 2.0 send the request as it is.")
    return converted
