"""The Spanish of the interface: what is translated is whole and is what people see."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User

FOLDER = Path(settings.LOCALE_PATHS[0]) / "es" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr\[\d\]|msgstr) )?(".*")')


def entries() -> list[dict[str, str]]:
    """The entries of the catalogue, without its header."""
    found = []
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        entry: dict[str, str] = {}
        part = ""
        for line in block.splitlines():
            match = LINE.fullmatch(line)
            if match:
                part = match[1] or part
                entry[part] = entry.get(part, "") + ast.literal_eval(match[2])
        if entry:
            found.append(entry)
    return found


def test_no_entry_is_fuzzy() -> None:
    text = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert not re.findall(r"^#,.*fuzzy", text, re.MULTILINE)


def test_everything_is_translated() -> None:
    empty = [
        entry["msgid"]
        for entry in entries()
        for part, text in entry.items()
        if part.startswith("msgstr") and not text
    ]
    assert empty == []


def test_placeholders_are_kept() -> None:
    for entry in entries():
        for part, text in entry.items():
            # The first form translates the singular, which may do without its number.
            source = entry["msgid"] if part == "msgstr[0]" else entry.get("msgid_plural", entry["msgid"])
            if part.startswith("msgstr") and text:
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(source)), source


def test_the_compiled_catalogue_says_what_the_source_says() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries():
        if entry.get("msgstr") and "msgctxt" not in entry:
            assert compiled.gettext(entry["msgid"]) == entry["msgstr"]


@pytest.mark.django_db
def test_signing_in_speaks_spanish(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    page = client.get("/accounts/login/").content.decode()
    assert 'lang="es"' in page
    assert "Iniciar sesión" in page


def test_my_training_speaks_spanish(client: Client, amina: User) -> None:
    amina.language = "es"
    amina.save()
    client.force_login(amina)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    page = client.get("/training/").content.decode()
    assert "Mi formación" in page
