"""`manage.py scenario`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from .conftest import FILES


def run(*words: str) -> str:
    out = StringIO()
    call_command("scenario", *words, stdout=out)
    return out.getvalue()


def test_a_file_of_the_curriculum_can_be_published() -> None:
    assert "Nothing stops" in run("validate", str(FILES[0]))


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text("{")
    with pytest.raises(CommandError, match=r"story\.json.*not valid JSON"):
        run("validate", str(file))


@pytest.mark.django_db
def test_a_slug_that_nobody_has_is_refused() -> None:
    with pytest.raises(CommandError, match="no scenario with the slug 'nowhere'"):
        run("validate", "nowhere")
