"""Production settings: clean under Django's own check, and no start without secrets of one's own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from certification.badges import documents, keys

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "only-for-this-test-9aK2mQ7zX4bV8nC1wE5rT6yU3iO0pL-dF_gH",
    "ALLOWED_HOSTS": "training.example",
    "PUBLIC_URL": "https://training.example",
    "DATABASE_URL": "sqlite:////nowhere/database.sqlite3",
}


def run(*arguments, **environment):
    clean = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_deployment_check_finds_nothing(settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path
    keys.make_key_file()
    documents.make_document_key_file()
    result = run(
        "check", "--deploy", "--fail-level", "WARNING", **COMPLETE, CREDENTIAL_KEYS_DIR=str(tmp_path)
    )

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_the_deployment_check_asks_for_signing_keys(tmp_path):
    result = run("check", "--deploy", **COMPLETE, CREDENTIAL_KEYS_DIR=str(tmp_path))

    assert result.returncode != 0
    assert "There is no key to sign credentials with" in result.stderr
    assert "There is no key to sign documents with" in result.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL"])
def test_production_refuses_to_start_without_its_own(missing):
    result = run("check", **{key: value for key, value in COMPLETE.items() if key != missing})

    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("load_demo", "Invented people with known passwords have no place on a real site"),
        ("reset_demo", "it runs with DEBUG only"),
        ("run_site", "This server is for trying out only"),
    ],
)
def test_commands_for_trying_out_refuse_outside_of_it(command, reason):
    result = run(command, **COMPLETE)

    assert result.returncode != 0
    assert reason in result.stderr
