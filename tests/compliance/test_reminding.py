"""When it is time for what: rules without a database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from agencies.models import Agency
from compliance.reminder_views import sample
from compliance.reminding import STEPS, Quiet, digest_day, step_for, week_word, window_of, zone_of


@pytest.mark.parametrize(
    ("days_left", "step"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 0),
        (-3, 0),
        (-4, None),
    ],
)
def test_the_nearest_step_at_or_above_the_days_that_are_left(days_left, step):
    assert step_for(days_left) == step


@pytest.mark.parametrize("on", [date(2026, 11, 22), date(2026, 12, 31), date(2028, 2, 28)])
def test_no_date_falls_between_two_windows(on):
    for days in range(-3, 91):
        step = step_for(days)
        first, last = window_of(step, on=on)
        assert first <= on + timedelta(days=days) <= last
    assert {step_for(days) for days in range(-3, 91)} == set(STEPS)


@pytest.mark.parametrize(
    ("at", "zone", "is_quiet"),
    [
        # London goes to summer time on 29 March 2026 at one o'clock: seven on the wall is an hour earlier in the world.
        (datetime(2026, 3, 28, 6, 59, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 3, 28, 7, 0, tzinfo=UTC), "Europe/London", False),
        (datetime(2026, 3, 29, 5, 59, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), "Europe/London", False),
        # And back on 25 October: both one o'clocks are night.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 10, 25, 6, 30, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), "Europe/London", False),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Pacific/Auckland", False),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "America/Los_Angeles", False),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/London", True),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "No/Such", True),
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(at, zone, is_quiet):
    assert Quiet(time(20), time(7)).holds(at, zone=zone) == is_quiet


def test_quiet_hours_within_a_day_and_none_at_all():
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert Quiet(time(9), time(17)).holds(noon, zone="UTC")
    assert not Quiet(time(13), time(17)).holds(noon, zone="UTC")
    assert not Quiet(time(0), time(0)).holds(noon, zone="UTC")
    assert zone_of("../etc/passwd").key == "UTC"


@pytest.mark.parametrize(
    ("on", "weekday", "day"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 23)),
        (date(2026, 11, 25), 1, date(2026, 11, 23)),
        (date(2026, 11, 26), 1, None),
        (date(2026, 11, 22), 1, None),
        (date(2027, 1, 1), 4, date(2026, 12, 31)),
    ],
)
def test_a_summary_comes_on_its_day_or_up_to_two_later(on, weekday, day):
    assert digest_day(on, weekday=weekday) == day


def test_the_turn_of_the_year_makes_no_second_week():
    assert week_word(date(2026, 12, 31)) == week_word(date(2027, 1, 3)) == "2026-W53"
    assert week_word(date(2027, 1, 4)) == "2027-W01"


@pytest.mark.parametrize("kind", ["before", "digest", "late"])
def test_the_documentation_shows_each_message_word_for_word(kind, settings):
    settings.PUBLIC_URL = "https://waylight.example"
    written = sample(
        kind,
        agency=Agency(name="Northgate Police", slug="northgate"),
        on=date(2027, 3, 1),
        language="en-gb",
    )
    documented = (settings.BASE_DIR / "docs/reference/reminders.md").read_text()
    assert f"Subject: {written.subject}\n\n```\n{written.text}```" in documented
