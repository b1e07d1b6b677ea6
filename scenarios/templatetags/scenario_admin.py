from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def item(value: Mapping[str, Any], key: str) -> Any:
    return value.get(key, key)
