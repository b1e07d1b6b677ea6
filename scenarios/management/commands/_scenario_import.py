"""`manage.py scenario import FILE [--dry-run] [--story NAME] [--slug SLUG] [--replace SLUG]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scenarios.formats.report import Refused
from scenarios.services import import_story, plan_import

HELP = "Makes a draft of a Twine, H5P or Waylight file. Exits 0 only where the file can be imported."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="Say what would happen and change nothing.")
    parser.add_argument("--story", default="", help="Which story, where the file has several.")
    parser.add_argument("--slug", default="", help="The slug of the new story.")
    parser.add_argument("--replace", default="", metavar="SLUG", help="Replace the draft of this story.")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    path: Path = options["file"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    try:
        plan = plan_import(
            data, path.name, name=options["story"], slug=options["slug"], replace=options["replace"]
        )
        for row in plan.rows:
            command.stdout.write(str(row))
        what = f"{plan.document.title!r}: {plan.scenes} scenes, {plan.choices} choices, from {plan.format}"
        if options["dry_run"]:
            verb = "would replace the draft of" if plan.replaces else "would become"
            command.stdout.write(f"{what}; {verb} {plan.document.slug}. Nothing was changed.")
            return
        scenario = import_story(plan)
    except Refused as refusal:
        raise CommandError("\n".join(["Nothing was imported.", *map(str, refusal.rows)])) from refusal
    command.stdout.write(f"{what}; it is the draft {scenario.slug} now.")
