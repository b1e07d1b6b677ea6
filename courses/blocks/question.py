from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.text import check_citations
from content.selectors import unknown_facts
from courses.blocks.activities import IdBlock


class QuestionTargetBlock(blocks.StructBlock):
    """What answers are matched to."""

    id = IdBlock()
    label = blocks.CharBlock(label=_("Target"))

    class Meta:
        icon = "link"
        label = _("Target")


class QuestionOptionBlock(blocks.StructBlock):
    """One answer to a question, with the reason why it is or is not the best step, and the facts behind the reason."""

    id = IdBlock()
    text = blocks.TextBlock(rows=2, label=_("Answer"))
    correct = blocks.BooleanBlock(required=False, label=_("Right"))
    credit = blocks.DecimalBlock(
        required=False,
        min_value=0,
        max_value=1,
        label=_("Part of the credit"),
        help_text=_("For a best next step: 0.5 for the second best. Leave it empty otherwise."),
    )
    answer = IdBlock(
        required=False,
        label=_("Belongs to"),
        help_text=_("For matching: the short name of the target."),
    )
    rationale = blocks.TextBlock(rows=2, label=_("Reason"))
    facts = blocks.CharBlock(label=_("Facts"), help_text=_("Codes with spaces between them: CRI-01 TIC-09"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check_citations(cleaned["rationale"])
        if unknown := unknown_facts(cleaned["facts"].split()):
            message = gettext("There is no fact %s.") % ", ".join(unknown)
            raise blocks.StructBlockValidationError({"facts": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "tick-inverse"
        label = _("Answer")
