"""Blocks that any page may use: text with sources, words for a role, words of the law, misconceptions."""

from content.blocks.misconceptions import MisconceptionsBlock
from content.blocks.scoped import LawBlock, RoleVariantsBlock, pack_choices, role_choices
from content.blocks.text import CitedTextBlock

__all__ = [
    "CitedTextBlock",
    "LawBlock",
    "MisconceptionsBlock",
    "RoleVariantsBlock",
    "pack_choices",
    "role_choices",
]
