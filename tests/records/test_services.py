"""What the store promises the other apps: the caller's transaction, once only, and everything filled in."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from records import builders, keys, selectors, services, xapi
from records.exceptions import InvalidStatement, NotAllowed, StatementConflict
from records.models import ActivityDefinition, Rel, Scope, Statement
from records.signals import outside_statement_stored
from records.vocabulary import adl, cmi5
from tests.factories.records import AT, make_credential, make_statement

pytestmark = pytest.mark.django_db
V1 = xapi.Version.V1
COURSE = builders.activity("https://w.example/course", name="A course", type_=cmi5.ACTIVITY_COURSE)


def own(user, *, key="k", verb=adl.COMPLETED, target=COURSE, **parts):
    return builders.statement(builders.actor(user), verb, target, at=AT, key=key, **parts)


def outside(*statements, credential=None):
    credential = credential or make_credential()[0]
    return services.store_outside_statements(statements, credential=credential, version=V1, at=AT)


def voiding(identifier):
    return make_statement(
        verb={"id": adl.VOIDED["id"]}, object={"objectType": "StatementRef", "id": str(identifier)}
    )


def test_the_store_fills_what_only_it_may_say(amina, northgate):
    before = datetime.now(UTC) - timedelta(seconds=5)

    [identifier] = services.store_statements([own(amina)], agency=northgate, at=AT)

    row = Statement.objects.get(uuid=identifier)
    payload = json.loads(row.payload)
    assert payload["authority"] == services.platform_authority()
    assert payload["version"] == "1.0.0"
    assert xapi.instant(payload["stored"]) == row.stored > before
    assert xapi.instant(payload["timestamp"]) == row.timestamp == AT
    assert row.agency == northgate
    assert row.is_outcome


def test_what_was_handed_in_is_left_alone(amina, northgate):
    statement = own(amina)
    before = json.dumps(statement)

    services.store_statements([statement], agency=northgate, at=AT)

    assert json.dumps(statement) == before


def test_a_missing_id_and_timestamp_are_filled(northgate):
    [identifier] = services.store_statements([make_statement()], agency=northgate, at=AT)

    assert Statement.objects.get(uuid=identifier).timestamp == AT


def test_the_same_command_twice_writes_its_statement_once(amina, northgate):
    first = services.store_statements([own(amina)], agency=northgate, at=AT)
    second = services.store_statements([own(amina)], agency=northgate, at=AT + timedelta(hours=1))

    assert first == second
    assert Statement.objects.count() == 1
    assert Rel.objects.filter(statement__uuid=first[0]).count() == Rel.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_statement_shares_the_fate_of_the_fact(amina, northgate):
    with transaction.atomic():
        services.store_statements([own(amina)], agency=northgate, at=AT)
        transaction.set_rollback(True)

    assert not Statement.objects.exists()


def test_one_wrong_statement_stores_none(amina, northgate):
    with pytest.raises(InvalidStatement):
        services.store_statements([own(amina), {"actor": {}}], agency=northgate, at=AT)

    assert not Statement.objects.exists()


def test_a_long_batch_takes_as_many_queries_as_one_statement(amina, northgate, count_queries):
    one = count_queries(lambda: services.store_statements([own(amina)], agency=northgate, at=AT))
    many = [own(amina, key=str(number)) for number in range(20)]

    assert count_queries(lambda: services.store_statements(many, agency=northgate, at=AT)) == one


def test_a_batch_keeps_its_order(amina, northgate):
    many = [own(amina, key=str(number)) for number in range(20)]

    stored = services.store_statements(many, agency=northgate, at=AT)

    assert list(Statement.objects.order_by("seq").values_list("uuid", flat=True)) == stored


def test_definitions_are_remembered_after_commit_and_joined(
    amina, northgate, django_capture_on_commit_callbacks
):
    iri = f"https://w.example/{uuid.uuid4()}"
    for name, language in (("One", "en"), ("Uno", "es")):
        target = builders.activity(iri, name={language: name})
        with django_capture_on_commit_callbacks(execute=True):
            services.store_statements([own(amina, key=language, target=target)], agency=northgate, at=AT)

    assert ActivityDefinition.objects.get(iri=iri).definition == {"name": {"en": "One", "es": "Uno"}}


def test_a_client_cannot_rename_our_own_courses(settings, django_capture_on_commit_callbacks):
    theirs = {"id": "https://learn.example/x", "definition": {"name": {"en": "Theirs"}}}
    ours = {
        "id": f"{settings.PUBLIC_URL}/xapi/activities/course/R1-E",
        "definition": {"name": {"en": "Free prize"}},
    }

    with django_capture_on_commit_callbacks(execute=True):
        outside(make_statement(object=theirs), make_statement(object=ours))

    assert list(ActivityDefinition.objects.values_list("iri", flat=True)) == [theirs["id"]]


def test_an_outside_statement_never_becomes_an_outcome(amina, northgate):
    [identifier] = outside(own(amina))

    assert not Statement.objects.get(uuid=identifier).is_outcome


def test_an_outside_statement_belongs_to_the_agency_of_its_registration(amina, northgate):
    registration = uuid.uuid4()
    services.store_statements([own(amina, registration=registration)], agency=northgate, at=AT)

    [identifier] = outside(make_statement(context={"registration": str(registration).upper()}))

    assert Statement.objects.get(uuid=identifier).agency == northgate


def test_whoever_listens_hears_of_outside_statements_alone(
    amina, northgate, django_capture_on_commit_callbacks
):
    heard = []

    def listen(**news):
        heard.append(news["statement_uuid"])

    outside_statement_stored.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            services.store_statements([own(amina)], agency=northgate, at=AT)
            [identifier] = outside(make_statement())
    finally:
        outside_statement_stored.disconnect(listen)

    assert heard == [identifier]


def test_the_same_id_with_other_words_is_a_conflict():
    credential = make_credential()[0]
    identifier = str(uuid.uuid4())
    outside(make_statement(id=identifier), credential=credential)
    outside(make_statement(id=identifier), credential=credential)

    with pytest.raises(StatementConflict):
        outside(make_statement(id=identifier, result={"success": True}), credential=credential)

    assert Statement.objects.count() == 1


def test_voiding_hides_a_statement_whichever_comes_first():
    credential = make_credential()[0]
    late = uuid.uuid4()
    [early] = outside(make_statement(), credential=credential)

    outside(voiding(early), voiding(late), credential=credential)
    outside(make_statement(id=str(late)), credential=credential)

    assert set(Statement.objects.filter(is_voided=True).values_list("uuid", flat=True)) == {early, late}


def test_a_client_cannot_void_what_the_platform_said(amina, northgate):
    [identifier] = services.store_statements([own(amina)], agency=northgate, at=AT)

    with pytest.raises(NotAllowed):
        outside(voiding(identifier))

    assert not Statement.objects.get(uuid=identifier).is_voided


def test_a_client_cannot_void_in_advance_what_the_platform_will_say(amina, northgate):
    statement = own(amina)
    outside(voiding(statement["id"]))

    [identifier] = services.store_statements([statement], agency=northgate, at=AT)

    assert not Statement.objects.get(uuid=identifier).is_voided


def test_a_client_without_the_widest_scope_voids_only_its_own():
    [theirs] = outside(make_statement())
    writer = make_credential(Scope.STATEMENTS_WRITE)[0]
    [mine] = outside(make_statement(), credential=writer)

    outside(voiding(mine), credential=writer)
    with pytest.raises(NotAllowed):
        outside(voiding(theirs), credential=writer)


def test_a_statement_that_voids_cannot_be_voided():
    credential = make_credential()[0]
    [first] = outside(make_statement(), credential=credential)
    [second] = outside(voiding(first), credential=credential)

    with pytest.raises(InvalidStatement):
        outside(voiding(second), credential=credential)


@pytest.mark.parametrize("scopes", [[Scope.STATEMENTS_READ], [Scope.ALL_READ], [Scope.STATE], []])
def test_who_may_not_write_stores_nothing(scopes):
    with pytest.raises(NotAllowed):
        outside(make_statement(), credential=make_credential(Scope.ALL)[0].__class__(scopes=scopes))


def test_an_agency_never_writes_even_with_the_widest_scope(northgate):
    with pytest.raises(NotAllowed):
        outside(make_statement(), credential=make_credential(Scope.ALL, agency=northgate)[0])


def test_an_agency_sees_its_outcomes_and_nothing_else(amina, northgate, brannoc):
    reader = make_credential(Scope.ALL, agency=northgate)[0]
    [seen] = services.store_statements([own(amina, key="1")], agency=northgate, at=AT)
    services.store_statements([own(amina, key="2")], agency=brannoc, at=AT)
    services.store_statements([own(amina, key="3", verb=adl.ANSWERED)], agency=northgate, at=AT)
    services.store_statements([own(amina, key="4")], agency=None, at=AT)
    outside(own(amina, key="5"))

    assert list(selectors.visible_statements(reader).values_list("uuid", flat=True)) == [seen]


def test_a_key_is_found_in_every_position():
    agent, other = {"mbox": "mailto:a@learn.example"}, {"mbox": "mailto:b@learn.example"}
    statement = make_statement(
        actor={"objectType": "Group", "member": [agent]},
        object={"objectType": "SubStatement", **make_statement(actor=other, object={"id": "urn:x:inner"})},
        context={"instructor": other, "contextActivities": {"other": [{"id": "urn:x:other"}]}},
    )

    found = keys.related_keys(statement)

    assert keys.key(keys.AGENT, keys.agent_identity(agent)) in found
    assert keys.key(keys.AGENT, keys.agent_identity(other)) not in found
    assert keys.key(keys.RELATED_AGENT, keys.agent_identity(other)) in found
    assert {keys.key(keys.RELATED_ACTIVITY, iri) for iri in ("urn:x:inner", "urn:x:other")} <= found


def test_a_secret_is_kept_as_its_digest_and_ends_when_revoked():
    credential, secret = services.create_credential("Client", agency=None, scopes=[Scope.ALL], at=AT)

    assert secret not in str(credential.__dict__)
    assert selectors.find_credential(credential.key, secret, at=AT) == credential
    assert selectors.find_credential(credential.key, "wrong", at=AT) is None
    services.revoke_credential(credential, at=AT)
    assert selectors.find_credential(credential.key, secret, at=AT) is None
