"""Credit only under a recorded approval, and licence numbers that nobody can read in the database."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import Jurisdiction, ProfessionalRole
from accounts.services import delete_account
from certification.badges.document import credential_document
from certification.models import CreditApproval, LicenceNumber
from certification.services import consider_award, credit_report, keep_licence_number
from certification.words import credit_sentence
from tests.factories.certification import EARNED, make_lesson, make_satisfied

pytestmark = pytest.mark.django_db
BODY = "Board of Nursing of the Invented State"


def approve(registration, *, roles=(), **fields) -> CreditApproval:
    approval = CreditApproval(
        accrediting_body=BODY,
        approval_number="CE-2026-17",
        course=registration.course_version.course,
        credit_hours="2.00",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        evidence="Letter of 3 January, with the training office.",
        **fields,
    )
    approval.professional_roles = ProfessionalRole.objects.filter(code__in=roles)
    approval.save()
    return approval


@pytest.fixture
def registration(amina, northgate):
    make_lesson()
    return make_satisfied(amina, northgate)


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"roles": ["R1"]}, True),
        ({"roles": ["R3"]}, False),
        ({"valid_until": EARNED.date()}, True),
        ({"valid_until": EARNED.date() - timedelta(days=1)}, False),
        ({"valid_from": EARNED.date() + timedelta(days=1)}, False),
        ({"law": "UK"}, True),
        ({"law": "US"}, False),
    ],
)
def test_credit_is_claimed_only_where_an_approval_covers_the_award(registration, fields, counts):
    Jurisdiction.objects.get_or_create(code="US", defaults={"name": "United States"})
    ProfessionalRole.objects.get_or_create(code="R3", defaults={"name": "Nurse", "short_name": "Nurse"})
    law = fields.pop("law", None) if "law" in fields else None
    approval = approve(
        registration,
        roles=fields.get("roles", ()),
        jurisdiction=Jurisdiction.objects.get(code=law) if law else None,
    )
    days = {key: value for key, value in fields.items() if key.startswith("valid_")}
    CreditApproval.objects.filter(pk=approval.pk).update(**days) if days else None
    credential = consider_award(registration.uuid, at=EARNED)
    assert bool(credential.approval_number) is counts
    assert (BODY in credit_sentence(credential)) is counts
    assert (BODY in str(credential_document(credential))) is counts


def test_what_was_issued_keeps_its_credit_when_the_approval_ends(registration):
    approval = approve(registration)
    credential = consider_award(registration.uuid, at=EARNED)
    approval.delete()
    credential.refresh_from_db()
    assert (credential.accrediting_body, str(credential.credit_hours)) == (BODY, "2.00")


def test_a_licence_number_stands_encrypted_in_the_database_and_goes_with_the_account(amina):
    keep_licence_number(amina, body=BODY, number="RN 123456", at=EARNED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM certification_licencenumber")
        (stored,) = cursor.fetchone()
    assert "123456" not in stored
    assert LicenceNumber.objects.get().number == "RN 123456"
    delete_account(amina, at=EARNED)
    assert not LicenceNumber.objects.exists()


def test_a_report_names_only_who_gave_a_number_for_that_body(registration, amina, ben, northgate, capsys):
    approve(registration)
    mine = consider_award(registration.uuid, at=EARNED)
    consider_award(make_satisfied(ben, northgate).uuid, at=EARNED)
    keep_licence_number(amina, body=BODY, number="RN 123456", at=EARNED)
    keep_licence_number(ben, body="Another body", number="X 1", at=EARNED)
    rows = list(credit_report(BODY, first=date(2026, 11, 1), last=date(2026, 11, 30)))
    assert [(row.certificate, row.licence_number) for row in rows] == [(mine.number, "RN 123456")]
    assert not list(credit_report(BODY, first=date(2026, 12, 1), last=date(2026, 12, 31)))
    call_command("credential", "credit-report", BODY, "--from", "2026-11-01", "--until", "2026-11-30")
    assert "RN 123456" in capsys.readouterr().out


def test_a_holder_keeps_and_forgets_her_number_and_sees_no_other(signed_in, amina, ben):
    url = reverse("certification:licences")
    client = signed_in(amina)
    assert client.post(url, {"body": BODY, "number": ""}).status_code == 422
    client.post(url, {"body": BODY, "number": "RN 123456"})
    client.post(url, {"body": BODY, "number": "RN 654321"})
    assert "RN 654321" in client.get(url).content.decode()
    assert "RN 654321" not in signed_in(ben).get(url).content.decode()
    row = LicenceNumber.objects.get()
    signed_in(ben).post(url, {"forget": row.pk})
    assert LicenceNumber.objects.exists()
    client.post(url, {"forget": row.pk})
    assert not LicenceNumber.objects.exists()
