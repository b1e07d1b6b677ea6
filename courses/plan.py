"""What a module is planned to contain, and how long that takes."""

from collections.abc import Mapping
from typing import Any


def plan_minutes(plan: Mapping[str, Any], *, core: bool) -> int:
    """Minutes of its lessons and its check: the starred ones, or all of them."""
    parts = [*plan.get("lessons", []), plan.get("check") or {}]
    return sum(int(part.get("minutes", 0)) for part in parts if part.get("core") or not core)
