from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backup import BackupError, size_in_words, write_backup


class Command(BaseCommand):
    help = "Write the database and all uploaded files into one file. Keep it as safe as the site itself: it holds people's names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write, for example waylight-2026-11-22.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = write_backup(options["file"], at=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        parts = len(manifest.files)
        self.stdout.write(
            f"Wrote {options['file']} ({size_in_words(options['file'])}, {parts} {'part' if parts == 1 else 'parts'})."
        )
