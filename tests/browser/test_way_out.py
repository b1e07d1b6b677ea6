"""Leaving quickly, and choosing how pages look: with a pointer, with the keyboard, without script."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(settings, live_server):
    """Where "Leave this page" leads in these tests: a harmless page of this server, so that nothing leaves the machine."""
    settings.LEAVE_URL = f"{live_server.url}/static/ui/img/logo.svg"
    return settings.LEAVE_URL


HERE, BEFORE = "/verify/", "/verify/WL-2222-2222/"


def leave(person):
    return person.page.get_by_role("banner").get_by_role("link", name="Leave")


def arrive(person):
    """On a page whose controllers are at work."""
    person.goto(HERE)
    person.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_link_leaves_and_the_back_button_does_not_return_to_the_page(browse, elsewhere, width):
    person = browse(width=width)
    person.goto(BEFORE)
    arrive(person)
    leave(person).click()
    person.page.wait_for_url(elsewhere)
    person.page.go_back()
    expect(person.page).to_have_url(f"{person.base}{BEFORE}")


def test_three_presses_of_escape_leave(browse, elsewhere):
    person = browse()
    arrive(person)
    for _press in range(3):
        person.page.keyboard.press("Escape")
    person.page.wait_for_url(elsewhere)


def test_escape_keeps_its_usual_meaning_below_three_presses_in_a_row(browse, elsewhere):
    person = browse()
    arrive(person)
    for key in ("Escape", "Escape", "Tab", "Escape", "Escape"):
        person.page.keyboard.press(key)
    person.page.wait_for_timeout(300)
    expect(person.page).to_have_url(f"{person.base}{HERE}")


def test_a_key_held_down_counts_once(browse, elsewhere):
    person = browse()
    arrive(person)
    for _repeat in range(6):
        person.page.keyboard.down("Escape")
    person.page.keyboard.up("Escape")
    person.page.wait_for_timeout(300)
    expect(person.page).to_have_url(f"{person.base}{HERE}")


def test_the_link_is_reached_by_tab_and_works_without_script(browse, elsewhere):
    person = browse(script=False)
    person.goto(HERE)
    for _press in range(20):
        person.page.keyboard.press("Tab")
        if person.page.locator(".leave:focus").count():
            break
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(elsewhere)


@pytest.mark.parametrize("script", [True, False])
def test_a_stranger_chooses_larger_text_and_the_device_keeps_it(browse, script):
    person = browse(script=script)
    person.goto(HERE)
    person.page.locator("summary", has_text="Text and language").click()
    person.page.get_by_role("button", name="Larger", exact=True).first.click()
    expect(person.page.locator("html")).to_have_attribute("data-text", "larger")
    person.goto(HERE)
    expect(person.page.locator("html")).to_have_attribute("data-text", "larger")
    person.looks_right()


@pytest.mark.parametrize("size", ["normal", "larger"])
def test_nothing_has_to_be_scrolled_sideways_on_the_smallest_screen(browse, size):
    person = browse(width=320, height=640)
    person.page.context.add_cookies(
        [{"name": "waylight_look", "value": f"text_size:{size}", "url": person.base}]
    )
    for path in (HERE, BEFORE):
        person.goto(path)
        assert person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        box = leave(person).bounding_box()
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 44


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 400), (640, 300), (1280, 400), (360, 480)])
@pytest.mark.parametrize("size", ["normal", "larger"])
def test_the_menu_can_be_opened_and_read_to_its_end_on_a_low_screen(browse, width, height, size):
    person = browse(width=width, height=height)
    person.page.context.add_cookies(
        [{"name": "waylight_look", "value": f"text_size:{size}", "url": person.base}]
    )
    person.goto(HERE)
    person.page.locator("summary:visible").first.click()
    last = person.page.locator("details[open] .drop__panel form button").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)
    if size == "normal":
        assert person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
