"""A lead asks her staff for a course after seeing whom it concerns, the learner gets her e-mail, and the lead ends her summaries."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from compliance.models import Assignment, ComplianceStatus
from compliance.reminders import remind, save_agency_reminders
from tests import cast, smtp_sink
from tests.factories.accounts import PASSWORD
from tests.factories.compliance import certify
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings, live_server):
    with smtp_sink.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.host, running.port
        settings.PUBLIC_URL = live_server.url
        yield running


@pytest.fixture
def northgate():
    now = timezone.now()
    make_course(at=now - timedelta(days=900))
    northgate = cast.make_northgate()
    cast.make_amina(northgate)
    certify(cast.make_ben(northgate), northgate, at=now - timedelta(days=10))
    # At no hour of any day is this test kept waiting.
    save_agency_reminders(
        northgate, quiet_from="00:00", quiet_until="00:00", digest_weekday=timezone.localdate().isoweekday()
    )
    return northgate


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360)])
def test_a_lead_assigns_the_learner_is_reminded_and_summaries_end_by_one_click(
    browse, northgate, sink, script, width
):
    lead = browse(script=script, width=width)
    page = lead.page
    lead.sign_in("ben@northgate.example", PASSWORD)
    lead.goto("/agency/northgate/assignments/")
    expect(page.get_by_text("Nothing is asked for here yet.")).to_be_visible()
    lead.looks_right()
    page.get_by_role("link", name="New assignment").click()
    page.get_by_label("Days to finish").fill("30")
    page.get_by_label("Days of grace").fill("7")
    lead.looks_right()
    page.get_by_role("button", name="See what it will do").click()
    expect(page.get_by_text("This will assign 2 people.")).to_be_visible()
    expect(page.get_by_text("1 of them is certified already")).to_be_visible()
    assert not Assignment.objects.exists()
    lead.looks_right()
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_text("Saved. People hear of it in the background.")).to_be_visible()
    expect(page.get_by_text("2 people looked at.")).to_be_visible()
    lead.looks_right()
    due_on = timezone.localdate() + timedelta(days=30)
    assert ComplianceStatus.objects.get(user__email="amina@northgate.example").due_on == due_on

    remind(at=timezone.now())
    (reminder,) = sink.to("amina@northgate.example")
    assert "in 30 days" in text_of(reminder)
    learner = browse(script=script, width=width)
    learner.sign_in("amina@northgate.example", PASSWORD)
    (link,) = re.findall(rf"{re.escape(learner.base)}(/training/)\s", text_of(reminder))
    learner.goto(link)
    expect(learner.page.get_by_text("Set by your agency").first).to_be_visible()
    learner.goto("/training/reminders/")
    learner.page.get_by_label("Only the last two reminders before a date").check()
    learner.page.get_by_role("button", name="Save").click()
    expect(learner.page.get_by_text("Saved.")).to_be_visible()
    learner.looks_right()

    lead.goto("/agency/northgate/reminders/")
    expect(page.get_by_role("row", name=re.compile("Amina Rahman.*Reminder, 30 days before"))).to_be_visible()
    lead.looks_right()
    page.get_by_role("link", name="Weekly summary").click()
    expect(page.get_by_text("3 people are overdue").first).to_be_visible()
    lead.looks_right()

    (summary,) = sink.to("ben@northgate.example")
    stranger = browse(script=script, width=width)
    stranger.page.goto(summary["List-Unsubscribe"].strip(" <>"))
    stranger.looks_right()
    stranger.page.get_by_role("button", name="Send me no more").click()
    expect(stranger.page.get_by_role("heading", name="You get no more weekly summaries")).to_be_visible()
    stranger.looks_right()
    remind(at=timezone.now() + timedelta(days=7))
    assert len(sink.to("ben@northgate.example")) == 1
