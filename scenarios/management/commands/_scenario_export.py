"""`manage.py scenario export SLUG --to FORMAT [--output FILE]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scenarios.formats.reading import TARGETS
from scenarios.models import Scenario
from scenarios.services import export_story

HELP = "Writes a draft as a file. Only json carries scores, reasons and rules."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("--to", choices=TARGETS, default="json")
    parser.add_argument(
        "--output", type=Path, help="Where to write; without it the file goes to standard output."
    )


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    scenario = Scenario.objects.filter(slug=options["slug"]).first()
    if scenario is None:
        raise CommandError(f"There is no scenario with the slug {options['slug']!r}.")
    written = export_story(scenario, to=options["to"])
    for row in written.rows:
        command.stderr.write(str(row))
    if options["output"] is None:
        command.stdout.write(written.text, ending="")
        return
    try:
        options["output"].write_text(written.text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"{options['output']}: {error.strerror}.") from error
    command.stdout.write(f"Written to {options['output']}.")
