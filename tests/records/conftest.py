import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.factories.records import make_credential


@pytest.fixture
def ask(db: None) -> Callable[..., Any]:
    """A client of the store with the widest scope; `as_` takes the headers of another."""
    _, widest = make_credential()
    client = Client()

    def send(
        method: str, path: str, body: Any = None, *, as_: dict[str, str] | None = None, **options: Any
    ) -> Any:
        headers = {**(widest if as_ is None else as_), **options.pop("headers", {})}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        content_type = options.pop("content_type", "application/json")
        query = options.pop("query", None)
        return client.generic(
            method, f"/xapi/{path}", data, content_type, headers=headers, query_params=query, **options
        )

    return send
