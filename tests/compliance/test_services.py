from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.services import choose_role
from agencies import services as agencies
from certification.services import revoke_credential, set_shares
from compliance import selectors, services
from compliance.exceptions import ComplianceError, NothingToRenew, RoleIsMissing
from compliance.models import ComplianceStatus
from compliance.status import State
from courses.models import Registration
from courses.services import complete_lesson
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.compliance import certify, make_staff
from tests.factories.courses import make_course

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def course(db):
    return make_course(at=NOW - timedelta(days=900)).course


def state_of(user):
    return ComplianceStatus.objects.get(user=user).state


def test_what_the_role_requires_is_registered_once(amina, course):
    services.follow_up(amina.pk, at=NOW)
    services.follow_up(amina.pk, at=NOW)
    registration = Registration.objects.get(user=amina)
    assert registration.course_version.course == course
    assert (registration.professional_role.code, registration.jurisdiction.code) == ("R1", "UK")
    assert registration.due_on is None
    assert state_of(amina) == State.NOT_STARTED


def test_joining_an_agency_registers(course, northgate, django_capture_on_commit_callbacks):
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        MembershipFactory(user=user, agency=northgate)
    assert Registration.objects.filter(user=user).count() == 1
    assert state_of(user) == State.NOT_STARTED


def test_choosing_a_role_registers_a_person_without_an_agency(course, django_capture_on_commit_callbacks):
    user = UserFactory()
    agencies.join_independent(user, on=NOW.date())
    assert services.register_required(user, at=NOW) == []
    with django_capture_on_commit_callbacks(execute=True):
        choose_role(
            user, role=ProfessionalRoleFactory(), jurisdiction=JurisdictionFactory(code="INT"), at=NOW
        )
    assert Registration.objects.get(user=user).jurisdiction.code == "INT"
    assert not ComplianceStatus.objects.filter(user=user).exists()


def test_the_first_lesson_makes_it_in_progress(amina, course, django_capture_on_commit_callbacks):
    services.follow_up(amina.pk, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        complete_lesson(Registration.objects.get(user=amina), code="1.3", at=NOW)
    assert state_of(amina) == State.IN_PROGRESS


@pytest.mark.parametrize(("days_ago", "state"), [(10, "certified"), (320, "expiring"), (400, "lapsed")])
def test_a_certificate_counts_by_its_age(amina, northgate, course, days_ago, state):
    certify(amina, northgate, at=NOW - timedelta(days=days_ago))
    services.refresh_status(amina.pk, at=NOW)
    assert state_of(amina) == state


def test_a_withdrawn_certificate_no_longer_counts(amina, northgate, course):
    credential = certify(amina, northgate, at=NOW - timedelta(days=10))
    revoke_credential(credential, by=None, reason="Issued by mistake", at=NOW)
    services.refresh_status(amina.pk, at=NOW)
    assert state_of(amina) == State.NOT_STARTED


def test_a_withdrawn_renewal_leaves_the_earlier_certificate_counting(amina, northgate, course):
    certify(amina, northgate, at=NOW - timedelta(days=200))
    renewal = certify(amina, northgate, at=NOW - timedelta(days=10))
    revoke_credential(renewal, by=None, reason="Issued by mistake", at=NOW)
    services.refresh_status(amina.pk, at=NOW)
    assert state_of(amina) == State.CERTIFIED


def test_another_agencys_certificate_counts_only_when_its_holder_shares_it(amina, northgate, brannoc, course):
    credential = certify(amina, northgate, at=NOW - timedelta(days=10))
    MembershipFactory(user=amina, agency=brannoc, professional_role=ProfessionalRoleFactory(code="R1"))
    services.refresh_status(amina.pk, at=NOW)
    assert ComplianceStatus.objects.get(user=amina, agency=brannoc).state == State.NOT_STARTED
    set_shares(credential, shares={"lead": True}, by=amina, at=NOW)
    services.refresh_status(amina.pk, at=NOW)
    assert ComplianceStatus.objects.get(user=amina, agency=brannoc).state == State.CERTIFIED


def test_a_certificate_for_another_role_does_not_count(amina, northgate, course):
    ProfessionalRoleFactory(nurse=True)
    certify(amina, northgate, at=NOW - timedelta(days=10), role="R3")
    services.refresh_status(amina.pk, at=NOW)
    assert state_of(amina) == State.NOT_STARTED


def test_whoever_moves_to_another_unit_goes_on_where_she_was(amina, northgate, course):
    services.follow_up(amina.pk, at=NOW)
    unit = AgencyFactory(parent=northgate)
    agencies.end_membership(amina.memberships.get(), on=NOW.date())
    MembershipFactory(user=amina, agency=unit, started_on=NOW.date())
    services.follow_up(amina.pk, at=NOW)
    assert Registration.objects.filter(user=amina).count() == 1
    assert ComplianceStatus.objects.get(user=amina).agency == unit


def test_leaving_takes_the_line_off_the_list_and_leaves_the_proof(amina, northgate, course):
    credential = certify(amina, northgate, at=NOW - timedelta(days=10))
    services.refresh_status(amina.pk, at=NOW)
    agencies.end_membership(amina.memberships.get(), on=NOW.date())
    services.refresh_status(amina.pk, at=NOW)
    assert not ComplianceStatus.objects.exists()
    credential.refresh_from_db()
    assert credential.holder_name == "Amina Rahman"


def test_the_nearest_assignment_decides_the_day(amina, northgate, course):
    unit = AgencyFactory(parent=northgate)
    officer = MembershipFactory(agency=unit, started_on=date(2026, 11, 1))
    services.assign(northgate, course=course, due_on=date(2027, 1, 31), at=NOW)
    services.assign(unit, course=course, professional_role=ProfessionalRoleFactory(), days=30, at=NOW)
    assert ComplianceStatus.objects.get(user=amina).due_on == date(2027, 1, 31)
    assert Registration.objects.get(user=amina).due_on == date(2027, 1, 31)
    (wanted,) = selectors.requirements(officer, ProfessionalRoleFactory())
    assert wanted.due_on == date(2026, 12, 1)


def test_nobody_sets_tasks_for_independent_people(course):
    with pytest.raises(ComplianceError):
        services.assign(agencies.independent_agency(), course=course, days=30, at=NOW)


def test_a_renewal_may_begin_sixty_days_ahead_and_not_before(amina, northgate, course):
    certify(amina, northgate, at=NOW - timedelta(days=100))
    with pytest.raises(NothingToRenew):
        services.start_required(amina, at=NOW)
    later = NOW + timedelta(days=220)
    renewal = services.start_required(amina, at=later)
    assert renewal.satisfied_at is None
    assert services.start_required(amina, at=later) == renewal
    services.refresh_status(amina.pk, at=later)
    assert state_of(amina) == State.EXPIRING


def test_without_a_role_nothing_begins(db, course):
    user = UserFactory()
    agencies.join_independent(user, on=NOW.date())
    with pytest.raises(RoleIsMissing):
        services.start_required(user, at=NOW)


def test_the_nightly_command_mends_what_was_missed(northgate, course, capsys):
    row = make_staff(northgate, certified_days_ago=10)
    ComplianceStatus.objects.update(state=State.NOT_STARTED)
    call_command("refresh_statuses")
    row.refresh_from_db()
    assert row.state == State.CERTIFIED
    assert timezone.localdate() >= row.since
