"""What `SLUG|FILE` on the command line means."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from content.reader import CurriculumError, read_text, read_yaml
from scenarios.models import Scenario
from scenarios.reading import TOO_DEEP
from scenarios.services import draft_document


def is_file(source: str) -> bool:
    return Path(source).suffix in (".json", ".yaml", ".yml") or Path(source).is_file()


def document_at(source: str) -> Any:
    """The plain values of a file, or the draft that has this slug. Raises CommandError."""
    if not is_file(source):
        scenario = Scenario.objects.filter(slug=source).first()
        if scenario is None:
            known = ", ".join(Scenario.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(
                f"There is no scenario with the slug {source!r}, and no such file. Known are: {known}."
            )
        return draft_document(scenario)
    try:
        if Path(source).suffix == ".json":
            return json.loads(read_text(Path(source), name=source))
        return read_yaml(Path(source), name=source)
    except CurriculumError as error:
        raise CommandError(str(error)) from error
    except RecursionError as error:
        raise CommandError(f"{source}: {TOO_DEEP}") from error
    except ValueError as error:
        raise CommandError(f"{source}: this is not valid JSON: {error}") from error
