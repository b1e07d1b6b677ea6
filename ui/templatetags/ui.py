"""Parts of pages that every template may use without loading anything."""

import math

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

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


@register.simple_tag
def spoken(language: str) -> SafeString:
    """` lang="…"` for words in a language that is not the page's; nothing where it is, or where none is given."""
    here = get_language() or ""
    if not language or language.split("-")[0] == here.split("-")[0]:
        return SafeString("")
    return format_html(' lang="{}"', language)


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


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's control in our class. A placeholder never stands in for a label, so it is left out."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {"placeholder": False}
    if not isinstance(widget, CheckboxInput):
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs=attrs)


@register.simple_tag
def first_control(field: BoundField) -> str:
    """The id that the error summary leads to: the control, or the first of a group."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple):
        return next((str(option.id_for_label) for option in field), str(field.auto_id))
    return str(field.id_for_label or field.auto_id)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@register.simple_tag
def browser_name(user_agent: str) -> str:
    """A browser and device as people call them, where the browser names itself in a known way."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("A browser that does not give its name")
