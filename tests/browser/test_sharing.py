"""A holder shares a certificate, sees what that reveals, and takes it back: on a phone, with script and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services import confirm_name
from certification.models import ShareLink
from tests.cast import make_amina, make_northgate
from tests.factories.accounts import PASSWORD
from tests.factories.certification import make_credential

pytestmark = pytest.mark.django_db(transaction=True)


def fits(person) -> None:
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_certificate_is_shared_and_taken_back(browse, settings, tmp_path, script):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    now = timezone.now()
    northgate = make_northgate()
    amina = make_amina(northgate)
    confirm_name(amina, name=amina.name, at=now)
    credential = make_credential(amina, northgate, at=now - timedelta(days=30))
    person = browse(script=script, width=360)
    settings.PUBLIC_URL = person.base
    person.sign_in(amina.email, PASSWORD)
    page = person.page

    person.goto(f"/certificates/{credential.number}/")
    person.looks_right()
    fits(person)
    page.get_by_role("link", name="Read exactly what each of them gets").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What does this reveal?")
    page.get_by_text("things to read").first.click()
    expect(page.get_by_text("Role", exact=True).first).to_be_visible()
    person.looks_right()
    fits(person)

    person.goto(f"/certificates/{credential.number}/wallet/")
    person.looks_right()
    fits(person)

    person.goto(f"/certificates/{credential.number}/links/")
    person.looks_right()
    fits(person)
    page.get_by_label("For whom?").fill("Credentialing office")
    page.get_by_label("Your name", exact=True).check()
    preview = page.locator("#preview")
    expect(preview).not_to_contain_text("Amina Rahman")
    page.get_by_role("button", name="Show me what it reveals").click()
    expect(preview).to_contain_text("Amina Rahman")
    expect(page.get_by_label("For whom?")).to_have_value("Credentialing office")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", name="Your link is ready")).to_be_visible()
    person.looks_right()
    fits(person)
    address = page.get_by_label("Link", exact=True).input_value()
    assert re.search(r"/shared/[\w-]{32}/$", address)
    assert page.get_by_role("button", name="Copy the link").is_visible() is script

    stranger = browse(script=script, width=360)
    stranger.goto(address.removeprefix(person.base))
    expect(stranger.page.get_by_text("Amina Rahman")).to_be_visible()
    expect(stranger.page.get_by_text("Northgate")).to_have_count(0)
    stranger.looks_right()
    fits(stranger)

    person.goto(f"/certificates/{credential.number}/links/")
    expect(page.get_by_text("Opened once")).to_be_visible()
    page.get_by_role("button", name=re.compile("Withdraw.*Credentialing office")).click()
    expect(page.get_by_text("Withdrawn on")).to_be_visible()
    person.looks_right()
    assert ShareLink.objects.get().withdrawn_at is not None
    stranger.goto(address.removeprefix(person.base))
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    # The browser names the 404 itself.
    stranger.errors = [one for one in stranger.errors if "404" not in one]
    stranger.looks_right()

    person.goto("/certificates/transcript/")
    page.get_by_label("Name the agencies that you learned under").check()
    page.get_by_role("button", name="Show it like this").click()
    expect(page.get_by_text("Northgate Police").first).to_be_visible()
    person.looks_right()
    fits(person)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Transcript, A4").click()
    assert waiting.value.suggested_filename.endswith(".pdf")
