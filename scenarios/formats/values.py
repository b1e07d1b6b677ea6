"""What a foreign file holds, made into values that a database and a page can carry."""

import json
import math
from collections.abc import Mapping
from typing import Any


def storable(value: Any) -> Any:
    """Without NUL, halves of surrogate pairs, and numbers that JSON cannot say: PostgreSQL and UTF-8 refuse them."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def load_json(text: str | bytes) -> Any:
    """Raises ValueError or RecursionError."""
    return storable(json.loads(text))


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
