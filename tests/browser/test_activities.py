"""Every kind of exercise: by keyboard alone, without script, and on a telephone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from courses.models import ActivityResponse
from tests import cast
from tests.factories.accounts import PASSWORD
from tests.factories.activities import lesson_of_every_kind
from tests.factories.courses import make_course, make_lesson, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

# What is chosen in each: field name to values (or what is typed); and words that must then stand on the page.
STEPS = {
    "tasks": ({"warm": ["other"]}, "It needs no specialist."),
    "opening": ({"name": ["rank"]}, "You can stop at any time."),
    "interpreters": ({"cousin.linked": ["no"], "cousin.verdict": ["find"]}, "A stranger hears more."),
    "farms": ({"farm.concern": ["raised"]}, "Several signs together."),
    "words": ({"packer": ["smuggling"], "crossing": ["smuggling"]}, "Work under a debt that only grows"),
    "radio": ({"claims": ["says"], "where": ["cut"]}, "The next person has to search."),
    "referral": ({"stairs": ["send"], "history": ["ask"]}, "only if the person agrees"),
    "transcript": ({"lines": ["l1", "l2"]}, "To check is good practice."),
    "call": ({"choice": ["say"]}, "I say the same to every caller."),
    "share": ({"van.decision": ["refer"], "van.reasons": ["child", "accent"]}, "It says nothing."),
    "sure": ({"explain": ["4"]}, "Then explain it to somebody this week."),
    "paper": ({"spots": ["address", "time"]}, "It says nothing about why."),
}
NOTE = "A teacher waited until I could speak."


@pytest.fixture
def lesson(settings, live_server, tmp_path):
    settings.PUBLIC_URL = live_server.url
    northgate = cast.make_northgate()
    amina = cast.make_amina(northgate)
    make_course()
    make_lesson(body=lesson_of_every_kind(tmp_path).body)
    registration = make_registration(amina, northgate)

    def open_lesson(person):
        person.sign_in(amina.email, PASSWORD)
        person.goto(f"/learn/{registration.uuid}/lessons/1.3/")
        return person.page

    return open_lesson


def activity(page, name):
    return page.locator(f"#activity-{name}")


def tab_to(page, target, *, most=80):
    """Press Tab until the focus is on it."""
    for _press in range(most):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab.")


def choose_by_keyboard(page, section, field, values):
    fields = section.locator(f"[name='{field}']")
    kind = fields.first.evaluate("one => one.type")
    if kind == "select-one":
        tab_to(page, fields.first)
        words = fields.locator(f"option[value='{values[0]}']").inner_text()
        page.keyboard.type(words)
    elif kind == "radio":
        # An unanswered group is entered at its first button; the arrows move within it.
        tab_to(page, fields.first)
        page.keyboard.press("Space")
        at = [one.get_attribute("value") for one in fields.all()].index(values[0])
        for _press in range(at):
            page.keyboard.press("ArrowDown")
    else:
        for value in values:
            tab_to(page, section.locator(f"[name='{field}'][value='{value}']"))
            page.keyboard.press("Space")


def answers_of(name):
    return ActivityResponse.objects.get(activity_id=name).answer


def test_every_kind_is_done_by_keyboard_and_focus_goes_to_what_is_new(browse, lesson):
    person = browse()
    page = lesson(person)
    person.looks_right()

    for name, (choices, said) in STEPS.items():
        section = activity(page, name)
        section.focus()
        for field, values in choices.items():
            choose_by_keyboard(page, section, field, values)
        tab_to(
            page, section.get_by_role("button", name=re.compile("^(Compare with ours|See what may help)$"))
        )
        page.keyboard.press("Enter")
        expect(section.locator("[role=status]")).to_be_visible()
        expect(section).to_be_focused()
        expect(section.get_by_text(said)).to_be_visible()
        assert answers_of(name) == choices

    section = activity(page, "next")
    section.focus()
    for step, option, said in (("one", "wait", "It is her pace."), ("two", "ask", "Her needs come first.")):
        choose_by_keyboard(page, section, step, [option])
        tab_to(page, section.get_by_role("button", name="Take this step"))
        page.keyboard.press("Enter")
        expect(section.get_by_text(said)).to_be_visible()
    assert answers_of("next") == {"one": ["wait"], "two": ["ask"]}

    section = activity(page, "settings")
    section.focus()
    choose_by_keyboard(page, section, "motion", ["reduce"])
    tab_to(page, section.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(section.locator("[role=status]")).to_be_visible()
    assert User.objects.get(email="amina@northgate.example").motion == "reduce"

    section = activity(page, "think")
    section.focus()
    tab_to(page, section.locator("textarea"))
    page.keyboard.type(NOTE)
    tab_to(page, section.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(section.get_by_text("Kept for you alone.")).to_be_visible()
    person.looks_right()

    tab_to(page, section.get_by_role("button", name="Delete what I wrote"))
    page.keyboard.press("Enter")
    expect(section.locator("textarea")).to_have_value("")
    assert ActivityResponse.objects.get(activity_id="think").note == ""


def test_lines_are_put_in_order_by_keyboard(browse, lesson):
    person = browse()
    page = lesson(person)
    section = activity(page, "contact")
    section.focus()
    first = section.locator(".piece").first.locator("span").first.inner_text()

    tab_to(page, section.get_by_role("button", name=f"Move down: {first}"))
    page.keyboard.press("Enter")
    expect(section.locator(".piece").nth(1)).to_contain_text(first)
    # The focus stays with the line that moved.
    expect(section.get_by_role("button", name=f"Move down: {first}")).to_be_focused()

    tab_to(page, section.get_by_role("button", name="Compare with ours"))
    page.keyboard.press("Enter")
    expect(section.get_by_text("Then she can speak.")).to_be_visible()
    expect(section.locator("[role=status]")).to_be_visible()


def test_somebody_asks_the_person_and_then_puts_her_wishes_in_order_by_keyboard(browse, lesson):
    person = browse()
    page = lesson(person)
    section = activity(page, "tonight")
    section.focus()

    for says in ("He does not know where I am.", "All my numbers are in it.", "Not tonight."):
        line = section.locator(".piece").filter(has_text=says)
        expect(line.get_by_text(says)).to_be_hidden()
    summary = section.locator(".piece summary").first
    tab_to(page, summary)
    page.keyboard.press("Enter")
    opened = section.locator("details[open]").get_attribute("id")

    section.focus()
    for _move in range(2):
        up = section.get_by_role("button", name="Move up: Call her brother")
        if up.is_enabled():
            tab_to(page, up)
            page.keyboard.press("Enter")
            page.wait_for_load_state("networkidle")
            section.focus()
    expect(section.locator(".piece").first).to_contain_text("Call her brother")
    # What she has opened stays open while she moves lines.
    expect(section.locator(f"#{opened}")).to_have_attribute("open", "")

    tab_to(page, section.get_by_role("button", name="Compare with ours"))
    page.keyboard.press("Enter")
    expect(section.locator("[role=status]")).to_be_visible()
    expect(section.locator(".piece").first).to_contain_text("In the person’s order: place 1")
    assert answers_of("tonight")["order"][0] == "brother"
    person.looks_right()


def test_every_kind_works_without_script(browse, lesson):
    person = browse(script=False)
    page = lesson(person)

    for name, (choices, said) in STEPS.items():
        section = activity(page, name)
        for field, values in choices.items():
            for value in values:
                if section.locator(f"select[name='{field}']").count():
                    section.locator(f"select[name='{field}']").select_option(value)
                else:
                    section.locator(f"[name='{field}'][value='{value}']").check()
        section.get_by_role("button", name=re.compile("^(Compare with ours|See what may help)$")).click()
        expect(page).to_have_url(re.compile(f"#activity-{name}$"))
        expect(section.get_by_text(said)).to_be_visible()
        assert answers_of(name) == choices

    section = activity(page, "next")
    for step, option in (("one", "wait"), ("two", "ask")):
        section.locator(f"[name='{step}'][value='{option}']").check()
        section.get_by_role("button", name="Take this step").click()
    expect(section.get_by_text("You have walked the whole pathway.")).to_be_visible()

    section = activity(page, "settings")
    section.locator("[name='motion'][value='reduce']").check()
    section.get_by_role("button", name="Save").click()
    expect(section.get_by_text("Saved.")).to_be_visible()

    section = activity(page, "contact")
    section.locator(".piece").last.get_by_role("button", name="Move up").click()
    section.get_by_role("button", name="Compare with ours").click()
    expect(section.get_by_text("Pain comes before talk.")).to_be_visible()

    section = activity(page, "tonight")
    section.locator("summary").first.click()
    expect(section.locator("details[open]")).to_have_count(1)
    last = section.locator(".piece").last.locator("span").first.inner_text()
    section.locator(".piece").last.get_by_role("button", name="Move up").click()
    expect(section.locator(".piece").nth(1)).to_contain_text(last)
    section.get_by_role("button", name="Compare with ours").click()
    expect(section.get_by_text("He is the one she trusts.")).to_be_visible()

    section = activity(page, "think")
    section.locator("textarea").fill(NOTE)
    section.get_by_role("button", name="Save").click()
    expect(section.locator("textarea")).to_have_value(NOTE)
    section.get_by_role("button", name="Delete what I wrote").click()
    expect(section.locator("textarea")).to_have_value("")
    person.looks_right()


def test_a_place_on_the_drawing_ticks_its_line_in_the_list_and_the_list_is_enough(browse, lesson):
    person = browse(script=False)
    page = lesson(person)
    section = activity(page, "paper")

    section.locator(".plan__place").nth(1).click()

    expect(section.get_by_role("checkbox", name="Time of next visit")).to_be_checked()
    expect(section.get_by_role("checkbox", name="Letter to home address")).not_to_be_checked()


def test_nothing_is_wider_than_a_telephone_before_or_after_an_answer(browse, lesson):
    person = browse(width=360, height=780)
    page = lesson(person)

    for link in (*STEPS, "tonight", "contact", "next"):
        section = activity(page, link)
        answer = section.get_by_role("link", name="Show the answer")
        if answer.count():
            answer.click()
            expect(page).to_have_url(re.compile(f"answer={link}"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    person.looks_right()
