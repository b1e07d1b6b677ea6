"""Files and editors write the same texts: nobody's words are overwritten without a word."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import config.management.commands.load_curriculum as command
from config.curriculum import Curriculum, RoleRow, load
from content.loading import ContactRow, FactRow, PackRow, SourceRow, TermRow
from content.models import Fact, GlossaryTerm, LoadedText, StandardPage, SupportContact
from content.reader import Map
from content.services import PageWords
from courses.lesson_files import LessonFile, QuestionFile, read_lesson
from courses.models import LessonPage, Module, Question
from courses.services.curriculum import ModuleRow
from tests.factories.activities import FRONT

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = date(2026, 11, 22)
QUESTION = QuestionFile(
    code="Q-1.3-01", lesson="1.3", outcome="M01.3", level="apply", kind="single", must_pass="", roles=[], packs=[],
    subject="none", person="none", stem="What now?", case_code="", case_text="", targets=[],
    options=[
        {"id": "a", "text": "This", "correct": True, "credit": None, "answer": "", "rationale": "So", "facts": ["CRI-01"]},
        {"id": "b", "text": "That", "correct": False, "credit": None, "answer": "", "rationale": "No", "facts": ["CRI-01"]},
    ],
    facts={}, file="questions/1.3.yaml", line=1,
)  # fmt: skip


@pytest.fixture
def lesson(tmp_path) -> LessonFile:
    path = tmp_path / "1.3.md"
    path.write_text(
        f"{FRONT}## Order\n\nDanger first,\n“then” the *rest*. [@CRI-01]\n\n- one\n- two\n\n"
        "::: role R1\nIn a car.\n:::\n\n::: role R3\nOn a ward.\n:::\n"
    )
    return read_lesson(path, name="lessons/1.3.md", roles=["R1", "R3"], packs=["INT"])


@pytest.fixture
def files(db, lesson) -> Curriculum:
    """A small curriculum, loaded once."""
    curriculum = Curriculum(
        roles=[
            RoleRow("R1", "officers", 1, "Officers", "officers", Map(lead="Hello.")),
            RoleRow("R3", "nurses", 3, "Nurses", "nurses", Map(lead="Hello.")),
        ],
        pages=[
            PageWords("leave", "About leaving", "A way off.", (("text", "Press Escape."), ("list", ["one"])))
        ],
        packs=[PackRow("INT", "International", "2026.1", DAY, DAY, "")],
        sources=[SourceRow("WHO", "WHO 2003", "", "Recommendations", "2003", "")],
        facts=[FactRow("CRI-01", "Danger comes first.", ("WHO",), "2003", "INT", "V1", ("S",), None)],
        contacts=[ContactRow("line", "Utopia", "INT", "A line", "Help", "1", "", "", "", DAY)],
        terms=[TermRow("act", "Act", "What somebody does.", ("CRI-01",))],
        modules=[ModuleRow("M01", "care", "Care", "", [], ["survivor"], 0)],
        lessons=[lesson],
        questions=[QUESTION],
    )
    load(curriculum, at=AT)
    return curriculum


def edit_lesson():
    page = LessonPage.objects.get()
    page.title = "As the trainer calls it"
    page.save_revision().publish()


def draft_lesson():
    page = LessonPage.objects.get()
    page.title = "As the trainer calls it"
    page.save_revision()


def edit_question():
    question = Question.objects.get()
    question.stem = "As the trainer asks it"
    question.save()
    question.save_revision()


def edit_page():
    page = StandardPage.objects.get()
    page.title = "As the editor calls it"
    page.save_revision().publish()


def change(files, kind):
    """The same files with one thing changed."""
    return replace(
        files,
        **{
            "fact": lambda: {"facts": [replace(files.facts[0], statement="As the file says")]},
            "term": lambda: {"terms": [replace(files.terms[0], meaning="As the file says")]},
            "contact": lambda: {"contacts": [replace(files.contacts[0], phone="2")]},
            "module": lambda: {"modules": [replace(files.modules[0], purpose="As the file says")]},
            "page": lambda: {"pages": [replace(files.pages[0], intro="As the file says")]},
            "lesson": lambda: {"lessons": [replace(files.lessons[0], content_note="As the file says")]},
            "question": lambda: {"questions": [replace(files.questions[0], level="analyse")]},
        }[kind](),
    )


# What is edited in the admin, what that says there, and what the file says, for each kind of text.
EDITS = {
    "fact": (
        lambda: Fact.objects.update(statement="Edited"),
        lambda: Fact.objects.get().statement,
        ("Danger comes first.", "Edited", "As the file says"),
    ),
    "term": (
        lambda: GlossaryTerm.objects.update(meaning="Edited"),
        lambda: GlossaryTerm.objects.get().meaning,
        ("What somebody does.", "Edited", "As the file says"),
    ),
    "contact": (
        lambda: SupportContact.objects.update(phone="3"),
        lambda: SupportContact.objects.get().phone,
        ("1", "3", "2"),
    ),
    "module": (
        lambda: Module.objects.update(purpose="Edited"),
        lambda: Module.objects.get().purpose,
        ("", "Edited", "As the file says"),
    ),
    "page": (
        edit_page,
        lambda: (StandardPage.objects.get().title, StandardPage.objects.get().intro),
        (
            ("About leaving", "A way off."),
            ("As the editor calls it", "A way off."),
            ("About leaving", "As the file says"),
        ),
    ),
    "lesson": (
        edit_lesson,
        lambda: (LessonPage.objects.get().title, LessonPage.objects.get().content_note),
        (("First words", ""), ("As the trainer calls it", ""), ("First words", "As the file says")),
    ),
    "question": (
        edit_question,
        lambda: (Question.objects.get().stem, Question.objects.get().level),
        (("What now?", "apply"), ("As the trainer asks it", "apply"), ("What now?", "analyse")),
    ),
}


@pytest.mark.parametrize("kind", EDITS)
def test_what_only_the_file_changed_is_loaded(files, kind):
    _edit, said, (loaded, _edited, in_file) = EDITS[kind]
    assert said() == loaded

    report = load(change(files, kind), at=AT)

    assert said() == in_file
    assert report.conflicts == []


@pytest.mark.parametrize("kind", EDITS)
def test_what_only_an_editor_changed_stays_without_a_question(files, kind):
    edit, said, (_loaded, edited, _in_file) = EDITS[kind]
    edit()

    report = load(files, at=AT)

    assert said() == edited
    assert report.conflicts == []


@pytest.mark.parametrize("kind", EDITS)
def test_what_both_changed_stays_as_edited_and_is_named_every_time_until_it_is_decided(files, kind):
    edit, said, (_loaded, edited, _in_file) = EDITS[kind]
    edit()

    for _time in range(2):
        report = load(change(files, kind), at=AT)

        assert said() == edited
        assert [conflict.kind for conflict in report.conflicts] == [kind]


def test_a_draft_that_is_not_published_counts_as_edited(files):
    draft_lesson()

    report = load(change(files, "lesson"), at=AT)

    assert [conflict.name for conflict in report.conflicts] == ["lesson 1.3"]
    assert LessonPage.objects.get().get_latest_revision_as_object().title == "As the trainer calls it"


def test_both_to_the_same_words_is_no_conflict(files):
    Fact.objects.update(statement="As the file says")

    assert load(change(files, "fact"), at=AT).conflicts == []


def test_opening_a_lesson_in_the_editor_and_saving_it_is_no_edit(files):
    """Wagtail's editor writes the same words with other marks, ids and breaks."""
    page = LessonPage.objects.get()
    body = page.body.get_prep_value()
    widget = page.body.stream_block.child_blocks["text"].field.widget
    saved = widget.value_from_datadict({"text": widget.format_value(body[0]["value"])}, {}, "text")
    assert saved != body[0]["value"]
    page.body = [("text", saved), *((block.block_type, block.value) for block in list(page.body)[1:])]
    page.save_revision().publish()

    assert load(change(files, "lesson"), at=AT).conflicts == []
    assert LessonPage.objects.get().content_note == "As the file says"


def test_what_was_deleted_in_the_admin_and_still_stands_in_the_files_comes_back_and_is_named(files):
    GlossaryTerm.objects.all().delete()

    assert load(files, at=AT).restored == ["term act"]
    assert GlossaryTerm.objects.get().term == "Act"


def test_a_site_that_was_loaded_before_texts_were_remembered_takes_what_nobody_edited(files):
    LoadedText.objects.all().delete()
    edit_lesson()
    changed = change(change(files, "lesson"), "question")

    report = load(changed, at=AT)

    assert [conflict.name for conflict in report.conflicts] == ["lesson 1.3"]
    assert report.conflicts[0].base is None
    assert Question.objects.get().level == "analyse"


@pytest.fixture
def run(files, monkeypatch):
    """Runs the command over files in which fact and lesson changed, both edited in the admin too."""
    changed = change(change(files, "fact"), "lesson")
    monkeypatch.setattr(command, "read_curriculum", lambda folder: changed)
    Fact.objects.update(statement="Edited")
    edit_lesson()

    def run(*options, answers=None) -> str:
        out = StringIO()
        monkeypatch.setattr("sys.stdin.isatty", lambda: answers is not None, raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: answers is not None, raising=False)
        given = iter(answers or ())
        monkeypatch.setattr("builtins.input", lambda prompt: next(given))
        call_command("load_curriculum", *options, stdout=out)
        return out.getvalue()

    return run


def both():
    return Fact.objects.get().statement, LessonPage.objects.get().title


EDITED, FILE = ("Edited", "As the trainer calls it"), ("As the file says", "First words")


def test_without_a_terminal_the_edited_texts_stay_and_are_listed(run):
    said = run()

    assert both() == EDITED
    assert "Kept as edited in the admin: fact CRI-01" in said
    assert "Kept as edited in the admin: lesson 1.3" in said
    assert "--keep-edited" in said


@pytest.mark.parametrize(
    ("options", "answers", "left"),
    [
        (["--keep-edited"], None, EDITED),
        (["--take-files"], None, FILE),
        ([], ["k", "k"], EDITED),
        ([], ["t", "t"], FILE),
        ([], ["what?", "t", "k"], ("As the file says", "As the trainer calls it")),
        ([], ["K"], EDITED),
        ([], ["T"], FILE),
    ],
)
def test_a_decision_holds_and_is_not_asked_for_again(run, options, answers, left):
    run(*options, answers=answers)
    assert both() == left

    assert "Kept as edited" not in run()
    assert both() == left


def test_stopping_half_way_changes_nothing(run, files):
    with pytest.raises(CommandError, match="Nothing was changed"):
        run(answers=["t", "s"])

    assert both() == EDITED
    assert LoadedText.objects.get(kind="fact").words["statement"] == "Danger comes first."


def test_the_terminal_shows_each_field_as_loaded_as_edited_and_as_the_file_has_it(run):
    said = run(answers=["k", "k"])

    assert "fact CRI-01 was edited in the admin, and its file has changed as well." in said
    assert "      -Danger comes first.\n      +Edited\n" in said
    assert "      -Danger comes first.\n      +As the file says\n" in said
    assert (
        "  title\n    in the admin:\n      -First words\n      +As the trainer calls it\n    in the file: as it was loaded"
        in said
    )
    assert "  minutes" not in said


def test_an_edited_text_whose_place_is_taken_stays_in_the_history(run):
    run("--take-files")

    titles = [revision.as_object().title for revision in LessonPage.objects.get().revisions.order_by("pk")]
    assert titles == ["First words", "As the trainer calls it", "First words"]
    assert Fact.objects.get().revisions.last().as_object().statement == "Edited"


def test_a_decision_about_words_that_have_changed_since_is_none(files):
    Fact.objects.update(statement="Edited")
    changed = change(files, "fact")
    (conflict,) = load(changed, at=AT).conflicts
    Fact.objects.update(statement="Edited again")

    report = load(changed, at=AT, decisions=[command.Decision(conflict, command.Choice.FILE)])

    assert Fact.objects.get().statement == "Edited again"
    assert len(report.conflicts) == 1
