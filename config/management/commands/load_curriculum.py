import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from config.conflicts import Stopped, settle
from config.curriculum import Curriculum, Report, load, read_curriculum
from content.keeping import Choice, Decision
from content.reader import CurriculumError


class Command(BaseCommand):
    help = (
        "Load the curriculum's files into the site. Safe to repeat: progress and edited texts stay. "
        "Where a text was edited in the admin and its file has changed as well, a terminal shows both and asks; "
        "without a terminal the edited text is kept and listed."
    )

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
        both = parser.add_mutually_exclusive_group()
        both.add_argument(
            "--keep-edited",
            action="store_const",
            dest="choice",
            const=Choice.MINE,
            help="where both changed, settle for the edited text, and do not ask again until the file changes",
        )
        both.add_argument(
            "--take-files",
            action="store_const",
            dest="choice",
            const=Choice.FILE,
            help="where both changed, take the file's text; the edited one stays in the history of its page or question",
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
        report = self._load(curriculum, options["choice"])
        for what, count in sorted(report.counts.items()):
            self.stdout.write(f"{what}: {count}")
        for restored in report.restored:
            self.stdout.write(f"Put back, as it had been deleted in the admin: {restored}")
        for kept in report.kept:
            self.stdout.write(f"Kept as edited in the admin: {kept}")
        if report.conflicts:
            self.stdout.write(
                "Their files have changed as well. Run this in a terminal to compare, or with --keep-edited or --take-files."
            )

    def _load(self, curriculum: Curriculum, choice: Choice | None) -> Report:
        """Load; where something has to be decided and can be, put all of it back first and load again with the decisions."""
        asks = choice is None and sys.stdin.isatty() and sys.stdout.isatty()
        with transaction.atomic():
            report = load(curriculum, at=timezone.now())
            is_settled = not report.conflicts or not (asks or choice)
            transaction.set_rollback(not is_settled)
        if is_settled:
            return report
        if choice is not None:
            decisions = [Decision(conflict, choice) for conflict in report.conflicts]
        else:
            try:
                decisions = settle(report.conflicts, ask=input, say=self.stdout.write)
            except (Stopped, EOFError, KeyboardInterrupt) as error:
                raise CommandError("Stopped. Nothing was changed.") from error
        return load(curriculum, at=timezone.now(), decisions=decisions)
