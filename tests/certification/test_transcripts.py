"""The transcript: everything earned, in frozen words, checkable, and nothing that was never meant for it."""

import copy
import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader, PdfWriter

from accounts.services import confirm_name
from agencies.models import Agency
from certification.badges import proof
from certification.badges.checking import check_file
from certification.badges.transcript import transcript_document
from certification.badges.transcript_files import transcript_file
from certification.exceptions import BadSignature, UnknownPaper
from certification.models import AchievementCredential
from certification.rules import CredentialState
from certification.services import confirm_holder_name, revoke_credential
from certification.transcript_pdf import render_transcript
from certification.transcripts import Period, credit_words, transcript_of
from courses.models import Course, CourseVersion
from tests.factories.certification import EARNED, make_credential, make_satisfied

pytestmark = pytest.mark.django_db
DAY = EARNED + timedelta(days=3)


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def credential(amina, northgate) -> AchievementCredential:
    confirm_name(amina, name=amina.name, at=EARNED)
    return make_credential(amina, northgate)


def finish_module(user, agency, *, at=EARNED):
    """A course that earns no certificate of its own."""
    registration = make_satisfied(user, agency, at=at)
    course = Course.objects.create(code="M01", slug="m01", title="Interpreters")
    registration.course_version = CourseVersion.objects.create(
        course=course,
        number=1,
        label="2026.2",
        rules={"certificate": False, "credit_hours": "0.5"},
        published_at=at,
    )
    registration.save(update_fields=["course_version"])
    return registration


def text_of(document: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def test_a_corrected_certificate_stands_in_it_once_by_its_newest(credential, amina):
    newest = confirm_holder_name(credential, name="Amina B Rahman", at=EARNED)
    amina.refresh_from_db()
    found = transcript_of(amina, at=DAY)
    assert [one.number for one in found.certificates] == [newest.number]
    assert found.holder_name == "Amina B Rahman"


def test_a_renewed_one_stays_and_says_what_replaced_it(credential, amina, northgate):
    newer = make_credential(amina, northgate, at=EARNED + timedelta(days=2))
    found = transcript_of(amina, at=DAY)
    assert [(one.number, one.state) for one in found.certificates] == [
        (newer.number, CredentialState.VALID),
        (credential.number, CredentialState.SUPERSEDED),
    ]
    assert [one.replaced_by for one in found.certificates] == ["", newer.number]


def test_a_withdrawn_one_is_said_to_be_withdrawn(credential, amina, ben):
    revoke_credential(credential, by=ben, reason="Issued in error.", at=EARNED)
    found = transcript_of(amina, at=DAY)
    assert found.certificates[0].state_words == "Withdrawn on 14 November 2026"
    assert "Issued in error" not in json.dumps(transcript_document(found, amina))


def test_it_speaks_in_the_words_that_were_frozen(credential, amina):
    Course.objects.update(title="Renamed since")
    assert transcript_of(amina, at=DAY).certificates[0].course == "Essential"


def test_a_name_no_longer_used_is_told_only_if_she_wants_it(signed_in, credential, amina):
    confirm_name(amina, name="Amina Newname", at=EARNED)
    quiet = transcript_of(amina, at=DAY)
    assert quiet.certificates[0].other_name == ""
    assert "Rahman" not in text_of(render_transcript(quiet))
    told = transcript_of(amina, at=DAY, with_other_names=True)
    assert "Issued to Amina Rahman." in text_of(render_transcript(told))
    client, page = signed_in(amina), reverse("certification:transcript")
    assert "Rahman" not in client.get(page).content.decode().split("<main")[1]
    assert "Amina Rahman" in client.get(page, {"names": "on"}).content.decode()


def test_agencies_are_named_only_if_wanted(credential, amina, northgate):
    finish_module(amina, northgate, at=EARNED + timedelta(hours=1))
    quiet = transcript_of(amina, at=DAY)
    named = transcript_of(amina, at=DAY, with_agencies=True)
    assert [one.agency for one in (*quiet.certificates, *quiet.courses)] == ["", ""]
    assert [one.agency for one in (*named.certificates, *named.courses)] == ["Northgate Police"] * 2
    assert "Northgate" not in json.dumps(transcript_document(quiet, amina))
    assert "Northgate" not in text_of(render_transcript(quiet))


def test_the_agency_as_earned_not_as_it_is_called_now(credential, amina, northgate):
    Agency.objects.update(name="Renamed Constabulary")
    assert transcript_of(amina, at=DAY, with_agencies=True).certificates[0].agency == "Northgate Police"


def test_a_course_without_a_certificate_is_listed_by_itself(credential, amina, northgate):
    finish_module(amina, northgate, at=EARNED + timedelta(hours=1))
    found = transcript_of(amina, at=DAY)
    assert len(found.certificates) == 1
    course = found.courses[0]
    assert (course.course, course.course_version, course.hours) == ("Interpreters", "2026.2", "30 minutes")
    assert course.finished_on == date(2026, 11, 14)


@pytest.mark.parametrize(
    ("period", "count"),
    [
        (Period(), 2),
        (Period(start=date(2026, 11, 14)), 1),
        (Period(end=date(2026, 11, 13)), 1),
        (Period(date(2025, 1, 1), date(2026, 11, 14)), 2),
        (Period(date(2020, 1, 1), date(2020, 12, 31)), 0),
    ],
)
def test_the_period_counts_both_its_days(credential, amina, northgate, period, count):
    make_credential(amina, northgate, at=EARNED - timedelta(days=300), role="R2")
    assert len(transcript_of(amina, at=DAY, period=period).certificates) == count


def test_credit_is_named_only_where_an_approval_is_recorded(credential, amina):
    assert transcript_of(amina, at=DAY).certificates[0].credit == ""
    assert "creditsEarned" not in json.dumps(transcript_document(transcript_of(amina, at=DAY), amina))
    # A certificate's words never change; only a new row could carry an approval.
    row = transcript_of(amina, at=DAY).certificates[0].credential
    row.accrediting_body, row.approval_number = "Nursing Board", "NB-1"
    assert credit_words(row) == "2 hours 15 minutes, accredited by Nursing Board, approval NB-1"


def test_it_costs_the_same_for_one_certificate_or_eight(credential, amina, northgate, count_queries):
    one = count_queries(lambda: transcript_of(amina, at=DAY))
    for n in range(2, 9):
        make_credential(amina, northgate, at=EARNED - timedelta(days=n), role=f"R{n}")
    assert count_queries(lambda: transcript_of(amina, at=DAY)) == one == 4


def test_nobody_elses_is_in_it(credential, chidi):
    assert transcript_of(chidi, at=DAY).is_empty


def test_the_pdf_is_tagged_archivable_and_in_reading_order(credential, amina, northgate):
    for n in range(2, 8):
        make_credential(amina, northgate, at=EARNED - timedelta(days=n), role=f"R{n}")
    finish_module(amina, northgate, at=EARNED + timedelta(hours=1))
    document = render_transcript(transcript_of(amina, at=DAY, with_agencies=True))
    reader = PdfReader(io.BytesIO(document))
    root = reader.trailer["/Root"]
    assert root["/Lang"].lower() == "en-gb"
    assert "/StructTreeRoot" in root
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1<" in xmp
    assert "<pdfaid:conformance>A<" in xmp
    text = text_of(document)
    expected = [
        "Training transcript",
        "Amina Rahman",
        "Everything so far. As it stood on 17 November 2026.",
        "Certificates",
        "Valid until 14 November 2027",
        credential.number,
        "14 November 2026",
        "United Kingdom",
        "2 hours 15 minutes",
        "Northgate Police",
        "Courses finished without a certificate",
        "Interpreters",
        "It says what this person finished",
        "Accredited credit is named only where an approval is recorded",
    ]
    places = [text.find(part) for part in expected]
    assert -1 not in places, dict(zip(expected, places, strict=True))
    assert places[:6] == sorted(places[:6])
    assert places[-4:] == sorted(places[-4:])
    pages = len(reader.pages)
    assert pages >= 3
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {pages}" in page.extract_text()
    assert "Amina Rahman" in reader.pages[-1].extract_text()


@pytest.mark.parametrize(("paper", "size"), [("a4", (595.3, 841.9)), ("letter", (612, 792))])
def test_it_comes_on_the_paper_asked_for(credential, amina, paper, size):
    box = (
        PdfReader(io.BytesIO(render_transcript(transcript_of(amina, at=DAY), paper=paper))).pages[0].mediabox
    )
    assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.2)


def test_another_paper_is_refused(credential, amina):
    with pytest.raises(UnknownPaper):
        render_transcript(transcript_of(amina, at=DAY), paper="a5")


def test_it_is_spanish_where_spanish_is_asked_for(credential, amina):
    text = text_of(render_transcript(transcript_of(amina, at=DAY), language="es"))
    with translation.override("es"):
        assert str(translation.gettext("Training transcript")) in text
    assert "2 horas 15 minutos" in text


@pytest.mark.parametrize("name", ["آمنة رحمان", "רחל לוי", "W" * 150])
def test_names_of_any_direction_and_length_are_printed(amina, northgate, name):
    confirm_name(amina, name=name, at=EARNED)
    make_credential(amina, northgate)
    document = render_transcript(transcript_of(amina, at=DAY))
    assert "/StructTreeRoot" in PdfReader(io.BytesIO(document)).trailer["/Root"]


def test_the_signed_json_checks_out_and_is_refused_when_a_word_changes(credential, amina, northgate):
    finish_module(amina, northgate, at=EARNED + timedelta(hours=1))
    found = transcript_of(amina, at=DAY, with_agencies=True)
    signed = json.loads(transcript_file(found, amina, "json"))
    assert signed["type"] == ["VerifiableCredential"]
    assert len(signed["credentialSubject"]) == 2
    assert proof.check_document(signed)["id"].startswith("urn:uuid:")

    def changes(value, path=()):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from changes(inner, (*path, key))
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from changes(inner, (*path, place))
        elif path[0] not in {"@context", "proof"}:
            yield path

    # One of each kind of field is enough: each takes a signature's time.
    tried = {tuple(step for step in path if isinstance(step, str)): path for path in changes(signed)}
    assert len(tried) > 20
    for path in tried.values():
        other = copy.deepcopy(signed)
        inner = other
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = "urn:changed:1" if path[-1] in {"id", "type"} else "changed"
        with pytest.raises(BadSignature):
            proof.check_document(other)


def test_the_json_holds_no_name_and_no_address(credential, amina):
    text = transcript_file(transcript_of(amina, at=DAY), amina, "json").decode()
    assert "Amina" not in text
    assert "amina@" not in text
    assert "sha256$" in text


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_the_file_can_be_checked_and_says_how_each_certificate_stands_now(
    client, credential, amina, ben, kind
):
    content = transcript_file(transcript_of(amina, at=DAY), amina, kind)
    found = check_file(content, on=DAY.date())
    assert found.is_genuine_transcript
    assert [(one.number, one.state) for one in found.transcript] == [(credential.number, "valid")]
    revoke_credential(credential, by=ben, reason="Issued in error.", at=EARNED)
    found = check_file(content, on=DAY.date())
    assert found.is_genuine_transcript
    assert found.transcript[0].state == CredentialState.REVOKED
    assert not found.holds
    response = client.post(
        reverse("certification:verify_file"), {"file": SimpleUploadedFile(f"transcript.{kind}", content)}
    )
    text = response.content.decode()
    assert "This is a genuine transcript" in text
    assert credential.number in text
    assert "Amina" not in text


def test_a_genuine_transcript_holds_by_command_and_a_changed_one_does_not(
    credential, amina, tmp_path, capsys
):
    file = tmp_path / "transcript.json"
    file.write_bytes(transcript_file(transcript_of(amina, at=DAY), amina, "json"))
    call_command("credential", "verify", str(file))
    assert f"{credential.number}: " in capsys.readouterr().out
    file.write_text(file.read_text().replace("Essential", "Expert"))
    with pytest.raises(CommandError, match="changed after signing"):
        call_command("credential", "verify", str(file))


def test_changed_pages_are_noticed(credential, amina):
    writer = PdfWriter(io.BytesIO(transcript_file(transcript_of(amina, at=DAY), amina, "pdf")))
    writer.add_metadata({"/Title": "Something else"})
    changed = io.BytesIO()
    writer.write(changed)
    found = check_file(changed.getvalue(), on=DAY.date())
    assert not found.is_genuine_transcript
    assert "pages of the PDF were changed" in found.problem


def test_the_holder_chooses_and_downloads(signed_in, amina, credential):
    client = signed_in(amina)
    page = reverse("certification:transcript")
    text = client.get(page, {"agencies": "on"}).content.decode()
    assert credential.number in text
    assert "Northgate Police" in text
    assert "Northgate Police" not in client.get(page).content.decode().split("<main")[1]
    for kind, media in {"pdf": "application/pdf", "json": "application/vc+ld+json"}.items():
        response = client.get(reverse("certification:transcript_file", args=[kind]), {"paper": "letter"})
        assert response["Content-Type"] == media
        assert response["Content-Disposition"].startswith('attachment; filename="transcript-20')
        assert "no-store" in response["Cache-Control"]
        assert response.content


@pytest.mark.parametrize("asked", [{"start": "nonsense"}, {"start": "2026-02-01", "end": "2026-01-01"}])
def test_days_that_cannot_be_are_refused_kindly(signed_in, amina, asked):
    client = signed_in(amina)
    assert client.get(reverse("certification:transcript"), asked).status_code == 422
    assert client.get(reverse("certification:transcript_file", args=["pdf"]), asked).status_code == 404


def test_without_a_confirmed_name_or_anything_earned_there_is_no_file(signed_in, amina, northgate, chidi):
    url = reverse("certification:transcript_file", args=["pdf"])
    assert signed_in(chidi).get(url)["Location"] == reverse("certification:transcript")
    make_credential(amina, northgate)
    client = signed_in(amina)
    assert client.get(url)["Location"] == reverse("certification:transcript")
    assert "Confirm it first" in client.get(reverse("certification:transcript")).content.decode()
    assert client.get(reverse("certification:transcript_file", args=["exe"])).status_code == 404


def test_a_stranger_and_another_see_nothing_of_it(client, signed_in, credential, chidi):
    url = reverse("certification:transcript")
    assert client.get(url).status_code == 302
    assert credential.number not in signed_in(chidi).get(url).content.decode()


def test_my_training_leads_to_it(signed_in, amina, credential):
    text = signed_in(amina).get(reverse("compliance:my_training")).content.decode()
    assert reverse("certification:transcript") in text
