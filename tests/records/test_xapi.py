"""The rules of the standard as a table: what is valid, and what is refused at which path."""

import copy
from typing import Any

import pytest

from records import xapi
from records.exceptions import InvalidStatement
from tests.factories.records import make_statement

V1, V2 = xapi.Version.V1, xapi.Version.V2
AGENT = {"mbox": "mailto:a@learn.example"}
UUID = "0b5c1c9e-6f6a-4c57-9a4d-0d4b9f1d3a55"
ATTACHMENT = {
    "usageType": "https://learn.example/usage",
    "display": {"en": "A text"},
    "contentType": "text/plain; charset=utf-8",
    "length": 4,
    "sha2": "a" * 64,
}
ACTIVITY: dict[str, Any] = {"id": "https://learn.example/1"}
SUB = {
    "objectType": "SubStatement",
    "actor": AGENT,
    "verb": {"id": "https://learn.example/v"},
    "object": ACTIVITY,
}


def interaction(**parts: Any) -> dict[str, Any]:
    return {**ACTIVITY, "definition": parts}


VALID = [
    {},
    {"id": UUID},
    {"actor": {**AGENT, "name": "A", "objectType": "Agent"}},
    {"actor": {"mbox_sha1sum": "a" * 40}},
    {"actor": {"openid": "https://a.example/"}},
    {"actor": {"objectType": "Group", "member": [AGENT]}},
    {"actor": {"objectType": "Group", **AGENT}},
    {"verb": {"id": "urn:x:y", "display": {"en-GB": "did", "x-private": "did", "zh-Hant-TW": "did"}}},
    {"object": {"objectType": "StatementRef", "id": UUID}},
    {"object": {"objectType": "Agent", **AGENT}},
    {"object": SUB},
    {
        "object": interaction(
            interactionType="choice",
            choices=[{"id": "a", "description": {"en": "A"}}],
            correctResponsesPattern=["a"],
        )
    },
    {"object": interaction(interactionType="matching", source=[{"id": "a"}], target=[{"id": "b"}])},
    {
        "object": interaction(
            type="https://learn.example/t",
            moreInfo="https://learn.example/i",
            extensions={"https://e.example/x": None},
        )
    },
    {
        "result": {
            "score": {"scaled": -1, "raw": 3.5, "min": 0, "max": 10},
            "success": True,
            "completion": False,
        }
    },
    {"result": {"duration": "PT1H30M"}},
    {"result": {"duration": "P2W"}},
    {"result": {"extensions": {"https://e.example/x": {"deep": [None, {"a": None}]}}}},
    {
        "context": {
            "registration": UUID,
            "team": {"objectType": "Group", "member": [AGENT]},
            "instructor": AGENT,
        }
    },
    {"context": {"contextActivities": {"parent": ACTIVITY, "other": [ACTIVITY, ACTIVITY]}}},
    {
        "context": {
            "language": "en-GB",
            "platform": "p",
            "revision": "r",
            "statement": {"objectType": "StatementRef", "id": UUID},
        }
    },
    {"timestamp": "2026-11-22T09:30:00Z"},
    {"timestamp": "2026-11-22T09:30:00.123456789+05:30"},
    {"timestamp": "2026-11-22T09:30:00"},
    {"attachments": [ATTACHMENT]},
    {"version": "1.0.3"},
    {"authority": {"objectType": "Group", "member": [AGENT, {"openid": "https://a.example/"}]}},
]


@pytest.mark.parametrize("parts", VALID)
@pytest.mark.parametrize("version", [V1, V2])
def test_a_valid_statement_is_accepted(parts, version):
    xapi.validate(make_statement(**parts), version)


INVALID = [
    ("$", [], "must be an object"),
    ("$", "text", "must be an object"),
    ("$.Actor", {"Actor": AGENT}, "not a property"),
    ("$.extra", {"extra": 1}, "not a property"),
    ("$.id", {"id": "no"}, "UUID"),
    ("$.id", {"id": 7}, "UUID"),
    ("$.result", {"result": None}, "null"),
    ("$.result.score.raw", {"result": {"score": {"raw": None}}}, "null"),
    ("$.context.contextActivities.parent[1]", {"context": {"contextActivities": {"parent": [ACTIVITY, None]}}}, "null"),
    ("$.actor", {"actor": {}}, "does not say who"),
    ("$.actor", {"actor": {**AGENT, "openid": "https://a.example"}}, "2 ways"),
    ("$.actor", {"actor": []}, "must be an object"),
    ("$.actor.mbox", {"actor": {"mbox": "a@learn.example"}}, "mailto"),
    ("$.actor.mbox", {"actor": {"mbox": 1}}, "mailto"),
    ("$.actor.mbox_sha1sum", {"actor": {"mbox_sha1sum": "xyz"}}, "SHA-1"),
    ("$.actor.account.name", {"actor": {"account": {"homePage": "https://a.example"}}}, "missing"),
    ("$.actor.account.homePage", {"actor": {"account": {"homePage": "here", "name": "x"}}}, "IRI"),
    ("$.actor.member", {"actor": {"objectType": "Group"}}, "missing"),
    ("$.actor.member[0]", {"actor": {"objectType": "Group", "member": [{}]}}, "does not say who"),
    ("$.actor.objectType", {"actor": {"objectType": "Person", **AGENT}}, "Agent"),
    ("$.actor.name", {"actor": {**AGENT, "name": 1}}, "string"),
    ("$.verb.id", {"verb": {}}, "missing"),
    ("$.verb.id", {"verb": {"id": "did"}}, "IRI"),
    ("$.verb.display['e n']", {"verb": {"id": "urn:x:y", "display": {"e n": "x"}}}, "language"),
    ("$.verb.display['en']", {"verb": {"id": "urn:x:y", "display": {"en": 1}}}, "string"),
    ("$.object.id", {"object": {}}, "missing"),
    ("$.object.objectType", {"object": {"objectType": "Thing", "id": "urn:x:y"}}, "kind of object"),
    ("$.object.id", {"object": {"objectType": "StatementRef", "id": "x"}}, "UUID"),
    ("$.object.object.objectType", {"object": {**SUB, "object": SUB}}, "kind of object"),
    ("$.object.id", {"object": {**SUB, "id": UUID}}, "not a property"),
    ("$.object.definition.interactionType", {"object": interaction(interactionType="guess")}, "interaction type"),
    ("$.object.definition.interactionType", {"object": interaction(interactionType=["choice"])}, "interaction type"),
    ("$.object.definition.scale", {"object": interaction(interactionType="choice", scale=[])}, "does not belong"),
    ("$.object.definition.choices[1].id", {"object": interaction(interactionType="choice", choices=[{"id": "a"}, {"id": "a"}])}, "twice"),
    ("$.object.definition.interactionType", {"object": interaction(correctResponsesPattern=["a"])}, "missing"),
    ("$.object.definition.extensions['x']", {"object": interaction(extensions={"x": 1})}, "IRI"),
    ("$.result.success", {"result": {"success": "true"}}, "Boolean"),
    ("$.result.duration", {"result": {"duration": "1 hour"}}, "duration"),
    ("$.result.duration", {"result": {"duration": "P"}}, "duration"),
    ("$.result.score.scaled", {"result": {"score": {"scaled": 1.1}}}, "between"),
    ("$.result.score.scaled", {"result": {"score": {"scaled": True}}}, "number"),
    ("$.result.score.raw", {"result": {"score": {"raw": 11, "max": 10}}}, "between"),
    ("$.result.score.min", {"result": {"score": {"min": 10, "max": 10}}}, "less than"),
    ("$.context.registration", {"context": {"registration": "x"}}, "UUID"),
    ("$.context.team.objectType", {"context": {"team": AGENT}}, "Group"),
    ("$.context.contextActivities.child", {"context": {"contextActivities": {"child": []}}}, "not a property"),
    ("$.context.platform", {"object": {"objectType": "Agent", **AGENT}, "context": {"platform": "p"}}, "only allowed"),
    ("$.context.language", {"context": {"language": "not a tag"}}, "language"),
    ("$.context.language", {"context": {"language": "en-a-bbb-a-ccc"}}, "language"),
    ("$.timestamp", {"timestamp": "yesterday"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": "2026-02-30T00:00:00Z"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": "2026-11-22T25:00:00Z"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": "2026-11-22T09:30:00-00:00"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": "2026-11-22T09:30:00+99:00"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": "0001-01-01T00:00:00+23:00"}, "ISO 8601"),
    ("$.timestamp", {"timestamp": 20261122}, "ISO 8601"),
    ("$.version", {"version": "0.9"}, "version"),
    ("$.authority", {"authority": {"objectType": "Group", "member": [AGENT]}}, "exactly two"),
    ("$.attachments", {"attachments": {}}, "array"),
    ("$.attachments[0].sha2", {"attachments": [{**ATTACHMENT, "sha2": "zz"}]}, "SHA-2"),
    ("$.attachments[0].length", {"attachments": [{**ATTACHMENT, "length": True}]}, "whole number"),
    ("$.attachments[0].contentType", {"attachments": [{**ATTACHMENT, "contentType": "text"}]}, "media type"),
    ("$.object.objectType", {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}, "StatementRef"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "parts", "words"), INVALID)
def test_a_broken_rule_is_named_with_its_path_and_what_would_be_right(path, parts, words):
    statement = make_statement(**parts) if isinstance(parts, dict) else parts

    with pytest.raises(InvalidStatement) as refusal:
        xapi.validate(statement, V1)

    assert refusal.value.path == path
    assert words in str(refusal.value)
    assert refusal.value.right


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_actor_verb_and_object_are_required(name):
    statement = make_statement()
    del statement[name]

    with pytest.raises(InvalidStatement) as refusal:
        xapi.validate(statement, V1)

    assert refusal.value.path == f"$.{name}"


def test_context_agents_and_groups_belong_to_2_0_alone():
    people = {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["urn:x:y"]}]}

    xapi.validate(make_statement(context=people), V2)
    with pytest.raises(InvalidStatement):
        xapi.validate(make_statement(context=people), V1)


def test_relevant_types_may_not_be_empty():
    people = {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": []}]}

    with pytest.raises(InvalidStatement) as refusal:
        xapi.validate(make_statement(context=people), V2)

    assert refusal.value.path == "$.context.contextAgents[0].relevantTypes"


def test_validation_changes_nothing():
    statement = make_statement(context={"contextActivities": {"parent": ACTIVITY}})
    before = copy.deepcopy(statement)

    xapi.validate(statement, V1)

    assert statement == before


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000000Z"),
        ("2026-11-22T09:30:00.5+05:30", "2026-11-22T04:00:00.500000Z"),
        ("2026-11-22T24:00:00Z", "2026-11-23T00:00:00.000000Z"),
        ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000000Z"),
        ("2026-11-22T09:30", "2026-11-22T09:30:00.000000Z"),
    ],
)
def test_an_instant_is_read_whatever_its_offset(written, meant):
    assert xapi.exact_timestamp(xapi.instant(written)) == meant


def test_whole_numbers_beyond_64_bits_keep_every_digit():
    assert xapi.text({"n": 10**30}) == '{"n":' + str(10**30) + "}"


def test_canonical_chooses_the_reader_s_language():
    statement = make_statement(verb={"id": "urn:x:y", "display": {"en-GB": "did", "es": "hizo"}})
    known = {statement["object"]["id"]: {"name": {"en": "One", "es-MX": "Uno"}}}

    shown = xapi.in_language(statement, known, ["es-ES", "en"])

    assert shown["verb"]["display"] == {"es": "hizo"}
    assert shown["object"]["definition"] == {"name": {"es-MX": "Uno"}}
