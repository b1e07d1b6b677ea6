"""How long a certificate holds: tables of cases, and 10,000 made-up histories."""

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.validity import (
    Basis,
    Completion,
    Cycle,
    Span,
    Validity,
    current_on,
    cycle_end,
    ends_on,
    gaps,
    history,
    is_renewal,
    last_renewal_day,
    window_opens,
)

FISCAL = Validity(basis=Basis.CYCLE, cycle=Cycle.FISCAL_YEAR)
CALENDAR = Validity(basis=Basis.CYCLE, cycle=Cycle.CALENDAR_YEAR)
BIRTH = Validity(basis=Basis.CYCLE, cycle=Cycle.BIRTH_MONTH)
EXPIRY = Validity(basis=Basis.EXPIRY, grace_days=30)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rule", "completed", "end"),
    [
        (Validity(), "2026-11-14", "2027-11-14"),
        (Validity(), "2028-02-29", "2029-02-28"),
        (Validity(months=48), "2024-02-29", "2028-02-29"),
        (Validity(months=6), "2026-08-31", "2027-02-28"),
        (Validity(months=6), "2027-08-31", "2028-02-29"),
        (Validity(months=1, window_days=7), "2026-03-29", "2026-04-29"),
        (Validity(months=24), "2026-01-01", "2028-01-01"),
        (CALENDAR, "2026-01-01", "2026-12-31"),
        (CALENDAR, "2026-12-31", "2026-12-31"),
        (FISCAL, "2026-07-01", "2027-06-30"),
        (FISCAL, "2026-06-30", "2026-06-30"),
        (Validity(months=24, basis=Basis.CYCLE, cycle=Cycle.FISCAL_YEAR), "2026-07-01", "2028-06-30"),
        # Newly hired in May, with at least 90 days to hold: through the next cycle.
        (
            Validity(basis=Basis.CYCLE, cycle=Cycle.FISCAL_YEAR, minimum_days=90),
            "2026-05-20",
            "2027-06-30",
        ),
        (
            Validity(basis=Basis.CYCLE, cycle=Cycle.FISCAL_YEAR, minimum_days=90),
            "2026-03-31",
            "2026-06-30",
        ),
        (Validity(months=1, window_days=7, minimum_days=28), "2026-02-01", "2026-03-01"),
    ],
)
def test_a_first_certificate_ends_where_its_rules_say(rule, completed, end):
    assert ends_on(day(completed), rule) == day(end)


@pytest.mark.parametrize(
    ("completed", "born_in", "end"),
    [
        ("2026-11-14", 3, "2027-03-31"),
        ("2026-02-14", 2, "2026-02-28"),
        ("2028-02-14", 2, "2028-02-29"),
        ("2026-03-01", 2, "2027-02-28"),
        ("2026-11-14", None, "2026-11-30"),
    ],
)
def test_a_certificate_can_end_with_the_month_of_birth(completed, born_in, end):
    assert ends_on(day(completed), BIRTH, birth_month=born_in) == day(end)


@pytest.mark.parametrize(
    ("rule", "completed", "end"),
    [
        # Counted from completion, an early renewal costs days.
        (Validity(grace_days=30), "2027-10-01", "2028-10-01"),
        # Counted from the old end, it does not: within the window, on the last day, and in the days of grace.
        (EXPIRY, "2027-09-15", "2028-11-14"),
        (EXPIRY, "2027-11-14", "2028-11-14"),
        (EXPIRY, "2027-12-14", "2028-11-14"),
        # Before the window and after the grace it is earned anew.
        (EXPIRY, "2027-09-14", "2028-09-14"),
        (EXPIRY, "2027-12-15", "2028-12-15"),
    ],
)
def test_a_renewal_counts_from_the_day_its_rules_name(rule, completed, end):
    previous = Span(day("2026-11-14"), day("2027-11-14"))
    assert ends_on(day(completed), rule, previous=previous) == day(end)


def test_a_renewal_in_the_window_of_a_cycle_is_for_the_next_cycle():
    previous = Span(day("2026-08-01"), day("2027-06-30"))
    assert ends_on(day("2027-06-01"), FISCAL, previous=previous) == day("2028-06-30")
    assert ends_on(day("2027-01-10"), FISCAL, previous=previous) == day("2027-06-30")


def test_training_done_again_never_shortens_what_still_holds():
    previous = Span(day("2026-11-14"), day("2028-11-14"))
    assert ends_on(day("2027-01-10"), Validity(months=6), previous=previous) == day("2028-11-14")


def test_the_window_and_the_grace_have_a_first_and_a_last_day():
    span = Span(day("2026-11-14"), day("2027-11-14"))
    assert window_opens(span, EXPIRY) == day("2027-09-15")
    assert last_renewal_day(span, EXPIRY) == day("2027-12-14")
    assert not is_renewal(day("2027-12-15"), span, EXPIRY)
    assert not is_renewal(day("2027-11-14"), None, EXPIRY)


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("1 to 120 months", {"months": 0}),
        ("1 to 120 months", {"months": 121}),
        ("need a cycle", {"basis": Basis.CYCLE}),
        ("need a cycle", {"cycle": Cycle.FISCAL_YEAR}),
        ("whole years", {"months": 18, "basis": Basis.CYCLE, "cycle": Cycle.FISCAL_YEAR}),
        ("fewer than none", {"grace_days": -1}),
        ("for as long as it holds", {"months": 1, "window_days": 60}),
        ("longer than its months", {"minimum_days": 400}),
    ],
)
def test_rules_that_contradict_each_other_are_refused(words, rules):
    with pytest.raises(ValueError, match=words):
        Validity(**rules)


def test_rules_are_read_as_they_were_written():
    for rule in (Validity(), FISCAL, BIRTH, EXPIRY):
        assert Validity.read(rule.written()) == rule
    with pytest.raises(ValueError, match="yearly"):
        Validity.read({"basis": "yearly"})


RULES = st.one_of(
    st.builds(
        Validity,
        months=st.sampled_from([3, 6, 12, 18, 24, 36]),
        basis=st.sampled_from([Basis.COMPLETION, Basis.EXPIRY]),
        window_days=st.integers(0, 80),
        grace_days=st.integers(0, 60),
        minimum_days=st.integers(0, 80),
    ),
    st.builds(
        Validity,
        months=st.sampled_from([12, 24]),
        basis=st.just(Basis.CYCLE),
        cycle=st.sampled_from(Cycle),
        window_days=st.integers(0, 120),
        grace_days=st.integers(0, 60),
        minimum_days=st.integers(0, 200),
    ),
)
DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))


@given(DAYS, st.sampled_from(Cycle), st.none() | st.integers(1, 12))
def test_every_day_lies_in_exactly_one_cycle(on, cycle, born_in):
    end = cycle_end(on, cycle, birth_month=born_in or 5)
    assert on <= end <= on + timedelta(days=366)
    assert cycle_end(end, cycle, birth_month=born_in or 5) == end
    assert cycle_end(end + timedelta(days=1), cycle, birth_month=born_in or 5) > end


@settings(max_examples=300)
@given(
    st.lists(st.tuples(DAYS, RULES), min_size=1, max_size=8),
    st.none() | st.integers(1, 12),
    st.randoms(use_true_random=False),
)
def test_a_history_is_without_doubles_and_without_unexplained_gaps(rows, born_in, dice):
    _holds([Completion(on, rule) for on, rule in rows], born_in, dice)


def test_ten_thousand_histories_hold():
    """Leap days, nights of the clock change, fiscal years, rehires, changes of role and windows that overlap."""
    dice = random.Random(5)
    rules = [
        Validity(),
        Validity(months=24, window_days=90),
        EXPIRY,
        Validity(months=6, basis=Basis.EXPIRY, window_days=45, grace_days=10, minimum_days=30),
        FISCAL,
        CALENDAR,
        BIRTH,
        Validity(basis=Basis.CYCLE, cycle=Cycle.FISCAL_YEAR, minimum_days=90, window_days=120, grace_days=31),
    ]
    special = [day(text) for text in ("2024-02-29", "2026-03-29", "2026-10-25", "2026-06-30", "2026-07-01")]
    for _ in range(10_000):
        on, rule, rows = (
            dice.choice([*special, date(2022, 1, 1) + timedelta(days=dice.randrange(2_000))]),
            dice.choice(rules),
            [],
        )
        for _ in range(dice.randint(1, 6)):
            rows.append(Completion(on, rule))
            # Soon again, about a year later, or after years away; now and then under the rules of another role.
            on += timedelta(
                days=dice.choice([0, 1, dice.randrange(40), 330 + dice.randrange(70), 365, 366, 1_000])
            )
            rule = dice.choice(rules) if dice.random() < 0.2 else rule
        _holds(rows, dice.choice([None, 2, 7, 12]), dice)


def _holds(rows: list[Completion], born_in: int | None, dice: random.Random) -> None:
    spans = history(rows, birth_month=born_in)
    assert [span.issued_on for span in spans] == sorted({row.on for row in rows})
    by_day: dict[date, Validity] = {}
    for row in rows:
        by_day.setdefault(row.on, row.rule)
    for before, after in pairwise(spans):
        eve = after.issued_on - timedelta(days=1)
        # The older holds until the day before the newer one is awarded, and not a day beside it.
        assert current_on(spans, after.issued_on) == after
        assert current_on(spans, eve) == (before if eve <= before.valid_until else None)
        assert after.valid_until >= before.valid_until or after.issued_on > before.valid_until
    for gap in gaps(spans):
        # Nobody is without a certificate but from the day after one ended until training was finished again.
        assert current_on(spans, gap.issued_on) is current_on(spans, gap.valid_until) is None
        assert any(span.valid_until + timedelta(days=1) == gap.issued_on for span in spans)
        assert any(span.issued_on - timedelta(days=1) == gap.valid_until for span in spans)
    for span in spans:
        rule = by_day[span.issued_on]
        assert (span.valid_until - span.issued_on).days >= rule.minimum_days
        if rule.cycle is not None and span.valid_until not in {
            one.valid_until for one in spans if one != span
        }:
            assert (span.valid_until + timedelta(days=1)).day == 1
    same_day_first = sorted(rows, key=lambda row: row.on)
    assert history(same_day_first, birth_month=born_in) == spans
    distinct = [Completion(on, rule) for on, rule in by_day.items()]
    dice.shuffle(distinct)
    assert history(distinct, birth_month=born_in) == spans
