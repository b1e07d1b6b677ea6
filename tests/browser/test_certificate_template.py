"""How an agency's certificates look: a lead tries it out as she types, and without script with a button."""

import re

import pytest
from playwright.sync_api import expect

from certification.looks import template_in_force
from tests import cast
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def northgate_and_ben():
    northgate = cast.make_northgate()
    return northgate, cast.make_ben(northgate)


def test_the_preview_follows_what_is_typed_and_says_what_is_wrong(browse, northgate_and_ben):
    northgate, ben = northgate_and_ben
    person = browse()
    person.sign_in(ben.email, PASSWORD)
    person.goto("/agency/northgate/certificate/")
    person.looks_right()
    page = person.page
    group = page.get_by_role("group", name="Wording in English")
    group.get_by_label("Heading").fill("Certificate of completion")
    picture = page.get_by_alt_text("The certificate of an invented person")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png"))
    expect(page.get_by_text("The preview shows what the form says.")).to_be_visible()
    page.get_by_role("button", name="Save for new certificates").click()
    expect(page.get_by_text("Saved. New certificates look like this.")).to_be_visible()
    assert template_in_force(northgate).wording == {"en-gb": {"heading": "Certificate of completion"}}
    person.looks_right()


def test_without_script_the_button_opens_the_preview_beside_the_form(browse, northgate_and_ben):
    northgate, ben = northgate_and_ben
    person = browse(script=False, width=360)
    person.sign_in(ben.email, PASSWORD)
    person.goto("/agency/northgate/certificate/")
    person.looks_right()
    page = person.page
    page.locator("#id_sample_name").select_option("arabic")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview").click()
    expect(opened.value.locator("img")).to_be_visible()
    assert template_in_force(northgate) is None
