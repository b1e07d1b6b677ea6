"""Telling us what is wrong: what is kept of it and what is not, who reads it, and what becomes of it."""

import time
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.services import put_in_group
from accounts.throttle import CROWDS, crowd_of
from config.groups import REVIEWERS, TRAINERS, ensure_groups
from content.models import ProblemReport, SupportContact
from content.personal_details import find_details
from content.reporting import new_ticket, remove_old_words, reviewers
from content.subjects import find_subject
from content.views import FROM_ONE_CROWD
from tests.factories.accounts import UserFactory
from tests.factories.courses import make_lesson, make_question

ADDRESS = "203.0.113.77"


def ticket(*, age: float = 60) -> str:
    return new_ticket(now=time.time() - age)


def send(client, *, age=60, **values):
    words = {
        "kind": "fact",
        "text": "The second sentence is wrong.",
        "ticket": ticket(age=age),
        "about": "lesson:1.3",
    }
    return client.post("/report/", {**words, **values}, REMOTE_ADDR=ADDRESS)


@pytest.fixture
def reviewer(db):
    ensure_groups()
    person = UserFactory(name="Rosa Reviewer", email="rosa@review.example")
    put_in_group(person, group=REVIEWERS)
    return person


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The law changed on 1 January 2024, see article 12.", ()),
        ("22 U.S.C. 7102(11) and Modern Slavery Act 2015, s52", ()),
        ("It says 424, 237 and 47 people in 2019-2021.", ()),
        ("Write to a.b@hospital.example please", ("email",)),
        ("Her number is 07700 900 123", ("phone",)),
        ("Call +44 (0)20 7946 0123", ("phone",)),
        ("Case 240017", ("number",)),
        ("240017 and 1-888-373-7888, x@y.example", ("email", "phone", "number")),
    ],
)
def test_long_numbers_and_addresses_are_seen_and_years_and_paragraphs_are_not(text, found):
    assert find_details(text) == found


def test_a_stranger_reports_a_problem_and_sees_what_becomes_of_it(client, db):
    make_lesson("1.3")

    page = client.get("/report/?about=lesson:1.3")
    assert "Lesson 1.3 First words" in page.content.decode()

    response = send(client)

    report = ProblemReport.objects.get()
    assert response.url == f"/report/{report.uuid}/"
    assert (report.about, report.module, report.kind, report.state) == ("lesson:1.3", "M01", "fact", "new")
    state = client.get(response.url).content.decode()
    assert report.reference in state
    assert "has arrived" in state
    assert report.text not in state


def test_nothing_about_the_sender_is_kept(client, signed_in, amina):
    make_lesson("1.3")
    for browser in (client, signed_in(amina)):
        sessions = Session.objects.count()
        send(browser, text=f"Wrong, says {sessions}.")
        assert Session.objects.count() == sessions
    assert ProblemReport.objects.count() == 2
    assert "sessionid" not in client.cookies

    # Whatever table it might have gone to, that of the cache included.
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            assert ADDRESS not in str(cursor.fetchall()), table
    assert ADDRESS not in str(getattr(cache, "_cache", {}))
    for report in ProblemReport.objects.all():
        values = [str(getattr(report, field.attname)) for field in ProblemReport._meta.concrete_fields]
        assert not {ADDRESS, amina.email, str(amina.pk), str(amina.uuid), amina.name} & {
            value for value in values if value != str(report.pk)
        }
        assert type(report.received_on) is date


def test_a_crowd_is_too_wide_to_find_anybody_in_and_another_every_day(rf):
    request = rf.get("/", REMOTE_ADDR=ADDRESS)
    crowds = {crowd_of(request, on=date(2026, 1, 1) + timedelta(days=day)) for day in range(60)}
    assert len(crowds) > 50
    assert all(int(crowd) < CROWDS for crowd in crowds)


def test_a_whole_ward_may_report_at_once_and_a_flood_may_not(client, db):
    most, _seconds = FROM_ONE_CROWD
    for number in range(most):
        assert send(client, text=f"Nurse {number} says so.").status_code == 302
    refused = send(client, text="One too many.")
    assert refused.status_code == 429
    assert "One too many." in refused.content.decode()
    assert ProblemReport.objects.count() == most


def test_words_that_may_point_to_a_person_wait_for_a_second_look(client, db):
    response = send(client, text="She lives at 07700 900123")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Does this describe a real person?" in page
    assert "a telephone number" in page
    assert "She lives at 07700 900123" in page
    assert not ProblemReport.objects.exists()

    assert send(client, text="The line is 0800 0121 700", is_harmless="on").status_code == 302
    assert ProblemReport.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"text": ""},
        {"text": "x" * 3001},
        {"kind": "praise"},
        {"kind": ""},
        {"contact": "not an address"},
        {"website": "https://spam.example"},
        {"ticket": ""},
        {"ticket": "forged:ticket"},
        {"age": 0},
        {"age": 90_000},
    ],
)
def test_what_cannot_be_taken_is_given_back_with_its_words(client, db, values):
    response = send(client, **values)
    assert response.status_code == 422
    assert not ProblemReport.objects.exists()
    assert values.get("text", "The second sentence is wrong.") in response.content.decode()


def test_a_form_that_was_refused_for_its_ticket_can_be_sent_at_once(client, db):
    refused = send(client, ticket="forged")
    assert send(client, ticket=refused.context["ticket"]).status_code == 302


def test_a_double_press_makes_one_report_and_other_words_another(client, db):
    same = ticket()
    first = send(client, ticket=same)
    assert send(client, ticket=same).url == first.url
    assert send(client, ticket=same, text="And the third.").url != first.url
    assert ProblemReport.objects.count() == 2


def test_what_it_is_about_comes_from_what_is_there(client, db):
    send(client, about="lesson:99.9\x00")
    send(client, about="nonsense", text="Other.")
    assert set(ProblemReport.objects.values_list("about", flat=True)) == {""}


def test_a_number_that_nobody_was_given_leads_nowhere(client, db):
    assert client.get("/report/7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a11/").status_code == 404


def test_the_reporting_lines_say_what_they_share_or_that_it_is_not_known(client, db):
    for key, shares in (("a", "With the police, if you agree."), ("b", "")):
        SupportContact.objects.create(
            key=key,
            country="Utopia",
            name=f"Line {key}",
            purpose="x",
            shares=shares,
            checked_on=timezone.localdate(),
        )
    page = client.get("/report/").content.decode()
    assert "With the police, if you agree." in page
    assert page.count("Not known to us.") == 1


def test_lessons_questions_scenarios_and_pages_can_be_found(db):
    make_lesson("1.3", body=[{"type": "text", "value": "<p>So. [@CRI-01; @CRI-02]</p>"}])
    make_question("Q-1.3-1", "1.3")
    lesson = find_subject("lesson:1.3")
    assert (lesson.module, lesson.facts) == ("M01", ("CRI-01", "CRI-02"))
    question = find_subject("question:Q-1.3-1")
    assert (question.module, question.facts) == ("M01", ("CRI-01",))
    for name in ("lesson:9.9", "question:none", "scenario:none", "page:none", "", ":", "lesson:"):
        assert find_subject(name) is None


def test_reviewers_are_told_without_a_word_of_it(client, reviewer, django_capture_on_commit_callbacks):
    make_lesson("1.3")
    with django_capture_on_commit_callbacks(execute=True):
        send(client, text="A hurtful sentence.", contact="nurse@hospital.example")
    (message,) = mail.outbox
    assert message.to == ["rosa@review.example"]
    for secret in ("hurtful", "nurse@", "1.3"):
        assert secret not in message.subject + message.body
    assert ProblemReport.objects.get().reference in message.subject


def test_without_reviewers_an_administrator_is_told(db):
    ensure_groups()
    administrator = UserFactory(is_superuser=True)
    UserFactory()
    assert reviewers() == [administrator]


def test_a_reviewer_takes_a_report_on_answers_and_closes_it(
    client, signed_in, reviewer, django_capture_on_commit_callbacks
):
    make_lesson("1.3")
    state = send(client, contact="nurse@hospital.example").url
    report = ProblemReport.objects.get()
    desk = signed_in(reviewer)
    listing = desk.get("/admin/snippets/content/problemreport/?state=new&kind=fact&module=M01")
    assert report.reference in listing.content.decode()
    address = f"/admin/reports/problems/{report.pk}/"
    assert address in listing.content.decode()
    assert "The second sentence is wrong." in desk.get(address).content.decode()

    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, {"assigned_to": reviewer.pk, "state": "new", "answer": "", "note": ""})
    report.refresh_from_db()
    assert (report.state, report.assigned_to, mail.outbox) == ("in-hand", reviewer, [])
    assert "A reviewer is looking at it." in client.get(state).content.decode()

    refused = desk.post(address, {"assigned_to": "", "state": "mended", "answer": "Thank you.", "note": ""})
    assert refused.status_code == 422

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            address,
            {
                "assigned_to": reviewer.pk,
                "state": "mended",
                "answer": "You were right.",
                "note": "Source added.",
            },
        )
    report.refresh_from_db()
    assert (report.state, report.closed_on, report.contact) == ("mended", timezone.localdate(), "")
    (message,) = mail.outbox
    assert message.to == ["nurse@hospital.example"]
    assert "You were right." in message.body
    page = client.get(state).content.decode()
    assert "You were right." in page
    assert "Source added." not in page


def test_a_report_that_is_opened_again_is_open(signed_in, reviewer):
    report = ProblemReport.objects.create(
        kind="law", text="Old", state="unchanged", received_on=date(2026, 1, 1), closed_on=date(2026, 1, 2)
    )
    signed_in(reviewer).post(
        f"/admin/reports/problems/{report.pk}/",
        {"assigned_to": "", "state": "in-hand", "answer": "", "note": ""},
    )
    report.refresh_from_db()
    assert (report.state, report.closed_on) == ("in-hand", None)


def test_the_inbox_is_for_reviewers_and_trainers_alone(signed_in, reviewer, amina, ben):
    report = ProblemReport.objects.create(kind="law", text="Out of date.", received_on=date(2026, 1, 1))
    trainer = UserFactory()
    put_in_group(trainer, group=TRAINERS)
    for person, may in ((reviewer, True), (trainer, True), (amina, False), (ben, False)):
        browser = signed_in(person)
        for address in ("/admin/snippets/content/problemreport/", f"/admin/reports/problems/{report.pk}/"):
            assert (browser.get(address).status_code == 200) is may
    assert signed_in(trainer).get("/admin/snippets/content/problemreport/add/").status_code != 200


def test_the_list_costs_the_same_for_one_report_or_twenty(signed_in, reviewer, count_queries):
    browser = signed_in(reviewer)

    def read():
        return browser.get("/admin/snippets/content/problemreport/")

    def make():
        ProblemReport.objects.create(kind="law", assigned_to=reviewer, received_on=date(2026, 1, 1))

    make()
    read()
    one = count_queries(read)
    for _number in range(19):
        make()
    assert count_queries(read) == one


def test_words_go_some_time_after_a_report_is_closed(db, settings):
    on = date(2026, 6, 1)
    rows = {
        name: ProblemReport.objects.create(
            kind="law",
            text="Words",
            answer="Answer",
            note="Note",
            state=state,
            received_on=date(2025, 1, 1),
            closed_on=closed,
        )
        for name, state, closed in (
            ("old", "mended", on - timedelta(days=30)),
            ("young", "mended", on - timedelta(days=29)),
            ("open", "in-hand", None),
        )
    }
    assert remove_old_words(on=on, days=30) == 1
    assert remove_old_words(on=on, days=30) == 0
    for name, row in rows.items():
        row.refresh_from_db()
        assert (row.text == "") is (name == "old")
    assert (rows["old"].answer, rows["old"].note, rows["old"].removed_on) == ("", "", on)


def test_the_nightly_command_removes_what_is_old(db, capsys):
    call_command("remove_old_reports")
    assert "0 reports emptied" in capsys.readouterr().out


def test_the_account_of_whoever_was_assigned_can_go(signed_in, reviewer):
    report = ProblemReport.objects.create(kind="law", assigned_to=reviewer, received_on=date(2026, 1, 1))
    reviewer.is_active = False
    reviewer.save()
    assert ProblemReport.objects.get(pk=report.pk).assigned_to == reviewer
