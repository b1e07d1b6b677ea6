"""Signing in with the agency's own accounts, through a real OpenID Connect provider."""

import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from playwright.sync_api import expect

from accounts.models import User
from agencies.models import Membership
from agencies.services import delete_identity_provider
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.providers import openid_provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def here(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    # Plain HTTP and loopback are for trying out only.
    settings.DEBUG = True


@pytest.fixture(scope="module")
def provider():
    with openid_provider() as running:
        yield running


@pytest.fixture
def at_northgate(northgate, provider):
    return provider.serves(northgate, word="northgate-id", domains="northgate.example")


@pytest.fixture
def browse(browse):
    """Without the style sheet that the provider's pages ask another host for."""

    def open_window(**options):
        person = browse(**options)
        person.page.route("**://cdn.jsdelivr.net/**", lambda route: route.abort())
        return person

    return open_window


def go_through(person, *, slug="northgate", sub):
    person.goto(f"/agencies/{slug}/sign-in/")
    person.looks_right()
    person.page.get_by_role("button", name=re.compile("Go on with")).click()
    expect(person.page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    person.page.locator("input[name=sub]").fill(sub)
    person.page.get_by_role("button", name="Authorize", exact=True).click()
    person.page.wait_for_url(f"{person.base}/**")
    # What the provider's own pages load and print is not ours.
    person.outside.clear()
    person.errors.clear()


@pytest.mark.parametrize("script", [True, False])
def test_an_agencys_button_leads_to_its_provider_and_back_into_the_agency(
    browse, northgate, provider, at_northgate, script
):
    sub = f"rosa-{script}"
    email = f"{sub}@northgate.example".lower()
    provider.knows(sub, email=email, email_verified=True, name="Rosa Whitfield")
    person = browse(script=script)
    go_through(person, sub=sub)
    user = User.objects.get(email=email)
    assert (user.name, user.has_usable_password()) == ("Rosa Whitfield", False)
    assert [one.agency for one in Membership.objects.filter(user=user)] == [northgate]
    assert not mail.outbox
    person.looks_right()
    person.page.get_by_role("link", name="Choose role and place").click()
    expect(person.page.locator("[name=professional_role]").first).to_be_attached()
    person.looks_right()

    person.page.context.clear_cookies()
    go_through(person, sub=sub)
    assert User.objects.filter(email=email).count() == 1
    assert Membership.objects.filter(user=user).count() == 1
    person.goto("/account/")
    expect(person.page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()


def test_a_provider_that_says_nothing_about_the_address_answers_for_its_own_domain(
    browse, northgate, provider, at_northgate
):
    provider.knows("tomas", email="tomas@northgate.example", name="Tomas Reed")
    go_through(browse(), sub="tomas")
    assert Membership.objects.get(user__email="tomas@northgate.example").agency == northgate


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (
            {"email": "eve@st-brannocs.example", "email_verified": True},
            "lets in addresses of its own only",
        ),
        (
            {"email": "eve@northgate.example.org", "email_verified": True},
            "lets in addresses of its own only",
        ),
        ({"email": "eve@northgate.example", "email_verified": False}, "has not confirmed"),
        ({"email": "eve@northgate.example", "email_verified": "false"}, "has not confirmed"),
        ({"name": "Eve"}, "lets in addresses of its own only"),
    ],
)
def test_an_address_that_the_agency_cannot_answer_for_makes_no_account(
    browse, brannoc, provider, at_northgate, claims, words
):
    provider.knows("eve", **claims)
    person = browse()
    go_through(person, sub="eve")
    expect(person.page.get_by_text(words).first).to_be_visible()
    person.looks_right()
    assert not User.objects.filter(email__startswith="eve@").exists()
    assert not SocialAccount.objects.exists()


def test_a_provider_never_opens_an_account_that_exists_under_the_address(
    browse, amina, provider, at_northgate
):
    provider.knows("not-amina", email="amina@northgate.example", email_verified=True)
    person = browse()
    go_through(person, sub="not-amina")
    assert not SocialAccount.objects.exists()
    person.goto("/account/")
    expect(person.page.locator("input[name=password]")).to_be_visible()
    # The screen tells a stranger nothing; the owner of the address is told by e-mail.
    (message,) = mail.outbox
    assert message.to == ["amina@northgate.example"]


def test_who_is_signed_in_connects_her_work_account_and_joins(browse, northgate, provider, at_northgate):
    user = UserFactory(email="rosa@example.org", name="Rosa Whitfield")
    provider.knows("rosa-two", email="rosa.w@northgate.example", email_verified=True)
    person = browse()
    person.sign_in("rosa@example.org", PASSWORD)
    person.goto("/agencies/northgate/sign-in/")
    # Before she sets out: on the way back the answer of the provider would be lost.
    person.page.locator("input[name=password]").fill(PASSWORD)
    person.page.get_by_role("main").get_by_role("button", name="Go on", exact=True).click()
    expect(person.page.get_by_text("You are signed in as")).to_be_visible()
    go_through(person, sub="rosa-two")
    assert Membership.objects.filter(user=user, agency=northgate).count() == 1
    assert SocialAccount.objects.get().user == user


def test_two_agencies_with_one_provider_keep_their_people_apart(
    browse, northgate, brannoc, provider, at_northgate
):
    provider.serves(brannoc, word="brannoc-id", domains="st-brannocs.example")
    provider.knows("ines", email="ines@northgate.example", email_verified=True)
    person = browse()
    go_through(person, slug="st-brannocs", sub="ines")
    expect(person.page.get_by_text("lets in addresses of its own only").first).to_be_visible()
    go_through(person, sub="ines")
    assert [one.agency for one in Membership.objects.filter(user__email="ines@northgate.example")] == [
        northgate
    ]


def test_a_word_that_another_agency_takes_over_opens_nobodys_account(
    browse, northgate, brannoc, provider, at_northgate
):
    provider.knows("same-number", email="ines@northgate.example", email_verified=True)
    go_through(browse(), sub="same-number")
    ines = User.objects.get(email="ines@northgate.example")
    delete_identity_provider(at_northgate)
    provider.serves(brannoc, word="northgate-id", domains="st-brannocs.example")
    provider.knows("same-number", email="other@st-brannocs.example", email_verified=True)
    go_through(browse(), slug="st-brannocs", sub="same-number")
    assert not Membership.objects.filter(user=ines, agency=brannoc).exists()
    assert SocialAccount.objects.get().user.email == "other@st-brannocs.example"


def test_a_provider_switched_off_on_the_way_lets_nobody_in(browse, provider, at_northgate):
    provider.knows("late", email="late@northgate.example", email_verified=True)
    person = browse()
    person.goto("/agencies/northgate/sign-in/")
    person.page.get_by_role("button", name=re.compile("Go on with")).click()
    expect(person.page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    at_northgate.is_on = False
    at_northgate.save()
    person.page.locator("input[name=sub]").fill("late")
    person.page.get_by_role("button", name="Authorize", exact=True).click()
    expect(person.page.get_by_text("This sign-in is switched off").first).to_be_visible()
    assert not User.objects.filter(email="late@northgate.example").exists()
    for address in ("/agencies/northgate/sign-in/", "/accounts/oidc/northgate-id/login/"):
        assert person.page.goto(person.base + address).status == 404


def test_who_turns_back_at_the_provider_is_told_that_nothing_changed(browse, provider, at_northgate):
    person = browse()
    person.goto("/agencies/northgate/sign-in/")
    person.page.get_by_role("button", name=re.compile("Go on with")).click()
    person.page.get_by_role("button", name="Deny").click()
    person.page.wait_for_url(f"{person.base}/**")
    person.outside.clear()
    person.errors.clear()
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    person.looks_right()
    assert not SocialAccount.objects.exists()


def test_a_provider_that_is_down_is_named_and_the_page_stays(browse, northgate, at_northgate):
    app = at_northgate.social_app
    app.settings = {**app.settings, "server_url": "http://localhost:9"}
    app.save()
    person = browse()
    person.goto("/agencies/northgate/sign-in/")
    person.page.get_by_role("button", name=re.compile("Go on with")).click()
    expect(person.page.get_by_text("does not answer at the moment").first).to_be_visible()
    person.looks_right()
