from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.curriculum import load, read_curriculum
from content.reader import CurriculumError


class Command(BaseCommand):
    help = "Load the curriculum's files into the site. Safe to repeat: progress and edited texts stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say what is wrong with the files; change nothing"
        )
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            default=settings.CURRICULUM_DIR,
            help="another folder of files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            curriculum = read_curriculum(options["folder"])
        except CurriculumError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            count = len(error.problems)
            raise CommandError(
                f"{count} {'mistake' if count == 1 else 'mistakes'} in the files. Nothing was changed."
            ) from error
        if options["check"]:
            self.stdout.write(
                f"No mistakes: {len(curriculum.lessons)} lessons, {len(curriculum.questions)} questions, "
                f"{len(curriculum.scenarios)} scenarios, {len(curriculum.facts)} facts."
            )
            return
        report = load(curriculum, at=timezone.now())
        for what, count in sorted(report.counts.items()):
            self.stdout.write(f"{what}: {count}")
        for kept in report.kept:
            self.stdout.write(f"Kept as edited in the admin: {kept}")
