"""Finding things by a misspelt word, and words explained in a lesson: by keyboard, by a tap, and without script at 360 px."""

from datetime import date

import pytest
from playwright.sync_api import expect

from content.loading import ResourceRow, save_resources
from content.models import GlossaryTerm
from content.services import PageWords, ensure_site
from tests import cast
from tests.factories.accounts import PASSWORD
from tests.factories.courses import make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

BODY = [
    {
        "type": "text",
        "value": "<h2>Who speaks</h2><p>Ask for a qualified interpreter before you ask more.</p>",
    }
]


@pytest.fixture
def site(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    from wagtail.models import Site

    northgate = cast.make_northgate()
    amina = cast.make_amina(northgate)
    ensure_site(
        [],
        [PageWords("words", "Words we use", "", (), shows="glossary")],
        site=Site.objects.get(is_default_site=True),
    )
    GlossaryTerm.objects.create(
        slug="interpreter", term="Qualified interpreter", meaning="Trained and neutral."
    )
    save_resources(
        [
            ResourceRow(
                "sheet", "Working with interpreters", "What to ask an interpreter.", "guidance", (), (), "en-gb",
                "Somebody", "https://example.org/", date(2026, 11, 22),
            )
        ]
    )  # fmt: skip
    make_course()
    make_lesson("1.3", "First words", body=BODY)
    make_lesson("2.3", "Interpreters")
    registration = make_registration(amina, northgate)

    def sign_in(person):
        person.sign_in(amina.email, PASSWORD)
        return f"/learn/{registration.uuid}/lessons/1.3/"

    return sign_in


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360)])
def test_a_misspelt_word_finds_a_lesson_a_word_and_an_entry_of_the_library(browse, site, script, width):
    person = browse(script=script, width=width)
    site(person)
    person.goto("/search/")
    person.looks_right()
    page = person.page
    page.locator("input[name=q]").focus()
    page.keyboard.type("interperter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Did you mean “interpreter”?")).to_be_visible()
    assert "interp" not in page.url
    for heading in ("1.3 First words", "Qualified interpreter", "Working with interpreters"):
        expect(page.locator(".found").get_by_role("link", name=heading)).to_be_visible()
    person.looks_right()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".found").get_by_role("link", name="Qualified interpreter").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#interpreter")).to_be_in_viewport()
    person.looks_right()
    # The way back leads to what was found, although no address holds the question.
    page.go_back()
    expect(page.locator(".found").get_by_role("link", name="1.3 First words")).to_be_visible()


def test_a_word_of_the_glossary_is_explained_by_focus_and_pointer_and_closed_with_escape(browse, site):
    person = browse()
    person.goto(site(person))
    page = person.page
    word, tip = page.locator(".term__word"), page.locator(".term__tip")
    expect(tip).to_be_hidden()
    word.focus()
    expect(tip).to_be_visible()
    assert word.get_attribute("aria-describedby") == tip.get_attribute("id")
    person.looks_right()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("h1").click()
    word.hover()
    expect(tip).to_be_visible()
    tip.hover()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    word.click()
    page.wait_for_url("**/words/#interpreter")


def test_the_first_tap_explains_and_the_second_leads_on(chromium, browse, site, live_server):
    context = chromium.new_context(
        viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    try:
        page = context.new_page()
        person = type(browse())(page, live_server.url, has_script=True)
        person.goto(site(person))
        page.locator(".term__word").tap()
        expect(page.locator(".term__tip")).to_be_visible()
        assert "/lessons/" in page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        person.looks_right()
        page.locator(".term__word").tap()
        page.wait_for_url("**/words/#interpreter")
    finally:
        context.close()


def test_without_script_the_word_is_a_link_and_on_paper_it_stands_at_the_foot(browse, site):
    person = browse(script=False, width=360)
    person.goto(site(person))
    page = person.page
    expect(page.locator("#terms")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#terms")).to_be_visible()
    expect(page.locator("section[aria-labelledby=terms] dd")).to_have_text("Trained and neutral.")
    page.emulate_media(media="screen")
    page.locator(".term__word").click()
    page.wait_for_url("**/words/#interpreter")


def test_the_library_is_narrowed_without_script(browse, site):
    person = browse(script=False, width=360)
    person.goto("/library/")
    page = person.page
    page.get_by_label("Kind").select_option("law")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing in the library fits all of this.")).to_be_visible()
    page.get_by_role("link", name="Show all").first.click()
    expect(page.get_by_role("link", name="Working with interpreters")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
