"""Refreshers: drawn for one person, answered signed in or by a link, told by e-mail, seen by nobody at work."""

import json
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.services import delete_account
from agencies.models import Membership
from courses import marking, services
from courses.exceptions import NotReady
from courses.models import CheckAttempt, NoRefresherMail, RefresherNotice, Registration
from courses.refresher_selectors import refreshers_of
from courses.services.refreshers import link_token, send_refreshers
from records.models import Statement
from tests.factories.courses import RULES, make_bank, make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def registration(amina, northgate, now):
    make_course(rules=RULES | {"refreshers": [30, 90, 180]}, at=now - timedelta(days=60))
    make_bank()
    make_lesson("1.3")
    make_lesson("2.3", "Interpreters")
    return finished(amina, northgate, at=now - timedelta(days=35))


def finished(user, agency, *, at) -> Registration:
    row = make_registration(user, agency, at=at - timedelta(days=1))
    row.started_at = row.satisfied_at = at
    row.save()
    return row


def answer(attempt, *, well, at):
    for item in attempt.items.select_related("question_version"):
        version = item.question_version
        right = marking.best_answer(version.kind, version.options)
        services.answer_item(attempt, position=item.position, answer=right if well else ["c"], at=at)
    attempt.refresh_from_db()
    return attempt


def test_it_is_drawn_once_and_neither_passed_nor_failed(registration, now):
    attempt = services.start_refresher(registration, at=now)
    assert services.start_refresher(registration, at=now) == attempt
    answer(attempt, well=False, at=now)
    assert (attempt.number, attempt.passed, attempt.score) == (30, None, 0)
    with pytest.raises(NotReady):
        services.start_refresher(registration, at=now)
    assert refreshers_of(registration.user, on=timezone.localdate(now))[0].due is None


def test_the_next_one_begins_with_what_went_wrong(registration, now):
    first = services.start_refresher(registration, at=now)
    for item in first.items.select_related("question_version__question"):
        good = item.question_version.question.lesson_code == "1.3"
        services.answer_item(first, position=item.position, answer=["a" if good else "c"], at=now)
    later = now + timedelta(days=60)
    second = services.start_refresher(registration, at=later)
    asked = list(second.items.values_list("question_version__question__lesson_code", flat=True))
    assert asked.count("2.3") >= asked.count("1.3")


def test_whoever_took_the_course_again_is_asked_about_that_alone(registration, amina, northgate, now):
    again = finished(amina, northgate, at=now - timedelta(days=1))
    with pytest.raises(NotReady):
        services.start_refresher(registration, at=now)
    assert [one.registration for one in refreshers_of(amina, on=timezone.localdate(now))] == [again]


def test_the_record_store_hears_of_it_and_not_as_a_pass(registration, now):
    answer(services.start_refresher(registration, at=now), well=True, at=now)
    said = [json.loads(row.payload) for row in Statement.objects.filter(payload__contains="refresher-30")]
    verbs = {row["verb"]["id"].rsplit("/", 1)[-1] for row in said}
    assert verbs == {"answered", "completed"}


def test_one_e_mail_tells_all_that_is_due_and_a_week_later_one_reminds(registration, now):
    assert send_refreshers(at=now) == 1
    assert send_refreshers(at=now) == 0
    assert send_refreshers(at=now + timedelta(days=7)) == 1
    assert send_refreshers(at=now + timedelta(days=20)) == 0
    first = mail.outbox[0]
    assert first.to == [registration.user.email]
    words = (first.subject + first.body).lower()
    assert not any(word in words for word in ("traffick", "police", "victim", "northgate", "essential"))
    assert RefresherNotice.objects.get().reminded_at == now + timedelta(days=7)


@pytest.mark.parametrize("why", ["refused", "left", "inactive", "done"])
def test_nobody_is_written_to_who_should_not_be(registration, now, why):
    user = registration.user
    if why == "refused":
        services.refreshers.stop_mail(user, at=now)
    elif why == "left":
        Membership.objects.filter(user=user).update(ended_on=timezone.localdate(now))
    elif why == "inactive":
        user.is_active = False
        user.save()
    else:
        answer(services.start_refresher(registration, at=now), well=True, at=now)
    assert send_refreshers(at=now) == 0
    assert mail.outbox == []


def test_what_could_not_be_sent_is_tried_again_and_holds_up_nobody_else(
    registration, ben, northgate, now, monkeypatch
):
    finished(ben, northgate, at=now - timedelta(days=31))
    real = mail.EmailMessage.send

    def broken(self, *args, **kwargs):
        if self.to == [registration.user.email]:
            raise smtplib.SMTPRecipientsRefused({})
        return real(self, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", broken)
    assert send_refreshers(at=now) == 1
    monkeypatch.setattr(mail.EmailMessage, "send", real)
    assert send_refreshers(at=now) == 1


def test_it_is_answered_by_the_link_without_signing_in(registration, client, now):
    url = reverse("courses:refresher_by_mail", args=[link_token(registration, day=30)])
    page = client.get(url)
    assert page["Referrer-Policy"] == "no-referrer"
    assert registration.user.name not in page.content.decode()
    here = client.post(url).url
    attempt = CheckAttempt.objects.get(purpose="refresher")
    assert client.post(here, {}).status_code == 422
    for item in attempt.items.order_by("position"):
        at = reverse("courses:refresher_item_by_mail", args=[link_token(registration, day=30), item.position])
        assert "option__why" not in client.get(at).content.decode()
        assert "option__why" in client.post(at, {"answer": ["c"]}, follow=True).content.decode()
    text = client.get(url).content.decode()
    assert "Time to read again" in text
    assert "_auth_user_id" not in client.session
    CheckAttempt.objects.update(submitted_at=now - timedelta(hours=2))
    assert client.get(url).status_code == 404
    assert client.get(here).status_code == 404


@pytest.mark.parametrize("how", ["tampered", "other day", "not ours", "deleted", "old"])
def test_a_link_that_is_none_opens_nothing(registration, client, now, how, monkeypatch):
    token = link_token(registration, day=30)
    if how == "tampered":
        token = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    elif how == "other day":
        token = link_token(registration, day=90)
    elif how == "not ours":
        token = "x"
    elif how == "deleted":
        delete_account(registration.user, at=now)
    else:
        monkeypatch.setattr("courses.services.refreshers.LINK_LASTS", timedelta(seconds=-1))
    url = reverse("courses:refresher_by_mail", args=[token])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert not CheckAttempt.objects.exists()


def test_wrong_links_are_limited(client, db):
    codes = [client.get(reverse("courses:refresher_by_mail", args=["x"])).status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]


def test_the_learner_finds_it_on_my_training_and_nobody_else_gets_in(
    signed_in, registration, amina, ben, chidi
):
    url = reverse("courses:refresher", args=[registration.uuid])
    client = signed_in(amina)
    assert url in client.get(reverse("compliance:my_training")).content.decode()
    assert client.get(url).status_code == 200
    client.post(url)
    for other in (ben, chidi):
        assert signed_in(other).get(url).status_code == 404
        assert signed_in(other).get(url + "1/").status_code == 404


def test_e_mails_can_be_refused_by_link_and_asked_for_again(registration, client, amina):
    url = reverse("courses:refresher_by_mail", args=[link_token(registration, day=30)])
    client.post(url, {"mail": "stop"})
    assert NoRefresherMail.objects.get().user == amina
    client.post(url, {"mail": "send"})
    assert not NoRefresherMail.objects.exists()


def test_due_refreshers_cost_the_same_for_one_course_or_five(
    registration, amina, northgate, now, count_queries
):
    on = timezone.localdate(now)
    one = count_queries(lambda: refreshers_of(amina, on=on))
    for _ in range(4):
        finished(amina, northgate, at=now - timedelta(days=40))
    assert count_queries(lambda: refreshers_of(amina, on=on)) == one
