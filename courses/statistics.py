"""What a group learned, as numbers with their uncertainty. No database, no Django.

Scores are whatever the caller counts in; `best` is the highest that there is. All functions want at least two values and raise
ValueError otherwise: whoever calls them has let through no group under ten.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % confidence interval."""

    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Gain:
    """Before and after of the same people. `normalised` is the share of what could still be learned that was learned."""

    before: float
    after: float
    gain: Estimate
    normalised: float | None


def t_quantile(p: float, df: int) -> float:
    """Of Student's t, by Cornish and Fisher's expansion around the normal: for df of 9 and more right to 0.001."""
    z = NormalDist().inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / df**power for power, term in enumerate(terms, start=1)))


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of a sample and, by Student's t, the interval in which the mean of all such people lies."""
    n = len(values)
    if n < 2:
        raise ValueError("An interval needs at least two values.")
    mean = fmean(values)
    half = t_quantile(0.975, n - 1) * stdev(values) / math.sqrt(n)
    return Estimate(n, mean, mean - half, mean + half)


def gain(pairs: Sequence[tuple[float, float]], *, best: float) -> Gain:
    """From pairs of (before, after). Where everybody had the best score before, there was nothing to learn: None."""
    if any(max(pair) > best for pair in pairs):
        raise ValueError(f"No score can be better than {best}.")
    change = estimate([after - before for before, after in pairs])
    before = fmean(before for before, _after in pairs)
    after = fmean(after for _before, after in pairs)
    return Gain(before, after, change, (after - before) / (best - before) if before < best else None)
