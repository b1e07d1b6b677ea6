"""What the site knows of the twenty criteria, and what it leaves to people."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.services import put_in_group
from config.groups import ensure_groups
from content.reviewing import GROUPS, sign_off
from courses.models import Module
from courses.readiness import Known, readiness
from courses.reviewing import lesson_reading
from tests.factories.accounts import UserFactory
from tests.factories.courses import make_lesson, make_question

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 3)


def found():
    return {one.number: one for one in readiness(Module.objects.get(code="M01"), on=DAY)}


def survivor():
    ensure_groups()
    user = UserFactory()
    put_in_group(user, group=GROUPS["survivor"])
    return user


def test_all_twenty_are_listed_and_what_cannot_be_known_is_never_met():
    make_lesson()
    rows = found()
    assert list(rows) == list(range(1, 21))
    assert [number for number, one in rows.items() if one.stops_release] == [1, 2, 3, 4, 5, 6]
    assert {rows[number].state for number in (2, 3, 6, 8, 9, 20)} == {Known.UNKNOWN}
    assert all(one.evidence for one in rows.values())


def test_two_people_have_to_have_signed_and_even_then_a_person_judges():
    lessons = [make_lesson("1.3"), make_lesson("1.5", "Harm")]
    sign_off(lesson_reading(lessons[0]), gate="survivor", user=survivor(), on=DAY)
    assert found()[1].state == Known.NOT_MET
    sign_off(lesson_reading(lessons[1]), gate="survivor", user=survivor(), on=DAY)
    assert found()[1].state == Known.UNKNOWN
    make_question("Q-1", "1.3")
    assert found()[1].state == Known.NOT_MET


def test_must_pass_questions_are_counted():
    make_lesson()
    assert found()[5].state == Known.NOT_MET
    make_question("Q-1", "1.3", must_pass="limits first")
    assert "1 of 1" in found()[5].evidence
    assert "limits first" in found()[5].evidence


def test_reviewers_read_it_and_nobody_else(signed_in, ben):
    make_lesson()
    url = reverse("courses_readiness", args=["M01"])
    browser = signed_in(survivor())
    assert "stops the release" in browser.get(url).content.decode()
    assert browser.get(reverse("courses_readiness", args=["M99"])).status_code == 404
    assert signed_in(ben).get(url).status_code in (302, 403)
