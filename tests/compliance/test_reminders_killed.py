"""A worker that sends reminders is killed by the mail server's own hand, at the worst moments, as a process of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.models import ReminderMail
from compliance.reminders import remind
from compliance.services import assign
from tests import cast, smtp_sink
from tests.certification.test_at_once import put_back  # noqa: F401 - puts the test database back
from tests.certification.worker import Worker
from tests.factories.accounts import UserFactory
from tests.factories.agencies import MembershipFactory
from tests.factories.courses import make_course

pytestmark = pytest.mark.usefixtures("put_back", "transactional_db")
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
PEOPLE = 6


@pytest.fixture
def sink(settings):
    with smtp_sink.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        yield running


@pytest.fixture
def northgate(put_back, transactional_db):  # noqa: F811
    northgate = cast.make_northgate()
    for user in UserFactory.create_batch(PEOPLE):
        MembershipFactory(user=user, agency=northgate)
    return northgate


def ask(northgate, *, days: int) -> None:
    course = make_course(at=NOW - timedelta(days=900)).course
    assign(northgate, course=course, due_on=NOW.date() + timedelta(days=days), at=NOW)


def work_until_killed(sink) -> None:
    with Worker("remind", sink.port, NOW.isoformat()) as worker:
        kill = worker.kill

        def at_the_third(_what: object) -> None:
            if len(sink.messages) == 3:
                kill()
                worker.process.wait()

        sink.on_data = at_the_third
        worker.go()
        assert worker.was_killed()
    sink.on_data = None


def everything_went_out(sink) -> list[str]:
    for minutes in (5, 15, 30):
        remind(at=NOW + timedelta(minutes=minutes))
    assert not ReminderMail.objects.exclude(state__in=["sent", "unclear"]).exists()
    return [one["To"] for one in sink.messages]


def test_killed_when_the_server_has_the_message_nothing_is_doubled_and_nothing_lost(northgate, sink):
    ask(northgate, days=30)
    work_until_killed(sink)
    assert len(sink.messages) == 3
    to = everything_went_out(sink)
    assert (len(to), len(set(to))) == (PEOPLE, PEOPLE)
    assert ReminderMail.objects.filter(state="unclear").count() == 1


def test_the_reminder_on_the_day_comes_again_under_its_own_number_and_is_never_lost(northgate, sink):
    ask(northgate, days=0)
    work_until_killed(sink)
    to = everything_went_out(sink)
    assert (len(to), len(set(to))) == (PEOPLE + 1, PEOPLE)
    assert len({one["Message-ID"] for one in sink.messages}) == PEOPLE
    assert not ReminderMail.objects.exclude(state="sent").exists()


def test_killed_while_it_waits_for_the_servers_greeting_nothing_is_doubled_and_nothing_lost(northgate, sink):
    ask(northgate, days=30)
    with Worker("remind", sink.port, NOW.isoformat()) as worker:

        def before_the_greeting(line: str) -> None:
            if line == "connected" and len(sink.messages) == 2:
                worker.kill()
                worker.process.wait()

        sink.on_line = before_the_greeting
        worker.go()
        assert worker.was_killed()
    sink.on_line = None
    assert ReminderMail.objects.filter(state="claimed").count() == 1
    to = everything_went_out(sink)
    assert (len(to), len(set(to))) == (PEOPLE, PEOPLE)
    assert not ReminderMail.objects.exclude(state="sent").exists()
