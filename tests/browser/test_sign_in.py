"""Signing up, in and back in, as people do it: by password, by code, by passkey, on a wide screen and a narrow one."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from playwright.sync_api import expect

from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "four-words-and-more"


@pytest.fixture
def rosa(db):
    return UserFactory(name="Rosa Whitfield", email="rosa@example.org")


@pytest.fixture(autouse=True)
def site_is_here(settings, live_server):
    settings.PUBLIC_URL = live_server.url


def link_in(message):
    return re.search(r"https?://\S+", message.body).group()


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def press(person, name):
    person.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def confirm_with_password(person):
    """Asked once before the way of signing in is changed."""
    expect(person.page.get_by_role("heading", name="Is it you?")).to_be_visible()
    person.looks_right()
    person.page.locator("input[name=password]").fill(PASSWORD)
    press(person, "Go on")
    expect(person.page.locator("input[name=password]")).to_have_count(0)


def with_key(person):
    """A device that keeps passkeys and always agrees."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_sign_up_confirm_and_sign_in(browse, width):
    person = browse(width=width)
    page = person.page
    person.goto("/accounts/login/")
    person.looks_right()
    page.get_by_role("link", name="Make an account").click()
    person.looks_right()
    press(person, "Make the account")
    page.locator("input[name=name]").fill("Rosa Whitfield")
    page.locator("input[name=email]").fill("rosa@example.org")
    page.locator("input[name=password1]").fill(NEW)
    page.locator("input[name=password2]").fill(NEW + "x")
    press(person, "Make the account")
    expect(page.get_by_text("Please look at this again")).to_be_visible()
    person.looks_right()
    page.locator("input[name=password1]").fill(NEW)
    page.locator("input[name=password2]").fill(NEW)
    press(person, "Make the account")
    expect(page.get_by_role("heading", name="Now open the link in your e-mail")).to_be_visible()
    person.looks_right()
    (message,) = mail.outbox
    person.goto(path_of(link_in(message)))
    expect(page.get_by_role("heading", name="Is this your address?")).to_be_visible()
    person.looks_right()
    press(person, "Yes, confirm it")
    page.wait_for_load_state()
    page.context.clear_cookies()
    person.sign_in("rosa@example.org", NEW)
    person.goto("/account/")
    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
    person.goto(path_of(link_in(message)))
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_wrong_password_says_so_plainly(browse, rosa):
    person = browse()
    person.goto("/accounts/login/")
    person.page.locator("input[name=login]").fill("rosa@example.org")
    person.page.locator("input[name=password]").fill("not-the-right-one")
    press(person, "Sign in")
    expect(person.page.get_by_text("The e-mail address or the password is not right").first).to_be_visible()
    expect(person.page.locator("[role=alert]").first).to_be_focused()
    person.looks_right()


@pytest.mark.parametrize("width", [1280, 360])
def test_an_app_as_second_step_and_a_recovery_code_without_it(browse, rosa, width):
    person = browse(width=width)
    page = person.page
    person.sign_in("rosa@example.org", PASSWORD)
    person.goto("/accounts/2fa/")
    person.looks_right()
    page.get_by_role("link", name="Set up an app").click()
    confirm_with_password(person)
    person.looks_right()
    page.locator("input[name=code]").fill("000000")
    press(person, "Turn it on")
    expect(page.get_by_text("This code is not right").first).to_be_visible()
    secret = page.locator(".secret").inner_text()
    page.locator("input[name=code]").fill(code_for(secret))
    press(person, "Turn it on")
    expect(page.locator(".codes code")).to_have_count(10)
    person.looks_right()
    code = page.locator(".codes code").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.context.clear_cookies()
    person.goto("/accounts/login/")
    page.locator("input[name=login]").fill("rosa@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    press(person, "Sign in")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    person.looks_right()
    page.locator("input[name=code]").fill(code)
    press(person, "Sign in")
    expect(page.locator("input[name=code]")).to_have_count(0)
    person.goto("/accounts/2fa/")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()

    page.context.clear_cookies()
    person.goto("/accounts/login/")
    page.locator("input[name=login]").fill("rosa@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    press(person, "Sign in")
    # A code opens once; the one from setting up may still be the present one.
    spent = code_for(secret)
    while code_for(secret) == spent and time.time() % 30 > 0 and _used(rosa, spent):
        page.wait_for_timeout(500)
    # A code that is about to change would be old by the time it arrives.
    while time.time() % 30 > 22:
        page.wait_for_timeout(500)
    page.locator("input[name=code]").fill(code_for(secret))
    press(person, "Sign in")
    expect(page.locator("input[name=code]")).to_have_count(0)

    person.goto("/accounts/2fa/")
    page.get_by_role("link", name="Turn the app off").click()
    confirm_with_password(person)
    person.looks_right()
    press(person, "Turn it off")
    expect(page.get_by_role("link", name="Set up an app")).to_be_visible()
    assert not Authenticator.objects.filter(user=rosa, type="totp").exists()


def _used(user, code):
    from django.core.cache import cache

    return cache.get(f"allauth.mfa.totp.used?user={user.pk}&code={code}") is not None


def test_a_passkey_is_added_signs_in_alone_and_is_removed(browse, rosa):
    person = browse()
    page = person.page
    with_key(person)
    person.sign_in("rosa@example.org", PASSWORD)
    person.goto("/accounts/2fa/webauthn/add/")
    confirm_with_password(person)
    person.looks_right()
    page.locator("input[name=name]").fill("Work phone")
    press(person, "Go on")
    expect(page.locator(".codes code")).to_have_count(10)
    person.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name=re.compile("Work phone.*Signs you in by itself"))).to_be_visible()
    person.looks_right()

    page.context.clear_cookies()
    person.goto("/accounts/login/")
    press(person, "Sign in with a passkey")
    expect(page.locator("input[name=password]")).to_have_count(0)
    person.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Work phone").click()
    confirm_with_password(person)
    person.looks_right()
    page.locator("input[name=name]").fill("Old phone")
    press(person, "Save")

    # As the second step after a password, and to show once more who one is.
    page.context.clear_cookies()
    person.goto("/accounts/login/")
    page.locator("input[name=login]").fill("rosa@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    press(person, "Sign in")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    press(person, "Use a passkey or security key")
    expect(page.get_by_role("heading", name="Second step")).to_have_count(0)
    person.goto("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/")
    person.looks_right()
    press(person, "Use a passkey or security key")
    expect(page.get_by_role("heading", name="Two-step sign-in and passkeys")).to_be_visible()

    person.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove Old phone").click()
    expect(page.get_by_role("heading", name="Remove this key?")).to_be_visible()
    person.looks_right()
    press(person, "Remove it")
    expect(page.get_by_text("You have none yet.")).to_be_visible()


def test_a_device_that_does_not_agree_is_explained(browse):
    person = browse()
    person.goto("/accounts/login/")
    person.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    press(person, "Sign in with a passkey")
    expect(person.page.get_by_text("Nothing happened: the device was not asked")).to_be_visible()
    person.looks_right()


def test_without_script_the_page_says_what_passkeys_need(browse):
    person = browse(script=False)
    person.goto("/accounts/login/")
    expect(person.page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(person.page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 360])
def test_other_devices_are_listed_and_signed_out(browse, rosa, width):
    here, there = browse(width=width), browse()
    there.sign_in("rosa@example.org", PASSWORD)
    here.sign_in("rosa@example.org", PASSWORD)
    here.goto("/accounts/sessions/")
    expect(here.page.locator("tbody tr")).to_have_count(2)
    here.looks_right()
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    press(here, "Sign out everywhere else")
    expect(here.page.locator("tbody tr")).to_have_count(1)
    there.goto("/accounts/2fa/")
    expect(there.page.locator("input[name=password]")).to_be_visible()


def test_the_address_changes_when_the_new_one_answers(browse, rosa):
    person = browse()
    page = person.page
    person.sign_in("rosa@example.org", PASSWORD)
    person.goto("/accounts/email/")
    person.looks_right()
    page.locator("input[name=email]:visible").fill("rosa@elsewhere.example")
    press(person, "Change the address")
    confirm_with_password(person)
    expect(page.get_by_text("Waiting for you to open the link")).to_be_visible()
    person.looks_right()
    rosa.refresh_from_db()
    assert rosa.email == "rosa@example.org"
    person.goto(path_of(link_in(next(one for one in mail.outbox if one.to == ["rosa@elsewhere.example"]))))
    press(person, "Yes, confirm it")
    page.wait_for_load_state()
    rosa.refresh_from_db()
    assert rosa.email == "rosa@elsewhere.example"


def test_a_forgotten_password_is_replaced(browse, rosa):
    person = browse()
    page = person.page
    person.goto("/accounts/login/")
    page.get_by_role("link", name="Forgotten the password?").click()
    person.looks_right()
    page.locator("input[name=email]").fill("rosa@example.org")
    press(person, "Send the link")
    person.looks_right()
    (message,) = mail.outbox
    person.goto(path_of(link_in(message)))
    person.looks_right()
    page.locator("input[name=password1]").fill(NEW)
    page.locator("input[name=password2]").fill(NEW)
    press(person, "Save the new password")
    expect(page.get_by_role("heading", name="The new password is saved")).to_be_visible()
    person.looks_right()
    page.context.clear_cookies()
    person.sign_in("rosa@example.org", NEW)
    page.context.clear_cookies()
    person.goto(path_of(link_in(message)))
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    person.looks_right()
