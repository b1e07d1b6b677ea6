from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import BackupError, restore_backup


class Command(BaseCommand):
    help = "Put a backup in place of everything that is in the database and among the uploaded files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")
        parser.add_argument("--yes", action="store_true", help="do not ask before replacing what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            self.stdout.write(
                "This replaces the whole database and all uploaded files. Type 'replace' to go on: ",
                ending="",
            )
            if input().strip() != "replace":
                raise CommandError("Nothing was changed.")
        try:
            manifest = restore_backup(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored {options['file']} as it was on {manifest.made_at[:16].replace('T', ' ')}."
        )
