"""Reminders: who gets which, once, in her language and hours, over real SMTP, although a worker is killed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from agencies.models import Leave
from agencies.services import end_membership
from certification.services import recognise
from compliance import reminders
from compliance.models import ComplianceStatus, LateNote, ReminderMail
from compliance.reminder_mail import read_stop_token, stop_token
from compliance.reminders import plan, remind, save_agency_reminders, save_choice, send_waiting
from compliance.services import assign, follow_up, refresh_status
from tests import smtp_sink
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import make_course

# A Thursday at noon: no summary is due.
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def course(db):
    return make_course(at=NOW - timedelta(days=900)).course


@pytest.fixture
def sink(settings):
    with smtp_sink.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        settings.PUBLIC_URL = "https://waylight.example"
        yield running


@pytest.fixture
def asked(amina, ben, course, northgate):
    """Amina has thirty days left; Ben, who leads, is certified for long."""
    certify(ben, northgate, at=NOW - timedelta(days=10))
    assign(northgate, course=course, due_on=TODAY + timedelta(days=30), at=NOW)
    return ComplianceStatus.objects.get(user=amina)


def body(message) -> str:
    return message.get_body(("plain",)).get_content()


def later(**by) -> datetime:
    return NOW + timedelta(**by)


def test_she_is_reminded_once_at_each_step_and_never_in_between(asked, amina, sink):
    found = {}
    for day in range(-70, 40):
        at = later(days=day)
        refresh_status(amina.pk, at=at)
        before = len(sink.to(amina.email))
        remind(at=at)
        remind(at=at + timedelta(minutes=15))
        if len(sink.to(amina.email)) > before:
            found[30 - day] = len(sink.to(amina.email)) - before
    assert found == {90: 1, 60: 1, 30: 1, 7: 1, 0: 1}


def test_the_message_says_when_and_not_what(asked, amina, sink, course):
    remind(at=NOW)
    (message,) = sink.to(amina.email)
    text, html = body(message), message.get_body(("html",)).get_content()
    assert "You have something to finish by 19 December 2026, in 30 days." in text
    assert "https://waylight.example/training/" in text
    assert "in 30 days" in html
    for part in (message["Subject"], text, html):
        for word in ("traffick", "exploit", "victim", "slavery", course.title.lower(), amina.name.lower()):
            assert word not in part.lower()
    assert message["Auto-Submitted"] == "auto-generated"
    # A duty, asked for by an employer: no header that promises an end to it.
    assert message["List-Unsubscribe"] is None
    assert message["Message-ID"].endswith("@waylight.example>")


def test_it_comes_in_her_language(asked, amina, sink):
    User.objects.filter(pk=amina.pk).update(language="es")
    remind(at=NOW)
    (message,) = sink.to(amina.email)
    assert "19 diciembre 2026" in body(message)
    assert "recordatorio" in message["Subject"].lower()


def test_days_are_counted_where_she_is(asked, amina, sink):
    """Half past eleven at night in London is the next day in Auckland, and noon there."""
    User.objects.filter(pk=amina.pk).update(time_zone="Pacific/Auckland")
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    remind(at=late)
    (message,) = sink.to(amina.email)
    assert "in 30 days" in body(message)


@pytest.mark.parametrize(
    ("due", "night", "morning"),
    [
        # The night in which clocks go forward, the one in which they go back, and the turn of the year.
        (date(2026, 4, 28), datetime(2026, 3, 29, 2, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (date(2026, 11, 24), datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (date(2027, 1, 31), datetime(2027, 1, 1, 0, 5, tzinfo=UTC), datetime(2027, 1, 1, 7, tzinfo=UTC)),
    ],
)
def test_nothing_goes_out_at_night_nothing_is_lost_and_nothing_doubled(
    amina, ben, course, northgate, sink, due, night, morning
):
    certify(ben, northgate, at=night - timedelta(days=10))
    assign(northgate, course=course, due_on=due, at=night)
    for minutes in range(0, 60, 15):
        remind(at=night + timedelta(minutes=minutes))
    assert sink.to(amina.email) == []
    assert ReminderMail.objects.get(recipient=amina).state == "waiting"
    for minutes in range(0, 60, 15):
        remind(at=morning + timedelta(minutes=minutes))
    (message,) = sink.to(amina.email)
    assert "by" in body(message)
    assert ReminderMail.objects.get(recipient=amina).step == 30


def test_her_own_quiet_hours_outweigh_her_agencys(asked, amina, northgate, sink):
    save_choice(amina, quiet_from=time(9), quiet_until=time(17))
    remind(at=NOW)
    assert sink.to(amina.email) == []
    remind(at=later(hours=6))
    assert len(sink.to(amina.email)) == 1
    save_agency_reminders(northgate, is_on=False)
    refresh_status(amina.pk, at=later(days=23))
    remind(at=later(days=23, hours=6))
    assert len(sink.to(amina.email)) == 1


def test_only_the_last_two_where_she_wants_it_so(asked, amina, sink):
    save_choice(amina, only_last=True)
    for day in (0, 23, 30):
        refresh_status(amina.pk, at=later(days=day))
        remind(at=later(days=day))
    assert [ReminderMail.objects.get(message_id=one["Message-ID"]).step for one in sink.to(amina.email)] == [
        7,
        0,
    ]


def test_several_dates_of_one_day_are_one_message(asked, amina, northgate, sink, course):
    other = AgencyFactory(name="Other", slug="other")
    MembershipFactory(user=amina, agency=other, professional_role=ProfessionalRoleFactory(code="R1"))
    assign(other, course=course, due_on=TODAY + timedelta(days=20), at=NOW)
    remind(at=NOW)
    (message,) = sink.to(amina.email)
    assert "9 December 2026" in body(message)
    assert "19 December 2026" in body(message)
    assert ReminderMail.objects.filter(recipient=amina, state="sent").count() == 2


def test_what_runs_out_is_said_too(amina, northgate, course, sink):
    certify(amina, northgate, at=later(days=-335))
    follow_up(amina.pk, at=NOW)
    remind(at=NOW)
    (message,) = sink.to(amina.email)
    assert "Something that you hold runs out on" in body(message)


def end_it(amina, northgate, course, ben):
    end_membership(amina.memberships.get(), on=TODAY)


def go_on_leave(amina, northgate, course, ben):
    Leave.objects.create(membership=amina.memberships.get(), starts_on=TODAY, entered_at=NOW)


def exempt(amina, northgate, course, ben):
    recognise(
        amina,
        kind="waiver",
        course=course,
        agency=northgate,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=90),
        reason="Seconded",
        by=ben,
        at=NOW,
    )
    refresh_status(amina.pk, at=NOW)


def earn_it(amina, northgate, course, ben):
    certify(amina, northgate, at=NOW)
    refresh_status(amina.pk, at=NOW)


def delete_it(amina, northgate, course, ben):
    User.objects.filter(pk=amina.pk).update(deleted_at=NOW)


@pytest.mark.parametrize("happens", [end_it, go_on_leave, exempt, earn_it, delete_it])
@pytest.mark.parametrize("when", ["before it is entered", "after it is entered"])
def test_who_left_is_away_exempt_or_done_gets_none(asked, amina, ben, northgate, course, sink, happens, when):
    if when == "after it is entered":
        plan(at=NOW)
    happens(amina, northgate, course, ben)
    remind(at=NOW)
    assert sink.to(amina.email) == []
    assert not ReminderMail.objects.filter(recipient=amina, state="waiting").exists()


class Killed(BaseException):
    """Nobody catches it: the process is gone."""


def test_killed_before_the_server_had_anything_it_is_sent_once(asked, amina, sink, monkeypatch):
    plan(at=NOW)
    monkeypatch.setattr(reminders, "get_connection", lambda: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        send_waiting(at=NOW)
    monkeypatch.undo()
    assert ReminderMail.objects.get(recipient=amina).state == "claimed"
    remind(at=later(minutes=5))
    assert sink.to(amina.email) == []
    remind(at=later(minutes=15))
    assert len(sink.to(amina.email)) == 1


@pytest.mark.parametrize(("days", "copies"), [(0, 1), (30, 2)])
def test_killed_between_sending_and_writing_it_down(asked, amina, sink, monkeypatch, days, copies):
    """A step that another follows is not sent twice; the last one rather twice than never, and with the same number."""
    at = later(days=days)
    refresh_status(amina.pk, at=at)
    real = reminders._move

    def die_when_sent(rows, *, of, to, **fields):
        if to == "sent":
            raise Killed
        return real(rows, of=of, to=to, **fields)

    monkeypatch.setattr(reminders, "_move", die_when_sent)
    with pytest.raises(Killed):
        remind(at=at)
    monkeypatch.setattr(reminders, "_move", real)
    assert len(sink.to(amina.email)) == 1
    for minutes in (15, 30, 45):
        remind(at=at + timedelta(minutes=minutes))
    found = sink.to(amina.email)
    assert len(found) == copies
    assert len({one["Message-ID"] for one in found}) == 1
    assert ReminderMail.objects.get(recipient=amina).state == ("sent" if copies == 2 else "unclear")


def test_a_worker_that_comes_second_sends_nothing(asked, amina, sink):
    plan(at=NOW)
    seen = list(ReminderMail.objects.filter(state="waiting").select_related("recipient", "agency"))
    send_waiting(at=NOW)
    done = reminders.Sent()
    reminders._send(seen, ways=reminders._Ways(), at=NOW, done=done)
    assert (len(sink.to(amina.email)), done) == (1, reminders.Sent())


def test_a_server_that_says_no_is_asked_again_later_and_not_for_ever(asked, amina, sink):
    sink.refuse = True
    assert remind(at=NOW)[1].sent == 0
    row = ReminderMail.objects.get(recipient=amina)
    assert (row.state, row.tries) == ("waiting", 1)
    remind(at=later(minutes=15))
    row.refresh_from_db()
    assert row.tries == 1
    sink.refuse = False
    remind(at=later(minutes=45))
    assert len(sink.to(amina.email)) == 1
    row.refresh_from_db()
    assert row.state == "sent"


def test_after_five_refusals_it_is_given_up(asked, amina, sink):
    sink.refuse = True
    at = NOW
    for _try in range(8):
        remind(at=at)
        at = (at + timedelta(days=1)).replace(hour=12)
    row = ReminderMail.objects.get(recipient=amina, step=30)
    assert (row.state, row.tries) == ("failed", 5)


def test_no_server_at_all_loses_nothing(asked, amina, sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    remind(at=NOW)
    row = ReminderMail.objects.get(recipient=amina)
    assert (row.state, row.handed_at) == ("waiting", None)
    settings.EMAIL_PORT = port
    remind(at=later(hours=1))
    assert len(sink.to(amina.email)) == 1


def test_a_line_that_breaks_after_the_message_leaves_it_unclear(asked, amina, sink):
    sink.hang_up_after_data = True
    assert remind(at=NOW)[1].unclear == 1
    sink.hang_up_after_data = False
    remind(at=later(hours=1))
    assert len(sink.to(amina.email)) == 1
    assert ReminderMail.objects.get(recipient=amina).state == "unclear"


def test_planning_costs_the_same_for_one_learner_or_twenty(asked, northgate, count_queries, course):
    one = count_queries(lambda: plan(at=NOW))
    for user in UserFactory.create_batch(19):
        MembershipFactory(user=user, agency=northgate)
        follow_up(user.pk, at=NOW)
    assert count_queries(lambda: plan(at=NOW)) <= one + 3
    assert ReminderMail.objects.filter(kind="before").count() == 20


MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_lead_gets_one_summary_a_week_with_an_end_by_one_click(asked, ben, chidi, sink, client):
    for hours in (0, 1, 24, 48):
        remind(at=MONDAY + timedelta(hours=hours))
    (message,) = sink.to(ben.email)
    text = body(message)
    assert "1 person has not started yet" in text
    assert "Amina" not in text
    assert sink.to(chidi.email) == []
    address = message["List-Unsubscribe"].strip(" <>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in text
    path = address.removeprefix("https://waylight.example")
    # A program that looks at links ends nothing.
    assert client.get(path).status_code == 200
    remind(at=MONDAY + timedelta(days=7))
    assert len(sink.to(ben.email)) == 2
    outside = type(client)(enforce_csrf_checks=True)
    ended = outside.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert ended.status_code == 200
    remind(at=MONDAY + timedelta(days=14))
    assert len(sink.to(ben.email)) == 2


def test_a_summary_comes_on_the_day_that_she_chose_and_over_new_year_once(asked, ben, sink):
    save_choice(ben, digest_weekday=4)
    remind(at=MONDAY)
    assert sink.to(ben.email) == []
    for day in (31, 32, 33):
        remind(at=datetime(2026, 12, 1, 9, tzinfo=UTC) + timedelta(days=day - 1))
    assert len([one for one in sink.to(ben.email) if "summary" in one["Subject"]]) == 1


def test_nothing_to_say_is_not_said(ben, northgate, course, sink):
    certify(ben, northgate, at=NOW)
    refresh_status(ben.pk, at=NOW)
    remind(at=MONDAY)
    assert sink.messages == []
    assert ReminderMail.objects.get().state == "dropped"


def test_a_manager_hears_of_the_people_who_name_her_and_of_nobody_else(asked, amina, northgate, sink):
    manager = UserFactory(name="Mara Manager")
    MembershipFactory(user=manager, agency=northgate)
    amina.memberships.update(manager=manager)
    remind(at=MONDAY)
    (message,) = sink.to(manager.email)
    assert "1 person has not started yet" in body(message)
    end_membership(manager.memberships.get(), on=MONDAY.date())
    remind(at=MONDAY + timedelta(days=7))
    assert len(sink.to(manager.email)) == 1


def test_the_nearest_lead_is_told_once_after_grace(amina, ben, chidi, course, northgate, sink):
    certify(ben, northgate, at=NOW)
    unit = AgencyFactory(name="Harbour", slug="harbour", parent=northgate)
    lead = UserFactory(name="Lena Lead")
    DelegationFactory(user=lead, agency=unit)
    (hers,) = UserFactory.create_batch(1)
    MembershipFactory(user=hers, agency=unit)
    row = assign(northgate, course=course, due_on=TODAY, at=NOW)
    row.grace_days = 5
    row.save()
    for day in range(8):
        for user in (amina, hers, ben):
            refresh_status(user.pk, at=later(days=day))
        remind(at=later(days=day))
        told = [one["Subject"] for one in sink.messages if "A note" in one["Subject"]]
        assert len(told) == (2 if day >= 6 else 0), day
    (to_lead,) = [one for one in sink.to(lead.email) if "note" in one["Subject"]]
    assert "In Harbour, 1 person has passed the date and the days of grace." in body(to_lead)
    (to_ben,) = [one for one in sink.to(ben.email) if "note" in one["Subject"]]
    assert "In Northgate Police, 1 person" in body(to_ben)
    assert to_ben["List-Unsubscribe"] is None
    assert sink.to(chidi.email) == []
    assert LateNote.objects.count() == 2


def test_what_has_lapsed_is_told_after_the_days_of_grace_too(amina, ben, course, northgate, sink):
    certify(ben, northgate, at=NOW)
    certify(amina, northgate, at=later(days=-366))
    row = assign(northgate, course=course, at=NOW)
    row.grace_days = 10
    row.save()
    until = ComplianceStatus.objects.get(user=amina).valid_until
    for day in range(13):
        at = datetime.combine(until, time(12), tzinfo=UTC) + timedelta(days=day)
        refresh_status(amina.pk, at=at)
        remind(at=at)
        told = [one for one in sink.to(ben.email) if "note" in one["Subject"]]
        assert len(told) == (1 if day >= 11 else 0), day


def test_a_lead_whose_role_ended_gets_nothing_that_was_entered_before(asked, ben, sink):
    plan(at=MONDAY)
    ben.delegations.update(ends_on=MONDAY.date())
    send_waiting(at=MONDAY)
    assert sink.to(ben.email) == []


def test_the_command_says_what_it_did(asked, sink, capsys):
    call_command("send_reminders")
    assert "reminders" in capsys.readouterr().out


def test_a_token_opens_one_thing_for_one_person(ben, client):
    token = stop_token(ben, kind="digest")
    assert read_stop_token(token) == (str(ben.uuid), "digest")
    for wrong in (token[:-2], stop_token(ben, kind="before"), "nothing"):
        assert client.post(reverse("compliance:stop_mail", args=[wrong])).status_code == 404


def test_everybody_chooses_for_herself(amina, signed_in):
    client = signed_in(amina)
    url = reverse("compliance:my_reminders")
    given = {"only_last": "on", "quiet_from": "18:00", "quiet_until": "08:30", "digest_weekday": "5"}
    assert client.post(url, given).status_code == 302
    choice = amina.reminder_choice
    assert (choice.only_last, choice.quiet_until, choice.digest, choice.digest_weekday) == (
        True,
        time(8, 30),
        False,
        5,
    )
    assert client.post(url, {**given, "quiet_until": ""}).status_code == 422


def test_a_lead_sees_kind_and_day_of_what_was_sent_and_nothing_finer(
    asked, amina, ben, chidi, brannoc, sink, signed_in, course
):
    remind(at=NOW)
    save_choice(amina, only_last=True)
    url = reverse("compliance:agency_reminders", args=["northgate"])
    text = signed_in(ben).get(url).content.decode()
    assert "Amina Rahman" in text
    assert "Reminder, 30 days before" in text
    assert "19 November 2026" in text
    assert "12:00" not in text
    client = signed_in(chidi)
    assert client.get(url).status_code == 404
    assert client.get(reverse("compliance:preview_mail", args=["northgate", "digest"])).status_code == 404
    own = client.get(reverse("compliance:agency_reminders", args=["st-brannocs"])).content.decode()
    assert "Amina" not in own


def test_how_a_whole_agency_has_it_is_for_who_manages_all_of_it(northgate, ben, signed_in):
    unit = AgencyFactory(name="Harbour", slug="harbour", parent=northgate)
    lead = UserFactory()
    DelegationFactory(user=lead, agency=unit)
    given = {"is_on": "on", "quiet_from": "19:00", "quiet_until": "08:00", "digest_weekday": 3}
    url = reverse("compliance:agency_reminders", args=["harbour"])
    assert signed_in(lead).post(url, given).status_code == 404
    assert signed_in(ben).post(url, given).status_code == 302
    assert northgate.reminders.digest_weekday == 3


@pytest.mark.parametrize("mail", ["before", "digest", "late"])
def test_every_message_can_be_looked_at_in_every_language(mail, ben, signed_in):
    url = reverse("compliance:preview_mail", args=["northgate", mail])
    client = signed_in(ben)
    english, spanish = (client.get(url, {"language": code}).content.decode() for code in ("en-gb", "es"))
    assert "Waylight" in english
    assert english != spanish
    assert "traffick" not in english.partition("<main")[2].partition("</main>")[0].lower()


def test_her_own_file_says_what_was_sent_to_her(asked, amina, sink):
    from compliance.own_data import own_data_of

    remind(at=NOW)
    (sent,) = own_data_of(amina)["reminders.json"]["sent"]
    assert (sent["kind"], sent["for"]) == ("before", TODAY + timedelta(days=30))
