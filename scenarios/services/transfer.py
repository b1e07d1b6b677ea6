"""Stories in and out of the database: everything or nothing, as a draft, never over what learners play."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from wagtail.models import Site

from scenarios.documents import ScenarioDocument, renewed
from scenarios.exceptions import ScenarioFileError
from scenarios.formats import reading
from scenarios.formats.report import Refused, Row
from scenarios.models import Scenario, ScenarioPage
from scenarios.services.drafts import draft_document, save_draft
from scenarios.services.pages import page_for, scenario_index


@dataclass(frozen=True)
class ImportPlan:
    """What an import will do, before it does it. `replaces` is the story whose draft it takes the place of."""

    format: str
    document: ScenarioDocument
    rows: list[Row]
    replaces: Scenario | None

    @property
    def scenes(self) -> int:
        return len(self.document.data.get("scenes", []))

    @property
    def choices(self) -> int:
        return sum(len(one.get("choices", [])) for one in self.document.data.get("scenes", []))


def plan_import(
    data: bytes, filename: str = "", *, name: str = "", slug: str = "", replace: str = ""
) -> ImportPlan:
    """Read a file and say what importing it would make. Changes nothing. Raises Refused.

    Without `replace` a new story is made, under a slug that is free; with it the draft of that story is replaced.
    """
    replaced = None
    if replace:
        replaced = Scenario.objects.filter(slug=replace).first()
        if replaced is None:
            raise Refused(
                Row("error", "document", about={"error": f"There is no story with the slug {replace!r}."})
            )
    draft = reading.read(
        data,
        filename,
        name=name,
        story_uuid=replaced.uuid if replaced is not None else None,
        slug=replaced.slug if replaced is not None else slug,
    )
    document = draft.document
    if replaced is None:
        document = _as_new(document, wants_slug=bool(slug))
    return ImportPlan(draft.format, ScenarioDocument(filename, document), draft.rows, replaced)


def _as_new(document: dict[str, Any], *, wants_slug: bool) -> dict[str, Any]:
    """A document whose UUIDs and slug nobody has yet."""
    slug = str(document["slug"])
    if Scenario.objects.filter(slug=slug).exists():
        if wants_slug:
            raise Refused(
                Row(
                    "error",
                    "document",
                    about={"error": f"Another story has the slug {slug!r}. Give this one another."},
                )
            )
        number = 2
        while Scenario.objects.filter(slug=f"{slug}-{number}").exists():
            number += 1
        document = document | {"slug": f"{slug}-{number}"}
    if Scenario.objects.filter(uuid=str(document["uuid"])).exists():
        document = renewed(document)
    return document


@transaction.atomic
def import_story(plan: ImportPlan) -> Scenario:
    """Write the draft and its page. Nothing is published, no attempt is touched. Raises Refused."""
    try:
        scenario = save_draft(plan.document)
    except ScenarioFileError as error:
        raise Refused(
            *(Row("error", "document", about={"error": one.message}) for one in error.problems)
        ) from error
    _page(scenario)
    return scenario


def _page(scenario: Scenario) -> ScenarioPage:
    return page_for(scenario, parent=scenario_index(Site.objects.get(is_default_site=True).root_page))


def export_story(scenario: Scenario, *, to: str) -> reading.Written:
    """The draft as a file, in one of `reading.TARGETS`."""
    return reading.write(draft_document(scenario), to=to)
