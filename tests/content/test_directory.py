from datetime import date

import pytest
from django.test import RequestFactory
from django.utils import timezone

from agencies.services import join_independent
from content.models import ReferralService, StandardPage
from content.models.facts import is_stale
from tests.factories.accounts import UserFactory
from tests.factories.agencies import AgencyFactory

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("checked_on", "stale"),
    [
        (None, True),
        (date(2026, 11, 22), False),
        (date(2026, 8, 24), False),
        (date(2026, 8, 23), True),
        (date(2099, 1, 1), True),
    ],
)
def test_what_nobody_checked_within_ninety_days_is_stale_and_so_is_a_day_to_come(checked_on, stale):
    assert is_stale(checked_on, on=TODAY, days=90) is stale


def test_a_unit_uses_the_directory_of_its_agency_and_not_of_its_neighbours(northgate, brannoc):
    custody = AgencyFactory(name="Custody", parent=northgate)
    patrol = AgencyFactory(name="Patrol", parent=northgate)
    for agency in (northgate, custody, patrol, brannoc):
        ReferralService.objects.create(
            agency=agency, jurisdiction=northgate.jurisdiction, name=agency.name, contact="0"
        )
    names = {service.name for service in ReferralService.objects.for_staff_of(custody)}
    assert names == {"Northgate Police", "Custody"}


def test_whoever_belongs_to_no_agency_is_not_sent_to_a_lead(db):
    user = UserFactory()
    join_independent(user, on=timezone.localdate())
    request = RequestFactory().get("/help/")
    request.user = user
    page = StandardPage(title="Help", slug="help", shows=StandardPage.Shows.CONTACTS)
    assert "services" not in page.get_context(request)
