"""One file holds everything, and what is no such file changes nothing."""

import io
import json
import tarfile
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from config.backup import BackupError, restore_backup, write_backup
from tests.factories.accounts import UserFactory
from tests.walls import as_superuser

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def whose_tables_they_are(reach_of_tests):
    """Backup and restore are commands of the role that owns the tables."""
    if connection.vendor == "postgresql":
        as_superuser(connection)


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "poster.pdf").write_bytes(b"a poster")
    return settings.MEDIA_ROOT


@pytest.fixture
def archive(tmp_path, media):
    UserFactory(email="amina@northgate.example", name="Amina Rahman")
    target = tmp_path / "backup.tar.gz"
    write_backup(target, at=AT)
    return target


def test_a_restore_brings_people_and_files_back_as_they_were(archive, media):
    User.objects.update(name="Somebody else")
    UserFactory(email="new@northgate.example")
    (media / "poster.pdf").write_bytes(b"another")
    (media / "new.pdf").write_bytes(b"new")

    restore_backup(archive)

    assert list(User.objects.values_list("email", "name")) == [("amina@northgate.example", "Amina Rahman")]
    assert {path.name: path.read_bytes() for path in media.iterdir()} == {"poster.pdf": b"a poster"}


def test_new_rows_can_be_written_after_a_restore(archive):
    restore_backup(archive)

    assert UserFactory(email="next@northgate.example").pk


def test_a_backup_can_be_read_by_its_owner_alone(archive):
    assert archive.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BackupError, match="There is no folder"):
        write_backup(tmp_path / "nowhere" / "backup.tar.gz", at=AT)


def rewritten(archive, change):
    with tarfile.open(archive) as old:
        parts = {member.name: old.extractfile(member).read() for member in old.getmembers()}
    change(parts)
    with tarfile.open(archive, "w:gz") as new:
        for name, data in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return archive


def manifest(**changes):
    def change(parts):
        parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | changes).encode()

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda parts: parts.update({"media/poster.pdf": b"changed"}),
            "is damaged: media/poster.pdf is missing or changed",
        ),
        (lambda parts: parts.pop("media/poster.pdf"), "is damaged: media/poster.pdf is missing or changed"),
        (lambda parts: parts.pop("manifest.json"), "manifest.json is missing"),
        (lambda parts: parts.update({"../outside": b"x"}), "which no backup of ours would"),
        (manifest(format=99), "is of format 99"),
        (manifest(vendor="oracle"), "This backup is of a oracle database"),
        (manifest(migrations=[]), "not at the same migrations"),
    ],
)
def test_what_is_no_whole_backup_of_this_site_is_refused_and_changes_nothing(archive, media, change, message):
    User.objects.update(name="As it is now")

    with pytest.raises(BackupError, match=message):
        restore_backup(rewritten(archive, change))
    assert User.objects.get().name == "As it is now"
    assert (media / "poster.pdf").read_bytes() == b"a poster"


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("hello")

    with pytest.raises(BackupError, match="cannot be read as a backup"):
        restore_backup(tmp_path / "letter.txt")


def test_restoring_asks_before_it_replaces_anything(archive, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: "no")

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", str(archive))


def test_both_commands_say_what_they_did(tmp_path, media, capsys):
    target = tmp_path / "again.tar.gz"
    call_command("backup", str(target))
    call_command("restore", str(target), "--yes")

    said = capsys.readouterr().out
    assert f"Wrote {target}" in said
    assert f"Restored {target}" in said


@pytest.mark.django_db
def test_a_backup_is_not_written_over_a_folder(tmp_path):
    with pytest.raises(CommandError, match="is a folder"):
        call_command("backup", str(tmp_path))
