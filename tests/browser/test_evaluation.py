"""Answering questionnaires without script and on a phone, and the report on them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services import put_in_group
from config.groups import TRAINERS, ensure_groups
from courses.models import AttitudeAnswer, ReactionAnswer
from tests import cast
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.courses import make_registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("script", "width"), [(True, 360), (False, 1280)])
def test_a_learner_answers_what_she_likes(browse, script, width):
    northgate = cast.make_northgate()
    amina = cast.make_amina(northgate)
    registration = make_registration(amina, northgate, at=timezone.now())
    person = browse(script=script, width=width)
    page = person.page
    person.sign_in(amina.email, PASSWORD)
    person.goto("/training/")
    page.get_by_role("link", name="Eight statements: how do you see it?").click()
    person.looks_right()
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    group = page.get_by_role("group", name="I would recognise a trafficked person when I met one.")
    group.get_by_label("Disagree", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Your answers are kept without your name.")).to_be_visible()
    assert AttitudeAnswer.objects.get().answers == {"spot": 2}

    registration.satisfied_at = timezone.now() - timedelta(days=1)
    registration.save()
    person.goto("/training/")
    page.get_by_role("link", name="What did you think of “Essential”?").click()
    person.looks_right()
    page.get_by_role("button", name="I would rather not").click()
    expect(page.get_by_text("You will not be asked this again.")).to_be_visible()
    assert ReactionAnswer.objects.get().declined
    person.looks_right()


def test_a_lead_counts_and_a_trainer_reads(browse):
    northgate = cast.make_northgate()
    ben = cast.make_ben(northgate)
    person = browse(width=360)
    person.sign_in(ben.email, PASSWORD)
    person.goto("/learn/agencies/northgate/records/")
    person.looks_right()
    for label, number in (
        ("How many records did you look at?", "12"),
        ("In how many was the person offered time alone?", "9"),
        ("In how many was an interpreter needed?", "3"),
        ("In how many of those was a professional interpreter used?", "2"),
        ("In how many does it say whether the person agreed to passing anything on?", "11"),
    ):
        person.page.get_by_label(label).fill(number)
    person.page.get_by_role("button", name="Keep these numbers").click()
    expect(person.page.get_by_text("9 of 12")).to_be_visible()
    person.looks_right()

    ensure_groups()
    trainer = UserFactory()
    put_in_group(trainer, group=TRAINERS)
    desk = browse()
    desk.sign_in(trainer.email, PASSWORD)
    desk.goto("/admin/reports/evaluation/")
    expect(desk.page.get_by_role("heading", name="What the training changes")).to_be_visible()
    expect(desk.page.get_by_text("Shown once three agencies have looked.")).to_be_visible()
