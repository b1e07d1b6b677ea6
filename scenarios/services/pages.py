"""A story and its page in the admin: the page's words become the draft's, and a file's words become the page's."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Page

from accounts.models import User
from scenarios.documents import renewed
from scenarios.exceptions import NotReady, ScenarioFileError
from scenarios.models import HEAD_FIELDS, Scenario, ScenarioIndexPage, ScenarioPage
from scenarios.reading import read_document
from scenarios.services.drafts import draft_document, free_code, save_draft
from scenarios.validation import validate


def _free_slug(wanted: str) -> str:
    slug, number = wanted[:90] or "story", 1
    while Scenario.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted[:90]}-{number}"
    return slug


def new_scenario_for(page: ScenarioPage) -> Scenario:
    """An empty draft for a page that is being made."""
    slug = _free_slug(page.slug or slugify(page.title))
    return Scenario.objects.create(
        slug=slug, code=free_code(slug[:16].strip("-"), Scenario.objects.all()), **_head(page)
    )


def _head(thing: ScenarioPage | Scenario) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in ("title", *HEAD_FIELDS)}


@transaction.atomic
def take_head(page: ScenarioPage) -> Scenario:
    """What an editor saved on the page is the draft's head now."""
    scenario = Scenario.objects.select_for_update().get(pk=page.scenario_id)
    for name, value in _head(page).items():
        setattr(scenario, name, value)
    scenario.save(update_fields=["title", *HEAD_FIELDS])
    return scenario


def scenario_index(parent: Page) -> ScenarioIndexPage:
    """The page under which stories live; made once."""
    existing: ScenarioIndexPage | None = ScenarioIndexPage.objects.first()
    if existing is not None:
        return existing
    index: ScenarioIndexPage = parent.add_child(instance=ScenarioIndexPage(title="Scenarios", slug="stories"))
    index.save_revision().publish()
    return index


@transaction.atomic
def page_for(scenario: Scenario, *, parent: ScenarioIndexPage) -> ScenarioPage:
    """The story's page, with the words of its draft. Made where there is none yet."""
    page: ScenarioPage | None = ScenarioPage.objects.filter(scenario=scenario).first()
    if page is None:
        page = ScenarioPage(scenario=scenario, slug=scenario.slug, live=False, **_head(scenario))
        parent.add_child(instance=page)
    elif _head(page) == _head(scenario):
        return page
    else:
        for name, value in _head(scenario).items():
            setattr(page, name, value)
    revision = page.save_revision(changed=False)
    if scenario.version is not None:
        revision.publish()
        page.refresh_from_db()
    return page


@transaction.atomic
def copy_story(source: Scenario, target: Scenario) -> Scenario:
    """Give `target` the scenes, choices and parts of `source`, under UUIDs of their own."""
    data = draft_document(source)
    copy = renewed(data) | {
        "uuid": str(target.uuid),
        "slug": target.slug,
        "code": target.code,
        "title": target.title,
    }
    return save_draft(read_document(copy, file=target.slug, is_draft=True))


def why_not_ready(scenario: Scenario) -> list[str]:
    """What stands between the draft and learners, one sentence each."""
    data = draft_document(scenario)
    errors = [one.message for one in validate(data, seconds=2).problems if one.level == "error"]
    if errors:
        return errors
    try:
        read_document(data, file=scenario.slug)
    except ScenarioFileError as error:
        return [one.message for one in error.problems]
    return []


@transaction.atomic
def publish_page(page: ScenarioPage, *, user: User) -> None:
    """Publish head and graph together; the signal of the page publishes the graph. Raises NotReady."""
    problems = why_not_ready(page.scenario)
    if problems:
        raise NotReady(problems)
    page.get_latest_revision_as_object().save_revision(user=user, log_action=True).publish(user=user)


__all__ = [
    "copy_story", "new_scenario_for", "page_for", "publish_page", "scenario_index", "take_head", "why_not_ready",
]  # fmt: skip
