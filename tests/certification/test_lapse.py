"""A certificate waits for a refresher that is overdue, and counts again as soon as it is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certification.models import AchievementCredential
from certification.selectors import credential_state, find_credential, history_of
from certification.services import consider_award, follow_refreshers, reinstate_credential, suspend_credential
from certification.terms import learned
from compliance.models import ComplianceStatus
from compliance.services import refresh_status, register_required
from courses import marking, services
from tests.factories.courses import RULES, make_bank, make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def credential(amina, northgate, now) -> AchievementCredential:
    make_course(rules=RULES | {"refreshers": [30, 90]}, at=now - timedelta(days=90))
    make_bank()
    make_lesson("1.3")
    make_lesson("2.3", "Interpreters")
    at = now - timedelta(days=59)
    registration = make_registration(amina, northgate, at=at)
    registration.started_at = registration.satisfied_at = at
    registration.save()
    return consider_award(registration.uuid, at=at)


def state(credential, at):
    return str(credential_state(find_credential(credential.number), timezone.localdate(at)))


def refresh(credential, at):
    from courses.models import Registration

    attempt = services.start_refresher(Registration.objects.get(uuid=credential.registration_uuid), at=at)
    for item in attempt.items.select_related("question_version"):
        right = marking.best_answer(item.question_version.kind, item.question_version.options)
        services.answer_item(attempt, position=item.position, answer=right, at=at)


def test_it_waits_thirty_days_after_the_refresher_came_and_not_before(credential, now):
    assert follow_refreshers(at=now) == 0
    late = now + timedelta(days=1)
    assert follow_refreshers(at=late) == 1
    assert follow_refreshers(at=late) == 0
    assert state(credential, late) == "suspended"


def test_it_counts_again_as_soon_as_the_refresher_is_done(
    credential, now, django_capture_on_commit_callbacks
):
    late = now + timedelta(days=2)
    follow_refreshers(at=late)
    with django_capture_on_commit_callbacks(execute=True):
        refresh(credential, late)
    assert state(credential, late) == "valid"
    assert [event.kind for event in history_of(credential)] == ["issued", "suspended", "reinstated"]


def test_a_pause_for_another_reason_outlasts_the_refresher(
    credential, ben, now, django_capture_on_commit_callbacks
):
    late = now + timedelta(days=2)
    follow_refreshers(at=late)
    suspend_credential(credential, by=ben, reason="Looked into.", at=late)
    with django_capture_on_commit_callbacks(execute=True):
        refresh(credential, late)
    assert follow_refreshers(at=late) == 0
    assert state(credential, late) == "suspended"
    reinstate_credential(credential, by=ben, reason="Nothing found.", at=late)
    assert state(credential, late) == "valid"


def test_the_agency_sees_that_a_refresher_is_due_and_nobody_starts_anew(credential, amina, now):
    late = now + timedelta(days=2)
    follow_refreshers(at=late)
    refresh_status(amina.pk, at=late)
    row = ComplianceStatus.objects.get(user=amina)
    assert (row.state, row.valid_until) == ("refresher", credential.valid_until)
    assert register_required(amina, at=late) == []


def test_the_holder_is_told_what_to_do_and_the_public_is_not_told_why(
    signed_in, client, credential, amina, now, monkeypatch
):
    follow_refreshers(at=now + timedelta(days=2))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=2))
    page = signed_in(amina).get(reverse("certification:detail", args=[credential.number])).content.decode()
    assert "six questions, five minutes" in page
    assert "Paused" in signed_in(amina).get(reverse("compliance:my_training")).content.decode()
    public = client.get(reverse("certification:verify_number", args=[credential.number])).content.decode()
    assert "This certificate is paused" in public
    assert "overdue" not in public


def test_a_rule_can_ask_that_refreshers_are_done(credential, amina, now):
    since = now - timedelta(days=365)
    assert learned(amina, since=since).refreshed_at is None
    refresh(credential, now)
    assert learned(amina, since=since).refreshed_at == now
