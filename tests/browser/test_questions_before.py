"""The questions before a course on a telephone, without script: answered, paused, and what they save."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from config.curriculum import load, read_curriculum
from courses import marking
from courses.models import CheckItem, Registration
from tests import cast
from tests.factories.accounts import PASSWORD

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    load(read_curriculum(settings.CURRICULUM_DIR), at=AT)
    return cast.make_amina(cast.make_northgate())


def answer(page, item):
    version = item.question_version
    for place, one in enumerate(marking.best_answer(version.kind, version.options), start=1):
        key, _colon, target = one.partition(":")
        if version.kind in ("ordering", "matching"):
            page.locator(f"#answer-{key}").select_option(target or str(place))
        else:
            page.locator(f"input[value='{key}']").check()
    page.get_by_role("button", name="Answer, go on").click()


def is_as_wide_as_the_screen(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_what_somebody_knows_already_lets_her_leave_lessons_out(officer, browse):
    person, looking = browse(script=False, width=360), browse(width=360)
    for one in (person, looking):
        one.sign_in(officer.email, PASSWORD)
    page = person.page
    person.goto("/training/")
    page.get_by_role("button", name=re.compile("^Start.*Trauma-informed care")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you start")
    expect(page.get_by_role("link", name="Leave it out, start the course")).to_be_visible()
    here = page.url.removeprefix(person.base)
    looking.goto(here)
    looking.looks_right()
    assert is_as_wide_as_the_screen(looking.page)
    page.get_by_role("button", name="Answer the questions").click()
    registration = Registration.objects.get(course_version__course__code="M01")
    items = CheckItem.objects.filter(attempt__registration=registration).select_related("question_version")
    looking.goto(here + "1/")
    looking.looks_right()
    assert is_as_wide_as_the_screen(looking.page)
    for item in items.order_by("position"):
        expect(page).to_have_url(re.compile(f"/questions/pre/{item.position}/$"))
        expect(page.locator(".option__why")).to_have_count(0)
        answer(page, item)
        if item.position == 2:
            page.get_by_role("link", name="Pause, keep my answers").click()
            page.get_by_role("link", name=re.compile("^Go on.*Trauma-informed care")).click()
            page.get_by_role("button", name="Go on with the questions").click()
    expect(page.get_by_text("Your answers are kept")).to_be_visible()
    looking.goto(here)
    looking.looks_right()
    page.get_by_role("button", name="Leave these lessons out").click()
    expect(page.get_by_text("Left out, known already")).to_have_count(3)
    looking.goto(page.url.removeprefix(person.base))
    looking.looks_right()
    page.get_by_role("link", name="Go on").click()
    expect(page).to_have_url(re.compile("/lessons/1.3/$"))
