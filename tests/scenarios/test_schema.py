"""The published JSON Schema says what our reader reads."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import scenarios
from scenarios.documents import HOW_KNOWN, MOVES
from scenarios.engine import COMPARISONS, COMPETENCIES
from scenarios.exceptions import ScenarioFileError
from scenarios.formats import reading
from scenarios.reading import read_document

from .conftest import SLUGS, document
from .test_documents import NEW
from .test_formats import TWEE, h5p

SCHEMA = json.loads(
    (Path(scenarios.__file__).parent / "static/scenarios/waylight-scenario-1.schema.json").read_text(
        encoding="utf-8"
    )
)
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def test_the_schema_is_a_schema_and_knows_our_words() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    choice = SCHEMA["$defs"]["choice"]["properties"]
    assert tuple(choice["move"]["enum"]) == MOVES
    assert tuple(choice["scores"]["propertyNames"]["enum"]) == COMPETENCIES
    assert set(COMPARISONS) <= set(SCHEMA["$defs"]["condition"]["properties"])
    view = SCHEMA["properties"]["perspectives"]["items"]["properties"]["views"]["items"]["properties"]
    assert tuple(view["how"]["enum"]) == HOW_KNOWN


@pytest.mark.parametrize("slug", SLUGS)
def test_our_stories_are_valid(slug: str) -> None:
    CHECK.validate(document(slug).data)


def test_everything_that_the_reader_knows_is_valid_and_so_are_imports() -> None:
    CHECK.validate(NEW)
    CHECK.validate(reading.read(TWEE.encode()).document)
    CHECK.validate(reading.read(h5p()).document)
    CHECK.validate({key: NEW[key] for key in ("format", "uuid", "slug", "title")})


WRONG: list[tuple[tuple[Any, ...], Any]] = [
    (("format",), "other"),
    (("uuid",), "x"),
    (("slug",), "Not a slug"),
    (("clock",), "25:00"),
    (("scenes", 0, "choices", 0, "scores"), {"TIC": 3}),
    (("scenes", 0, "choices", 0, "move"), "shout"),
    (("scenes", 0, "choices", 0, "when"), {"eval": "1"}),
    (("scenes", 0, "choices", 0, "when"), {"always": True, "critical": True}),
    (("scenes", 0, "unknown"), 1),
    (("perspectives", 0, "views", 0, "how"), "guessed"),
    (("overlays", 0, "disable"), True),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_what_the_reader_refuses_the_schema_refuses_too(path: tuple[Any, ...], value: Any) -> None:
    data = copy.deepcopy(NEW)
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert not CHECK.is_valid(data)
    with pytest.raises(ScenarioFileError):
        read_document(data, file="x", is_draft=True)
