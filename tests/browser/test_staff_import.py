"""A lead brings in a messy list: sees what is wrong, mends it, applies it, finds the new person, and undoes it."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from agencies import places
from agencies.models import Membership
from agencies.staff_import import continue_imports
from tests import cast
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
MESSY = (
    "Northgate Police;;;;;\n"
    "Stand: printed today;;;;;\n"
    ";;;;;\n"
    "Nº de empleado;Correo electrónico;Nombre y apellidos;Unidad;Puesto;Fecha de alta\n"
    "NP-1042;AMINA@northgate.example;Amina Rahman;East;Bobby;\n"
    "NP-3000;nia@northgate.example;Núria Olívar;Eastt;Bobby;03/04/2026\n"
    ";;;;;\n;;;;;\n"
)


@pytest.fixture
def northgate_and_ben():
    northgate = cast.make_northgate()
    cast.make_amina(northgate)
    places.add_unit(northgate, name="East", on=timezone.localdate())
    return northgate, cast.make_ben(northgate)


def upload(page, text: str) -> None:
    page.get_by_label("The list", exact=True).set_input_files(
        {"name": "personal.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    )
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360)])
def test_a_messy_list_is_mended_applied_and_undone(browse, northgate_and_ben, script, width):
    _northgate, ben = northgate_and_ben
    person = browse(script=script, width=width)
    person.sign_in(ben.email, PASSWORD)
    person.goto("/agency/northgate/people/")
    page = person.page
    person.looks_right()
    page.get_by_role("link", name="Staff lists").click()
    person.looks_right()
    upload(page, MESSY)
    expect(page.get_by_label("Nº de empleado")).to_have_value("staff_number")
    expect(page.get_by_label("Fecha de alta")).to_have_value("started_on")
    person.looks_right()
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_role("heading", name="3 things to mend")).to_be_visible()
    expect(page.get_by_text("“03/04/2026” can be read two ways.")).to_be_visible()
    expect(page.get_by_text("There is no unit “Eastt”. Did you mean “East”?")).to_be_visible()
    person.looks_right()
    page.get_by_label("Role “Bobby”").select_option("R1")
    page.get_by_label("Unit “Eastt”").select_option(label="– East")
    page.get_by_label("In a date such as 03/04/2026, the day is").select_option("day")
    page.get_by_role("button", name="Check again with this").click()

    expect(page.get_by_role("heading", name="This is what the list would do")).to_be_visible()
    expect(page.get_by_role("row", name="Núria Olívar")).to_contain_text("3 April 2026")
    person.looks_right()
    page.get_by_role("button", name="Apply all 2 changes").click()
    expect(page.get_by_role("heading", name="The list is applied")).to_be_visible()
    person.looks_right()
    assert [letter.to for letter in mail.outbox] == [["nia@northgate.example"]]

    # The same list again is nothing new, and nothing has to be explained twice.
    page.get_by_role("link", name="Staff lists").first.click()
    upload(page, MESSY)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", name="Everything is as the list says")).to_be_visible()
    page.get_by_role("link", name="See the people").click()
    page.get_by_role("link", name="Núria Olívar").click()
    expect(page.get_by_text("Invited, has not signed in yet.")).to_be_visible()
    person.looks_right()

    page.get_by_role("link", name="Staff lists").first.click()
    page.get_by_role("link", name="personal.csv").last.click()
    page.get_by_role("link", name="Undo this list").click()
    expect(page.get_by_text("1 invitation went out and cannot be called back")).to_be_visible()
    person.looks_right()
    page.get_by_role("button", name="Undo the whole list").click()
    expect(page.get_by_role("heading", name="The list was undone")).to_be_visible()
    assert not Membership.objects.current(on=timezone.localdate()).filter(staff_number="NP-3000").exists()
    assert continue_imports(at=timezone.now()) == 0


def test_who_is_invited_opens_an_account_and_signs_in(browse, northgate_and_ben):
    _northgate, ben = northgate_and_ben
    lead = browse()
    lead.sign_in(ben.email, PASSWORD)
    for path in ("invitations", "units", "roles", "people"):
        lead.goto(f"/agency/northgate/{path}/")
        lead.looks_right()
    lead.goto("/agency/northgate/invitations/")
    lead.page.get_by_label("Name", exact=True).fill("Nia Okoye")
    lead.page.get_by_label("E-mail address").fill("nia@northgate.example")
    lead.page.get_by_role("button", name="Invite").click()
    expect(lead.page.get_by_text("The invitation is on its way.")).to_be_visible()
    link = next(word for word in mail.outbox[-1].body.split() if "/agencies/join/" in word)

    nia = browse(width=360, script=False)
    nia.goto("/agencies/join/" + link.partition("/agencies/join/")[2])
    nia.looks_right()
    nia.page.get_by_label("Password", exact=True).fill(PASSWORD)
    nia.page.get_by_label("The same password again").fill(PASSWORD)
    nia.page.get_by_role("button", name="Open my account").click()
    expect(nia.page.get_by_text("Your account is ready.")).to_be_visible()
    nia.sign_in("nia@northgate.example", PASSWORD)
    nia.goto("/training/")
    expect(nia.page.get_by_role("heading", level=1)).to_be_visible()
