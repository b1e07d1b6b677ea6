"""The smallest valid credentials and statements."""

import base64
from datetime import UTC, datetime
from typing import Any

from records import services
from records.models import Credential, Scope

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def make_credential(
    *scopes: Scope, agency: Any = None, name: str = "A client"
) -> tuple[Credential, dict[str, str]]:
    """The credential and the headers with which it asks."""
    credential, secret = services.create_credential(name, agency=agency, scopes=scopes or (Scope.ALL,), at=AT)
    return credential, headers_of(credential.key, secret)


def headers_of(key: str, secret: str, version: str = "1.0.3") -> dict[str, str]:
    token = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {token}", "X-Experience-API-Version": version}


def make_statement(**parts: Any) -> dict[str, Any]:
    """An outside client's statement."""
    return {
        "actor": {"account": {"homePage": "https://learn.example", "name": "k3v9"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://learn.example/activity/1"},
        **parts,
    }
