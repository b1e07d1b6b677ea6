from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Delegation
from compliance.models import Assignment, AssignmentChange
from compliance.services import assign
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import make_course


@pytest.fixture
def course(amina, northgate):
    made = make_course(at=timezone.now() - timedelta(days=900)).course
    certify(amina, northgate, at=timezone.now() - timedelta(days=10))
    return made


@pytest.fixture
def coordinator(northgate):
    user = UserFactory(name="Cora Coordinator")
    DelegationFactory(user=user, agency=northgate, kind=Delegation.Kind.COORDINATOR)
    return user


def url(name, *args):
    return reverse(f"compliance:{name}", args=args)


def fields(course, **changes):
    return {
        "unit": "northgate",
        "course": course.pk,
        "role": "",
        "days": 60,
        "due_on": "",
        "grace_days": 14,
        "renew_months": "",
        "priority": 2,
        "joined_from": "",
        "joined_before": "",
        **changes,
    }


def seal_of(response):
    return response.context["figures"].seal


def test_a_coordinator_sees_what_it_will_do_before_it_is_saved(
    coordinator, ben, course, signed_in, django_capture_on_commit_callbacks
):
    client = signed_in(coordinator)
    seen = client.post(url("new_assignment", "northgate"), fields(course))
    text = seen.content.decode()
    assert "This will assign 2 people." in text
    assert "1 of them is certified already" in text
    assert not Assignment.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        saved = client.post(url("new_assignment", "northgate"), fields(course, seen=seal_of(seen)))
    assert saved.status_code == 302
    row = Assignment.objects.get()
    assert (row.days, row.grace_days, row.starts_on, row.made_by) == (
        60,
        14,
        timezone.localdate(),
        coordinator,
    )
    change = AssignmentChange.objects.get()
    assert change.figures["gain"] == 2
    assert change.finished_at is not None
    text = client.get(url("assignments", "northgate")).content.decode()
    assert "Within 60 days of joining" in text
    assert "14 days of grace" in text
    assert "2 people looked at." in text


def test_what_changed_since_it_was_seen_is_shown_again(ben, course, northgate, signed_in):
    client = signed_in(ben)
    seen = client.post(url("new_assignment", "northgate"), fields(course))
    MembershipFactory(agency=northgate)
    again = client.post(url("new_assignment", "northgate"), fields(course, seen=seal_of(seen)))
    assert "have changed since you looked" in again.content.decode()
    assert not Assignment.objects.exists()


def test_back_to_the_form_keeps_what_was_typed(ben, course, signed_in):
    client = signed_in(ben)
    seen = client.post(url("new_assignment", "northgate"), fields(course))
    back = client.post(url("new_assignment", "northgate"), fields(course, seen=seal_of(seen), do="change"))
    assert 'name="days" value="60"' in back.content.decode()


def test_a_mistake_says_what_would_be_right(ben, course, signed_in):
    client = signed_in(ben)
    both = client.post(
        url("new_assignment", "northgate"),
        fields(course, due_on=(timezone.localdate() + timedelta(days=9)).isoformat()),
    )
    assert both.status_code == 422
    assert "not both" in both.content.decode()
    wrong = client.post(url("new_assignment", "northgate"), fields(course, days="soon"))
    assert wrong.status_code == 422


def test_a_lead_changes_and_ends_it(ben, course, northgate, signed_in, django_capture_on_commit_callbacks):
    row = assign(northgate, course=course, days=60, at=timezone.now())
    client = signed_in(ben)
    change, end = (url(name, "northgate", row.uuid) for name in ("change_assignment", "end_assignment"))
    assert 'name="days" value="60"' in client.get(change).content.decode()
    seen = client.post(change, fields(course, days=90))
    assert "get a new date or rule" in seen.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(change, fields(course, days=90, seen=seal_of(seen)))
    row.refresh_from_db()
    assert (row.days, row.grace_days) == (90, 14)
    seen = client.get(end)
    assert "no longer asked" in seen.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(end, {"seen": seal_of(seen)})
    row.refresh_from_db()
    assert row.ended_by == ben
    assert client.get(change).status_code == 404
    assert "Ended on" in client.get(url("assignments", "northgate")).content.decode()


def test_chidi_finds_nothing_of_northgates(chidi, brannoc, course, northgate, signed_in):
    row = assign(northgate, course=course, days=60, at=timezone.now())
    client = signed_in(chidi)
    for name, args in (
        ("assignments", ["northgate"]),
        ("new_assignment", ["northgate"]),
        ("change_assignment", ["northgate", row.uuid]),
        ("end_assignment", ["northgate", row.uuid]),
        # By way of her own agency neither.
        ("change_assignment", ["st-brannocs", row.uuid]),
        ("end_assignment", ["st-brannocs", row.uuid]),
    ):
        assert client.get(url(name, *args)).status_code == 404, name
        assert client.post(url(name, *args), fields(course)).status_code == 404, name
    foreign = client.post(url("new_assignment", "st-brannocs"), fields(course))
    assert foreign.status_code == 422
    assert "Northgate" not in client.get(url("assignments", "st-brannocs")).content.decode()
    row.refresh_from_db()
    assert row.ended_at is None


def test_a_unit_lead_changes_what_her_unit_asks_and_not_what_the_agency_asks(northgate, course, signed_in):
    unit = AgencyFactory(name="Harbour", slug="harbour", parent=northgate)
    lead = UserFactory()
    DelegationFactory(user=lead, agency=unit)
    row = assign(northgate, course=course, days=60, at=timezone.now())
    client = signed_in(lead)
    text = client.get(url("assignments", "harbour")).content.decode()
    assert "Asked by units above" in text
    for slug in ("harbour", "northgate"):
        assert client.get(url("change_assignment", slug, row.uuid)).status_code == 404
    higher = client.post(url("new_assignment", "harbour"), fields(course, unit="northgate"))
    assert higher.status_code == 422


def test_an_auditor_reads_and_changes_nothing(northgate, course, signed_in):
    auditor = UserFactory()
    DelegationFactory(user=auditor, agency=northgate, kind=Delegation.Kind.AUDITOR)
    row = assign(northgate, course=course, days=60, at=timezone.now())
    client = signed_in(auditor)
    text = client.get(url("assignments", "northgate")).content.decode()
    assert url("new_assignment", "northgate") not in text
    assert client.get(url("new_assignment", "northgate")).status_code == 404
    assert client.post(url("end_assignment", "northgate", row.uuid), {}).status_code == 404


def test_a_role_narrows_it(ben, course, northgate, signed_in):
    MembershipFactory(agency=northgate, professional_role=ProfessionalRoleFactory(nurse=True))
    nurse = ProfessionalRoleFactory(nurse=True)
    seen = signed_in(ben).post(url("new_assignment", "northgate"), fields(course, role=nurse.code))
    assert "This will assign 1 person." in seen.content.decode()
