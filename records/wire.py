"""Bytes in, values out: strict JSON and multipart/mixed. Pure. Whatever comes in, the only error is BadBody."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from records.exceptions import BadBody

MAX_DEPTH: Final = 64
MAX_STATEMENTS: Final = 1000
_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_HASHES: Final = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body, its header names in lower case."""

    headers: Mapping[str, str]
    content: bytes


def parse_json(body: bytes) -> Any:
    """The one value that the body holds.

    Stricter than the standard library: no duplicate names, NaN, lone surrogates or numbers beyond a double,
    and not deeper than MAX_DEPTH. Whole numbers keep every digit.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadBody(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    try:
        # Refuses what the standard library lets through: NaN, lone surrogates, a byte order mark.
        orjson.loads(body)
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_float=_finite)
    except BadBody:
        raise
    except RecursionError:
        raise BadBody(f"The JSON is nested more than {MAX_DEPTH} deep.") from None
    except ValueError as error:
        raise BadBody(f"The body is not JSON: {error}.") from None
    _refuse_depth(value)
    return value


def parse_object(text: str, name: str) -> dict[str, Any]:
    """A parameter that holds a JSON object."""
    try:
        value = parse_json(text.encode("utf-8", "surrogatepass"))
    except BadBody as error:
        raise BadBody(f"The parameter {name} is not right. {error}") from None
    if not isinstance(value, dict):
        raise BadBody(f"The parameter {name} must be a JSON object.")
    return value


def parse_multipart(body: bytes, content_type: str) -> list[Part]:
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise BadBody("The Content-Type multipart/mixed names no boundary.")
    fence = b"--" + (match.group(1) or match.group(2)).encode("utf-8", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + fence)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise BadBody("The multipart body does not begin and end with its boundary.")
    return [_part(piece) for piece in pieces[1:-1]]


def build_multipart(first: bytes, attachments: Iterable[tuple[str, str, bytes]], boundary: str) -> bytes:
    """Statements and then (sha2, content type, bytes) of each attachment."""
    fence = f"--{boundary}".encode()
    out = [fence, b"\r\nContent-Type: application/json\r\n\r\n", first, b"\r\n"]
    for sha2, content_type, content in attachments:
        head = (
            f"\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary"
            f"\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        )
        out += [fence, head.encode(), content, b"\r\n"]
    return b"".join([*out, fence, b"--\r\n"])


def is_hash_of(sha2: str, content: bytes) -> bool:
    name = _HASHES.get(len(sha2))
    return name is not None and hashlib.new(name, content).hexdigest() == sha2.lower()


def _part(piece: bytes) -> Part:
    head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise BadBody("A part of the multipart body has no empty line between its headers and its content.")
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if line and not colon:
            raise BadBody("A part of the multipart body has a header without a colon.")
        headers[name.strip().lower()] = value.strip()
    return Part(headers=headers, content=content)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise BadBody(f"The JSON has the property {name!r} twice in one object. Keep one of them.")
            seen.add(name)
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadBody(f"The number {text[:40]} is too large.")
    return number


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise BadBody(f"The JSON is nested more than {MAX_DEPTH} deep.")
