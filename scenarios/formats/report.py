"""What an import or an export has to say, passage by passage."""

from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Level = Literal["error", "warning", "info"]

WORDS: dict[str, Any] = {
    # Refusals: nothing of the file is used.
    "too-large": _("The file has %(size)s MB. At most %(limit)s MB can be read."),
    "not-utf8": _("The file is not UTF-8 text. Save it as UTF-8 and try again."),
    "unknown": _("This is none of the formats that can be read: Twee 3, Twine 2 HTML, archive or JSON, H5P Branching Scenario, or our own JSON."),
    "pickle": _("This is a Twine 1 project (.tws), which can run code when it is opened. Open it in Twine and publish it with a Twine 2 format or as Twee 3."),
    "twine-1": _("This is a story of Twine 1. Open it in Twine 2, publish it there, and import that file."),
    "no-story": _("No story was found in this file."),
    "several": _("The file has %(count)s stories: %(names)s. Say which one."),
    "no-such-story": _("The file has no story called “%(name)s”. It has: %(names)s."),
    "too-many": _("The story has %(count)s passages. At most %(limit)s can be read."),
    "bad-json": _("This is not valid JSON: %(error)s."),
    "bad-shape": _("%(what)s should be %(right)s."),
    "bad-archive": _("The archive cannot be opened: %(error)s."),
    "archive-count": _("The archive has %(count)s entries. At most %(limit)s are opened."),
    "archive-size": _("Unpacked, the archive would have more than %(limit)s MB."),
    "archive-path": _("The archive has an entry that points outside of it: “%(name)s”."),
    "not-branching": _("This H5P file is “%(name)s”. Only Branching Scenario can be imported."),
    "document": _("%(error)s"),
    # What is said of a passage.
    "no-passages": _("The story has no passages."),
    "no-start": _("No passage is marked as the start. The first one is used."),
    "start-nowhere": _("The start should be “%(name)s”, and no passage is called that. The first one is used."),
    "before-header": _("There is text before the first passage. It was left out."),
    "bad-metadata": _("The metadata of this passage cannot be read as JSON and was left out."),
    "bad-story-data": _("StoryData cannot be read as JSON. The story was read without it."),
    "bad-header": _("The brackets of this header do not match; the whole line was taken as the name."),
    "empty-name": _("This passage has no name. It was called “%(name)s”."),
    "duplicate": _("Another passage has the same name. Links lead to the first of them."),
    "escaped-colons": _("A line of text begins with ::, written \\::, which some tools do not read back."),
    "broken-link": _("A link leads to “%(target)s”, and no passage is called that. The choice leads nowhere yet."),
    "dynamic": _("A link is computed when the story runs: %(text)s. It is kept and not run; where it leads is not known."),
    "macro": _("Macros are kept with the passage and not run: %(names)s."),
    "external": _("A link leads out of the story, to %(target)s. It was left out."),
    "script": _("The story has a script or a stylesheet of its own. It is kept for export and never run."),
    "html": _("HTML was taken out of the words. It is kept with the passage."),
    "many-choices": _("The passage has %(count)s links. Only the first %(limit)s became choices."),
    "ending": _("Nothing leads on from here, so it became an ending."),
    "cut": _("The words are longer than %(limit)s characters and were cut."),
    "image": _("An image or a film was left out: %(name)s."),
    "score": _("Scores of H5P are one number; ours are by competency. The number is left out: %(score)s."),
    "library": _("“%(name)s” cannot be played here. Its words were taken as far as there are any."),
    "to-finish": _("The story is a draft now. Before learners can play it, it needs: a content note, roles, a reason and scores for each choice."),
    # What is said of an export.
    "conditions-lost": _("Conditions, effects and consequence scenes cannot be said in plain Twee. They were left out here."),
    "renamed": _("This scene was renamed. Links in passages kept word for word still use the old name."),
    "changed": _("This scene was changed since its import. It was written anew; its macros are not in the export."),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One thing to know, with the passage and the line where it is."""

    level: Level
    code: str
    passage: str = ""
    line: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """In the language of whoever asks."""
        return str(WORDS[self.code]) % self.about

    @property
    def place(self) -> str:
        return ", ".join(
            part
            for part in (
                f"“{self.passage}”" if self.passage else "",
                str(_("line %(line)d")) % {"line": self.line} if self.line else "",
            )
            if part
        )

    def __str__(self) -> str:
        return (
            f"{self.level}: {self.place}: {self.message}" if self.place else f"{self.level}: {self.message}"
        )


class Refused(Exception):
    """The file cannot be imported. `rows` says why, and where."""

    def __init__(self, *rows: Row) -> None:
        super().__init__("\n".join(str(row) for row in rows))
        self.rows = list(rows)


def refuse(code: str, **about: Any) -> Refused:
    return Refused(Row("error", code, about=about))
