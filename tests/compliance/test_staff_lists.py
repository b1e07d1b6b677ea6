"""What a staff list sets off: where new people stand, and what happens when somebody takes the place that waited."""

import pytest
from django.utils import timezone

from agencies import invitations as inviting
from agencies.models import Membership
from agencies.staff_import import apply_import, check_import, start_import
from compliance.models import ComplianceStatus, StatusPeriod
from courses.models import Registration
from tests.factories.accounts import PASSWORD, ProfessionalRoleFactory
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def nia(northgate, ben, django_capture_on_commit_callbacks) -> Membership:
    """Brought in by a list; she has not come yet."""
    make_course(at=timezone.now())
    ProfessionalRoleFactory(code="R1")
    text = b"staff number,email,name,role\nNP-9,chidi@st-brannocs.example,Nia Okoye,R1\n"
    run = start_import(
        northgate, content=text, file_name="x.csv", is_complete=False, by=ben, at=timezone.now()
    )
    assert not check_import(run, said={}, at=timezone.now()).problems
    with django_capture_on_commit_callbacks(execute=True):
        apply_import(run, at=timezone.now())
    return Membership.objects.get(staff_number="NP-9")


def test_who_was_invited_stands_on_the_list_and_is_registered_for_nothing_yet(nia):
    assert ComplianceStatus.objects.get(membership=nia).state == "not_started"
    assert not Registration.objects.filter(user=nia.user).exists()


def test_who_opens_a_new_account_is_registered(nia, django_capture_on_commit_callbacks):
    invitation = nia.invitations.get()
    invitation.email = "nia@northgate.example"
    invitation.save()
    with django_capture_on_commit_callbacks(execute=True):
        inviting.accept_as_new(invitation, name="Nia Okoye", password=PASSWORD, at=timezone.now())
    assert Registration.objects.get(user=nia.user).agency == nia.agency
    assert ComplianceStatus.objects.get(membership=nia).user == nia.user


def test_who_has_an_account_takes_place_status_and_history_over(
    nia, chidi, northgate, django_capture_on_commit_callbacks
):
    waiting = nia.user
    with django_capture_on_commit_callbacks(execute=True):
        inviting.accept_as(nia.invitations.get(), chidi, at=timezone.now())
    nia.refresh_from_db()
    assert nia.user == chidi
    row = ComplianceStatus.objects.get(membership=nia)
    assert (row.user, row.state) == (chidi, "not_started")
    assert not ComplianceStatus.objects.filter(user=waiting).exists()
    today = StatusPeriod.objects.within(northgate).on(timezone.localdate()).filter(membership=nia)
    assert [period.user for period in today] == [chidi]
    assert Registration.objects.filter(user=chidi, agency=northgate).exists()
