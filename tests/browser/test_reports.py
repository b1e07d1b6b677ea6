"""Reporting a problem, without signing in: with script and without, on a phone, and the inbox."""

import pytest
from playwright.sync_api import expect

from accounts.services import put_in_group
from config.groups import REVIEWERS, ensure_groups
from content.models import ProblemReport
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.courses import make_lesson

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360), (True, 360)])
def test_a_stranger_reports_a_problem_with_a_lesson(browse, script, width):
    make_lesson("1.3")
    person = browse(script=script, width=width)
    page = person.page
    person.goto("/report/?about=lesson:1.3")
    person.looks_right()
    assert page.evaluate("document.documentElement.scrollWidth") <= width if script else True

    page.get_by_label("Something is not true, or its source is missing").check()
    page.get_by_label("What is wrong?").fill("The figure is old. Call 07700 900 123.")
    expect(page.get_by_label("Leave this empty")).to_be_hidden()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("region", name="Does this describe a real person?")).to_be_visible()
    expect(page.get_by_label("What is wrong?")).to_have_value("The figure is old. Call 07700 900 123.")
    assert not ProblemReport.objects.exists()
    # The browser names the answer to a form that needs another look.
    person.errors = [one for one in person.errors if "422" not in one]
    person.looks_right()

    # Quicker than people are.
    page.wait_for_timeout(3000)
    page.get_by_label("What is wrong?").fill("The figure is old.")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Report P-")
    expect(page.get_by_text("has arrived")).to_be_visible()
    person.errors = [one for one in person.errors if "422" not in one]
    person.looks_right()
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken"]
    assert ProblemReport.objects.get().text == "The figure is old."


def test_a_reviewer_closes_a_report(browse):
    ensure_groups()
    reviewer = UserFactory(name="Rosa Reviewer")
    put_in_group(reviewer, group=REVIEWERS)
    report = ProblemReport.objects.create(kind="law", text="Out of date.", received_on="2026-01-01")
    person = browse()
    person.sign_in(reviewer.email, PASSWORD)
    person.goto("/admin/snippets/content/problemreport/")
    page = person.page
    page.get_by_role("link", name=report.reference).click()
    expect(page.get_by_text("Out of date.")).to_be_visible()
    page.get_by_label("Answer to the sender").fill("Thank you.")
    page.get_by_label("State").select_option("mended")
    page.get_by_label("Note").fill("Changed the year.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{report.reference}: Mended.")).to_be_visible()
    person.goto(f"/report/{report.uuid}/")
    expect(page.get_by_text("Thank you.", exact=True)).to_be_visible()
