"""The script layer of the player: it swaps the scene, moves the focus, and keeps a choice while the connection is away."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from scenarios import services
from scenarios.reading import read_scenario
from scenarios.selectors import state_of
from tests import cast
from tests.factories.accounts import PASSWORD

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    services.load_scenario(read_scenario(settings.CURRICULUM_DIR / "scenarios" / "seen-alone.yaml"), at=AT)
    northgate = cast.make_northgate()
    started = services.start_attempt(
        cast.make_amina(northgate),
        scenario_slug="seen-alone",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=AT,
    )
    return services.begin(started, at=AT)


def decide(page, words):
    page.get_by_role("radio", name=re.compile(words)).check()
    page.get_by_role("button", name="Do this").click()


def test_the_scene_is_swapped_the_focus_moves_and_nothing_happens_twice(browse, attempt):
    person = browse()
    person.sign_in(attempt.user.email, PASSWORD)
    person.goto(f"/scenarios/play/{attempt.uuid}/")
    page = person.page
    page.evaluate("window.stillHere = true")
    decide(page, "few minutes alone")
    expect(page.get_by_role("heading", level=1)).to_have_text("“I always stay with her”")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate("window.stillHere") is True
    expect(page.locator("[data-player-target=status]")).to_have_text(re.compile("^Ms Doran .+ Saved\\."))

    page.context.set_offline(True)
    decide(page, "department policy")
    expect(page.get_by_text("No connection, or no answer.")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("department policy"))).to_be_checked()
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alone at last")
    expect(page.get_by_text("No connection, or no answer.")).to_be_hidden()
    assert len(state_of(attempt).path) == 2

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paused")
    page.get_by_role("button", name=re.compile("Go on with")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alone at last")
    person.errors.clear()  # the lost connection was ours
    person.looks_right()


def test_a_site_that_does_not_answer_is_asked_again_until_it_does(browse, attempt):
    person = browse()
    person.sign_in(attempt.user.email, PASSWORD)
    person.goto(f"/scenarios/play/{attempt.uuid}/")
    page = person.page
    page.route("**/scenarios/play/**", lambda route: route.fulfill(status=502, body="Bad gateway"), times=1)
    decide(page, "few minutes alone")
    expect(page.get_by_text("No connection, or no answer.")).to_be_visible()
    expect(page.get_by_text("Saved. You can close this")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("“I always stay with her”")
    assert state_of(attempt).step == 1


def test_turning_the_coach_on_keeps_what_was_ticked_and_says_nothing_of_a_step(browse, attempt):
    person = browse()
    person.sign_in(attempt.user.email, PASSWORD)
    person.goto(f"/scenarios/play/{attempt.uuid}/")
    page = person.page
    option = page.get_by_role("radio", name=re.compile("few minutes alone"))
    option.check()
    page.get_by_role("button", name="Show the reason after each choice").click()
    expect(page.get_by_role("button", name="Show the reasons at the end only")).to_be_visible()
    expect(option).to_be_checked()
    expect(page.locator("[data-player-target=status]")).to_have_text("")


def test_a_story_is_decided_by_keyboard_alone(browse, attempt):
    person = browse()
    person.sign_in(attempt.user.email, PASSWORD)
    person.goto(f"/scenarios/play/{attempt.uuid}/")
    page = person.page
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Do this")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Triage")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
