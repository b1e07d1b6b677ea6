"""`manage.py scenario validate SLUG|FILE [--json]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content.reader import CurriculumError
from scenarios.management.sources import document_at
from scenarios.reading import read_document

HELP = "Says what is wrong with a draft or a file. Exits 0 only where nothing stops it from being published."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="SLUG|FILE")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    value = document_at(options["source"])
    try:
        read_document(value, file=options["source"])
    except CurriculumError as error:
        raise CommandError(str(error)) from error
    command.stdout.write("Nothing stops it from being published.")
