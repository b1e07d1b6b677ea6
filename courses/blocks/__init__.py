"""Activities, each a block that trainers can put into a lesson."""

from courses.blocks.activities import ACTIVITY_KINDS
from courses.blocks.lesson import LessonStreamBlock

__all__ = ["ACTIVITY_KINDS", "LessonStreamBlock"]
