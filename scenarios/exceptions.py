"""Refusals, which views turn into words."""

from content.reader import CurriculumError, Problem


class ScenarioFileError(CurriculumError):
    """A scenario's file cannot be read as it is. `problems` names every mistake, the other attributes the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.file = problems[0].file
        self.line = problems[0].line
        self.message = problems[0].message


class ScenarioRefused(Exception):
    """What was asked for is not possible now."""


class NoSuchScenario(ScenarioRefused):
    """No published scenario has this slug."""


class ChoiceNotOffered(ScenarioRefused):
    """The choice does not belong to the scene in which the learner is."""


class StaleStep(ScenarioRefused):
    """The learner has moved on since this page was opened, in another tab perhaps."""


class NotOpen(ScenarioRefused):
    """The attempt is finished, skipped or not begun."""


class NothingToReplay(ScenarioRefused):
    """No critical flag stands open."""
