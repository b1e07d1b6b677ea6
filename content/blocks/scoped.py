from collections.abc import Callable

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from accounts.models import Jurisdiction, ProfessionalRole
from content.blocks.text import CitedTextBlock

# Wagtail asks for the choices once for every value that it reads back, so a lesson would ask the database fifty times.
_SECONDS = 60


def _remembered(key: str, read: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    known: list[tuple[str, str]] | None = cache.get(key)
    if known is None:
        known = read()
        cache.set(key, known, _SECONDS)
    return known


def role_choices() -> list[tuple[str, str]]:
    return _remembered(
        "content.role_choices",
        lambda: [(role.code, f"{role.code} {role.short_name}") for role in ProfessionalRole.objects.all()],
    )


def pack_choices() -> list[tuple[str, str]]:
    return _remembered(
        "content.pack_choices",
        lambda: [(one.code, f"{one.code} {one.name}") for one in Jurisdiction.objects.all()],
    )


class RoleVariantBlock(blocks.StructBlock):
    roles = blocks.MultipleChoiceBlock(choices=role_choices, label=_("Roles"))
    body = CitedTextBlock(label=_("Words for them"))


class RoleVariantsBlock(blocks.StructBlock):
    """The same point as each professional role meets it. A learner sees the first variant that names her role."""

    variants = blocks.ListBlock(RoleVariantBlock(), label=_("Variants"))

    class Meta:
        icon = "group"
        label = _("In your role")


class LawVariantBlock(blocks.StructBlock):
    pack = blocks.ChoiceBlock(choices=pack_choices, label=_("Pack"))
    body = CitedTextBlock(label=_("What the law says here"))


class LawBlock(blocks.StructBlock):
    """What the law or guidance says, pack by pack. INT is shown where a pack has no words of its own."""

    variants = blocks.ListBlock(LawVariantBlock(), label=_("Packs"))

    class Meta:
        icon = "clipboard-list"
        label = _("What the law says here")
