"""`manage.py export_curriculum FOLDER`: the files of the curriculum as the site has them now."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.exporting import CannotExport, export_curriculum, write_files


class Command(BaseCommand):
    help = (
        "Write the curriculum's files as the site has them now, with everything that was edited in the admin. "
        "What nobody changed is written as it was loaded. load_curriculum --from FOLDER reads them again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or an empty folder")
        parser.add_argument("--drafts", action="store_true", help="with what is not published yet")
        parser.add_argument(
            "--overwrite", action="store_true", help="put the files in place of what is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file. Name a folder.")
        if folder.exists() and any(folder.iterdir()) and not options["overwrite"]:
            raise CommandError(f"{folder} is not empty. Name another folder, or add --overwrite.")
        if not folder.parent.is_dir():
            raise CommandError(f"There is no folder {folder.parent}. Make it first.")
        try:
            found = export_curriculum(drafts=options["drafts"])
        except CannotExport as error:
            raise CommandError(str(error)) from error
        # Beside its place first, so that a full disk leaves nothing half-written.
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            new, old = beside / "new", beside / "old"
            write_files(found.files, new)
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
        except OSError as error:
            raise CommandError(f"Nothing was written: {error.strerror}.") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self.stdout.write(f"{len(found.files)} files written.")
        for line in found.changed:
            self.stdout.write(f"Changed in the admin: {line}")
        for line in found.left:
            self.stdout.write(f"Left as it was: {line}")
        for line in found.problems:
            self.stderr.write(f"Would not load: {line}")
