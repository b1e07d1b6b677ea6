"""`manage.py scenario validate SLUG|FILE [--json]`."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content.reader import CurriculumError
from scenarios.management.sources import document_at
from scenarios.problems import LEVELS
from scenarios.reading import read_document
from scenarios.validation import validate

HELP = "Says what is wrong with a draft or a file. Exits 0 only where nothing stops it from being published."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="SLUG|FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object, for another program")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    value = document_at(options["source"])
    report = validate(value)
    problems = [*_refusals(value, options["source"], report.is_publishable), *_found(report.problems)]
    counts = Counter(one["level"] for one in problems)
    if options["json"]:
        walks = {
            place or "everywhere": {"states": walk.states, "whole": walk.is_whole}
            for place, walk in report.walks.items()
        }
        answer = {
            "source": options["source"],
            "publishable": not counts["error"],
            "problems": problems,
            "walks": walks,
        }
        command.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for one in problems:
            command.stdout.write(f"{one['level']:<8}{one.get('scene', '–'):<14}{one['message']}")
        for place, walk in report.walks.items():
            if not walk.states:
                continue
            extent = "all states" if walk.is_whole else "bounded, not all states"
            command.stdout.write(
                f"{f'In {place}: w' if place else 'W'}alked {walk.states:,} states: {extent}."
            )
    if counts["error"]:
        raise CommandError(
            ", ".join(f"{counts[level]} of level {level}" for level in LEVELS if counts[level])
        )
    if not options["json"]:
        command.stdout.write("Nothing stops it from being published.")


def _found(problems: list[Any]) -> list[dict[str, Any]]:
    return [one.as_json() for one in problems]


def _refusals(value: Any, source: str, is_publishable: bool) -> list[dict[str, Any]]:
    """What the reader refuses: in a draft what is there and wrong; otherwise what is missing, too."""
    try:
        read_document(value, file=source, is_draft=not is_publishable)
    except CurriculumError as error:
        return [{"level": "error", "code": "refused", "message": str(one.message)} for one in error.problems]
    return []
