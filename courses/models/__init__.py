from courses.models.checks import (
    CheckAttempt,
    CheckItem,
    ItemStatistic,
    ParallelForm,
    Question,
    QuestionVersion,
)
from courses.models.evaluation import AttitudeAnswer, EvaluationWave, PracticeAudit, ReactionAnswer
from courses.models.gates import GateTakeover, TakeoverWithdrawal
from courses.models.lessons import LessonIndexPage, LessonPage, Module, RolePath
from courses.models.refreshers import NoRefresherMail, RefresherNotice
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
    "AttitudeAnswer",
    "CheckAttempt",
    "CheckItem",
    "Course",
    "CourseVersion",
    "EvaluationWave",
    "GateTakeover",
    "ItemStatistic",
    "LessonIndexPage",
    "LessonPage",
    "Module",
    "MoveOn",
    "NoRefresherMail",
    "ParallelForm",
    "PracticeAudit",
    "Question",
    "QuestionVersion",
    "ReactionAnswer",
    "RefresherNotice",
    "Registration",
    "RolePath",
    "TakeoverWithdrawal",
    "UnitProgress",
]
