"""From the home page to a certificate that a stranger checks: as a nurse, as an officer, with and without script."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from certification.models import AchievementCredential
from config.curriculum import load, read_curriculum
from courses import marking
from courses.models import CheckItem, Registration
from scenarios.models import Attempt, Choice
from tests import cast
from tests.factories.accounts import PASSWORD, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import MembershipFactory
from tests.factories.compliance import certify

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def curriculum(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    load(read_curriculum(settings.CURRICULUM_DIR), at=AT)


@pytest.fixture
def nurse(curriculum):
    brannoc = cast.make_brannoc()
    rosa = UserFactory(name="Rosa Whitfield", email="rosa@st-brannocs.example")
    MembershipFactory(user=rosa, agency=brannoc, professional_role=ProfessionalRoleFactory(code="R3"))
    return rosa


@pytest.fixture
def officer(curriculum):
    return cast.make_amina(cast.make_northgate())


def fill(form):
    """Choose something everywhere, as somebody in a hurry would."""
    for select in form.locator("select").all():
        select.select_option(index=1)
    for group in form.locator("fieldset").all():
        if group.locator("input:checked").count() == 0:
            group.locator("input").first.check()
    for note in form.locator("textarea").all():
        note.fill("In my own words.")


def do_activities(person):
    page = person.page
    for index in range(page.locator("section.activity").count()):
        section = page.locator("section.activity").nth(index)
        for _step in range(12):
            fill(section.locator("form"))
            section.locator("form button[type=submit].button").first.click()
            expect(section.locator("[role=status]").first).to_be_visible()
            if not section.locator("form").get_by_role("button", name="Take this step").count():
                break
            if section.get_by_text("You have walked the whole pathway").count():
                break
        expect(section.get_by_text(re.compile("Kept|Saved")).first).to_be_visible()


def take_lessons(person, registration, *, look_at):
    for code in registration.course_version.units.filter(kind="lesson").values_list("code", flat=True):
        expect(person.page).to_have_url(re.compile(f"/lessons/{re.escape(code)}/"))
        if person.page.get_by_role("link", name="Continue").count():
            person.page.get_by_role("link", name="Continue").click()
        # A press does not wait for the page behind it.
        expect(person.page.locator("section.activity").first).to_be_visible()
        do_activities(person)
        if code in look_at:
            person.looks_right()
        person.page.get_by_role("button", name=re.compile("^Done, go on")).click()


def answer_well(page, version):
    for place, one in enumerate(marking.best_answer(version.kind, version.options), start=1):
        key, _colon, target = one.partition(":")
        if version.kind in ("ordering", "matching"):
            page.locator(f"#answer-{key}").select_option(target or str(place))
        else:
            page.locator(f"input[value='{key}']").check()


def take_check(person, registration, *, questions=12):
    page = person.page
    expect(page).to_have_url(re.compile("/check/$"))
    person.looks_right()
    page.get_by_role("button", name="Start the check").click()
    total = CheckItem.objects.filter(attempt__registration=registration).count()
    assert total == questions
    for position in range(1, total + 1):
        expect(page).to_have_url(re.compile(f"/check/{position}/$"))
        item = CheckItem.objects.get(attempt__registration=registration, position=position)
        answer_well(page, item.question_version)
        page.get_by_role("button", name="Answer").click()
        expect(page.locator(".option__why").first).to_be_visible()
        if position == 1:
            person.looks_right()
        page.get_by_role("link", name=re.compile("Next question|See the result")).click()
    expect(page.get_by_text("Passed")).to_be_visible()
    person.looks_right()
    page.get_by_role("link", name="Go on to the scenario").click()


def take_scenario(person, registration, *, title):
    page = person.page
    page.get_by_role("button", name=re.compile(f"(Begin|Go on): {title}")).click()
    page.locator("form[action*=begin] button").click()
    expect(page.locator("input[name=choice]").first).to_be_visible()
    attempt = Attempt.objects.get(registration_uuid=registration.uuid)
    looked = False
    for _step in range(40):
        if page.url.endswith("/debrief/"):
            break
        expect(page.locator("input[name=choice]").first).to_be_visible()
        offered = [one.get_attribute("value") for one in page.locator("input[name=choice]").all()]
        best = max(
            Choice.objects.filter(uuid__in=offered).prefetch_related("scores"),
            key=lambda choice: (not choice.critical, sum(score.points for score in choice.scores.all())),
        )
        if not looked:
            person.looks_right()
            looked = True
        before = page.locator("input[name=step]").first.get_attribute("value")
        page.locator(f"input[value='{best.uuid}']").check()
        page.get_by_role("button", name="Do this").click()
        expect(page.locator(f"input[name=step][value='{before}']")).to_have_count(0)
    expect(page).to_have_url(re.compile("/debrief/$"))
    person.looks_right()
    attempt.refresh_from_db()
    assert attempt.ending == "E1"


def get_certificate(person, browse, name):
    page = person.page
    person.goto("/training/")
    person.looks_right()
    page.get_by_role("link", name="See your certificate").click()
    page.get_by_role("button", name="This is my name").click()
    expect(page.get_by_role("link", name=re.compile("A4")).first).to_be_visible()
    person.looks_right()
    number = re.search(r"WL-[0-9A-Z-]+", page.content()).group(0)
    for paper in ("a4", "letter"):
        pdf = page.request.get(f"{person.base}/certificates/{number}/certificate.pdf?paper={paper}")
        assert pdf.status == 200
        assert pdf.body()[:5] == b"%PDF-"
    stranger = browse()
    stranger.goto("/verify/")
    stranger.looks_right()
    stranger.page.get_by_label(re.compile("umber")).first.fill(number.lower())
    stranger.page.get_by_role("button", name=re.compile("Check")).first.click()
    expect(stranger.page.get_by_text(re.compile("valid", re.IGNORECASE)).first).to_be_visible()
    stranger.looks_right()
    assert name not in stranger.page.content()


def walk(person, browse, user, *, scenario, look_at):
    page = person.page
    person.goto("/")
    person.looks_right()
    person.sign_in(user.email, PASSWORD)
    expect(page).to_have_url(re.compile("/training/$"))
    person.looks_right()
    page.get_by_role("main").get_by_role("link", name=re.compile("Start|Go on")).or_(
        page.get_by_role("main").get_by_role("button", name=re.compile("^Start"))
    ).first.click()
    registration = Registration.objects.get(user=user)
    take_lessons(person, registration, look_at=look_at)
    take_check(person, registration)
    take_scenario(person, registration, title=scenario)
    registration.refresh_from_db()
    assert registration.satisfied_at is not None
    get_certificate(person, browse, user.name)


def test_a_nurse_walks_from_the_home_page_to_a_certificate_that_a_stranger_checks(browse, nurse):
    walk(browse(), browse, nurse, scenario="Seen alone", look_at={"0.1", "1.3", "2.3", "3.1", "4.6"})


def test_an_officer_does_the_same_on_a_telephone(browse, officer):
    walk(
        browse(width=360, height=780),
        browse,
        officer,
        scenario="Early van",
        look_at={"0.3", "3.2", "4.1", "4.3", "7.5"},
    )


def test_the_nurses_whole_path_works_without_script(browse, nurse):
    walk(browse(script=False), browse, nurse, scenario="Seen alone", look_at=set())


def test_an_officer_whose_certificate_ends_soon_renews_it_by_the_shorter_course(browse, officer):
    agency = officer.memberships.get().agency
    first = certify(officer, agency, at=timezone.now() - timedelta(days=330))
    person = browse(width=360, height=780)
    page = person.page
    person.sign_in(officer.email, PASSWORD)
    expect(page.get_by_text(re.compile("Essential, renewed: about 60 minutes"))).to_be_visible()
    person.looks_right()
    page.get_by_role("button", name="Start the renewal").click()
    expect(page).to_have_url(re.compile(r"/lessons/1\.3/"))
    registration = Registration.objects.get(user=officer, course_version__course__code="ESSENTIAL-RENEWAL")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("section.activity").first).to_be_visible()
    do_activities(person)
    page.get_by_role("button", name=re.compile("^Done, go on")).click()
    for code in registration.course_version.rules["summaries"]:
        expect(page).to_have_url(re.compile(f"/lessons/{re.escape(code)}/"))
        expect(page.get_by_role("link", name="Read the whole lesson")).to_be_visible()
        if code == "2.3":
            person.looks_right()
        page.get_by_role("button", name=re.compile("^Done, go on")).click()
    take_check(person, registration, questions=10)
    take_scenario(person, registration, title="Early van")
    renewal = AchievementCredential.objects.exclude(pk=first.pk).get(user=officer)
    assert (renewal.kind, renewal.achievement_id) == ("renewal", first.achievement_id)
    assert renewal.valid_until > first.valid_until
