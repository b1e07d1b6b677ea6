"""The second wall: with the first one gone, PostgreSQL itself keeps agencies apart."""

import logging

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ProgrammingError
from django.http import HttpResponse
from django.test import RequestFactory

from agencies import isolation
from agencies.isolation import (
    EVERYTHING,
    NOTHING,
    Reach,
    across_agencies,
    on_behalf_of,
    reaching,
    within_agency,
)
from agencies.models import Agency, Membership
from certification.models import AchievementCredential, CredentialEvent, Recognition
from compliance.models import Assignment, ComplianceStatus
from config.isolation import OPEN, PROTECTED
from config.middleware import ReachMiddleware
from config.row_security import Walls
from courses.models import CheckAttempt, PracticeAudit, Registration, UnitProgress
from records.models import Rel, Statement
from scenarios.models import Attempt
from tests.factories.agencies import MembershipFactory
from tests.test_every_url import client_of
from tests.two_agencies import make_two
from tests.walls import as_owner

only_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="exists on PostgreSQL only")

# Rows that an agency's readers may see, and by which key they lead to it.
AGENCYS = {
    Membership: "agency__path",
    AchievementCredential: "agency__path",
    CredentialEvent: "credential__agency__path",
    Recognition: "agency__path",
    ComplianceStatus: "agency__path",
    Registration: "agency__path",
    Assignment: "agency__path",
    PracticeAudit: "agency__path",
    Statement: "agency__path",
    Rel: "statement__agency__path",
}
# Below what an employer may see.
HERS = {UnitProgress: "registration__user", CheckAttempt: "registration__user", Attempt: "user"}


@pytest.fixture
def two(db):
    return make_two()


def as_person(user):
    return reaching(lambda: Reach(person=user.pk))


def leads_to_an_agency():
    """Every model of ours from which keys, one after the other, lead to an agency."""
    ours = [model for model in apps.get_models() if model._meta.label.split(".")[0] in OUR_APPS]
    found = {Agency}
    while True:
        more = {
            model
            for model in ours
            if model not in found
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in found
        }
        if not more:
            return found
        found |= more


OUR_APPS = {
    "compliance",
    "certification",
    "courses",
    "scenarios",
    "content",
    "records",
    "agencies",
    "accounts",
}


def test_every_model_that_leads_to_an_agency_stands_behind_the_wall_or_says_why_not():
    found = leads_to_an_agency()
    silent = sorted(
        model._meta.label
        for model in found
        if model._meta.db_table not in PROTECTED and model._meta.label not in OPEN
    )
    assert not silent, (
        f"Give a policy by a migration of config (row_security.Walls) and name the table in config/isolation.py, or write there why not: {silent}"
    )
    gone = sorted(set(OPEN) - {model._meta.label for model in apps.get_models()})
    assert not gone, f"No longer a model: {gone}"
    both = sorted(label for label in OPEN if apps.get_model(label)._meta.db_table in PROTECTED)
    assert not both, f"Behind the wall and excused from it: {both}"


def test_the_migrations_make_a_policy_for_every_table_that_is_named():
    made = set()
    loader = MigrationLoader(None)
    for (app, _name), migration in loader.disk_migrations.items():
        if app == "config":
            for operation in migration.operations:
                if isinstance(operation, Walls):
                    made |= set(operation.policies)
    assert made == PROTECTED


@only_postgres
def test_the_database_has_a_policy_on_every_table_that_is_named(db):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relrowsecurity"
        )
        assert {row[0] for row in cursor.fetchall()} == PROTECTED


@only_postgres
def test_these_tests_run_as_a_role_for_which_policies_hold(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


@only_postgres
def test_nothing_comes_through_while_nobody_says_who_asks(two):
    with reaching(lambda: NOTHING):
        for model in (*AGENCYS, *HERS):
            free = {Assignment: {"agency__isnull": False}}.get(model, {})
            assert not model._default_manager.filter(**free).exists(), model._meta.label


@only_postgres
@pytest.mark.parametrize("who", ["learner", "lead", "auditor", "unit lead", "trainer", "former lead"])
def test_without_the_first_wall_nothing_of_another_agency_comes_through(two, who):
    """Every manager is asked for everything, as if no selector had ever asked for one agency's rows."""
    for house in (two.a, two.b):
        person = house.people[who]
        with as_person(person):
            for model, path in AGENCYS.items():
                rows = model._default_manager.values_list(path, flat=True)
                foreign = [one for one in rows if not one.startswith(house.agency.path)]
                assert not foreign, f"{model._meta.label} for {who}"
            assert Membership.objects.filter(agency=house.agency).count() > 1
            assert not Membership.objects.filter(agency=two.other(house).agency).update(staff_number="x")
            assert not Statement.objects.filter(is_outcome=False).exists()
            for model, user in HERS.items():
                assert set(model._default_manager.values_list(user, flat=True)) <= {person.pk}, (
                    model._meta.label
                )


@only_postgres
def test_not_even_her_lead_reaches_what_no_employer_may_see(two):
    house = two.a
    with as_person(house.people["learner"]):
        assert Attempt.objects.filter(pk=house.attempt.pk).exists()
    with as_person(house.people["lead"]):
        assert Registration.objects.filter(pk=house.registration.pk).exists()
        assert not Attempt.objects.filter(pk=house.attempt.pk).exists()


@only_postgres
def test_people_without_an_agency_see_nobody_else_without_one(two):
    other = MembershipFactory(agency=Agency.objects.get(slug="independent"))
    with as_person(two.independent):
        assert [row.user_id for row in Membership.objects.all()] == [two.independent.pk]
        assert not Membership.objects.filter(pk=other.pk).exists()


@only_postgres
def test_nobody_writes_a_row_for_another_agency(two):
    lead, theirs = two.a.people["lead"], two.b.agency
    with as_person(lead), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Assignment.objects.create(agency=theirs, course=two.a.registration.course_version.course, days=3)
    with as_person(lead):
        mine = Assignment.objects.get(agency=two.a.agency)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Assignment.objects.filter(pk=mine.pk).update(agency=theirs)


@only_postgres
def test_a_certificate_from_elsewhere_reaches_a_lead_once_its_holder_shows_it(two):
    lead = two.a.people["lead"]
    row = AchievementCredential.objects.get(user=two.both)
    with as_person(lead):
        assert not AchievementCredential.objects.filter(pk=row.pk).exists()
    row.shares = {**row.shares, "lead": True}
    row.save(update_fields=["shares"])
    with as_person(lead):
        assert AchievementCredential.objects.filter(pk=row.pk).exists()


@only_postgres
def test_the_key_of_an_agency_reaches_its_outcomes_only(two):
    with within_agency(two.a.agency.path):
        paths = set(Statement.objects.values_list("agency__path", "is_outcome"))
    assert paths
    assert all(is_outcome and path.startswith(two.a.agency.path) for path, is_outcome in paths)


@only_postgres
def test_who_looks_further_says_why_and_the_log_keeps_it(two, caplog):
    caplog.set_level(logging.INFO, logger="agencies.isolation")
    with as_person(two.a.people["lead"]):
        with across_agencies("a test of everything"):
            assert Membership.objects.filter(agency=two.b.agency).exists()
        assert not Membership.objects.filter(agency=two.b.agency).exists()
        with on_behalf_of(two.b.people["learner"].pk):
            assert Membership.objects.filter(user=two.b.people["learner"]).exists()
            assert not Membership.objects.filter(agency=two.a.agency).exists()
    assert "across agencies: a test of everything" in caplog.text


@only_postgres
def test_a_rollback_takes_back_what_the_database_was_told_and_it_is_told_again(two):
    """A setting goes back with its transaction, or the next query would go by who asked before."""
    mine, theirs = two.a.people["lead"], two.b.people["lead"]

    def sees():
        return set(Membership.objects.values_list("agency__path", flat=True).distinct())

    with as_person(mine):
        own = sees()
    with as_person(theirs):
        other = sees()
    assert not own & other
    for _round in range(3):
        with as_person(mine):
            assert sees() == own
        try:
            with transaction.atomic():
                with as_person(theirs):
                    assert sees() == other
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        with as_person(theirs):
            assert sees() == other
        with as_person(mine):
            with transaction.atomic(), across_agencies("inside"):
                assert sees() > own | other
            assert sees() == own


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_holds_between_real_transactions():
    two = make_two()
    mine, theirs = two.a.people["lead"], two.b.people["lead"]

    def sees():
        return {path[:4] for path in Membership.objects.values_list("agency__path", flat=True)}

    own, other = {two.a.agency.path}, {two.b.agency.path}
    with as_person(mine):
        assert sees() == own
    try:
        with transaction.atomic():
            with as_person(theirs):
                assert sees() == other
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with as_person(theirs):
        assert sees() == other
        with transaction.atomic():
            assert sees() == other
    with transaction.atomic(), as_person(mine):
        assert sees() == own
    with as_person(theirs):
        assert sees() == other
    connection.close()
    from tests.walls import serve_as_server

    serve_as_server(connection)
    with as_person(theirs):
        assert sees() == other


@only_postgres
def test_a_page_tells_the_database_once_who_asks_and_a_page_that_needs_nothing_never(two, monkeypatch):
    told = []
    settle = isolation._settle

    def count(this):
        known = this.__dict__.get("_waylight_known")
        before = known and known.settings
        settle(this)
        if this.__dict__["_waylight_known"].settings != before:
            told.append(isolation.current_reach())

    monkeypatch.setattr(isolation, "_settle", count)
    client = client_of(two.a.people["lead"])
    told.clear()
    assert client.get("/agency/house-a/").status_code == 200
    assert told == [Reach(person=two.a.people["lead"].pk)]
    told.clear()
    client_of(None).get("/robots.txt")
    assert not told


@only_postgres
def test_a_file_that_is_sent_line_by_line_reaches_as_far_as_the_page(two):
    response = client_of(two.a.people["lead"]).get("/agency/house-a/staff.csv")
    with reaching(lambda: NOTHING):
        text = b"".join(response.streaming_content).decode()
    assert "QxA Learner" in text
    assert "QxB" not in text


def test_a_request_reaches_nothing_before_anybody_signed_in_and_everything_for_an_administrator_in_the_admin(
    two, caplog
):
    caplog.set_level(logging.INFO, logger="agencies.isolation")

    def reach_of(user, path):
        request = RequestFactory().get(path)
        request.user = user
        found = []

        def answer(request):
            found.append(isolation.current_reach())
            return HttpResponse()

        ReachMiddleware(answer)(request)
        return found[0]

    from django.contrib.auth.models import AnonymousUser

    lead, administrator = two.a.people["lead"], two.administrator
    assert reach_of(AnonymousUser(), "/") == NOTHING
    assert reach_of(lead, "/agency/house-a/") == Reach(person=lead.pk)
    assert reach_of(lead, "/admin/") == Reach(person=lead.pk)
    assert reach_of(two.a.people["trainer"], "/admin/").is_everything is False
    assert reach_of(administrator, "/agency/house-a/") == Reach(person=administrator.pk)
    assert reach_of(administrator, "/admin/snippets/agencies/membership/") == EVERYTHING
    assert f"/admin/snippets/agencies/membership/ in the admin, by {administrator.uuid}" in caplog.text


@only_postgres
def test_the_deployment_check_says_when_policies_do_not_hold_for_the_servers_role(db):
    from config.checks import BYPASSES, OWNS, check_database_role

    assert check_database_role() == []
    with as_owner():
        assert {one.id for one in check_database_role()} == {BYPASSES, OWNS}


@only_postgres
def test_the_command_makes_a_role_that_owns_nothing_and_goes_past_nothing(db, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgres://waylight_made_by_a_test:secret@127.0.0.1/x")
    with as_owner():
        call_command("database_roles", print=True)
        assert "NOBYPASSRLS" in capsys.readouterr().out
        call_command("database_roles")
        call_command("database_roles")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper, rolbypassrls, rolcanlogin, has_table_privilege(rolname::text, 'agencies_membership', 'DELETE')"
                " FROM pg_roles WHERE rolname = 'waylight_made_by_a_test'"
            )
            assert cursor.fetchone() == (False, False, True, True)
        monkeypatch.setenv("DATABASE_URL", "postgres://postgres@127.0.0.1/x")
        with pytest.raises(CommandError, match="same role"):
            call_command("database_roles")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="there are roles")
def test_without_roles_the_command_says_so(db):
    with pytest.raises(CommandError, match="SQLite"):
        call_command("database_roles")
