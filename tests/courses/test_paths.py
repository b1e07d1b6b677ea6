"""Tiers: what one counts towards the next, and what a role's path says of modules that are not there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from compliance.exceptions import RoleIsMissing
from compliance.services import start_module
from courses import services
from courses.exceptions import CourseError
from courses.models import Course, Registration, RolePath, UnitProgress
from courses.selectors import practitioner_path
from courses.services.curriculum import (
    CourseRow,
    ModuleRow,
    RolePathRow,
    UnitRow,
    publish_course,
    save_module,
    save_role_path,
)
from records.models import Statement
from tests.factories.courses import AT, make_bank, make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db


def module(code, *lessons):
    plan = {"lessons": [{"id": one, "title": one, "minutes": 10, "core": True} for one in lessons]}
    save_module(ModuleRow(code, code.lower(), f"Module {code}", "", [], [], 1, plan))
    publish_course(
        CourseRow(
            code, f"{code.lower()}-course", f"Module {code}", "practitioner", "1", "",
            [UnitRow("lesson", one, one, 10) for one in lessons], {"certificate": False, "packs": ["INT"]},
        ),
        at=AT,
    )  # fmt: skip


@pytest.fixture
def amina_at_work(amina, northgate):
    make_course()
    make_bank()
    make_lesson()
    module("M01", "1.3", "1.9")
    save_module(
        ModuleRow(
            "M07",
            "m07",
            "Module M07",
            "",
            [],
            [],
            2,
            {"lessons": [{"id": "7.1", "title": "", "minutes": 8, "core": True}]},
        )
    )
    registration = make_registration(amina, northgate)
    save_role_path(RolePathRow(registration.professional_role.code, ["M01", "M07"], [], []))
    return registration


def test_a_lesson_done_for_essential_counts_in_a_module_begun_later(amina_at_work, amina):
    services.complete_lesson(amina_at_work, code="1.3", at=AT)
    begun = start_module(amina, code="M01", at=AT + timedelta(days=1))
    done = UnitProgress.objects.get(registration=begun)
    assert (done.unit.code, done.completed_at) == ("1.3", AT + timedelta(days=1))
    waived = Statement.objects.get(payload__contains="verbs/waived")
    assert "Equivalent AU" in waived.payload
    assert not waived.is_outcome


def test_a_lesson_done_in_a_module_counts_in_essential_that_is_open(amina_at_work, amina):
    begun = start_module(amina, code="M01", at=AT)
    services.complete_lesson(begun, code="1.3", at=AT)
    assert UnitProgress.objects.get(registration=amina_at_work).completed_at == AT


def test_a_lesson_done_more_than_a_year_ago_does_not_count(amina_at_work, amina):
    services.complete_lesson(amina_at_work, code="1.3", at=AT)
    begun = start_module(amina, code="M01", at=AT + timedelta(days=366))
    assert not UnitProgress.objects.filter(registration=begun).exists()


def test_a_renewal_takes_the_lessons_anew(amina_at_work, amina, northgate):
    services.complete_lesson(amina_at_work, code="1.3", at=AT)
    Registration.objects.filter(pk=amina_at_work.pk).update(satisfied_at=AT)
    again = services.register(
        amina,
        course=Course.objects.get(code="ESSENTIAL"),
        agency=northgate,
        professional_role=amina_at_work.professional_role,
        jurisdiction=amina_at_work.jurisdiction,
        at=AT + timedelta(days=300),
    )
    assert not UnitProgress.objects.filter(registration=again).exists()


def test_finishing_a_module_earns_no_certificate_of_its_own(
    amina_at_work, amina, django_capture_on_commit_callbacks
):
    begun = start_module(amina, code="M01", at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        for code in ("1.3", "1.9"):
            services.complete_lesson(begun, code=code, at=AT)
    begun.refresh_from_db()
    assert begun.satisfied_at == AT
    assert not amina.credentials.exists() if hasattr(amina, "credentials") else True
    role = amina_at_work.professional_role.code
    assert [stop.state for stop in practitioner_path(amina, role, at=AT).modules] == ["done", "missing"]


def test_the_path_says_which_modules_are_not_there_and_what_is_done_already(amina_at_work, amina):
    services.complete_lesson(amina_at_work, code="1.3", at=AT)
    path = practitioner_path(amina, amina_at_work.professional_role.code, at=AT)
    assert [(stop.code, stop.state, stop.lessons_done, stop.lessons) for stop in path.modules] == [
        ("M01", "begun", 1, 2),
        ("M07", "missing", 0, 1),
    ]


def test_my_training_shows_the_path_and_starts_a_module(amina_at_work, amina, signed_in):
    page = signed_in(amina)
    html = page.get(reverse("compliance:my_training")).content.decode()
    assert "Module M07" in html
    assert "Not there yet" in html
    assert "1 of them is still being written" in html
    begun = page.post(reverse("compliance:start_module", args=["M01"]))
    registration = Registration.objects.get(course_version__course__code="M01")
    assert begun.url == reverse("courses:lesson", args=[registration.uuid, "1.3"])
    page.post(reverse("compliance:start_module", args=["M01"]))
    assert Registration.objects.filter(course_version__course__code="M01").count() == 1


@pytest.mark.parametrize("code", ["M07", "M99", "ESSENTIAL"])
def test_a_module_that_is_not_there_cannot_be_started(amina_at_work, amina, signed_in, code):
    assert signed_in(amina).post(reverse("compliance:start_module", args=[code])).status_code == 404
    with pytest.raises(CourseError):
        start_module(amina, code=code, at=AT)


def test_who_works_nowhere_is_asked_for_a_role_first(amina_at_work, signed_in):
    from tests.factories.accounts import UserFactory

    somebody = UserFactory()
    with pytest.raises(RoleIsMissing):
        start_module(somebody, code="M01", at=AT)
    answer = signed_in(somebody).post(reverse("compliance:start_module", args=["M01"]))
    assert answer.url.startswith(reverse("accounts:role"))


def test_a_module_without_a_check_has_no_page_for_one(amina_at_work, amina, signed_in):
    begun = start_module(amina, code="M01", at=AT)
    for name in ("check", "scenario"):
        assert signed_in(amina).get(reverse(f"courses:{name}", args=[begun.uuid])).status_code == 404


def test_a_path_costs_the_same_however_much_is_done(amina_at_work, amina, count_queries):
    role = amina_at_work.professional_role.code
    before = count_queries(lambda: practitioner_path(amina, role, at=AT))
    services.complete_lesson(start_module(amina, code="M01", at=AT), code="1.3", at=AT)
    assert count_queries(lambda: practitioner_path(amina, role, at=AT)) == before <= 5
    RolePath.objects.all().delete()
    assert practitioner_path(amina, role, at=AT) is None
