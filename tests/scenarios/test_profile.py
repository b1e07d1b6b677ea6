"""The xAPI profile for branching decisions: well-formed by the Profiles specification, and true of what we write."""

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse

import scenarios
from records.vocabulary import waylight
from scenarios import services
from scenarios.models import Attempt, Choice
from scenarios.selectors import state_of

from .conftest import NOW
from .test_services import play_best

PROFILE: dict[str, Any] = json.loads(
    (Path(scenarios.__file__).parent / "static/scenarios/branching-profile.jsonld").read_text(
        encoding="utf-8"
    )
)
IRI = {"type": "string", "pattern": r"^https?://\S+$"}
WORDS = {"type": "object", "required": ["en"], "additionalProperties": {"type": "string", "minLength": 1}}
RULE = {
    "type": "object",
    "required": ["location"],
    "properties": {
        "location": {"type": "string", "pattern": r"^\$\."},
        "presence": {"enum": ["included", "excluded", "recommended"]},
        "any": {"type": "array", "minItems": 1},
        "scopeNote": WORDS,
    },
    "additionalProperties": False,
}
# Parts 6 to 9 of the xAPI Profiles specification 1.0, as far as they bear on what we use.
SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "id", "type", "conformsTo", "prefLabel", "definition", "author", "versions"],
    "properties": {
        "@context": {"const": "https://w3id.org/xapi/profiles/context"},
        "id": IRI,
        "type": {"const": "Profile"},
        "conformsTo": {"const": "https://w3id.org/xapi/profiles#1.0"},
        "prefLabel": WORDS,
        "definition": WORDS,
        "author": {
            "type": "object",
            "required": ["type", "name"],
            "properties": {"type": {"enum": ["Organization", "Person"]}},
        },
        "versions": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["id", "generatedAtTime"], "properties": {"id": IRI}},
        },
        "concepts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "inScheme", "prefLabel", "definition"],
                "properties": {
                    "id": IRI,
                    "type": {"enum": ["ContextExtension", "ResultExtension", "ActivityType", "Verb"]},
                    "inlineSchema": {"type": "string"},
                    "recommendedVerbs": {"type": "array", "items": IRI},
                },
            },
        },
        "templates": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "inScheme", "prefLabel", "definition"],
                "properties": {
                    "type": {"const": "StatementTemplate"},
                    "verb": IRI,
                    "objectActivityType": IRI,
                    "contextCategoryActivityType": {"type": "array", "items": IRI},
                    "rules": {"type": "array", "items": RULE},
                },
            },
        },
        "patterns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "prefLabel", "definition"],
                "oneOf": [
                    {"required": [one]}
                    for one in ("sequence", "alternates", "optional", "oneOrMore", "zeroOrMore")
                ],
            },
        },
    },
}


def test_the_profile_has_the_shape_of_a_profile_and_refers_only_to_what_it_has() -> None:
    jsonschema.validate(PROFILE, SHAPE, cls=jsonschema.Draft202012Validator)
    version = PROFILE["versions"][0]["id"]
    parts = [*PROFILE["concepts"], *PROFILE["templates"], *PROFILE["patterns"]]
    assert len({one["id"] for one in parts}) == len(parts)
    assert {one["inScheme"] for one in parts} == {version}
    known = {one["id"] for one in [*PROFILE["templates"], *PROFILE["patterns"]]}
    for pattern in PROFILE["patterns"]:
        named = [*pattern.get("sequence", []), *pattern.get("alternates", [])]
        named += [pattern[many] for many in ("zeroOrMore", "oneOrMore") if many in pattern]
        assert set(named) <= known
    assert [one["primary"] for one in PROFILE["patterns"]].count(True) == 1
    for concept in PROFILE["concepts"]:
        if "inlineSchema" in concept:
            jsonschema.Draft202012Validator.check_schema(json.loads(concept["inlineSchema"]))


def test_the_profile_uses_our_words() -> None:
    ids = {one["id"] for one in PROFILE["concepts"]}
    assert {
        waylight.EXTENSION_VERSION,
        waylight.EXTENSION_STEP,
        waylight.EXTENSION_MOVE_TYPE,
        waylight.EXTENSION_ENDING,
        waylight.EXTENSION_COMPETENCIES,
        waylight.EXTENSION_CRITICAL_CHOICES,
    } <= ids
    moves = next(one for one in PROFILE["concepts"] if one["id"] == waylight.EXTENSION_MOVE_TYPE)
    assert json.loads(moves["inlineSchema"])["enum"] == list(Choice.Move.values)


_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[(\d+)\]")


def values_at(statement: dict[str, Any], location: str) -> list[Any]:
    """What a rule's location finds: the few steps of JSONPath that our templates use."""
    found: list[Any] = [statement]
    for name, quoted, index in _STEP.findall(location):
        following = []
        for one in found:
            if index and isinstance(one, list) and int(index) < len(one):
                following.append(one[int(index)])
            elif not index and isinstance(one, dict) and (name or quoted) in one:
                following.append(one[name or quoted])
        found = following
    return found


def problems(statement: dict[str, Any], template: dict[str, Any]) -> list[str]:
    found = []
    for rule in template["rules"]:
        values = values_at(statement, rule["location"])
        if rule.get("presence") == "included" and not values:
            found.append(f"{rule['location']} is missing")
        if rule.get("presence") == "excluded" and values:
            found.append(f"{rule['location']} is there")
        if "any" in rule and not set(map(str, values)) & set(map(str, rule["any"])):
            found.append(f"{rule['location']} is {values}")
    for where in ("context", "result"):
        for key, value in statement.get(where, {}).get("extensions", {}).items():
            concept = next(one for one in PROFILE["concepts"] if one["id"] == key)
            assert concept["type"].lower().startswith(where)
            jsonschema.validate(
                value, json.loads(concept["inlineSchema"]), cls=jsonschema.Draft202012Validator
            )
    return found


def template_of(statement: dict[str, Any]) -> dict[str, Any]:
    matching = [
        one
        for one in PROFILE["templates"]
        if one["verb"] == statement["verb"]["id"]
        and one["objectActivityType"] == statement["object"]["definition"]["type"]
    ]
    assert len(matching) == 1, statement["verb"]["id"]
    return dict(matching[0])


def test_every_statement_of_a_play_matches_its_template(
    attempt: Attempt, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    services.pause(attempt, at=NOW)
    services.resume(attempt, at=NOW)
    finished = play_best(attempt)
    practice = services.practise_from(finished, index=2, at=NOW)
    services.read_as_text(practice, at=NOW)
    written = [
        one
        for one in statements()
        if "/scenario/" in json.dumps(one["object"]) and one["verb"]["id"].startswith("http://adlnet")
    ]
    kinds = {one["verb"]["id"].rsplit("/", 1)[-1] for one in written}
    assert kinds == {"initialized", "suspended", "resumed", "responded", "completed"}
    for one in written:
        assert problems(one, template_of(one)) == [], one
        categories = one["context"]["contextActivities"]["category"]
        assert PROFILE["versions"][0]["id"] in {activity["id"] for activity in categories}
    assert state_of(finished) is not None
    responded = [one for one in written if one["verb"]["id"].endswith("responded")]
    assert all(uuid.UUID(one["result"]["response"]) for one in responded)
    assert len(responded) == len(state_of(finished).path)  # type: ignore[union-attr]


def test_a_statement_that_says_too_much_does_not_match() -> None:
    template = next(one for one in PROFILE["templates"] if one["id"].endswith("/responded"))
    bad = {"result": {"duration": "PT5S", "score": {"raw": 2}}}
    assert {"$.result.duration is there", "$.result.score is there", "$.result.response is missing"} <= set(
        problems(bad, template)
    )


@pytest.mark.django_db
def test_the_profile_is_served_to_everybody_as_json_ld() -> None:
    response = Client().get(reverse("scenarios:profile"))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert (
        json.loads(b"".join(response.streaming_content) if response.streaming else response.content)
        == PROFILE
    )
