"""Who stood where on a past day, and the counts that the dashboard reads."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from agencies import services as agencies
from certification.services import recognise, revoke_credential
from compliance import services
from compliance.models import ComplianceStatus, ReadinessPoint, StatusPeriod, StatusTally, UnitCount
from compliance.status import State
from courses.models import Course
from tests.factories.agencies import AgencyFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import make_course

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def course(db):
    return make_course(at=NOW - timedelta(days=900)).course


def on(day: date, user) -> str | None:
    return StatusPeriod.objects.on(day).filter(user=user).values_list("state", flat=True).first()


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def joined(amina):
    amina.memberships.update(started_on=days_ago(850).date())
    return amina


def test_every_past_day_says_where_somebody_stood(joined, northgate, course):
    joined.memberships.update(started_on=days_ago(500).date())
    services.refresh_status(joined.pk, at=days_ago(500))
    certify(joined, northgate, at=days_ago(400))
    services.refresh_status(joined.pk, at=days_ago(400))
    for days in (60, 0):
        services.refresh_status(joined.pk, at=days_ago(days))
    said = {days: on(days_ago(days).date(), joined) for days in (501, 450, 400, 200, 60, 0)}
    assert said == {
        501: None,
        450: State.NOT_STARTED,
        400: State.CERTIFIED,
        200: State.CERTIFIED,
        60: State.EXPIRING,
        0: State.LAPSED,
    }


def test_what_ran_out_while_nobody_looked_ran_out_on_its_day(joined, northgate, course):
    certify(joined, northgate, at=days_ago(400))
    services.refresh_status(joined.pk, at=days_ago(390))
    services.refresh_status(joined.pk, at=NOW)
    lapsed = StatusPeriod.objects.get(user=joined, state=State.LAPSED)
    last = ComplianceStatus.objects.get(user=joined).valid_until
    assert lapsed.starts_on == last + timedelta(days=1)
    assert lapsed.recorded_at == NOW
    assert on(last, joined) == State.CERTIFIED


def test_a_withdrawn_certificate_counted_until_the_day_on_which_it_was_withdrawn(joined, northgate, course):
    credential = certify(joined, northgate, at=days_ago(100))
    services.refresh_status(joined.pk, at=days_ago(100))
    revoke_credential(credential, by=None, reason="Issued by mistake", at=days_ago(10))
    services.refresh_status(joined.pk, at=days_ago(10))
    assert on(days_ago(11).date(), joined) == State.CERTIFIED
    assert on(days_ago(10).date(), joined) == State.NOT_STARTED


def test_what_is_recognised_for_days_gone_by_counts_for_them(joined, northgate, course, ben):
    services.refresh_status(joined.pk, at=days_ago(100))
    recognise(
        joined,
        agency=northgate,
        course=course,
        kind="equivalence",
        starts_on=days_ago(50).date(),
        ends_on=days_ago(-100).date(),
        reason="Trained at the college",
        evidence="Letter of 3 October",
        by=ben,
        at=NOW,
    )
    services.refresh_status(joined.pk, at=NOW)
    assert on(days_ago(51).date(), joined) == State.NOT_STARTED
    assert on(days_ago(50).date(), joined) == State.CERTIFIED
    assert StatusPeriod.objects.get(user=joined, state=State.CERTIFIED).recorded_at == NOW


def test_who_left_was_there_until_the_last_day_and_is_still_found_on_it(joined, northgate, course):
    certify(joined, northgate, at=days_ago(100))
    services.refresh_status(joined.pk, at=days_ago(100))
    agencies.end_membership(joined.memberships.get(), on=days_ago(20).date())
    services.refresh_status(joined.pk, at=NOW)
    assert not ComplianceStatus.objects.filter(user=joined).exists()
    assert on(days_ago(21).date(), joined) == State.CERTIFIED
    assert on(days_ago(20).date(), joined) is None


def test_looking_again_writes_nothing(joined, northgate, course):
    certify(joined, northgate, at=days_ago(100))
    services.refresh_status(joined.pk, at=NOW)
    first = list(StatusPeriod.objects.values())
    for _ in range(2):
        services.refresh_status(joined.pk, at=NOW)
    assert list(StatusPeriod.objects.values()) == first


def test_never_two_periods_at_once(joined, northgate, course):
    certify(joined, northgate, at=days_ago(800))
    for days in range(800, -1, -40):
        services.refresh_status(joined.pk, at=days_ago(days))
    certify(joined, northgate, at=days_ago(1))
    services.refresh_status(joined.pk, at=NOW)
    periods = list(StatusPeriod.objects.filter(user=joined).order_by("starts_on", "id"))
    assert [one.state for one in periods] == ["not_started", "certified", "expiring", "lapsed", "certified"]
    for earlier, later in pairwise(periods):
        assert earlier.ends_on == later.starts_on
    assert periods[-1].ends_on is None


def test_a_night_costs_the_same_for_one_person_or_thirty(northgate, course, count_queries):
    def night():
        services.refresh_all(at=NOW)

    MembershipFactory(agency=northgate)
    night()
    one = count_queries(night)
    for _ in range(29):
        MembershipFactory(agency=northgate)
    night()
    assert count_queries(night) == one


def test_a_night_registers_whom_the_news_did_not_reach(northgate, course):
    person = MembershipFactory(agency=northgate).user
    assert not person.registrations.exists()
    assert services.refresh_all(at=NOW) == 1
    assert person.registrations.count() == 1
    assert ComplianceStatus.objects.get(user=person).state == State.NOT_STARTED


def test_a_night_stopped_half_way_goes_on_where_nothing_is_lost(northgate, course, monkeypatch):
    people = [MembershipFactory(agency=northgate).user for _ in range(5)]
    done = []
    write = services.refresh_statuses

    def stop_at_the_third(user_ids, **more):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(user_ids)
        return write(user_ids, **more)

    monkeypatch.setattr(services, "refresh_statuses", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        services.refresh_all(at=NOW, chunk=2)
    monkeypatch.setattr(services, "refresh_statuses", write)
    services.refresh_all(at=NOW, chunk=2)
    assert ComplianceStatus.objects.filter(user__in=people).count() == 5
    assert StatusPeriod.objects.filter(ends_on__isnull=True).count() == 5


def test_units_are_counted_again_when_something_changed_or_a_day_has_passed(joined, northgate, course):
    unit = AgencyFactory(parent=northgate)
    services.refresh_status(joined.pk, at=NOW)
    assert services.count_units(northgate, on=NOW.date()) == 2
    assert services.count_units(northgate, on=NOW.date()) == 0
    certify(joined, northgate, at=NOW)
    services.refresh_status(joined.pk, at=NOW)
    assert services.count_units(unit, on=NOW.date()) == 0
    assert services.count_units(northgate, on=NOW.date()) == 1
    tally = StatusTally.objects.get()
    assert (tally.state, tally.people, tally.agency) == (State.CERTIFIED, 1, northgate)
    assert services.count_units(northgate, on=NOW.date() + timedelta(days=1)) == 2
    assert not UnitCount.objects.filter(is_stale=True).exists()


def test_a_weeks_share_counts_the_units_below_and_leaves_out_who_need_not(northgate, course, ben):
    unit = AgencyFactory(parent=northgate)
    ready, waived, new = (MembershipFactory(agency=unit).user for _ in range(3))
    role = ready.memberships.get().professional_role.code
    certify(ready, northgate, at=days_ago(10), role=role)
    recognise(
        waived, agency=northgate, course=course, kind="waiver", starts_on=NOW.date(), ends_on=days_ago(-30).date(),
        reason="On leave of absence", evidence="", by=ben, at=NOW,
    )  # fmt: skip
    for person in (ready, waived, new):
        services.refresh_status(person.pk, at=NOW)
    services.note_readiness(northgate, on=NOW.date())
    services.note_readiness(northgate, on=NOW.date())
    point = ReadinessPoint.objects.get(agency=northgate, course=Course.objects.get())
    assert (point.people, point.ready, point.week) == (2, 1, date(2026, 11, 16))
    assert ReadinessPoint.objects.get(agency=unit).people == 2
