"""The documents say what is there."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
OURS = {
    "config",
    "compliance",
    "certification",
    "courses",
    "scenarios",
    "content",
    "records",
    "agencies",
    "accounts",
    "ui",
}


def settings_read():
    names = set()
    for path in (ROOT / "config" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and getattr(node.func.value, "id", "") == "env"
            ):
                names.add(node.args[0].value)
    return sorted(names)


@pytest.mark.parametrize("name", settings_read())
def test_every_setting_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs/reference/settings.md").read_text()


@pytest.mark.parametrize("name", sorted(name for name, app in get_commands().items() if app in OURS))
def test_every_command_is_documented(name):
    assert f"`{name}" in (ROOT / "docs/reference/commands.md").read_text()


@pytest.mark.parametrize(
    "path",
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_link_between_documents_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (path.parent / target).exists(), target


def test_the_readme_names_both_commands_before_anything_else():
    start = (ROOT / "README.md").read_text()[:700]

    assert "make run" in start
    assert "make test" in start
