"""The endpoint as a client meets it."""

import hashlib
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.http import urlencode

from records import builders, services
from records.models import Credential, Document, Scope, Statement
from records.vocabulary import adl, cmi5
from tests.factories.records import AT, headers_of, make_credential, make_statement

pytestmark = pytest.mark.django_db
AGENT = json.dumps(make_statement()["actor"])
STATE = {"activityId": "https://learn.example/activity/1", "agent": AGENT, "stateId": "bookmark"}
COURSE = builders.activity("https://w.example/course", name="A course", type_=cmi5.ACTIVITY_COURSE)


def ids(response):
    return [statement["id"] for statement in response.json()["statements"]]


@pytest.mark.requirement("XAPI-00315")
def test_about_says_the_versions_to_anyone():
    response = Client().get("/xapi/about")

    assert response.status_code == 200
    assert {"1.0.3", "2.0.0"} <= set(response.json()["version"])


@pytest.mark.parametrize("version", ["1.0.3", "1.0", "2.0.0"])
def test_a_statement_is_written_and_read_back(ask, version):
    statement = make_statement(result={"score": {"raw": 1.5}})
    headers = {"X-Experience-API-Version": version}

    [identifier] = ask("POST", "statements", statement, headers=headers).json()
    response = ask("GET", "statements", query={"statementId": identifier}, headers=headers)

    assert response.status_code == 200
    assert response.json().items() >= {**statement, "id": identifier}.items()
    assert response["X-Experience-API-Version"] == ("2.0.0" if version == "2.0.0" else "1.0.3")
    assert response["X-Experience-API-Consistent-Through"]
    assert response.json()["version"].startswith(version[:3])


@pytest.mark.requirement("XAPI-00321")
@pytest.mark.parametrize("version", ["", "0.9", "3.0", "1.0.3.4"])
def test_a_version_that_is_not_spoken_is_refused(ask, version):
    assert ask("GET", "statements", headers={"X-Experience-API-Version": version}).status_code == 400


def test_a_request_without_version_is_refused(ask):
    _, headers = make_credential()
    del headers["X-Experience-API-Version"]

    response = ask("GET", "statements", as_=headers)

    assert response.status_code == 400
    assert "X-Experience-API-Version" in response.json()["error"]


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic !!!", "Bearer x", "Basic bm9ib2R5", "Basic /////w=="]
)
def test_a_stranger_is_told_how_to_sign_in(ask, authorization):
    response = ask("GET", "statements", headers={"Authorization": authorization})

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")


def test_a_wrong_secret_a_revoked_and_an_ended_credential_are_the_same_to_the_client(ask):
    credential, headers = make_credential()
    answers = {ask("GET", "statements", as_=headers_of(credential.key, "wrong")).content}
    Credential.objects.filter(pk=credential.pk).update(expires_at=AT)
    answers.add(ask("GET", "statements", as_=headers).content)
    Credential.objects.filter(pk=credential.pk).update(expires_at=None, revoked_at=AT)
    answers.add(ask("GET", "statements", as_=headers).content)

    assert len(answers) == 1
    assert ask("GET", "statements", as_=headers).status_code == 401


def test_a_broken_statement_is_refused_with_path_rule_and_what_would_be_right(ask):
    good, bad = make_statement(), make_statement(verb={"id": "did"})

    response = ask("POST", "statements", [good, bad])

    assert response.status_code == 400
    assert response.json()["path"] == "$[1].verb.id"
    assert "IRI" in response.json()["rule"]
    assert "https://" in response.json()["right"]
    assert not Statement.objects.exists()


@pytest.mark.requirement("XAPI-00142")
def test_put_stores_under_the_id_of_the_address_and_conflicts_with_other_words(ask):
    identifier = str(uuid.uuid4())
    query = {"statementId": identifier}

    assert ask("PUT", "statements", make_statement(), query=query).status_code == 204
    assert ask("PUT", "statements", make_statement(), query=query).status_code == 204
    assert ask("PUT", "statements", make_statement(result={"success": True}), query=query).status_code == 409
    assert ask("PUT", "statements", make_statement(id=str(uuid.uuid4())), query=query).status_code == 400
    assert ask("PUT", "statements", [make_statement()], query=query).status_code == 400
    assert ask("PUT", "statements", make_statement()).status_code == 400
    assert Statement.objects.count() == 1


def test_two_statements_with_one_id_in_a_batch_store_nothing(ask):
    identifier = str(uuid.uuid4())
    response = ask(
        "POST", "statements", [make_statement(id=identifier), make_statement(id=identifier.upper())]
    )

    assert response.status_code == 400
    assert response.json()["path"] == "$[1].id"
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"{", "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"id":"\xed\xa0\x80"}', "UTF-8"),
        (b'{"a":"\\ud800"}', "not JSON"),
        (b"NaN", "not JSON"),
        (b'{"a":1e999}', ""),
        (b'{"actor":{},"actor":{}}', "twice"),
        (b"[" * 100_000, ""),
        (b"[" * 100 + b"]" * 100, "deep"),
        (b'{"a":' * 80 + b"1" + b"}" * 80, "deep"),
        (b"null", "object"),
        (b"[[]]", "object"),
        (b'"text"', "object"),
        (b'{"id":' + b"9" * 5000 + b"}", ""),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(ask, body, words):
    response = ask("POST", "statements", body)

    assert response.status_code == 400
    assert words in response.json()["error"]


def test_a_body_that_is_too_large_is_refused(ask, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = ask("POST", "statements", [make_statement()] * 20)

    assert response.status_code == 413
    assert "too large" in response.json()["error"]


def test_other_content_types_are_refused(ask):
    assert ask("POST", "statements", make_statement(), content_type="text/plain").status_code == 400


def test_every_filter_finds_its_statement_and_no_other(ask):
    registration = str(uuid.uuid4())
    wanted = make_statement(
        actor={"mbox": "mailto:a@learn.example"},
        verb={"id": "https://learn.example/verb"},
        object={"id": "https://learn.example/wanted"},
        context={
            "registration": registration,
            "instructor": {"mbox": "mailto:b@learn.example"},
            "contextActivities": {"grouping": [{"id": "https://learn.example/around"}]},
        },
    )
    [identifier] = ask("POST", "statements", wanted).json()
    ask("POST", "statements", make_statement())
    instructor = json.dumps({"mbox": "mailto:b@learn.example"})

    for query in (
        {"agent": json.dumps(wanted["actor"])},
        {"verb": "https://learn.example/verb"},
        {"activity": "https://learn.example/wanted"},
        {"registration": registration.upper()},
        {"agent": instructor, "related_agents": "true"},
        {"activity": "https://learn.example/around", "related_activities": "true"},
        {
            "agent": json.dumps(wanted["actor"]),
            "verb": "https://learn.example/verb",
            "registration": registration,
        },
    ):
        assert ids(ask("GET", "statements", query=query)) == [identifier], query
    assert ids(ask("GET", "statements", query={"agent": instructor})) == []
    assert ids(ask("GET", "statements", query={"activity": "https://learn.example/around"})) == []


def test_pages_lead_through_everything_once_in_either_direction(ask):
    stored = [ask("POST", "statements", make_statement()).json()[0] for _ in range(7)]

    for ascending, expected in (("true", stored), ("false", stored[::-1])):
        response = ask(
            "GET",
            "statements",
            query={"limit": "3", "ascending": ascending, "verb": make_statement()["verb"]["id"]},
        )
        found = ids(response)
        while response.json()["more"]:
            response = ask("GET", response.json()["more"].removeprefix("/xapi/"))
            found += ids(response)
        assert found == expected


def test_since_and_until_part_what_was_stored(ask):
    first, second = [ask("POST", "statements", make_statement()).json()[0] for _ in range(2)]
    stored = ask("GET", "statements", query={"statementId": first}).json()["stored"]

    assert ids(ask("GET", "statements", query={"since": stored})) == [second]
    assert ids(ask("GET", "statements", query={"until": stored})) == [first]


def test_a_statement_that_refers_to_a_match_is_found_with_it(ask):
    [target] = ask("POST", "statements", make_statement(verb={"id": "https://learn.example/v"})).json()
    about = make_statement(object={"objectType": "StatementRef", "id": target})
    [first] = ask("POST", "statements", about).json()
    [second] = ask(
        "POST", "statements", {**about, "object": {"objectType": "StatementRef", "id": first}}
    ).json()

    assert ids(ask("GET", "statements", query={"verb": "https://learn.example/v"})) == [second, first, target]


@pytest.mark.requirement("XAPI-00163")
def test_a_voided_statement_is_found_by_its_voided_id_alone(ask):
    [target] = ask("POST", "statements", make_statement()).json()
    voiding = make_statement(
        verb={"id": adl.VOIDED["id"]}, object={"objectType": "StatementRef", "id": target}
    )
    [void] = ask("POST", "statements", voiding).json()

    assert ask("GET", "statements", query={"statementId": target}).status_code == 404
    assert ask("GET", "statements", query={"voidedStatementId": target}).json()["id"] == target
    assert ask("GET", "statements", query={"voidedStatementId": void}).status_code == 404
    assert ids(ask("GET", "statements")) == [void]


@pytest.mark.parametrize(
    "query",
    [
        {"statementId": "x"},
        {"statementId": str(uuid.uuid4()), "voidedStatementId": str(uuid.uuid4())},
        {"statementId": str(uuid.uuid4()), "limit": "1"},
        {"Agent": AGENT},
        {"agent": "x"},
        {"agent": "[]"},
        {"agent": '{"objectType":"Group","member":[]}'},
        {"agent": '{"mbox":null}'},
        {"verb": "did"},
        {"activity": "x"},
        {"registration": "x"},
        {"since": "yesterday"},
        {"until": "2026-13-01T00:00:00Z"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "9" * 30},
        {"format": "all"},
        {"ascending": "yes"},
        {"related_agents": "1"},
        {"cursor": "x"},
        {"verb": "urn:x:\0"},
    ],
)
def test_a_wrong_parameter_is_refused_and_named(ask, query):
    response = ask("GET", "statements", query=query)

    assert response.status_code == 400
    assert response.json()["error"]


def test_formats_show_less_or_more(ask, django_capture_on_commit_callbacks):
    statement = make_statement(
        actor={**make_statement()["actor"], "name": "A"},
        verb={"id": "urn:x:y", "display": {"en": "did", "es": "hizo"}},
        object={
            "id": f"https://learn.example/{uuid.uuid4()}",
            "definition": {"name": {"en": "One", "es": "Uno"}},
        },
    )
    with django_capture_on_commit_callbacks(execute=True):
        [identifier] = ask("POST", "statements", statement).json()
    query = {"statementId": identifier}

    short = ask("GET", "statements", query={**query, "format": "ids"}).json()
    spanish = ask(
        "GET",
        "statements",
        query={**query, "format": "canonical"},
        headers={"Accept-Language": "es-MX, en;q=0.5"},
    )

    assert "name" not in short["actor"]
    assert short["verb"] == {"id": "urn:x:y"}
    assert short["object"] == {"id": statement["object"]["id"]}
    assert spanish.json()["object"]["definition"]["name"] == {"es": "Uno"}
    assert spanish.json()["verb"]["display"] == {"es": "hizo"}


def test_head_answers_without_a_body(ask):
    response = ask("HEAD", "statements")

    assert response.status_code == 200
    assert response.content == b""
    assert response["X-Experience-API-Consistent-Through"]


def test_other_methods_and_addresses_are_refused_politely(ask):
    response = ask("DELETE", "statements")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, PUT, POST"
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert ask(method, "agents/profile").status_code == 404


def test_no_csrf_token_is_asked_and_no_session_is_begun():
    _, headers = make_credential()
    response = Client(enforce_csrf_checks=True).post(
        "/xapi/statements", json.dumps(make_statement()), "application/json", headers=headers
    )

    assert response.status_code == 200
    assert not response.cookies


def test_the_alternate_syntax_of_1_0_3_is_understood_and_refused_in_2_0(ask):
    form = {**STATE, "content": '{"page":3}', "Content-Type": "application/json"}
    body = urlencode(form).encode()
    kind = "application/x-www-form-urlencoded"

    assert ask("POST", "activities/state?method=PUT", body, content_type=kind).status_code == 204
    assert ask("GET", "activities/state", query=STATE).json() == {"page": 3}
    refused = ask(
        "POST",
        "activities/state?method=PUT",
        body,
        content_type=kind,
        headers={"X-Experience-API-Version": "2.0.0"},
    )
    assert refused.status_code == 400


def attachment(content, **parts):
    return {
        "usageType": "https://learn.example/usage",
        "display": {"en": "A text"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
        **parts,
    }


def multipart(statement, content, sha2):
    return b"\r\n".join(
        [
            b"--fence", b"Content-Type: application/json", b"", json.dumps(statement).encode(),
            b"--fence", b"Content-Type: text/plain", b"Content-Transfer-Encoding: binary",
            f"X-Experience-API-Hash: {sha2}".encode(), b"", content, b"--fence--", b"",
        ]
    )  # fmt: skip


def test_an_attachment_comes_back_byte_for_byte(ask):
    content = b"\x00\r\n--not the fence\r\n\xff"
    described = attachment(content)
    body = multipart(make_statement(attachments=[described]), content, described["sha2"])

    [identifier] = ask("POST", "statements", body, content_type='multipart/mixed; boundary="fence"').json()
    response = ask("GET", "statements", query={"statementId": identifier, "attachments": "true"})

    assert response["Content-Type"].startswith("multipart/mixed; boundary=")
    assert b"\r\n\r\n" + content + b"\r\n--" in response.content


@pytest.mark.parametrize("sha2", ["", "b" * 64, hashlib.sha256(b"other").hexdigest()])
def test_an_attachment_that_is_not_what_was_described_is_refused(ask, sha2):
    body = multipart(make_statement(attachments=[attachment(b"text")]), b"other", sha2)

    assert ask("POST", "statements", body, content_type="multipart/mixed; boundary=fence").status_code == 400
    assert not Statement.objects.exists()


def test_an_attachment_without_bytes_needs_an_address(ask):
    assert ask("POST", "statements", make_statement(attachments=[attachment(b"x")])).status_code == 400
    there = attachment(b"x", fileUrl="https://learn.example/x")
    assert ask("POST", "statements", make_statement(attachments=[there])).status_code == 200


def test_a_state_document_is_kept_merged_and_deleted(ask):
    assert ask("PUT", "activities/state", {"page": 3, "open": True}, query=STATE).status_code == 204
    assert ask("POST", "activities/state", {"page": 4}, query=STATE).status_code == 204
    response = ask("GET", "activities/state", query=STATE)

    assert response.json() == {"page": 4, "open": True}
    assert response["ETag"].startswith('"')
    assert response["Last-Modified"]
    assert ask("DELETE", "activities/state", query=STATE).status_code == 204
    assert ask("GET", "activities/state", query=STATE).status_code == 404


def test_any_bytes_may_be_a_state_document_but_only_json_merges(ask):
    assert (
        ask("PUT", "activities/state", b"\x00\xff", query=STATE, content_type="image/png").status_code == 204
    )

    response = ask("GET", "activities/state", query=STATE)
    assert response.content == b"\x00\xff"
    assert response["Content-Type"] == "image/png"
    assert "sandbox" in response["Content-Security-Policy"]
    assert ask("POST", "activities/state", {"page": 4}, query=STATE).status_code == 400
    assert ask("PUT", "activities/state", b"{", query=STATE).status_code == 400
    assert ask("GET", "activities/state", query=STATE).content == b"\x00\xff"


def test_preconditions_keep_two_writers_apart(ask):
    star = {"If-None-Match": "*"}
    assert ask("PUT", "activities/state", {"a": 1}, query=STATE, headers=star).status_code == 204
    assert ask("PUT", "activities/state", {"a": 2}, query=STATE, headers=star).status_code == 412
    etag = ask("GET", "activities/state", query=STATE)["ETag"]
    assert (
        ask("PUT", "activities/state", {"a": 3}, query=STATE, headers={"If-Match": '"old"'}).status_code
        == 412
    )
    assert ask("DELETE", "activities/state", query=STATE, headers={"If-Match": '"old"'}).status_code == 412
    assert (
        ask("PUT", "activities/state", {"a": 3}, query=STATE, headers={"If-Match": etag}).status_code == 204
    )
    assert ask("GET", "activities/state", query=STATE).json() == {"a": 3}
    blind = ask(
        "PUT", "activities/state", {"a": 4}, query=STATE, headers={"X-Experience-API-Version": "2.0.0"}
    )
    assert blind.status_code == 409


def test_states_are_listed_and_cleared_for_their_owner_alone(ask):
    registration = str(uuid.uuid4())
    other = json.dumps({"mbox": "mailto:other@learn.example"})
    ask("PUT", "activities/state", {}, query=STATE)
    ask("PUT", "activities/state", {}, query={**STATE, "stateId": "second", "registration": registration})
    ask("PUT", "activities/state", {}, query={**STATE, "agent": other})
    owner = {"activityId": STATE["activityId"], "agent": AGENT}
    since = (Document.objects.earliest("updated_at").updated_at).isoformat()

    assert ask("GET", "activities/state", query=owner).json() == ["bookmark", "second"]
    assert ask("GET", "activities/state", query={**owner, "since": since}).json() == ["second"]
    assert ask("GET", "activities/state", query={**owner, "registration": registration}).json() == ["second"]
    assert ask("DELETE", "activities/state", query={**owner, "registration": registration}).status_code == 204
    assert ask("GET", "activities/state", query=owner).json() == ["bookmark"]
    assert ask("DELETE", "activities/state", query=owner).status_code == 204
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"activityId": STATE["activityId"], "stateId": "x"},
        {"agent": AGENT, "stateId": "x"},
        {**STATE, "activityId": "x"},
        {**STATE, "agent": "{}"},
        {**STATE, "registration": "x"},
        {**STATE, "stateID": "x"},
        {**STATE, "since": "2026-11-22T00:00:00Z"},
    ],
)
def test_a_wrong_state_parameter_is_refused(ask, query):
    assert ask("GET", "activities/state", query=query).status_code == 400


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.ALL, {"write", "read", "state", "read state"}),
        (Scope.ALL_READ, {"read", "read state"}),
        (Scope.STATEMENTS_WRITE, {"write"}),
        (Scope.STATEMENTS_READ, {"read"}),
        (Scope.STATEMENTS_READ_MINE, {"read"}),
        (Scope.STATE, {"state", "read state"}),
        (Scope.PROFILE, set()),
    ],
)
def test_a_scope_opens_what_it_says_and_nothing_else(ask, scope, allowed):
    ask("PUT", "activities/state", {}, query=STATE)
    _, headers = make_credential(scope)
    calls = {
        "write": ("POST", "statements", make_statement(), None),
        "read": ("GET", "statements", None, None),
        "state": ("PUT", "activities/state", {}, STATE),
        "read state": ("GET", "activities/state", None, STATE),
    }

    for name, (method, path, body, query) in calls.items():
        status = ask(method, path, body, query=query, as_=headers).status_code
        assert (status != 403) is (name in allowed), name


def test_who_reads_only_its_own_reads_only_its_own(ask):
    ask("POST", "statements", make_statement())
    _, headers = make_credential(Scope.STATEMENTS_WRITE, Scope.STATEMENTS_READ_MINE)
    mine = ask("POST", "statements", make_statement(), as_=headers).json()

    assert ids(ask("GET", "statements", as_=headers)) == mine


def test_an_agency_reads_its_outcomes_and_nothing_of_anyone_else(ask, amina, chidi, northgate, brannoc):
    def say(user, agency, verb, key, **parts):
        statement = builders.statement(builders.actor(user), verb, COURSE, at=AT, key=key, **parts)
        return str(services.store_statements([statement], agency=agency, at=AT)[0])

    seen = say(amina, northgate, cmi5.SATISFIED, "1")
    scored = say(amina, northgate, adl.PASSED, "2", result={"score": {"scaled": 0.8}})
    foreign = say(chidi, brannoc, cmi5.SATISFIED, "3")
    about = ask(
        "POST", "statements", make_statement(object={"objectType": "StatementRef", "id": seen})
    ).json()[0]
    _, headers = make_credential(Scope.ALL, agency=northgate)

    for query in (
        {},
        {"verb": cmi5.SATISFIED["id"]},
        {"activity": COURSE["id"], "related_activities": "true"},
    ):
        assert ids(ask("GET", "statements", query=query, as_=headers)) == [seen]
    for hidden in (scored, foreign, about):
        assert ask("GET", "statements", query={"statementId": hidden}, as_=headers).status_code == 404
    agent = json.dumps(builders.actor(chidi))
    assert ids(ask("GET", "statements", query={"agent": agent, "related_agents": "true"}, as_=headers)) == []
    assert ask("POST", "statements", make_statement(), as_=headers).status_code == 403
    assert ask("GET", "activities/state", query=STATE, as_=headers).status_code == 403
    assert ask("PUT", "activities/state", {}, query=STATE, as_=headers).status_code == 403


def test_a_page_costs_the_same_however_much_is_stored(ask, count_queries):
    ask("POST", "statements", make_statement())
    one = count_queries(lambda: ask("GET", "statements", query={"agent": AGENT}))
    ask("POST", "statements", [make_statement() for _ in range(50)])

    assert count_queries(lambda: ask("GET", "statements", query={"agent": AGENT})) == one


def test_the_command_prints_a_key_and_a_secret_that_work(ask, capsys):
    call_command("lrs_credential", "create", "A player")

    lines = capsys.readouterr().out.splitlines()
    (key_name, key), (secret_name, secret) = (line.split("=", 1) for line in lines)
    assert (key_name, secret_name) == ("key", "secret")
    assert ask("GET", "statements", as_=headers_of(key, secret)).status_code == 200
    call_command("lrs_credential", "revoke", key)
    assert ask("GET", "statements", as_=headers_of(key, secret)).status_code == 401


def test_the_command_limits_to_agency_and_scopes(northgate, capsys):
    call_command("lrs_credential", "create", "HR", "--agency", "northgate", "--scope", "all/read")

    credential = Credential.objects.get(name="HR")
    assert credential.agency == northgate
    assert credential.scopes == ["all/read"]
    with pytest.raises(CommandError, match="no agency"):
        call_command("lrs_credential", "create", "HR", "--agency", "nowhere")
