"""The curriculum's files, as the site has them now: the way back of config.curriculum.

Whatever nobody has changed stays as it was written, remarks and line breaks included. What was changed in the admin is written
into its place in its file, and what was made there gets a place of its own at the end of its file, or a file.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from config.curriculum import Curriculum, _role_words, read_curriculum
from content.keeping import plain
from content.loading import (
    contact_row,
    fact_row,
    pack_row,
    resource_row,
    row_words,
    source_row,
    term_row,
)
from content.models import (
    Fact,
    GlossaryTerm,
    JurisdictionPack,
    LoadedFile,
    Resource,
    RolePage,
    Source,
    StandardPage,
    SupportContact,
)
from content.reader import CurriculumError, Map, parse_yaml
from content.services import page_words, role_words
from content.writing import entry, patched, to_yaml
from courses.lesson_writing import body_text, to_markdown
from courses.models import LessonPage, Module, Question
from courses.services.curriculum import module_words
from courses.words import lesson_words, question_words, words_of_lesson, words_of_question
from scenarios.documents import digest
from scenarios.models import Scenario
from scenarios.services.drafts import draft_document

_NAME = re.compile(r"^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$")
# Above the first entry of a file: what it is, and which words it may use.
_REMARKS = re.compile(r"\A(?:#.*\n|\n)*")
# Of an entry that is to go.
GONE = None


class CannotExport(Exception):
    """What stands in the way, in a sentence."""


@dataclass
class Export:
    """Every file by its name, and in words what is not as it was loaded."""

    files: dict[str, str]
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class _Edits:
    """What happens to the entries of one file: new values by key, taken away, or added."""

    by_key: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    added: list[dict[str, Any]] = field(default_factory=list)


class _Exporter:
    def __init__(self, files: Mapping[str, str], curriculum: Curriculum, *, drafts: bool) -> None:
        self.export = Export(dict(files))
        self.was = curriculum
        self.drafts = drafts
        self.edits: dict[str, _Edits] = {}
        # Lessons whose title or length changed: the plan of their module says both as well.
        self.planned: dict[str, tuple[str, int]] = {}

    def run(self) -> Export:
        self._reference()
        self._pages()
        self._modules()
        self._lessons()
        self._questions()
        self._scenarios()
        for name, edits in self.edits.items():
            id_key = {"roles.yaml": "code", "modules.yaml": "id"}.get(name, _ID_OF.get(name, "id"))
            text = self.export.files.get(name, "")
            self.export.files[name] = _edited(text, name, id_key, edits)
        for code, (title, minutes) in self.planned.items():
            plan = self.export.files["modules.yaml"]
            self.export.files["modules.yaml"] = _replanned(plan, code, title=title, minutes=minutes)
        return self.export

    def _of(self, name: str) -> _Edits:
        return self.edits.setdefault(name, _Edits())

    def _compare(
        self,
        what: str,
        file: str,
        before: Mapping[str, Mapping[str, Any]],
        now: Mapping[str, Mapping[str, Any]],
        written: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        """Entries of one file, by key. `written` gives the keys of the file for words of ours."""
        for key, words in now.items():
            old = before.get(key)
            if old is None:
                values = {
                    name: value for name, value in written(words).items() if value not in (None, "", [])
                }
                self._of(file).added.append(values)
                self.export.changed.append(f"{what} {key} is new")
                continue
            changes = {name: value for name, value in words.items() if value != old.get(name)}
            if changes:
                self._of(file).by_key[key] = _emptied(written(changes))
                self.export.changed.append(f"{what} {key}: {', '.join(changes)}")
        for key in sorted(set(before) - set(now)):
            self.export.left.append(f"{what} {key} was deleted on the site and is still in {file}")

    def _reference(self) -> None:
        same: Callable[[Mapping[str, Any]], dict[str, Any]] = dict
        self._compare(
            "source",
            "sources.yaml",
            _by(self.was.sources, "key"),
            _by(map(source_row, Source.objects.all()), "key"),
            same,
        )
        facts = map(fact_row, Fact.objects.prefetch_related("sources"))
        self._compare("fact", "facts.yaml", _by(self.was.facts, "code"), _by(facts, "code"), _with_id)
        packs = map(pack_row, JurisdictionPack.objects.all())
        self._compare("pack", "packs.yaml", _by(self.was.packs, "code"), _by(packs, "code"), same)
        contacts = map(contact_row, SupportContact.objects.all())
        self._compare("contact", "contacts.yaml", _by(self.was.contacts, "key"), _by(contacts, "key"), same)
        terms = map(term_row, GlossaryTerm.objects.all())
        self._compare("term", "glossary.yaml", _by(self.was.terms, "slug"), _by(terms, "slug"), _term)
        self._resources()

    def _resources(self) -> None:
        """An entry of the library takes publisher and address from its source, and cannot be written without one."""
        before = _by(self.was.resources, "slug")
        by_address = {(row.author, row.url): row.key for row in Source.objects.all() if row.url}
        now = {}
        for resource in Resource.objects.all():
            shown = resource.get_latest_revision_as_object() if self.drafts else resource
            if not (resource.live or self.drafts):
                continue
            words = plain(row_words(resource_row(shown)))
            address = (words["publisher"], words["url"])
            old = before.get(resource.slug)
            if address not in by_address and (old is None or address != (old["publisher"], old["url"])):
                self.export.left.append(
                    f"resource {resource.slug}: no source of sources.yaml has its publisher and address"
                )
                continue
            now[resource.slug] = words

        def written(words: Mapping[str, Any]) -> dict[str, Any]:
            values = {name: value for name, value in words.items() if name not in ("publisher", "url")}
            if "publisher" in words or "url" in words:
                whole = now[words["slug"]] if "slug" in words else words
                key = by_address.get((str(whole.get("publisher")), str(whole.get("url"))))
                if key is not None:
                    values = {"source": key} | values
            return values

        self._compare("resource", "resources.yaml", before, now, written)

    def _pages(self) -> None:
        before = {role.code: plain(_as_dict(_role_words(role))) for role in self.was.roles}
        now = {
            page.role.code: plain(_as_dict(role_words(self._shown(page))))
            for page in RolePage.objects.select_related("role")
            if page.role.code in before and (page.live or self.drafts)
        }
        self._compare("role page", "roles.yaml", before, now, _role)
        pages = {row.slug: plain(_as_dict(row)) for row in self.was.pages}
        standing = {
            page.slug: plain(_as_dict(page_words(self._shown(page))))
            for page in StandardPage.objects.all()
            if page.slug in pages and (page.live or self.drafts)
        }
        self._compare("page", "pages.yaml", pages, standing, _page)

    def _modules(self) -> None:
        before = {
            row.code: {
                "title": row.title,
                "purpose": row.purpose,
                "outcomes": row.outcomes,
                "gates": row.gates,
            }
            for row in self.was.modules
        }
        now = {row.code: module_words(row) for row in Module.objects.all() if row.code in before}
        self._compare("module", "modules.yaml", before, now, dict)

    def _shown(self, page: Any) -> Any:
        return page.get_latest_revision_as_object() if self.drafts else page

    def _lessons(self) -> None:
        before = {row.code: row for row in self.was.lessons}
        for page in LessonPage.objects.select_related("module").order_by("code"):
            if not (page.live or self.drafts):
                continue
            words = plain(words_of_lesson(self._shown(page)))
            name = f"lessons/{self._safe(page.code)}.md"
            old = before.pop(page.code, None)
            if old is None:
                self.export.files[name] = _new_lesson(page.code, words)
                self.export.changed.append(f"lesson {page.code} is new")
                continue
            was = plain(lesson_words(old))
            changes = {key: value for key, value in words.items() if value != was[key]}
            if changes:
                self.export.files[name] = _edited_lesson(self.export.files[name], name, changes)
                self.export.changed.append(f"lesson {page.code}: {', '.join(changes)}")
                if {"title", "minutes"} & set(changes):
                    self.planned[page.code] = (words["title"], words["minutes"])
        for code in before:
            self.export.left.append(f"lesson {code} is not published on the site and is still in its file")

    def _questions(self) -> None:
        before = {row.code: row for row in self.was.questions}
        for question in Question.objects.order_by("code"):
            if not (question.live or self.drafts):
                continue
            words = plain(words_of_question(self._shown(question)))
            old = before.get(question.code)
            file = f"questions/{self._safe(words['lesson'])}.yaml"
            if old is None:
                if not words["retired"]:
                    self._case(file, words)
                    self._of(file).added.append({"id": question.code, **_filled(_question(words))})
                    self.export.changed.append(f"question {question.code} is new")
                continue
            was = plain(question_words(old))
            changes = {key: value for key, value in words.items() if value != was[key]}
            if not changes:
                continue
            self.export.changed.append(f"question {question.code}: {', '.join(changes)}")
            if words["retired"] or "lesson" in changes:
                self._of(old.file).by_key[question.code] = GONE
            if words["retired"]:
                continue
            if "lesson" in changes:
                self._of(file).added.append({"id": question.code, **_filled(_question(words))})
                continue
            self._case(file, changes | {"case": words["case"]} if "case_text" in changes else {})
            self._of(file).by_key[question.code] = _emptied(_question(changes))

    def _case(self, file: str, words: Mapping[str, Any]) -> None:
        """What is known of a case stands once in its file, before the questions on it."""
        if not words.get("case"):
            return
        known = {row.case_code for row in self.was.questions if row.file == file}
        if words["case"] in known:
            if "case_text" in words:
                self._of(file).by_key[words["case"]] = {"text": words["case_text"]}
        elif not any(
            row.get("kind") == "case" and row["id"] == words["case"] for row in self._of(file).added
        ):
            self._of(file).added.append({"kind": "case", "id": words["case"], "text": words["case_text"]})

    def _scenarios(self) -> None:
        names = {
            document.data["uuid"]: f"scenarios/{Path(document.file).name}" for document in self.was.scenarios
        }
        for scenario in Scenario.objects.select_related("version").order_by("slug"):
            if self.drafts:
                data: Any = draft_document(scenario)
            elif scenario.version is not None:
                data = scenario.version.snapshot
            else:
                continue
            if scenario.file_digest and digest(data) == scenario.file_digest:
                continue
            name = names.get(str(scenario.uuid), f"scenarios/{self._safe(scenario.slug)}.yaml")
            remarks = _REMARKS.match(self.export.files.get(name, ""))
            self.export.files[name] = (remarks[0] if remarks else "") + to_yaml(data)
            self.export.changed.append(f"scenario {scenario.slug}")

    def _safe(self, name: str) -> str:
        if not _NAME.match(name):
            raise CannotExport(
                f"{name!r} cannot be the name of a file. Give it letters, digits, dots and hyphens."
            )
        return name


_ID_OF = {
    "sources.yaml": "key",
    "packs.yaml": "code",
    "contacts.yaml": "key",
    "glossary.yaml": "slug",
    "resources.yaml": "slug",
    "pages.yaml": "slug",
}


def _as_dict(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _by(rows: Iterable[Any], key: str) -> dict[str, dict[str, Any]]:
    return {getattr(row, key): plain(row_words(row)) for row in rows}


def _emptied(values: Mapping[str, Any]) -> dict[str, Any]:
    """What says nothing is taken out of the file."""
    return {key: None if value in ("", [], None) else value for key, value in values.items()}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], None, False)}


def _with_id(words: Mapping[str, Any]) -> dict[str, Any]:
    return {"id" if key == "code" else key: value for key, value in words.items()}


def _term(words: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in words.items() if key != "is_marked"}
    if "is_marked" in words:
        values["ordinary_word"] = None if words["is_marked"] else True
    return values


def _role(words: Mapping[str, Any]) -> dict[str, Any]:
    return {"plural" if key == "title" else key: value for key, value in words.items()}


def _page(words: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(words)
    if "body" in words:
        values["body"] = [{kind: value} for kind, value in words["body"]]
    return values


def _question(words: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in words.items() if key not in ("lesson", "retired", "case_text")}
    if "options" in words:
        values["options"] = [_filled(option) for option in words["options"]]
    return values


def _edited(text: str, name: str, id_key: str, edits: _Edits) -> str:
    """The file with its entries changed in their places, and new ones at its end."""
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    rows = [row for row in (parse_yaml(text, file=name) or []) if isinstance(row, Map)] if lines else []
    out = lines[: rows[0].line - 1] if rows else lines
    for place, row in enumerate(rows):
        end = rows[place + 1].line - 1 if place + 1 < len(rows) else len(lines)
        own = lines[row.line - 1 : end]
        key = str(row.get(id_key))
        if key not in edits.by_key:
            out += own
            continue
        changes = edits.by_key[key]
        if changes is not GONE:
            out += patched(own, row, changes or {}, first_line=row.line, indent=2)
    spaced = len(rows) < 2 or not lines[rows[1].line - 2].strip()
    for values in edits.added:
        while out and not out[-1].strip():
            out.pop()
        out += ([""] if spaced and out else []) + entry(values).rstrip("\n").split("\n")
    return "\n".join(out).rstrip("\n") + "\n"


def _replanned(text: str, code: str, *, title: str, minutes: int) -> str:
    """modules.yaml with the title and the minutes that a lesson has now."""
    line = re.compile(
        rf'^(\s*- {{id: "{re.escape(code)}", title: )(?:"(?:[^"\\]|\\.)*"|[^,"]*)(, minutes: )\d+',
        re.MULTILINE,
    )
    said = json.dumps(title, ensure_ascii=False)
    return line.sub(lambda found: f"{found[1]}{said}{found[2]}{minutes}", text)


_FRONT = (
    "title",
    "module",
    "minutes",
    "content_note",
    "gates",
    "version",
    "valid_from",
    "recheck_by",
    "by_the_end",
)


def _front(words: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: words[key] for key in (*_FRONT, "use_tomorrow") if key in words}
    for key in ("valid_from", "recheck_by"):
        if values.get(key):
            values[key] = date.fromisoformat(values[key])
    if "summary" in words:
        values["summary"] = to_markdown(words["summary"]) + "\n"
    return values


def _edited_lesson(text: str, name: str, changes: Mapping[str, Any]) -> str:
    lines = text.split("\n")
    end = lines.index("---", 1)
    front = lines[1:end]
    values = _emptied(_front(changes))
    if values:
        row = parse_yaml("\n".join(front), file=name)
        assert isinstance(row, Map)  # noqa: S101 - it was read before
        front = patched(front, row, values, first_line=1, indent=0)
    body = lines[end + 1 :] if "body" not in changes else [*body_text(changes["body"]).split("\n"), ""]
    return "\n".join(["---", *front, "---", *body])


def _new_lesson(code: str, words: Mapping[str, Any]) -> str:
    front = {"id": code, "core": False, **_front(words)}
    front = {key: value for key, value in front.items() if value not in ("", [], None)}
    return f"---\n{to_yaml(front)}---\n{body_text(words['body'])}\n"


def export_curriculum(*, drafts: bool = False) -> Export:
    """Every file of the curriculum as the site has it now. Raises CannotExport where nothing was ever loaded.

    Only what is published, unless `drafts` are asked for. `problems` is what `load_curriculum --check` would say of it.
    """
    files = dict(LoadedFile.objects.values_list("name", "text"))
    if not files:
        raise CannotExport("Nothing was loaded yet. Run load_curriculum first.")
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        write_files(files, before)
        curriculum = read_curriculum(before)
        found = _Exporter(files, curriculum, drafts=drafts).run()
        after = Path(folder) / "after"
        write_files(found.files, after)
        try:
            read_curriculum(after)
        except CurriculumError as error:
            found.problems = [str(problem) for problem in error.problems]
    return found


def write_files(files: Mapping[str, str], folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
