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
    match = activities.MatchBlock(group=_("Activities"))
    rank = activities.RankBlock(group=_("Activities"))
    order = activities.OrderBlock(group=_("Activities"))
    build = activities.BuildBlock(group=_("Activities"))
    edit = activities.EditBlock(group=_("Activities"))
    redact = activities.RedactBlock(group=_("Activities"))
    spot = activities.SpotBlock(group=_("Activities"))
    compare = activities.CompareBlock(group=_("Activities"))
    decide = activities.DecideBlock(group=_("Activities"))
    cases = activities.CasesBlock(group=_("Activities"))
    checklist = activities.ChecklistBlock(group=_("Activities"))
    pathway = activities.PathwayBlock(group=_("Activities"))
    confidence = activities.ConfidenceBlock(group=_("Activities"))
    reflection = activities.ReflectionBlock(group=_("Activities"))
    hotspot = activities.HotspotBlock(group=_("Activities"))
    preferences = activities.PreferencesBlock(group=_("Activities"))

    class Meta:
        label = _("Lesson")
