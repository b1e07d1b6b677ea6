"""Parts of pages that every template may use without loading anything."""

import math

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ui.icons import ICONS

register = template.Library()

_RING_RADIUS = 52
_RING_LENGTH = 2 * math.pi * _RING_RADIUS


@register.simple_tag
def icon(name: str, *, flip: bool = False) -> SafeString:
    """An icon beside words: hidden from screen readers. `flip` turns arrows round in right-to-left text."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        " icon--flip" if flip else "",
        mark_safe(ICONS[name]),  # noqa: S308 - our own drawings
    )


@register.simple_block_tag
def box(content: str, *, kind: str, title: str, icon: str = "note") -> SafeString:
    """A box with a tab: `kind` is role, law or note."""
    return format_html(
        '<section class="box box--{}" aria-label="{}"><p class="box__tab">{}{}</p><div class="stack">{}</div></section>',
        kind,
        title,
        mark_safe(  # noqa: S308 - our own drawings
            f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ICONS[icon]}</svg>'
        ),
        title,
        content,
    )


@register.inclusion_tag("ui/components/progress_ring.html")
def progress_ring(*, done: int, total: int, unit: str = "") -> dict[str, object]:
    """How far somebody is, as a ring with the numbers in words below it."""
    share = min(max(done / total, 0), 1) if total else 0
    return {
        "done": done,
        "total": total,
        "unit": unit,
        "percent": round(100 * share),
        "length": f"{_RING_LENGTH:.1f}",
        "filled": f"{_RING_LENGTH * share:.1f}",
    }
