from datetime import date

import pytest

from agencies import permissions, selectors, services
from agencies.exceptions import AgencyError, AlreadyMember, NoLeadHere
from agencies.models import Agency, Delegation
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory

DAY = date(2026, 11, 22)


def test_a_lead_leads_every_unit_below_and_nothing_above(ben, northgate):
    patrol = AgencyFactory(parent=northgate)
    shift = AgencyFactory(parent=patrol)
    sergeant = DelegationFactory(agency=patrol).user
    assert permissions.can_lead(ben, shift, DAY)
    assert permissions.can_lead(sergeant, shift, DAY)
    assert not permissions.can_lead(sergeant, northgate, DAY)


def test_a_lead_of_another_agency_leads_nothing_here(chidi, northgate):
    assert not permissions.can_lead(chidi, northgate, DAY)
    assert not permissions.can_read_staff(chidi, northgate, DAY)
    assert northgate not in selectors.agencies_led_by(chidi, DAY)


def test_an_administrator_of_the_site_leads_nobody(northgate):
    assert not permissions.can_read_staff(UserFactory(is_superuser=True), northgate, DAY)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (date(2026, 11, 22), None, True),
        (date(2026, 11, 23), None, False),
        (date(2026, 1, 1), date(2026, 11, 22), False),
        (date(2026, 1, 1), date(2026, 11, 23), True),
    ],
)
def test_a_delegation_holds_between_its_days(northgate, starts_on, ends_on, holds):
    user = DelegationFactory(agency=northgate, starts_on=starts_on, ends_on=ends_on).user
    assert permissions.can_lead(user, northgate, DAY) is holds


def test_an_auditor_reads_and_does_not_lead_and_a_trainer_does_neither(northgate):
    auditor = DelegationFactory(agency=northgate, kind=Delegation.Kind.AUDITOR).user
    trainer = DelegationFactory(agency=northgate, kind=Delegation.Kind.TRAINER).user
    assert permissions.can_read_staff(auditor, northgate, DAY)
    assert not permissions.can_lead(auditor, northgate, DAY)
    assert not permissions.can_read_staff(trainer, northgate, DAY)


def test_independent_has_no_lead(db):
    with pytest.raises(NoLeadHere):
        services.delegate(
            UserFactory(), services.independent_agency(), kind=Delegation.Kind.LEAD, starts_on=DAY
        )


def test_independent_is_made_once_and_has_no_units(db):
    independent = services.independent_agency()
    assert services.independent_agency() == independent
    with pytest.raises(AgencyError):
        services.create_agency("Unit", slug="unit", parent=independent)


def test_joining_an_agency_leaves_independent(northgate):
    user = UserFactory()
    services.join_independent(user, on=date(2026, 1, 1))
    services.add_member(user, northgate, professional_role=None, started_on=DAY)
    assert selectors.current_membership(user, DAY).agency == northgate
    assert selectors.current_membership(user, date(2026, 6, 1)).agency.is_independent


def test_nobody_joins_independent_while_an_agency_has_them(amina):
    assert services.join_independent(amina, on=DAY) is None


def test_nobody_joins_the_same_unit_twice(amina, northgate):
    with pytest.raises(AlreadyMember):
        services.add_member(amina, northgate, professional_role=None, started_on=DAY)


def test_leaving_the_agency_ends_what_one_may_do_for_it(ben, northgate):
    services.end_membership(selectors.current_membership(ben, DAY), on=DAY)
    assert selectors.current_membership(ben, DAY) is None
    assert not permissions.can_lead(ben, northgate, DAY)


def test_moving_to_another_unit_keeps_what_one_may_do(ben, northgate):
    here = selectors.current_membership(ben, DAY)
    MembershipFactory(user=ben, agency=AgencyFactory(parent=northgate))
    services.end_membership(here, on=DAY)
    assert permissions.can_lead(ben, northgate, DAY)


def test_a_rehire_keeps_both_spells(amina, northgate):
    services.end_membership(selectors.current_membership(amina, DAY), on=date(2026, 2, 1))
    services.add_member(amina, northgate, professional_role=None, started_on=date(2026, 9, 1))
    assert amina.memberships.count() == 2
    assert selectors.current_membership(amina, date(2026, 5, 1)) is None
    assert selectors.current_membership(amina, DAY).started_on == date(2026, 9, 1)


def test_a_new_agency_never_moves_the_path_of_another(northgate):
    before = northgate.path
    AgencyFactory(name="Aardvark Shelter")
    assert Agency.objects.get(pk=northgate.pk).path == before


def test_a_unit_takes_the_law_of_the_nearest_unit_above(northgate):
    patrol = AgencyFactory(parent=northgate)
    abroad = AgencyFactory(parent=patrol, jurisdiction=JurisdictionFactory(code="US"))
    desk = AgencyFactory(parent=abroad)
    assert selectors.jurisdiction_of(patrol).code == "UK"
    assert selectors.jurisdiction_of(desk).code == "US"


def test_the_agency_sets_role_and_law_and_independent_sets_neither(amina):
    working = selectors.working_as(amina, DAY)
    assert (working.professional_role.code, working.jurisdiction.code) == ("R1", "UK")
    alone = UserFactory(
        professional_role=ProfessionalRoleFactory(nurse=True), jurisdiction=JurisdictionFactory(code="US")
    )
    services.join_independent(alone, on=DAY)
    working = selectors.working_as(alone, DAY)
    assert (working.professional_role.code, working.jurisdiction.code) == ("R3", "US")


def test_a_taken_address_word_is_refused(northgate):
    with pytest.raises(AgencyError, match="taken"):
        services.create_agency("Northgate again", slug="northgate")
