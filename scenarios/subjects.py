"""Scenarios as something that a report can be about."""

from django.urls import reverse
from django.utils.translation import gettext as _

from content.subjects import Subject
from scenarios.documents import fact_codes
from scenarios.models import Scenario


def scenario_subject(slug: str) -> Subject | None:
    """Where somebody read it is her own play, so that there is no address to go back to but the library."""
    scenario = (
        Scenario.objects.filter(slug=slug, version__isnull=False).select_related("version", "page").first()
    )
    if scenario is None or scenario.version is None:
        return None
    page = getattr(scenario, "page", None)
    return Subject(
        name=f"scenario:{slug}",
        title=_("Scenario “%(title)s”") % {"title": scenario.title},
        url=reverse("scenarios:library"),
        edit_url=reverse("scenario_outline", args=[page.pk]) if page is not None else "",
        facts=tuple(dict.fromkeys(fact_codes(scenario.version.snapshot))),
    )
