"""The shorter course that renews Essential, from the files to the new certificate."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from certification.models import Achievement, AchievementCredential
from certification.services import consider_award, publish_rules, take_usual_renewals
from compliance.selectors import my_training
from compliance.services import follow_up, start_required
from config.curriculum import read_curriculum
from courses.models import AssignableUnit, Course, Registration, UnitProgress
from courses.selectors import scenario_slugs
from courses.services.curriculum import CourseRow, UnitRow, publish_course
from scenarios.models import Attempt
from scenarios.reading import read_scenario
from scenarios.services import load_scenario, start_attempt
from tests.factories.compliance import certify
from tests.factories.courses import RULES, make_course, make_lesson, make_registration

NOW = timezone.now()


@pytest.fixture
def essential(db):
    return make_course(at=NOW - timedelta(days=900)).course


@pytest.fixture
def shorter(essential):
    rules = {**RULES, "summaries": ["1.3"], "credit_hours": "1.0"}
    units = [UnitRow("lesson", "1.3", "First words", 2)]
    row = CourseRow(
        "ESSENTIAL-RENEWAL", "r", "Essential, renewed", "renewal", "1", "", units, rules, "ESSENTIAL"
    )
    return publish_course(row, at=NOW - timedelta(days=800)).course


@pytest.fixture
def expiring(amina, northgate, shorter):
    certify(amina, northgate, at=NOW - timedelta(days=330))
    follow_up(amina.pk, at=NOW)
    return amina


def test_who_runs_out_soon_is_offered_the_shorter_course(expiring, signed_in, shorter):
    training = my_training(expiring, on=timezone.localdate(NOW))
    assert (training.is_renewal, training.shorter, training.shorter_minutes) == (True, shorter, 2)
    assert [todo.what for todo in training.todos] == ["Essential, renewed"]
    html = signed_in(expiring).get(reverse("compliance:my_training")).content.decode()
    assert "Essential, renewed: about 2 minutes" in html
    assert start_required(expiring, at=NOW).course_version.course == shorter


@pytest.mark.parametrize(
    "days_ago", [None, 20, 420], ids=["never earned", "holds for long", "ran out long ago"]
)
def test_nobody_else_is_sent_there(amina, northgate, essential, shorter, days_ago):
    if days_ago is not None:
        certify(amina, northgate, at=NOW - timedelta(days=days_ago))
    follow_up(amina.pk, at=NOW)
    training = my_training(amina, on=timezone.localdate(NOW))
    assert training.shorter is None
    if days_ago != 20:
        assert start_required(amina, at=NOW).course_version.course == essential


def test_done_in_time_it_renews_the_certificate_from_that_day(expiring):
    registration = start_required(expiring, at=NOW)
    Registration.objects.filter(pk=registration.pk).update(started_at=NOW, satisfied_at=NOW)
    renewal = consider_award(registration.uuid, at=NOW)
    assert renewal is not None
    first = AchievementCredential.objects.exclude(pk=renewal.pk).get()
    assert (renewal.kind, renewal.achievement, renewal.issued_on) == (
        "renewal",
        first.achievement,
        timezone.localdate(NOW),
    )
    assert renewal.valid_until > first.valid_until


def test_what_was_read_for_the_certificate_is_read_again(amina, northgate, expiring):
    lesson = AssignableUnit.objects.filter(code="1.3", course_version__course__code="ESSENTIAL").first()
    old = Registration.objects.get(course_version__course__code="ESSENTIAL")
    UnitProgress.objects.create(
        registration=old, unit=lesson, started_at=NOW, completed_at=NOW - timedelta(days=330)
    )
    registration = start_required(expiring, at=NOW)
    assert not registration.progress.exists()


def test_what_a_trainer_decided_stays(expiring, essential, shorter, ben):
    achievement = Achievement.objects.get()
    assert achievement.renewal_course == shorter
    achievement.renewal_course = None
    achievement.save()
    publish_rules(achievement, by=ben, at=NOW)
    assert take_usual_renewals() == 0
    assert my_training(expiring, on=timezone.localdate(NOW)).shorter is None


def test_certificates_from_before_the_shorter_course_was_there_take_it_too(
    amina, northgate, essential, request
):
    certify(amina, northgate, at=NOW - timedelta(days=330))
    shorter = request.getfixturevalue("shorter")
    assert Achievement.objects.get().renewal_course is None
    assert take_usual_renewals() == 1
    assert Achievement.objects.get().renewal_course == shorter
    assert take_usual_renewals() == 0


def test_a_lesson_opens_as_its_summary_with_the_whole_beside_it(expiring, signed_in):
    make_lesson("1.3", summary="<p>Name, role, choice.</p>")
    registration = start_required(expiring, at=NOW)
    url = reverse("courses:lesson", args=[registration.uuid, "1.3"])
    client = signed_in(expiring)
    html = client.get(url).content.decode()
    assert "You are reading the summary." in html
    assert 'href="?view=whole"' in html
    assert "You are reading the summary." not in client.get(url, {"view": "whole"}).content.decode()


def test_the_scenario_is_one_that_she_has_not_been_through(amina, northgate, shorter):
    version = shorter.versions.first()
    known, new = (
        read_scenario(settings.CURRICULUM_DIR / f"scenarios/{slug}.yaml")
        for slug in ("early-van", "corridor")
    )
    slugs = [known.slug, new.slug]
    version.rules = {**version.rules, "scenarios": {"ALLIED": slugs}, "new_scenario": True}
    version.save()
    registration = make_registration(amina, northgate, at=NOW)
    registration.course_version = version
    for document, left in ((None, slugs), (known, [new.slug]), (new, slugs)):
        if document is not None:
            load_scenario(document, at=NOW)
            attempt = start_attempt(
                amina,
                scenario_slug=document.slug,
                agency=northgate,
                registration_uuid=None,
                jurisdiction_code="UK",
                at=NOW,
            )
            Attempt.objects.filter(pk=attempt.pk).update(finished_at=NOW)
        assert scenario_slugs(registration) == left


def test_the_curriculum_ships_an_hour_that_renews_essential():
    curriculum = read_curriculum(settings.CURRICULUM_DIR)
    (row,) = [one for one in curriculum.courses if one.renews]
    assert (row.renews, row.tier) == ("ESSENTIAL", Course.RENEWAL)
    assert sum(unit.minutes for unit in row.units) == 60
    lessons = [unit.code for unit in row.units if unit.kind == "lesson"]
    assert lessons == ["1.3", "2.3", "2.4", "3.2", "4.3", "4.4", "4.5"]
    assert row.rules["new_scenario"]
