"""Awards of many in the background: how far they are, what went wrong with whom, and what happens when a worker dies."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from certification.models import AchievementCredential, AwardRun
from certification.services import awards, continue_award_runs, runs, start_award_run
from tests.factories.accounts import UserFactory
from tests.factories.certification import EARNED, make_satisfied

pytestmark = pytest.mark.django_db
ISSUE = reverse("certification_issue")
LISTING = reverse("wagtailsnippets_certification_achievementcredential:list")


@pytest.fixture
def administrator(ben):
    ben.is_staff = ben.is_superuser = True
    ben.save()
    return ben


@pytest.fixture
def waiting(northgate):
    return [make_satisfied(person, northgate) for person in UserFactory.create_batch(3)]


def open_run(**fields) -> AwardRun:
    return AwardRun.objects.create(started_at=EARNED, **{"moved_at": timezone.now(), **fields})


def test_an_administrator_starts_it_and_sees_what_came_of_it(
    signed_in, administrator, waiting, django_capture_on_commit_callbacks
):
    client = signed_in(administrator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ISSUE)
    run = AwardRun.objects.get()
    assert (run.waiting, run.looked_at, run.awarded, run.problems) == (3, 3, 3, {})
    assert run.finished_at is not None
    assert run.started_by == administrator
    text = client.get(ISSUE).content.decode()
    assert "3 of 3" in text
    assert "issuing" not in text


def test_whoever_may_not_withdraw_may_not_issue_either(client, signed_in, amina, waiting):
    for visitor in (client, signed_in(amina)):
        assert visitor.post(ISSUE).status_code in {302, 403}
    amina.is_staff = True
    amina.save()
    assert signed_in(amina).post(ISSUE).status_code in {302, 403}
    assert not AwardRun.objects.exists()


def test_the_list_of_certificates_says_how_far_it_is(signed_in, administrator):
    open_run(waiting=1000, looked_at=340)
    client = signed_in(administrator)
    for url in (LISTING, ISSUE):
        assert "issuing: 340 of 1" in client.get(url).content.decode()


def test_what_went_wrong_is_listed_by_person(
    signed_in, administrator, waiting, monkeypatch, django_capture_on_commit_callbacks
):
    unlucky = waiting[1].user
    issue = awards.issue

    def fail_for_one(credential, **kwargs):
        if credential.user_id == unlucky.pk:
            raise ValueError("no words for it")
        return issue(credential, **kwargs)

    monkeypatch.setattr(awards, "issue", fail_for_one)
    with django_capture_on_commit_callbacks(execute=True):
        start_award_run(by=administrator, at=timezone.now())
    assert AwardRun.objects.get().awarded == 2
    text = signed_in(administrator).get(ISSUE).content.decode()
    assert f"{unlucky.name}: ValueError: no words for it" in text


def test_started_twice_it_is_the_same_run(administrator, waiting):
    first = start_award_run(by=administrator, at=timezone.now())
    assert start_award_run(by=administrator, at=timezone.now()) == first
    runs.work_on.func(first.pk)
    runs.work_on.func(first.pk)
    assert AchievementCredential.objects.count() == 3


def test_after_its_worker_was_killed_it_goes_on_and_counts_on(waiting):
    # Two were issued, and the first of them written down; then nothing more was heard.
    for registration in waiting[:2]:
        awards.consider_award(registration.uuid, at=EARNED)
    run = open_run(waiting=3, looked_at=1, awarded=1, moved_at=timezone.now() - timedelta(minutes=3))
    call_command("continue_awards")
    run.refresh_from_db()
    assert (run.waiting, run.looked_at, run.awarded) == (3, 3, 3)
    assert run.finished_at is not None
    assert AchievementCredential.objects.count() == 3


def test_who_still_gives_a_sign_of_life_is_left_alone(waiting):
    open_run()
    assert continue_award_runs(at=timezone.now()) == 0
    assert not AchievementCredential.objects.exists()
