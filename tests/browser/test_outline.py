"""A trainer builds a story of six scenes from nothing with the keyboard alone, previews, publishes and plays it."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect
from wagtail.models import Site

from config.groups import TRAINERS, ensure_groups
from scenarios import services
from scenarios.models import Attempt
from tests import cast
from tests.factories.accounts import PASSWORD, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import MembershipFactory

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)

SCENES = ("The door", "A cup of tea", "The form", "Alone in the room", "The telephone", "Handing over")


@pytest.fixture
def trainer(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    ensure_groups()
    tova = UserFactory(name="Tova Trainer", email="tova@northgate.example")
    tova.groups.add(Group.objects.get(name=TRAINERS))
    MembershipFactory(
        user=tova, agency=cast.make_northgate(), professional_role=ProfessionalRoleFactory(code="R1")
    )
    services.scenario_index(Site.objects.get().root_page)
    return tova


class Keys:
    """Hands that never leave the keyboard."""

    def __init__(self, page):
        self.page = page

    def to(self, locator):
        locator = locator.first
        expect(locator).to_be_visible()
        for _ in range(300):
            if locator.evaluate("one => one === document.activeElement"):
                return locator
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The keyboard does not reach {locator}")

    def write(self, locator, words):
        self.to(locator)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def press(self, locator):
        self.to(locator)
        self.page.keyboard.press("Enter")

    def choose(self, locator, start):
        self.to(locator)
        self.page.keyboard.type(start)


def test_a_story_of_six_scenes_is_built_previewed_published_and_played_by_keyboard(browse, trainer):
    person = browse(height=1200)
    person.sign_in(trainer.email, PASSWORD)
    page, keys = person.page, None
    index = Site.objects.get().root_page.get_children().get(slug="stories")
    person.goto(f"/admin/pages/add/scenarios/scenariopage/{index.pk}/")
    keys = Keys(page)
    keys.write(page.locator("#id_title"), "A quiet hour")
    for name, words in (
        ("setting", "A police station at night."),
        ("content_note", "Somebody is tired and afraid. Nothing is shown."),
        ("good_practice", "Nobody has to say anything."),
        ("learner", "Duty officer"),
    ):
        keys.write(page.locator(f"#id_{name}"), words)
    keys.to(page.locator("input[name=written_for]"))
    page.keyboard.press("Space")
    keys.write(page.locator("#id_place"), "Front desk")
    keys.write(page.locator("#id_minutes"), "10")
    keys.press(page.get_by_role("button", name="Save draft"))
    keys.press(page.get_by_role("link", name="Open scenes and choices"))

    for title in SCENES[:1]:
        keys.write(page.get_by_label("Title of a new scene"), title)
        keys.press(page.get_by_role("button", name="Add the scene"))
    for number, title in enumerate(SCENES):
        expect(page.get_by_label("Title", exact=True)).to_have_value(title)
        keys.write(page.get_by_label("What the learner sees and hears"), f"Somebody waits. {title}.")
        following = SCENES[number + 1] if number + 1 < len(SCENES) else "The story ends here [END]"
        for choice, (words, why, points) in enumerate(
            (
                ("Ask what would help her right now, and then wait for the answer.", "It leaves her the choice.", "2"),
                ("Go on with the questions, because the shift is ending soon and the form is long, and there is no time.", "It is about the form.", "-1"),
            )
        ):  # fmt: skip
            keys.press(page.get_by_role("button", name="Save and add a choice"))
            card = page.locator(".choice-card").nth(choice)
            keys.write(card.get_by_label("What the learner can do or say"), f"{words} ({number + 1})")
            keys.write(card.get_by_label("Why"), why)
            keys.choose(card.get_by_label("Safety", exact=True), points)
            keys.write(card.get_by_label("Leads to"), following)
            if choice == 0 and number + 1 < len(SCENES):
                keys.press(card.get_by_role("button", name="Make a new scene of this title and link it"))
                expect(page.get_by_text(f"The scene “{following}” was made and linked.")).to_be_visible()
        keys.press(page.get_by_role("button", name="Save", exact=True).last)
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        if number + 1 < len(SCENES):
            keys.press(page.get_by_role("link", name=f"{following} →"))

    keys.press(page.get_by_role("link", name="Endings", exact=True))
    keys.write(page.get_by_label("Key"), "E1")
    keys.write(page.get_by_label("Title"), "A quiet end")
    keys.write(page.locator("textarea[name=rows-0-text]"), "She knows where to come back to.")
    keys.choose(page.locator("[name=rows-0-condition-0-subject]"), "always")
    keys.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()

    keys.press(page.get_by_role("link", name="Preview", exact=True))
    for number in range(len(SCENES)):
        keys.press(
            page.get_by_role(
                "link",
                name=f"Ask what would help her right now, and then wait for the answer. ({number + 1})",
            )
        )
    expect(page.get_by_text("Ending E1: A quiet end")).to_be_visible()

    keys.press(page.get_by_role("link", name="Scenes", exact=True))
    person.errors.clear()
    keys.press(page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_text("Published as version 1.")).to_be_visible()

    person.goto("/scenarios/")
    card = page.locator("form[action$='/a-quiet-hour/start/']")
    keys.press(card.get_by_role("button"))
    keys.press(page.get_by_role("button", name="Continue"))
    for _number in range(len(SCENES)):
        radio = page.get_by_role("radio", name="Ask what would help her")
        keys.to(page.get_by_role("radio"))
        radio.focus()
        page.keyboard.press("Space")
        keys.press(page.get_by_role("button", name="Do this"))
    expect(page.get_by_text("She knows where to come back to.")).to_be_visible()
    assert Attempt.objects.get().ending == "E1"


def test_the_outline_saves_by_itself_and_says_so(browse, trainer):
    index = services.scenario_index(Site.objects.get().root_page)
    from scenarios.reading import read_scenario
    from tests.scenarios.conftest import FILES

    scenario = services.load_scenario(read_scenario(FILES[-1]), at=AT)
    story = services.page_for(scenario, parent=index)
    person = browse()
    person.sign_in(trainer.email, PASSWORD)
    first = scenario.scenes.get(key="S2-n01")
    person.goto(f"/admin/stories/{story.pk}/scenes/{first.uuid}/")
    page = person.page
    page.get_by_label("Title", exact=True).fill("At the desk")
    expect(page.get_by_role("status").filter(has_text="Saved at")).to_be_visible()
    first.refresh_from_db()
    assert first.title == "At the desk"
    person.looks_right()
    page.get_by_label("Title", exact=True).fill("")
    expect(page.get_by_role("status").filter(has_text="This field is required")).to_be_visible()
    person.errors.clear()
    person.goto(f"/admin/stories/{story.pk}/")
    for road in ("", "preview/", "versions/", "parts/endings/"):
        person.goto(f"/admin/stories/{story.pk}/{road}")
        person.looks_right()


def test_a_button_pressed_while_the_page_saves_by_itself_is_no_conflict(browse, trainer):
    from scenarios.reading import read_scenario
    from tests.scenarios.conftest import FILES

    index = services.scenario_index(Site.objects.get().root_page)
    scenario = services.load_scenario(read_scenario(FILES[-1]), at=AT)
    story = services.page_for(scenario, parent=index)
    first = scenario.scenes.get(key="S2-n01")
    person = browse()
    person.sign_in(trainer.email, PASSWORD)
    page = person.page
    person.goto(f"/admin/stories/{story.pk}/scenes/{first.uuid}/")

    def slowly(route):
        # The answer of the autosave comes late; the button is pressed before it does.
        if "application/json" in (route.request.headers.get("accept") or ""):
            answer = route.fetch()
            page.wait_for_timeout(1500)
            route.fulfill(response=answer)
        else:
            route.continue_()

    page.route(f"**/scenes/{first.uuid}/", slowly)
    page.get_by_label("Title", exact=True).fill("At the desk")
    page.wait_for_timeout(1300)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    first.refresh_from_db()
    assert first.title == "At the desk"
