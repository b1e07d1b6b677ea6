"""Whatever is sent, the store answers with a refusal or with success, never with an error of its own."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.records import make_credential, make_statement

pytestmark = pytest.mark.django_db
WORDS = st.sampled_from(
    ["id", "actor", "verb", "object", "objectType", "mbox", "account", "member", "result", "score", "raw", "context",
     "contextActivities", "parent", "definition", "extensions", "timestamp", "attachments", "sha2", "Group",
     "SubStatement", "StatementRef", "mailto:a@learn.example", "urn:x:y", "2026-11-22T09:30:00Z"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | WORDS
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4)
    ),
)
PARTS = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "actor",
            "verb",
            "object",
            "result",
            "context",
            "timestamp",
            "version",
            "authority",
            "attachments",
        ]
    ),
    JSON,
    max_size=3,
)
BODIES = (
    PARTS.map(lambda parts: json.dumps(make_statement(**parts)).encode())
    | st.lists(PARTS, max_size=3).map(
        lambda many: json.dumps([make_statement(**parts) for parts in many]).encode()
    )
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=80)
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["agent", "verb", "activity", "registration", "since", "limit", "format", "ascending", "cursor",
                     "statementId", "activityId", "stateId", "method", "attachments", "related_agents"]),
    st.text(max_size=20) | JSON.map(json.dumps) | WORDS,
    max_size=4,
)  # fmt: skip
METHODS = st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
PATHS = st.sampled_from(["statements", "activities/state", "about", "agents", "activities/state/x"])
TYPES = st.sampled_from(
    ["application/json", "multipart/mixed; boundary=a", "text/plain", "", "application/x-www-form-urlencoded"]
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=METHODS,
    path=PATHS,
    body=BODIES,
    params=PARAMETERS,
    content_type=TYPES,
    version=st.sampled_from(["1.0.3", "2.0.0"]),
)
def test_nothing_that_is_sent_breaks_the_store(method, path, body, params, content_type, version):
    _, headers = make_credential()
    headers["X-Experience-API-Version"] = version

    response = Client().generic(
        method, f"/xapi/{path}", body, content_type, headers=headers, query_params=params
    )

    assert response.status_code < 500, response.content


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=BODIES, version=st.sampled_from(["1.0.3", "2.0.0"]))
def test_no_statement_breaks_the_store(body, version):
    _, headers = make_credential()
    headers["X-Experience-API-Version"] = version

    response = Client().generic("POST", "/xapi/statements", body, "application/json", headers=headers)

    assert response.status_code in (200, 400, 409)
    if response.status_code == 200:
        assert Client().get("/xapi/statements?format=canonical", headers=headers).status_code == 200
        assert Client().get("/xapi/statements?format=ids", headers=headers).status_code == 200
