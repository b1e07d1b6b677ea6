"""cmi5, section 10.2.4. No database."""

import pytest

from courses.move_on import UnitState, is_done, is_satisfied


@pytest.mark.requirement("cmi5-10.2.4")
@pytest.mark.parametrize(
    ("move_on", "completed", "passed", "done"),
    [
        ("Passed", True, False, False),
        ("Passed", False, True, True),
        ("Completed", True, False, True),
        ("Completed", False, True, False),
        ("CompletedAndPassed", True, False, False),
        ("CompletedAndPassed", True, True, True),
        ("CompletedOrPassed", False, True, True),
        ("CompletedOrPassed", False, False, False),
        ("NotApplicable", False, False, True),
    ],
)
def test_a_unit_is_done_as_its_move_on_says(move_on, completed, passed, done):
    assert is_done(UnitState(move_on, completed, passed)) is done


def test_a_course_is_satisfied_when_every_unit_is_done():
    done, not_done = UnitState("Completed", True, False), UnitState("Passed", True, False)

    assert is_satisfied([done, done])
    assert not is_satisfied([done, not_done])


def test_an_unknown_move_on_is_refused():
    with pytest.raises(ValueError, match="'Sometimes' is no moveOn value"):
        is_done(UnitState("Sometimes", True, True))
