"""How an agency's certificates look: saved as versions, frozen at issue, tried out without a trace."""

import io
import shutil
import subprocess
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from accounts.services import put_in_group
from agencies.services import create_agency
from certification.badges.checking import check_file
from certification.badges.documents import export
from certification.exceptions import BadTemplate, FrozenRecord
from certification.looks import look_of, template_in_force
from certification.models import CertificateImage, CertificateTemplate, CertificateTemplateVersion
from certification.pdf import render_certificate
from certification.reveals import printed_facts
from certification.services import correct_credential, save_template
from certification.template_forms import LookForm
from config.groups import TRAINERS, ensure_groups
from tests.factories.certification import EARNED, make_credential
from tests.factories.looks import make_logo, make_look, make_signature

pytestmark = pytest.mark.django_db
LATER = EARNED + timedelta(days=3)


def words_of(pdf: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


@pytest.fixture
def unit(northgate):
    return create_agency("Custody", slug="custody", parent=northgate)


def test_the_nearest_template_counts(northgate, brannoc, unit):
    assert template_in_force(unit) is None
    site = save_template(None, make_look(logo=None), by=None, at=EARNED)
    assert template_in_force(unit) == site
    agency = save_template(northgate, make_look(), by=None, at=EARNED)
    assert template_in_force(unit) == agency
    own = save_template(unit, make_look(accent="#5a3f6e"), by=None, at=EARNED)
    assert template_in_force(unit) == own
    assert template_in_force(northgate) == agency
    assert template_in_force(brannoc) == site


def test_switched_off_the_next_one_above_counts(northgate, unit):
    agency = save_template(northgate, make_look(), by=None, at=EARNED)
    save_template(unit, make_look(accent="#5a3f6e"), by=None, at=EARNED)
    save_template(unit, make_look(is_on=False), by=None, at=LATER)
    assert template_in_force(unit) == agency


def test_finding_it_takes_one_query(northgate, unit, count_queries):
    save_template(None, make_look(), by=None, at=EARNED)
    save_template(northgate, make_look(), by=None, at=EARNED)
    assert count_queries(lambda: template_in_force(unit)) == 1


def test_every_save_is_a_new_version_and_the_same_again_is_none(northgate, ben):
    first = save_template(northgate, make_look(), by=ben, at=EARNED)
    assert save_template(northgate, make_look(), by=ben, at=LATER) == first
    second = save_template(northgate, make_look(logo_alt="Northgate"), by=ben, at=LATER)
    assert (first.number, second.number) == (1, 2)
    assert look_of(first) == make_look()
    assert CertificateImage.objects.count() == 2


def test_versions_and_pictures_are_never_changed(northgate):
    version = save_template(northgate, make_look(), by=None, at=EARNED)
    for row in (version, CertificateImage.objects.first()):
        for change in (row.save, row.delete, type(row).objects.all().delete):
            with pytest.raises(FrozenRecord):
                change()
    with pytest.raises(FrozenRecord):
        CertificateTemplateVersion.objects.update(accent="#5a3f6e")


def test_a_certificate_keeps_its_bytes_whatever_becomes_of_the_template(northgate, amina):
    save_template(northgate, make_look(), by=None, at=EARNED)
    credential = make_credential(amina, northgate)
    assert credential.template_version.number == 1
    before = render_certificate(credential)
    assert "Northgate Police confirms that" in words_of(before)
    save_template(
        northgate,
        make_look(logo=make_logo("#5a3f6e"), wording={"en-gb": {"opening": "Other words"}}),
        by=None,
        at=LATER,
    )
    credential.refresh_from_db()
    assert render_certificate(credential) == before


def test_without_a_template_it_is_plain(northgate, amina):
    credential = make_credential(amina, northgate)
    assert credential.template_version is None
    assert "look" not in credential.words


def test_a_correction_keeps_the_look_of_what_it_corrects(northgate, amina, ben):
    save_template(northgate, make_look(), by=None, at=EARNED)
    wrong = make_credential(amina, northgate)
    save_template(northgate, make_look(accent="#5a3f6e"), by=None, at=LATER)
    right = correct_credential(wrong, holder_name="Amina R.", by=ben, reason="Misspelt.", at=LATER)
    assert right.template_version == wrong.template_version
    assert right.words["look"] == wrong.words["look"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"accent": "#ffffff"}, "colours"),
        ({"logo_alt": " "}, "Say in words"),
        ({"wording": {"en-gb": {"opening": "{nmae} is fine"}}}, "Opening line .en-gb.: “{nmae}”"),
        ({"wording": {"en-gb": {"number": "none"}}}, "no part called"),
        ({"wording": {"fr": {"opening": "Bonjour"}}}, "does not speak"),
        ({"wording": {"en-gb": {"heading": "ᠨᠠᠷᠠ"}}}, "cannot be printed"),
    ],
)
def test_a_template_that_breaks_a_rule_is_refused(northgate, told, said):
    with pytest.raises(BadTemplate, match=said):
        save_template(northgate, make_look(**told), by=None, at=EARNED)
    assert not CertificateTemplate.objects.exists()


def test_dressed_it_is_signed_whole_and_carries_its_credential(northgate, amina, tmp_path):
    save_template(northgate, make_look(), by=None, at=EARNED)
    credential = make_credential(amina, northgate)
    pdf = export(credential, "pdf", language="es", paper="letter")
    assert check_file(pdf, on=date(2026, 11, 20)).holds
    assert list(PdfReader(io.BytesIO(pdf)).attachments) == ["credential.json"]
    if shutil.which("pdfsig") is not None:
        file = tmp_path / "certificate.pdf"
        file.write_bytes(pdf)
        told = subprocess.run(
            ["pdfsig", "-nocert", str(file)], capture_output=True, check=False
        ).stdout.decode()
        assert "Signature is Valid" in told
        assert "Total document signed" in told


def test_what_it_reveals_names_what_the_agency_added(northgate, amina):
    save_template(northgate, make_look(), by=None, at=EARNED)
    facts = {fact.value for fact in printed_facts(make_credential(amina, northgate), language="en-gb")}
    assert {"Northgate Police", "Helen Marsh, Chief Superintendent"} <= facts


# The pages


def form_data(**told):
    return {
        "is_on": "on",
        "accent": "#2d4c7c",
        "opening_en_gb": "{agency} confirms that",
        "name_1": "Helen Marsh",
        "title_1": "Chief Superintendent",
        **told,
    }


def logo_file(content: bytes | None = None):
    return SimpleUploadedFile("logo.svg", content or make_logo().content, "image/svg+xml")


def here(agency, what="agency_template"):
    return reverse(f"certification:{what}", args=[agency.slug])


def test_a_lead_writes_the_template_of_her_agency(signed_in, ben, northgate):
    client = signed_in(ben)
    assert client.get(here(northgate)).status_code == 200
    data = form_data(logo=logo_file(), logo_alt="Northgate Police")
    assert client.post(here(northgate), data).status_code == 302
    version = template_in_force(northgate)
    assert version.saved_by == ben
    assert version.logo.media_type == "image/svg+xml"
    assert version.wording == {"en-gb": {"opening": "{agency} confirms that"}}
    assert version.signatories == [{"name": "Helen Marsh", "title": "Chief Superintendent", "signature": ""}]
    text = client.get(here(northgate)).content.decode()
    assert "Helen Marsh" in text
    assert "Version 1" in text


def test_what_is_left_empty_keeps_the_pictures_that_are_there(signed_in, ben, northgate):
    save_template(northgate, make_look(), by=None, at=EARNED)
    client = signed_in(ben)
    client.post(here(northgate), form_data(logo_alt="Northgate"))
    look = look_of(template_in_force(northgate))
    assert look.logo == make_logo()
    assert look.signatories[0].signature == make_signature()
    client.post(here(northgate), form_data(remove_logo="on", remove_signature_1="on"))
    look = look_of(template_in_force(northgate))
    assert look.logo is None
    assert look.signatories[0].signature is None


def test_a_unit_begins_with_what_it_has_from_above(signed_in, ben, northgate, unit):
    save_template(northgate, make_look(), by=None, at=EARNED)
    client = signed_in(ben)
    text = client.get(here(unit)).content.decode()
    assert "At the moment the template of Northgate Police is used." in text
    assert "Helen Marsh" in text
    client.post(here(unit), form_data(accent="#5a3f6e", logo_alt="Custody"))
    assert look_of(template_in_force(unit)).logo == make_logo()
    assert template_in_force(northgate).accent == "#2d4c7c"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"opening_es": "{agencia} confirma"}, "“{agencia}” stands for nothing. Allowed are: {agency}"),
        ({"heading_en_gb": "x" * 61}, "This has 61 letters; there is room for 60."),
        ({"title_2": "Nobody"}, "A signatory needs a name."),
        ({"logo": lambda: logo_file(b"<svg><script/></svg>"), "logo_alt": "x"}, "Only PNG, JPEG and SVG"),
        ({"logo": logo_file}, "Say in words what the logo shows"),
        ({"accent": "#ffffff"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_named_where_it_stands(signed_in, ben, northgate, told, said):
    told = {name: value() if callable(value) else value for name, value in told.items()}
    response = signed_in(ben).post(here(northgate), form_data(**told))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not CertificateTemplate.objects.exists()


def test_the_preview_draws_what_is_being_written_and_keeps_nothing(signed_in, ben, northgate):
    client = signed_in(ben)
    data = form_data(
        logo=logo_file(), logo_alt="Northgate Police", sample_name="arabic", sample_paper="letter"
    )
    response = client.post(here(northgate, "agency_template_preview"), data)
    assert response["Content-Type"] == "image/png"
    assert "no-store" in response["Cache-Control"]
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (816, 1056)
    assert client.get(here(northgate, "agency_template_preview")).status_code == 200
    assert not CertificateTemplate.objects.exists()
    assert not CertificateImage.objects.exists()


def test_a_preview_of_something_wrong_says_what(signed_in, ben, northgate):
    client = signed_in(ben)
    url = here(northgate, "agency_template_preview")
    data = form_data(opening_en_gb="{nmae}")
    response = client.post(url, data, headers={"Accept": "image/png"})
    assert response.status_code == 422
    assert "Wording in English, Opening line: “{nmae}”" in response.json()["errors"][0]
    assert client.post(url, data).status_code == 422


def test_previews_are_counted(signed_in, ben, northgate, monkeypatch):
    monkeypatch.setattr("certification.template_views.PREVIEWS", (1, 60))
    client = signed_in(ben)
    url = here(northgate, "agency_template_preview")
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 429


@pytest.mark.parametrize("what", ["agency_template", "agency_template_preview"])
def test_nobody_else_finds_the_page(signed_in, client, amina, chidi, ben, northgate, brannoc, what):
    assert client.get(here(northgate, what)).status_code == 302
    for person in (amina, chidi):
        for call in (signed_in(person).get, signed_in(person).post):
            assert call(here(northgate, what)).status_code == 404
    assert signed_in(ben).get(here(brannoc, what)).status_code == 404


def test_a_learner_can_leave_the_agency_off(signed_in, amina, northgate):
    from accounts.services import confirm_name

    save_template(northgate, make_look(), by=None, at=EARNED)
    credential = make_credential(amina, northgate)
    confirm_name(amina, name=amina.name, at=EARNED)
    client = signed_in(amina)
    page = client.get(reverse("certification:detail", args=[credential.number])).content.decode()
    assert "look=plain" in page
    url = reverse("certification:pdf", args=[credential.number])
    assert "Northgate Police confirms" in words_of(client.get(url).content)
    assert "Northgate" not in words_of(client.get(f"{url}?look=plain").content)


# The admin


@pytest.fixture
def trainer(amina):
    ensure_groups()
    put_in_group(amina, group=TRAINERS)
    return amina


def admin_url(what, *args):
    return reverse(f"certificate_templates:{what}", args=args)


def test_a_trainer_writes_templates_in_the_admin(signed_in, trainer, northgate, brannoc):
    client = signed_in(trainer)
    assert client.post(admin_url("edit", "-"), form_data(accent="#5a3f6e")).status_code == 302
    assert client.post(admin_url("edit", "northgate"), form_data()).status_code == 302
    assert template_in_force(northgate).accent == "#2d4c7c"
    assert template_in_force(brannoc).accent == "#5a3f6e"
    listing = client.get(admin_url("index")).content.decode()
    assert "Its own, version 1" in listing
    assert "From above" in listing
    text = client.get(admin_url("edit", "northgate")).content.decode()
    assert "Helen Marsh" in text
    assert client.post(admin_url("preview", "-"), form_data())["Content-Type"] == "image/png"
    assert client.post(admin_url("edit", "-"), form_data(accent="red")).status_code == 422
    assert client.get(admin_url("edit", "nowhere")).status_code == 404
    assert client.get(admin_url("edit", "independent")).status_code == 404


def test_without_the_permission_the_admin_shows_none_of_it(signed_in, chidi, northgate):
    chidi.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = signed_in(chidi)
    for url in (admin_url("index"), admin_url("edit", "northgate"), admin_url("preview", "northgate")):
        assert client.get(url).status_code in {302, 403}
    assert admin_url("index") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_list_costs_the_same_for_one_agency_or_ten(count_queries, northgate):
    from certification.template_admin import _lines

    save_template(northgate, make_look(), by=None, at=EARNED)
    one = count_queries(_lines)
    for number in range(9):
        create_agency(f"Agency {number}", slug=f"agency-{number}")
    assert count_queries(_lines) == one


def test_the_form_says_what_was_saved(northgate):
    look = make_look()
    form = LookForm(current=look)
    assert form.initial["opening_es"] == "{agency} confirma que"
    assert form.initial["name_2"] == "Idris Vaughan"
