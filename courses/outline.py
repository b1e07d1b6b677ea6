"""The Essential course as the public page of a role shows it."""

from content.role_outline import OutlineLesson, OutlineScenario, RoleOutline
from courses.models import AssignableUnit, CourseVersion
from courses.selectors import ESSENTIAL
from scenarios.selectors import published_scenarios


def essential_outline(role_code: str) -> RoleOutline | None:
    """Nothing until a course has been published. Three queries."""
    version = (
        CourseVersion.objects.filter(course__code=ESSENTIAL)
        .select_related("course")
        .order_by("-number")
        .first()
    )
    if version is None:
        return None
    units = list(version.units.order_by("order"))
    check = next((unit for unit in units if unit.kind == AssignableUnit.Kind.CHECK), None)
    slugs = version.rules.get("scenarios", {}).get(role_code, [])
    stories = {one.slug: one for one in published_scenarios()} if slugs else {}
    return RoleOutline(
        title=version.course.title,
        lessons=tuple(
            OutlineLesson(unit.code, unit.title, unit.minutes)
            for unit in units
            if unit.kind == AssignableUnit.Kind.LESSON
        ),
        check_title=check.title if check else "",
        check_minutes=check.minutes if check else 0,
        check_items=version.rules.get("check", {}).get("items", 0),
        pass_percent=version.rules.get("check", {}).get("pass_percent", 0),
        scenarios=tuple(
            OutlineScenario(stories[slug].title, stories[slug].minutes) for slug in slugs if slug in stories
        ),
        minutes_total=sum(unit.minutes for unit in units),
        credit_hours=str(version.rules.get("credit_hours", "")),
        validity_months=version.rules.get("validity_months", 0),
    )
