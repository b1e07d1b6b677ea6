"""Gains and their uncertainty, held against published tables and numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.statistics import estimate, gain, t_quantile


@pytest.mark.parametrize(
    ("df", "expected"),
    [
        (9, 2.262),
        (10, 2.228),
        (15, 2.131),
        (20, 2.086),
        (30, 2.042),
        (60, 2.000),
        (120, 1.980),
        (10_000, 1.960),
    ],
)
def test_students_t_is_that_of_the_tables(df, expected):
    assert t_quantile(0.975, df) == pytest.approx(expected, abs=0.001)


def test_a_mean_comes_with_its_interval():
    # Ten values, mean 5.5, standard deviation 3.02765: half the interval is 2.2622 × 3.02765 ÷ √10.
    found = estimate([float(one) for one in range(1, 11)])
    assert (found.n, found.mean) == (10, 5.5)
    assert found.low == pytest.approx(3.3341, abs=0.001)
    assert found.high == pytest.approx(7.6659, abs=0.001)


def test_no_spread_means_no_width():
    found = estimate([3.0] * 12)
    assert (found.low, found.mean, found.high) == (3, 3, 3)


def test_one_value_says_nothing_about_others():
    with pytest.raises(ValueError, match="at least two"):
        estimate([1.0])


@pytest.mark.parametrize(
    ("pairs", "before", "after", "mean", "normalised"),
    [
        ([(0.5, 0.75)] * 10, 0.5, 0.75, 0.25, 0.5),
        ([(0.4, 1.0), (0.6, 0.5)] * 5, 0.5, 0.75, 0.25, 0.5),
        ([(0.8, 0.7)] * 10, 0.8, 0.7, -0.1, -0.5),
        ([(1.0, 1.0)] * 10, 1.0, 1.0, 0.0, None),
        ([(0.0, 1.0)] * 10, 0.0, 1.0, 1.0, 1.0),
    ],
)
def test_a_gain_is_of_the_same_people(pairs, before, after, mean, normalised):
    found = gain(pairs, best=1.0)
    assert (found.before, found.after, found.gain.mean) == pytest.approx((before, after, mean))
    assert found.normalised == (pytest.approx(normalised) if normalised is not None else None)


def test_a_score_above_the_best_is_refused():
    with pytest.raises(ValueError, match="No score"):
        gain([(0.5, 1.2)] * 10, best=1.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=60))
def test_the_interval_holds_the_mean_whatever_the_scores(pairs):
    found = gain(pairs, best=1.0)
    assert found.gain.low <= found.gain.mean + 1e-9
    assert found.gain.mean <= found.gain.high + 1e-9
    assert -1 - 1e-9 <= found.gain.mean <= 1 + 1e-9
