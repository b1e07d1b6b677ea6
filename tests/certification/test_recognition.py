"""What an agency takes in place of a certificate: by whom, until when, and what it does to where somebody stands."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from certification.exceptions import CertificationError, FrozenRecord
from certification.models import Recognition
from certification.recognition import read_completions
from certification.services import recognise, suspend_credential, withdraw_recognition
from compliance.models import ComplianceStatus
from compliance.selectors import open_registration
from compliance.services import follow_up, refresh_status, register_required
from courses.models import Course, Registration
from tests.factories.certification import make_credential, make_lesson
from tests.factories.compliance import certify
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db
HEADING = "person,course,completed_on,valid_until,evidence\n"


@pytest.fixture(autouse=True)
def _course(db):
    make_lesson()
    make_course()


@pytest.fixture
def now():
    return timezone.now()


def record(ben, amina, northgate, now, *, kind="equivalence", days=100, start=0, **more):
    on = timezone.localdate(now)
    fields = {
        "kind": kind,
        "course": Course.objects.get(code="ESSENTIAL"),
        "agency": northgate,
        "starts_on": on + timedelta(days=start),
        "ends_on": on + timedelta(days=days),
        "reason": "Trained by the regional academy.",
        "evidence": "Certificate of the academy, personnel file.",
        "by": ben,
        "at": now,
    }
    return recognise(amina, **{**fields, **more})


def state_of(amina, now):
    refresh_status(amina.pk, at=now)
    return ComplianceStatus.objects.get(user=amina)


@pytest.mark.parametrize(
    ("kind", "state"), [("equivalence", "certified"), ("prior", "certified"), ("waiver", "waived")]
)
def test_what_is_recognised_counts_until_its_last_day(amina, ben, northgate, now, kind, state):
    record(ben, amina, northgate, now, kind=kind)
    row = state_of(amina, now)
    assert (row.state, row.valid_until) == (state, timezone.localdate(now) + timedelta(days=100))
    assert state_of(amina, now + timedelta(days=101)).state == "not_started"


def test_nobody_is_registered_for_what_is_recognised(amina, ben, northgate, now):
    record(ben, amina, northgate, now)
    assert register_required(amina, at=now) == []


def test_more_time_moves_the_end_of_a_certificate_and_the_day_by_which_it_is_due(amina, ben, northgate, now):
    certify(amina, northgate, at=now - timedelta(days=370))
    assert state_of(amina, now).state == "lapsed"
    record(ben, amina, northgate, now, kind="extension", days=90, evidence="")
    row = state_of(amina, now)
    assert (row.state, row.valid_until) == ("certified", timezone.localdate(now) + timedelta(days=90))


def test_more_time_moves_the_due_date_of_who_has_nothing_yet(amina, ben, northgate, now):
    follow_up(amina.pk, at=now)
    record(ben, amina, northgate, now, kind="extension", days=90, evidence="")
    assert state_of(amina, now).due_on == timezone.localdate(now) + timedelta(days=90)


def test_it_stops_counting_when_it_is_withdrawn(amina, ben, chidi, northgate, now):
    row = record(ben, amina, northgate, now)
    with pytest.raises(CertificationError):
        withdraw_recognition(row, by=chidi, reason="No.", at=now)
    with pytest.raises(CertificationError):
        withdraw_recognition(row, by=ben, reason=" ", at=now)
    withdraw_recognition(row, by=ben, reason="The paper was somebody else's.", at=now)
    assert state_of(amina, now).state == "not_started"
    with pytest.raises(CertificationError):
        withdraw_recognition(row, by=ben, reason="Again.", at=now)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reason": " "}, "Give a reason"),
        ({"evidence": ""}, "evidence"),
        ({"days": -1}, "on or after"),
        ({"days": 800}, "at most 731 days"),
        ({"kind": "waiver", "days": 400}, "at most 366 days"),
        ({"kind": "prior", "start": 1}, "future"),
    ],
)
def test_a_recognition_that_makes_no_sense_is_refused_in_words(amina, ben, northgate, now, more, words):
    with pytest.raises(CertificationError, match=words):
        record(ben, amina, northgate, now, **more)


def test_only_another_lead_of_the_agency_can_record_one(amina, ben, chidi, northgate, brannoc, now):
    for by, user, agency in [(ben, ben, northgate), (chidi, amina, northgate), (chidi, amina, brannoc)]:
        with pytest.raises(CertificationError):
            record(by, user, agency, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.create(
            kind="waiver",
            user=ben,
            by=ben,
            agency=northgate,
            course=Course.objects.get(code="ESSENTIAL"),
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 2, 1),
            reason="Me.",
            at=now,
        )


def test_it_is_never_changed_or_deleted_and_twice_is_once(amina, ben, northgate, now):
    row = record(ben, amina, northgate, now)
    assert record(ben, amina, northgate, now) == row
    row.reason = "Another."
    for attempt in (row.save, row.delete, Recognition.objects.all().delete):
        with pytest.raises(FrozenRecord):
            attempt()


def test_a_pause_sends_nobody_back_to_the_start(amina, ben, northgate, now):
    credential = make_credential(amina, northgate)
    suspend_credential(credential, by=ben, reason="Looked into.", at=now)
    before = Registration.objects.count()
    assert register_required(amina, at=now) == []
    assert Registration.objects.count() == before
    assert open_registration(amina, course=Course.objects.get(code="ESSENTIAL"), agency=northgate) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "It lacks person, course, completed_on"),
        ("person,course\nx,y\n", "It lacks completed_on"),
        (HEADING, "no rows"),
        (HEADING + "nobody@x.example,ESSENTIAL,2026-01-31,,Paper\n", "Line 2: nobody with the address"),
        (HEADING + "{amina},M99,2026-01-31,,Paper\n", "there is no course “M99”"),
        (HEADING + "{amina},ESSENTIAL,31.1.2026,,Paper\n", "written as 2026-03-31"),
        (HEADING + "{amina},ESSENTIAL,2126-01-31,,Paper\n", "in the future"),
        (HEADING + "{amina},ESSENTIAL,2026-01-31,2025-01-31,Paper\n", "ends before"),
        (HEADING + "{amina},ESSENTIAL,2020-01-31,2026-01-31,Paper\n", "at most 1096 days"),
        (HEADING + "{amina},ESSENTIAL,2026-01-31,,\n", "evidence is empty"),
        (HEADING + "{amina},ESSENTIAL,2026-01-31,,Paper,more\n", "more cells"),
        (HEADING + "{amina},ESSENTIAL,2026-01-31,,Paper\n" * 2, "Line 3 says the same as line 2"),
    ],
)
def test_every_problem_of_a_list_is_named_with_its_line(amina, northgate, text, words):
    found = read_completions(text.replace("{amina}", amina.email), agency=northgate, on=timezone.localdate())
    assert any(words in problem for problem in found.problems), found.problems


def test_a_heading_without_end_is_a_problem_of_the_first_line(northgate):
    found = read_completions("person" * 50_000, agency=northgate, on=timezone.localdate())
    assert "Line 1 cannot be read" in found.problems[0]


def test_a_list_from_a_german_spreadsheet_is_read(amina, northgate):
    text = (
        "\ufeffPerson;Course;Completed_on;Evidence\n" + f"{amina.email.upper()};essential;2026-01-31;Paper\n"
    )
    (row,) = read_completions(text, agency=northgate, on=date(2026, 11, 23)).rows
    assert (row.user, row.valid_until) == (amina, date(2027, 1, 31))


def test_a_lead_records_one_and_a_list_and_an_outsider_finds_nothing(
    signed_in, amina, ben, chidi, northgate, now
):
    client, on = signed_in(ben), timezone.localdate(now)
    page = reverse("certification:recognitions", args=[northgate.slug])
    many = reverse("certification:completions", args=[northgate.slug])
    body = {
        "person": amina.email,
        "kind": "waiver",
        "course": Course.objects.get(code="ESSENTIAL").pk,
        "starts_on": on,
        "ends_on": on + timedelta(days=30),
        "reason": "Leaves the force next month.",
    }
    assert client.get(page).status_code == 200
    assert client.post(page, body | {"person": "nobody"}).status_code == 422
    assert client.post(page, body | {"ends_on": on - timedelta(days=1)}).status_code == 422
    client.post(page, body)
    assert "Leaves the force" in client.get(page).content.decode()
    row = Recognition.objects.get()
    client.post(page + "withdraw/", {"recognition": row.uuid, "reason": "She stays."})
    assert Recognition.objects.get().withdrawn_reason == "She stays."

    done = on - timedelta(days=30)
    text = HEADING + f"{amina.email},ESSENTIAL,{done},,Academy paper 12\n"
    bad = text + "nobody@x.example,ESSENTIAL,2026-01-31,,Paper\n"
    assert client.post(many, {"text": bad, "reason": "Before.", "import": "1"}).status_code == 422
    assert (
        "1 row would be recorded" in client.post(many, {"text": text, "reason": "Before."}).content.decode()
    )
    assert Recognition.objects.count() == 1
    client.post(many, {"text": text, "reason": "Before.", "import": "1"})
    client.post(many, {"text": text, "reason": "Before.", "import": "1"})
    assert Recognition.objects.filter(kind="prior", evidence="Academy paper 12").count() == 1
    assert state_of(amina, now).state == "certified"
    for outsider in (chidi, amina):
        for url in (page, many):
            assert signed_in(outsider).get(url).status_code == 404
            assert signed_in(outsider).post(url, body).status_code == 404
