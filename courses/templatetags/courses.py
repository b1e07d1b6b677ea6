"""Renders text with its sources, and the settings that a lesson offers."""

from typing import Any

from django import template
from django.conf import settings as django_settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from content.citations import Citations

register = template.Library()


@register.simple_tag
def cited(citations: Citations, text: str) -> SafeString:
    """Plain text, escaped, with [@CODE] as a link to its source."""
    return citations.inline(text)


@register.simple_tag
def cited_paragraphs(citations: Citations, text: str) -> SafeString:
    return citations.paragraphs(text)


@register.simple_tag
def preference_fields(shown: Any, registration: Any) -> list[dict[str, Any]]:
    """Settings with their options, what each changes, and which one is on."""
    user = registration.user if registration else None
    choices: dict[str, tuple[str, list[tuple[str, Any]]]] = {
        "content_notes": (_("Lessons with a content note"), list(User.ContentNotes.choices)),
        "text_size": (_("Text size"), list(User.TextSize.choices)),
        "motion": (_("Motion"), list(User.Motion.choices)),
        "language": (_("Language"), [(code, name) for code, name in django_settings.LANGUAGES]),
    }
    fields = []
    for name, feedback in (shown.activity.settings or {}).items():
        label, options = choices[name]
        current = getattr(user, name, "") or ("en-gb" if name == "language" else "")
        fields.append(
            {
                "name": name,
                "label": label,
                "options": [
                    {
                        "value": value,
                        "label": words,
                        "feedback": feedback.get(value) or feedback.get(value.split("-")[0], ""),
                        "is_chosen": value == current,
                    }
                    for value, words in options
                ],
            }
        )
    return fields
