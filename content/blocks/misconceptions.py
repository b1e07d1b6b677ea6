from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.text import CITE_HELP


class MisconceptionsBlock(blocks.StructBlock):
    pairs = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("belief", blocks.CharBlock(label=_("What people say"))),
                ("correction", blocks.TextBlock(label=_("What is so instead"), help_text=CITE_HELP)),
            ]
        ),
        label=_("Misconceptions"),
    )

    class Meta:
        icon = "help"
        label = _("Misconceptions")
