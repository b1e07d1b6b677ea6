from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.citations import cited_codes
from content.selectors import unknown_facts

CITE_HELP = _("Name the fact behind a claim like this: [@CRI-01]. Learners see its source.")
FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]


def check_citations(text: str) -> None:
    """Raise ValidationError that names every code which is no fact."""
    if unknown := unknown_facts(cited_codes(text)):
        raise ValidationError(
            gettext("There is no fact %(codes)s. Look it up under Facts, or add it there first."),
            params={"codes": ", ".join(unknown)},
        )


class CitedTextBlock(blocks.RichTextBlock):
    """Prose whose claims carry their facts as [@CODE]."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        kwargs.setdefault("help_text", CITE_HELP)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check_citations(cleaned.source)
        return cleaned

    class Meta:
        icon = "pilcrow"
        label = _("Text")
