"""One file that holds everything: the database and the uploaded media, with a manifest that says what and when.

SQLite is copied by its own online backup, PostgreSQL table by table with COPY inside one snapshot, so both are exact and
need no program beside Python. A backup goes back into the same kind of database at the same migrations.
"""

import hashlib
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


class BackupError(Exception):
    """A backup cannot be written or put back; the text says why and what would be right."""


@dataclass(frozen=True)
class Manifest:
    format: int
    made_at: str
    vendor: str
    migrations: list[str]
    files: dict[str, str]


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(
            info.name for info in connection.introspection.get_table_list(cursor) if info.type in {"t", "p"}
        )


def write_backup(target: Path, *, at: datetime) -> Manifest:
    """Write database and media into one archive. Raises BackupError; an unfinished file is never left under the name."""
    target = target.resolve()
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}. Make it first, or name another one.")
    if target.is_dir():
        raise BackupError(f"{target} is a folder. Name a file in it, such as {target}/waylight.tar.gz.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        work = Path(folder)
        data = work / "data"
        data.mkdir()
        if connection.vendor == "sqlite":
            _dump_sqlite(data / "database.sqlite3")
        else:
            _dump_postgres(data)
        media = work / "media"
        if Path(settings.MEDIA_ROOT).is_dir():
            shutil.copytree(settings.MEDIA_ROOT, media)
        files = {
            path.relative_to(work).as_posix(): _sha256(path)
            for path in sorted(work.rglob("*"))
            if path.is_file()
        }
        manifest = Manifest(FORMAT, at.isoformat(), connection.vendor, _migrations(), files)
        (work / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        unfinished = work / "archive.tar.gz"
        with tarfile.open(unfinished, "w:gz", compresslevel=6) as archive:
            archive.add(work / MANIFEST, MANIFEST)
            for name in files:
                archive.add(work / name, name)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    return manifest


def _dump_sqlite(target: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)


def _dump_postgres(folder: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in _tables():
            quoted = connection.ops.quote_name(table)
            with (
                (folder / f"{table}.copy").open("wb") as file,
                cursor.copy(f"COPY {quoted} TO STDOUT") as copy,
            ):
                for chunk in copy:
                    file.write(chunk)


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive.getmembers():
        path = Path(member.name)
        if not member.isfile() or path.is_absolute() or ".." in path.parts:
            raise BackupError(
                f"The archive holds {member.name!r}, which no backup of ours would. Nothing was changed."
            )
        yield member


def read_backup(source: Path, *, into: Path) -> Manifest:
    """Unpack an archive and make sure that it is whole. Raises BackupError."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(into, members=list(_members(archive)), filter="data")
        raw: dict[str, Any] = json.loads((into / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**raw)
    except FileNotFoundError as error:
        raise BackupError(
            f"{source} does not exist, or is no backup: {error.filename} is missing."
        ) from error
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{source} cannot be read as a backup: {error}.") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{source} is of format {manifest.format}; this version reads format {FORMAT}.")
    for name, digest in manifest.files.items():
        path = into / name
        if not path.is_file() or _sha256(path) != digest:
            raise BackupError(f"{source} is damaged: {name} is missing or changed. Use another copy.")
    return manifest


def restore_backup(source: Path) -> Manifest:
    """Put a backup in place of what is there. Everything is checked first; raises BackupError and then changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        manifest = read_backup(source, into=work)
        if manifest.vendor != connection.vendor:
            raise BackupError(
                f"This backup is of a {manifest.vendor} database and the site uses {connection.vendor}. "
                "Point DATABASE_URL to the same kind of database."
            )
        if manifest.migrations != _migrations():
            raise BackupError(
                "The database is not at the same migrations as the backup. Install the version of Waylight that wrote the "
                "backup, run `manage.py migrate`, restore, and only then update."
            )
        if connection.vendor == "sqlite":
            _restore_sqlite(work / "data" / "database.sqlite3")
        else:
            _restore_postgres(work / "data")
        _restore_media(work / "media")
    return manifest


def _restore_sqlite(source: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        copy.backup(connection.connection)


def _restore_postgres(folder: Path) -> None:
    tables = _tables()
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"TRUNCATE {', '.join(quote(table) for table in tables)}")
        for table in tables:
            with (
                (folder / f"{table}.copy").open("rb") as file,
                cursor.copy(f"COPY {quote(table)} FROM STDIN") as copy,
            ):
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
        for table in tables:
            for sequence in connection.introspection.get_sequences(cursor, table):
                column, name = quote(sequence["column"]), quote(table)
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL) FROM {name}",  # noqa: S608
                    [name, sequence["column"]],
                )


def _restore_media(source: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if source.is_dir():
        shutil.copytree(source, root, dirs_exist_ok=True)


def size_in_words(path: Path) -> str:
    size = float(path.stat().st_size)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


__all__ = ["BackupError", "Manifest", "read_backup", "restore_backup", "size_in_words", "write_backup"]
