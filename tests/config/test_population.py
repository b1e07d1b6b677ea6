"""An invented agency of any size, to measure with."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agencies.models import Agency, Membership
from certification.models import AchievementCredential, CredentialEvent
from compliance.models import ComplianceStatus
from compliance.services import refresh_all
from config.population import PopulationError, make_population
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory
from tests.factories.courses import make_course

AT = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def curriculum(db):
    make_course()
    JurisdictionFactory(code="UK")
    ProfessionalRoleFactory(code="R1")


def made(slug="pop", **sizes):
    return make_population(slug, **({"people": 60, "units": 12, "seed": 7} | sizes), at=AT)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
def test_a_population_has_people_in_units_with_years_of_certificates(curriculum):
    found = made()
    assert (found.people, found.units) == (60, 12)
    assert Membership.objects.within(found.agency).count() == 60
    assert AchievementCredential.objects.count() == found.certificates > 300
    replaced = CredentialEvent.objects.filter(kind="superseded").count()
    assert replaced == found.certificates / 2 == AchievementCredential.objects.standing().count()
    assert Agency.find_problems() == ([], [], [], [], [])
    refresh_all(at=AT)
    states = dict.fromkeys(ComplianceStatus.objects.values_list("state", flat=True))
    assert ComplianceStatus.objects.count() == 240
    assert {"certified", "expiring", "lapsed", "not_started", "in_progress"} <= set(states)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
def test_the_same_seed_makes_the_same_people(curriculum):
    def where(slug):
        rows = Membership.objects.filter(agency__slug__startswith=slug).order_by("staff_number")
        return [(row.staff_number, row.agency.slug.removeprefix(slug), row.started_on) for row in rows]

    for slug in ("one", "two"):
        made(slug)
    assert where("one") == where("two")
    with pytest.raises(PopulationError, match="already"):
        made("one")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="There it is made")
def test_elsewhere_it_is_refused_in_words(curriculum):
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("make_population", "pop")
    assert not Agency.objects.filter(slug="pop").exists()
