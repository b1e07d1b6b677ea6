"""What is written back into a lesson file is read as the same lesson again."""

from pathlib import Path

import pytest
from django.conf import settings

from content.reader import parse_yaml
from courses.activity_writing import NotWritable, activity_row
from courses.lesson_files import read_lesson, to_html
from courses.lesson_writing import body_text, to_markdown
from courses.words import lesson_words, same_html
from tests.factories.activities import TEXTS, activity_text, lesson_of

LESSONS = sorted((settings.CURRICULUM_DIR / "lessons").glob("*.md"))
ROLES = [*(f"R{number}" for number in range(1, 11)), "ALLIED"]
PACKS = ["INT", "US", "UK", "EU"]


def written_anew(path: Path, folder: Path) -> Path:
    """The same lesson with every block written from what the page holds."""
    lesson = read_lesson(path, name=path.name, roles=ROLES, packs=PACKS)
    front = path.read_text().split("\n---\n", 1)[0]
    copy = folder / path.name
    copy.write_text(f"{front}\n---\n{body_text(lesson_words(lesson)['body'])}\n")
    return copy


@pytest.mark.django_db
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_block_of_every_lesson_is_the_same_after_it_was_written(path, tmp_path):
    before = read_lesson(path, name=path.name, roles=ROLES, packs=PACKS)

    after = read_lesson(written_anew(path, tmp_path), name=path.name, roles=ROLES, packs=PACKS)

    for one, other in zip(lesson_words(before)["body"], lesson_words(after)["body"], strict=True):
        assert one == other


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_of_exercise_is_the_same_after_it_was_written(kind, tmp_path):
    before = lesson_words(lesson_of(tmp_path, activity_text(kind)))["body"]
    text = body_text(before).split("::: activity\n")[1].rsplit(":::", 1)[0]

    assert lesson_words(lesson_of(tmp_path, text))["body"] == before
    assert parse_yaml(text, file="").keys() <= parse_yaml(activity_text(kind), file="").keys() | {"settings"}


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Stars * and _lines_ and `ticks` and [brackets] and &lt;tags&gt; and back\\slashes.</p>",
        "<p>1. is no list.</p><p>- nor is this</p><p># no heading</p><p>+ nor &gt; this</p><p>::: role</p>",
        '<h2>A heading</h2><p>With <b>weight</b> and a <a href="https://example.org/a_b">link</a>. [@CRI-01; @TIC-09]</p>',
        "<ul><li>one</li><li>two<ul><li>two a</li></ul></li></ul><ol><li>first</li><li>second</li></ol>",
        "<p>One line<br/>and the next.</p>",
        "<p>R&amp;D, “quotes”, it's 5 &amp;amp; 6.</p>",
    ],
)
def test_text_of_the_editor_comes_back_from_markdown_as_it_was(markup):
    assert same_html(to_html(to_markdown(markup))) == same_html(markup)


def test_what_a_file_has_no_words_for_is_said():
    spot = {"id": "a", "title": "", "prompt": "", "document": "", "picture": 7, "spots": []}

    with pytest.raises(NotWritable, match="a has a picture, which a file cannot hold"):
        activity_row("hotspot", spot)
    with pytest.raises(NotWritable, match="warm has no right answer"):
        activity_row(
            "sort",
            {"id": "a", "title": "", "prompt": "", "bins": [], "items": [
                {"id": "warm", "text": "", "roles": [], "packs": [], "replies": [
                    {"answer": "mine", "is_right": False, "feedback": "No.", "packs": []}]}]},
        )  # fmt: skip
