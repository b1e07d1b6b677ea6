"""Why a service said no."""


class CourseError(Exception):
    """Something that a learner or trainer asked for cannot be done; the text says why and what would be right."""


class NotReady(CourseError):
    """Something else has to come first."""


class InvalidAnswer(CourseError):
    """An answer that the question or activity does not offer."""
