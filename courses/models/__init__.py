from courses.models.checks import CheckAttempt, CheckItem, Question, QuestionVersion
from courses.models.lessons import LessonIndexPage, LessonPage, Module, RolePath
from courses.models.taking import (
    ActivityResponse,
    AssignableUnit,
    Course,
    CourseVersion,
    MoveOn,
    Registration,
    UnitProgress,
)

__all__ = [
    "ActivityResponse",
    "AssignableUnit",
    "CheckAttempt",
    "CheckItem",
    "Course",
    "CourseVersion",
    "LessonIndexPage",
    "LessonPage",
    "Module",
    "MoveOn",
    "Question",
    "QuestionVersion",
    "Registration",
    "RolePath",
    "UnitProgress",
]
