"""What an achievement asks for, as trainers put it together in the admin. `rule_of` turns it into the rule itself."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from certification.requirements import Kind
from courses.blocks.activities import IdBlock
from courses.models import Course
from scenarios.models import Scenario
from scenarios.presenters import COMPETENCY_NAMES


def course_choices() -> list[tuple[str, str]]:
    return [
        (code, f"{code} {title}")
        for code, title in Course.objects.order_by("code").values_list("code", "title")
    ]


def scenario_choices() -> list[tuple[str, str]]:
    return list(Scenario.objects.order_by("title").values_list("slug", "title"))


def _competency_choices() -> list[tuple[str, Any]]:
    return list(COMPETENCY_NAMES.items())


class CourseBlock(blocks.StructBlock):
    course = blocks.ChoiceBlock(choices=course_choices, label=_("Course"))
    minimum_version = blocks.IntegerBlock(
        min_value=1, required=False, label=_("At least this version"), help_text=_("Empty for any.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Another course or module")


class CheckBlock(blocks.StructBlock):
    course = blocks.ChoiceBlock(choices=course_choices, label=_("The check of"))
    percent = blocks.IntegerBlock(
        min_value=1,
        max_value=100,
        required=False,
        label=_("At least so many percent"),
        help_text=_(
            "Every must-pass question has to be right in any case. Empty for the pass mark of the check."
        ),
    )

    class Meta:
        icon = "tick-inverse"
        label = _("A check")


class LevelBlock(blocks.StructBlock):
    competency = blocks.ChoiceBlock(choices=_competency_choices, label=_("Competency"))
    percent = blocks.IntegerBlock(min_value=1, max_value=100, label=_("At least so many percent"))


class ScenarioBlock(blocks.StructBlock):
    scenarios = blocks.MultipleChoiceBlock(choices=scenario_choices, label=_("One of these"))
    levels = blocks.ListBlock(
        LevelBlock(),
        default=[],
        label=_("Levels"),
        help_text=_(
            "A scenario read as text counts like one that is played, and what it does not assess is not asked."
        ),
    )

    class Meta:
        icon = "comment"
        label = _("A scenario")


class NamedBlock(blocks.StructBlock):
    code = IdBlock()
    title = blocks.CharBlock(max_length=200, label=_("Title"))


class SessionBlock(NamedBlock):
    class Meta:
        icon = "group"
        label = _("A session with an instructor")


class SignOffBlock(NamedBlock):
    help = blocks.TextBlock(
        required=False,
        rows=2,
        label=_("What the supervisor looks for"),
        help_text=_("At work, without details of any case."),
    )

    class Meta:
        icon = "user"
        label = _("Seen by a supervisor at work")


class RefreshersBlock(blocks.StaticBlock):
    class Meta:
        icon = "rotate"
        label = _("Refresher checks done")
        admin_text = _("The short checks after 30, 90 and 180 days that are due by then.")


class HoursBlock(blocks.StructBlock):
    hours = blocks.DecimalBlock(
        min_value=0.25, max_value=999, max_digits=5, decimal_places=2, label=_("Hours")
    )

    class Meta:
        icon = "time"
        label = _("Learning hours in all")


def _simple() -> list[tuple[str, blocks.Block]]:
    return [
        (Kind.COURSE.value, CourseBlock()),
        (Kind.CHECK.value, CheckBlock()),
        (Kind.SCENARIO.value, ScenarioBlock()),
        (Kind.SIGN_OFF.value, SignOffBlock()),
        (Kind.SESSION.value, SessionBlock()),
        (Kind.REFRESHERS.value, RefreshersBlock()),
        (Kind.HOURS.value, HoursBlock()),
    ]


class AnyOfBlock(blocks.StructBlock):
    ways = blocks.ListBlock(blocks.StreamBlock(_simple(), label=_("One way")), min_num=2, label=_("Ways"))

    class Meta:
        icon = "list-ul"
        label = _("One of several ways")


class RequirementStream(blocks.StreamBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__([*_simple(), (Kind.ANY_OF.value, AnyOfBlock())], **kwargs)


def rule_of(stream: Iterable[Any]) -> list[dict[str, Any]]:
    """The rule that `certification.requirements` reads. What was left empty is left out."""
    return [_requirement(child.block_type, child.value) for child in stream]


def _requirement(kind: str, value: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": kind}
    if kind == Kind.ANY_OF:
        return said | {"of": [rule_of(way) for way in value["ways"]]}
    if kind == Kind.REFRESHERS:
        return said
    if kind == Kind.SCENARIO:
        levels = {row["competency"]: row["percent"] for row in value["levels"]}
        return said | {"scenarios": list(value["scenarios"])} | ({"levels": levels} if levels else {})
    if kind == Kind.HOURS:
        return said | {"hours": float(value["hours"])}
    return said | {name: item for name, item in value.items() if item not in (None, "")}
