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


class NoSuchAttempt(ScenarioRefused):
    """This person has no attempt with this id."""


class ChoiceNotOffered(ScenarioRefused):
    """The choice does not belong to the scene in which the learner is."""


class StaleStep(ScenarioRefused):
    """The learner has moved on since this page was opened, in another tab perhaps."""


class NotOpen(ScenarioRefused):
    """The attempt is finished, skipped or not begun."""


class MayNotGoBack(ScenarioRefused):
    """The story does not let the learner go back to there."""


class NothingToReplay(ScenarioRefused):
    """No critical flag stands open."""


class EditConflict(Exception):
    """Somebody else saved this scene since it was opened."""

    def __init__(self, revision: int) -> None:
        super().__init__(revision)
        self.revision = revision


class NotReady(Exception):
    """The draft cannot be published yet. `problems` says why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
