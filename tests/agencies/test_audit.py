"""Who changed what, and who looked at whom."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.own_data import own_data_of
from agencies import audit, services
from agencies.exceptions import AgencyError
from agencies.isolation import Reach, reaching
from agencies.models import AuditEntry, Delegation
from agencies.places import add_unit
from compliance.services import assign, refresh_status
from tests.factories.accounts import ProfessionalRoleFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory
from tests.factories.courses import make_course


@pytest.fixture
def course(db):
    return make_course(at=timezone.now() - timedelta(days=900)).course


def actions(**wanted):
    return list(AuditEntry.objects.filter(**wanted).order_by("pk").values_list("action", flat=True))


def log_of(client, agency, **query):
    return client.get(reverse("agencies:log", args=[agency.slug]), query)


def test_what_is_changed_in_an_agency_is_written_down_with_who_and_whom(northgate, ben, course):
    on = timezone.localdate()
    known = AuditEntry.objects.latest("pk").pk
    place = MembershipFactory(agency=northgate, professional_role=ProfessionalRoleFactory(code="R1"))
    services.set_membership_role(place, professional_role=None, on=on)
    until = on + timedelta(days=9)
    delegation = services.delegate(
        place.user, northgate, kind=Delegation.Kind.AUDITOR, starts_on=on, ends_on=until, by=ben
    )
    services.end_delegation(delegation, on=on, by=ben)
    services.end_membership(place, on=on)
    assign(northgate, course=course, days=30, at=timezone.now())
    add_unit(northgate, name="Custody", on=on)
    assert actions(pk__gt=known) == [
        "member.added",
        "member.role",
        "delegation.given",
        "delegation.ended",
        "member.ended",
        "assignment.made",
        "unit.made",
    ]
    given = AuditEntry.objects.get(action="delegation.given", person=place.user)
    assert (given.by, given.agency) == (ben, northgate)
    assert given.details == {"kind": "auditor", "until": until.isoformat()}
    assert all(audit.is_known(action) for action in actions())


def test_who_is_signed_in_did_it_where_nobody_else_is_named(signed_in, northgate, amina, ben):
    place = amina.memberships.get()
    signed_in(ben).post(
        reverse("agencies:place_change", args=[northgate.slug, place.uuid, "end"]),
        {"on": timezone.localdate().isoformat()},
    )
    for entry in AuditEntry.objects.filter(action="member.ended", person=amina):
        assert entry.by == ben
    MembershipFactory(agency=northgate)
    assert AuditEntry.objects.filter(action="member.added").latest("pk").by is None


def test_a_list_is_one_entry_with_its_filters_and_a_person_one_that_names_her(
    signed_in, northgate, amina, ben, course
):
    refresh_status(amina.pk, at=timezone.now())
    client = signed_in(ben)
    client.get(reverse("compliance:agency", args=[northgate.slug]), {"status": "not_started", "q": "Rahman"})
    b"".join(client.get(reverse("compliance:staff_csv", args=[northgate.slug])).streaming_content)
    client.get(reverse("compliance:person", args=[northgate.slug, amina.uuid]))
    looks = AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOK).order_by("pk")
    assert [(row.action, row.person, row.by) for row in looks] == [
        ("people.looked", None, ben),
        ("people.exported", None, ben),
        ("person.looked", amina, ben),
    ]
    assert looks[0].details["q"] == "Rahman"
    assert looks[0].details["status"] == "not_started"


def test_who_was_refused_has_looked_at_nothing(signed_in, northgate, amina, chidi, course):
    for person in (amina, chidi):
        client = signed_in(person)
        for name in ("compliance:agency", "compliance:staff_csv", "agencies:log"):
            assert client.get(reverse(name, args=[northgate.slug])).status_code == 404
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOK).exists()


def test_a_person_finds_in_her_own_data_who_looked_at_her_and_nobody_else(signed_in, northgate, amina, ben):
    signed_in(ben).get(reverse("compliance:person", args=[northgate.slug, amina.uuid]))
    hers = own_data_of(amina, at=timezone.now())["who-looked-at-me.json"].decode()
    assert "Ben Okafor" in hers
    assert "Northgate Police" in hers
    assert own_data_of(ben, at=timezone.now())["who-looked-at-me.json"] == b"[]"


def test_looking_at_oneself_is_no_look(signed_in, northgate, ben):
    signed_in(ben).get(reverse("compliance:person", args=[northgate.slug, ben.uuid]))
    assert "person.looked" not in actions()


def test_leads_read_the_log_of_their_part_of_the_tree_and_auditors_until_their_last_day(
    signed_in, northgate, brannoc, ben, chidi, amina
):
    on = timezone.localdate()
    unit = AgencyFactory(parent=northgate, name="Custody", slug="custody")
    auditor, late, coordinator = (MembershipFactory(agency=northgate).user for _ in range(3))
    DelegationFactory(
        user=auditor, agency=northgate, kind=Delegation.Kind.AUDITOR, ends_on=on + timedelta(days=1)
    )
    DelegationFactory(user=late, agency=northgate, kind=Delegation.Kind.AUDITOR, ends_on=on)
    DelegationFactory(user=coordinator, agency=northgate, kind=Delegation.Kind.COORDINATOR)
    shown = log_of(signed_in(ben), northgate).content.decode()
    assert "made the unit" in shown
    assert "Chidi" not in shown
    assert log_of(signed_in(auditor), northgate).status_code == 200
    for person in (late, coordinator, chidi, amina):
        assert log_of(signed_in(person), northgate).status_code == 404
    of_unit = log_of(signed_in(ben), unit).content.decode()
    assert "made the unit" in of_unit
    assert "added to the staff" not in of_unit
    looks = log_of(signed_in(ben), northgate, kind="look").content.decode()
    assert "added to the staff" not in looks
    assert "looked at this log" in looks


def test_the_log_costs_the_same_however_long_it_is(signed_in, northgate, ben, count_queries):
    client = signed_in(ben)
    MembershipFactory(agency=northgate)
    few = count_queries(lambda: log_of(client, northgate))
    for _number in range(20):
        MembershipFactory(agency=northgate)
    assert count_queries(lambda: log_of(client, northgate)) == few


def test_what_the_log_says_is_neither_changed_nor_removed(northgate, amina):
    entry = AuditEntry.objects.first()
    with pytest.raises(AgencyError):
        entry.save()
    with pytest.raises(AgencyError):
        entry.delete()
    with pytest.raises(AgencyError):
        AuditEntry.objects.update(action="nothing")
    with pytest.raises(AgencyError):
        AuditEntry.objects.all().delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="exists on PostgreSQL only")
def test_nor_by_the_database_for_whoever_goes_around_the_model(northgate, brannoc, amina, ben):
    entry = AuditEntry.objects.filter(agency=northgate).first()
    rows = AuditEntry._base_manager.filter(pk=entry.pk)
    assert rows.values("pk").query is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_auditentry SET action = 'nothing'")
        assert cursor.rowcount == 0
    with reaching(lambda: Reach(person=ben.pk)):
        assert rows.exists()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM agencies_auditentry")
            assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            audit.note_change("unit.changed", brannoc)
    assert rows.exists()


def test_entries_go_when_they_are_old_enough(northgate, amina, settings, capsys):
    settings.AUDIT_RETENTION_DAYS = 100
    now = timezone.now()
    AuditEntry._base_manager.bulk_create(
        [AuditEntry(kind="change", action="unit.changed", agency=northgate, at=now - timedelta(days=102))]
    )
    count = AuditEntry.objects.count()
    call_command("remove_old_audit_entries")
    assert capsys.readouterr().out.startswith("1 ")
    assert AuditEntry.objects.count() == count - 1


def test_people_without_an_agency_have_no_log(db):
    MembershipFactory(agency=services.independent_agency(), professional_role=None)
    assert not AuditEntry.objects.filter(agency=services.independent_agency()).exists()
