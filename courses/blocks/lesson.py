from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks import CitedTextBlock, LawBlock, MisconceptionsBlock, RoleVariantsBlock
from courses.blocks import activities


class LessonStreamBlock(blocks.StreamBlock):
    """Everything that a lesson may be made of."""

    text = CitedTextBlock()
    role = RoleVariantsBlock()
    law = LawBlock()
    misconceptions = MisconceptionsBlock()
    sort = activities.SortBlock(group=_("Activities"))
    build = activities.BuildBlock(group=_("Activities"))
    checklist = activities.ChecklistBlock(group=_("Activities"))
    cases = activities.CasesBlock(group=_("Activities"))
    pathway = activities.PathwayBlock(group=_("Activities"))
    order = activities.OrderBlock(group=_("Activities"))
    preferences = activities.PreferencesBlock(group=_("Activities"))

    class Meta:
        label = _("Lesson")
