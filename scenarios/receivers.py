"""A page of a story was published or taken away: so is its graph."""

import logging
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published, page_unpublished

from accounts.models import User
from accounts.signals import own_data
from content.search.index import refresh
from scenarios.models import Scenario, ScenarioPage
from scenarios.own_data import own_data_of
from scenarios.services import publish_scenario, why_not_ready

logger = logging.getLogger(__name__)


@receiver(page_published, sender=ScenarioPage)
def publish_graph(sender: type[ScenarioPage], instance: ScenarioPage, **kwargs: Any) -> None:
    """A workflow or a schedule may publish a page whose graph is not ready: learners keep the version that they have."""
    scenario = Scenario.objects.select_related("version").get(pk=instance.scenario_id)
    if why_not_ready(scenario):
        logger.warning("scenario %s was not published: its draft has problems", scenario.uuid)
        return
    publish_scenario(scenario, at=timezone.now())


@receiver(page_unpublished, sender=ScenarioPage)
@receiver(post_delete, sender=ScenarioPage)
def take_graph_away(sender: type[ScenarioPage], instance: ScenarioPage, **kwargs: Any) -> None:
    """Nobody begins the story any more; attempts keep their version."""
    Scenario.objects.filter(pk=instance.scenario_id).update(version=None)
    refresh("scenario", [str(instance.scenario_id)])


@receiver([post_save, post_delete], sender=Scenario)
def follow_story(sender: type[Scenario], instance: Scenario, **kwargs: Any) -> None:
    refresh("scenario", [str(instance.pk)])


@receiver(own_data, dispatch_uid="scenarios.own_data")
def give_own_data(sender: Any, *, user: User, **news: Any) -> dict[str, Any]:
    return own_data_of(user)
