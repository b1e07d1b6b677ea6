"""A reviewer signs for a lesson in the admin, the lesson says so, and a change ends it."""

import pytest
from playwright.sync_api import expect

from accounts.services import put_in_group
from config.groups import ensure_groups, ensure_reviews
from content.reviewing import GROUPS
from courses.models import LessonIndexPage, LessonPage
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.courses import make_lesson, make_registration

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lawyer_signs_and_a_change_ends_it(browse, amina, northgate):
    make_lesson("1.3", gates=("lawyer",))
    ensure_groups()
    ensure_reviews(LessonIndexPage.objects.get())
    lawyer = UserFactory(name="Lena Lawyer")
    put_in_group(lawyer, group=GROUPS["lawyer"])
    registration = make_registration(amina, northgate)
    lesson = LessonPage.objects.get(code="1.3")
    lesson.save_revision()
    lesson.get_workflow().start(lesson, None)

    learner = browse(width=360)
    learner.sign_in(amina.email, PASSWORD)
    learner.goto(f"/learn/{registration.uuid}/lessons/1.3/")
    here = learner.page.url
    expect(learner.page.get_by_text("Awaiting review by a lawyer.")).to_be_visible()
    learner.looks_right()

    reviewer = browse()
    reviewer.sign_in(lawyer.email, PASSWORD)
    reviewer.goto("/admin/")
    page = reviewer.page
    expect(page.get_by_text("First words").first).to_be_visible()
    reviewer.goto(f"/admin/pages/{lesson.pk}/edit/")
    page.locator("footer [data-w-dropdown-target='toggle'], footer .w-dropdown__toggle").last.click()
    page.get_by_role("button", name="Sign this text").click()
    page.get_by_label("Name to show to learners").fill("L. L.")
    page.locator(".modal").get_by_role("button", name="Sign this text").click()
    expect(page.locator(".messages .success")).to_be_visible()

    learner.page.goto(here)
    expect(learner.page.get_by_text("Reviewed by a lawyer on")).to_contain_text("L. L.")
    learner.looks_right()

    lesson = LessonPage.objects.get(pk=lesson.pk)
    lesson.summary = "<p>In other words.</p>"
    lesson.save_revision().publish()
    learner.page.goto(here)
    expect(learner.page.get_by_text("before the last change")).to_be_visible()
    reviewer.goto("/admin/")
    expect(page.get_by_text("First words").first).to_be_visible()
