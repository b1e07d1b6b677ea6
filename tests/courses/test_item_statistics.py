"""Item analysis against values worked out by hand. No database."""

import pytest

from courses.item_statistics import Finding, Sums, findings, rest_of, tallied, uses

OPTIONS = [
    {"id": "a", "correct": True},
    {"id": "b"},
    {"id": "c"},
]


def summed(rows):
    sums = Sums()
    for credit, rest, chosen in rows:
        sums.add(credit=credit, rest=rest, chosen=chosen)
    return sums


@pytest.mark.parametrize(
    ("credits", "rests", "difficulty", "discrimination"),
    [
        # Right is right in the rest too: x = 1 1 0 0, y = 1 1 0 0.
        ([1, 1, 0, 0], [1, 1, 0, 0], 0.5, 1.0),
        # The other way round.
        ([1, 1, 0, 0], [0, 0, 1, 1], 0.5, -1.0),
        # x = 1 1 1 0, y = 0.8 0.6 0.4 0.2: cov = 1.8/4 - 0.75*0.5 = 0.075, sd = 0.43301 * 0.22361.
        ([1, 1, 1, 0], [0.8, 0.6, 0.4, 0.2], 0.75, 0.7746),
        # With part of the credit: x = 1 0.5 0, y = 0.9 0.4 0.5: cov = 1.1/3 - 0.5*0.6 = 0.0667, sd = 0.40825 * 0.21602.
        ([1, 0.5, 0], [0.9, 0.4, 0.5], 0.5, 0.7559),
        # Unrelated.
        ([1, 0, 1, 0], [1, 1, 0, 0], 0.5, 0.0),
        # Nobody differs, so that nothing can be said.
        ([1, 1, 1], [0.2, 0.5, 0.9], 1.0, None),
        ([1, 0, 1], [0.5, 0.5, 0.5], 0.6667, None),
        ([1], [0.5], 1.0, None),
    ],
)
def test_difficulty_is_the_mean_credit_and_discrimination_the_correlation_with_the_rest(
    credits, rests, difficulty, discrimination
):
    sums = summed([(credit, rest, []) for credit, rest in zip(credits, rests, strict=True)])
    assert sums.difficulty == pytest.approx(difficulty, abs=1e-4)
    assert sums.discrimination == (
        None if discrimination is None else pytest.approx(discrimination, abs=1e-4)
    )


def test_of_nothing_nothing_is_said():
    assert Sums().difficulty is None
    assert uses("single", OPTIONS, [], Sums()) == []
    assert findings("single", Sums(), []) == []


@pytest.mark.parametrize(
    ("credits", "rests"), [([1, 0, 0.5], [0.25, 0.75, 0.5]), ([1, 0], [0, 1]), ([1], []), ([], [])]
)
def test_the_rest_leaves_the_answer_itself_out(credits, rests):
    assert rest_of(credits) == rests


def test_sums_of_two_halves_are_the_sums_of_the_whole():
    rows = [(1, 0.8, ["a"]), (0, 0.4, ["b"]), (0.5, 0.6, ["a", "c"]), (1, 0.2, ["a"])]
    whole, first, second = summed(rows), summed(rows[:2]), summed(rows[2:])
    first.merge(second)
    assert first.options == {key: pytest.approx(tally) for key, tally in whole.options.items()}
    assert first.discrimination == pytest.approx(whole.discrimination)


@pytest.mark.parametrize(
    ("kind", "answer", "counted"),
    [
        ("single", ["b"], ["b"]),
        ("multiple", ["a", "c"], ["a", "c"]),
        ("matching", ["a:t1", "b:t2"], ["a:t1", "b:t2"]),
        ("ordering", ["a", "c", "b"], ["a"]),
        ("ordering", ["a", "b", "c"], ["a", "b", "c"]),
    ],
)
def test_what_of_an_answer_is_counted(kind, answer, counted):
    assert tallied(kind, OPTIONS, answer) == counted


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        # Fewer than ten people: nothing at all.
        ({"a": 5, "b": 4}, None),
        # Nobody is not a few: it is said.
        ({"a": 30, "b": 20, "c": 0}, {"a": 30, "b": 20, "c": 0}),
        # One small number takes the next larger with it, or it could be worked out from the rest.
        ({"a": 30, "b": 12, "c": 3}, {"a": 30, "b": None, "c": None}),
        # Two hide each other.
        ({"a": 30, "b": 4, "c": 3}, {"a": 30, "b": None, "c": None}),
        ({"a": 12, "b": 3, "c": 0}, {"a": None, "b": None, "c": 0}),
        # A wrong one before the right one, of which the difficulty tells.
        ({"a": 15, "b": 22, "c": 3}, {"a": 15, "b": None, "c": None}),
    ],
)
def test_fewer_than_ten_are_never_shown_and_cannot_be_worked_out(counts, shown):
    sums = summed([(key == "a", 0.5, [key]) for key, count in counts.items() for _number in range(count)])
    found = {one.key: one.count for one in uses("single", OPTIONS, [], sums)}
    assert found == (shown or {})


def answers(*groups):
    """(option, how many, share of the rest) of single-choice answers where a is right."""
    return summed([(key == "a", rest, [key]) for key, count, rest in groups for _number in range(count)])


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # As it should be.
        ([("a", 30, 0.8), ("b", 15, 0.4), ("c", 15, 0.5)], []),
        # The strong choose b: and so the question divides the wrong way round.
        (
            [("a", 20, 0.5), ("b", 20, 0.9), ("c", 10, 0.4)],
            [(Finding.NEGATIVE, ""), (Finding.STRONG_CHOOSE, "b")],
        ),
        # Strong ones choose b, and yet as a whole it divides the right way.
        ([("a", 30, 0.8), ("b", 10, 0.9), ("c", 20, 0.2)], [(Finding.STRONG_CHOOSE, "b")]),
        ([("a", 97, 0.8), ("b", 3, 0.4)], [(Finding.TOO_EASY, ""), (Finding.UNUSED, "c")]),
        ([("a", 10, 0.9), ("b", 30, 0.4), ("c", 20, 0.5)], [(Finding.TOO_HARD, "")]),
        ([("a", 15, 0.6), ("a", 15, 0.4), ("b", 15, 0.6), ("c", 15, 0.38)], [(Finding.STRONG_CHOOSE, "b"), (Finding.WEAK, "")]),
        ([("a", 30, 0.8), ("b", 20, 0.4)], [(Finding.UNUSED, "c")]),
        # Too few to conclude anything.
        ([("a", 15, 0.5), ("b", 14, 0.9)], []),
    ],
)  # fmt: skip
def test_what_a_trainer_is_told_to_look_at(groups, expected):
    sums = answers(*groups)
    assert findings("single", sums, uses("single", OPTIONS, [], sums)) == expected


def test_the_pairs_of_a_match_are_shown_each():
    options = [{"id": "a", "answer": "t1"}, {"id": "b", "answer": "t2"}]
    sums = summed([(1, 0.5, ["a:t1", "b:t2"])] * 20 + [(0.5, 0.5, ["a:t1", "b:t1"])] * 20)
    found = {one.key: (one.count, one.is_right) for one in uses("matching", options, ["t1", "t2"], sums)}
    assert found == {"a:t1": (40, True), "a:t2": (0, False), "b:t1": (20, False), "b:t2": (20, True)}
