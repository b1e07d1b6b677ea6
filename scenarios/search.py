"""What stories add to search: title and setting as published. Never a scene, a choice or an ending."""

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.search.kinds import Document, Kind, Shelf, Viewer, register_kind
from scenarios.documents import LANGUAGE, localised
from scenarios.models import Scenario


def _stories(keys: Sequence[str] | None) -> Iterable[Document]:
    found = Scenario.objects.filter(version__isnull=False).select_related("version")
    for story in found if keys is None else found.filter(pk__in=keys):
        assert story.version is not None  # noqa: S101 - the filter saw to it
        head = story.version.head
        own = str(head.get("language", LANGUAGE))
        translated = {code for words in head.get("translations", {}).values() for code in words}
        for language in [own, *sorted(translated & {code for code, _name in settings.LANGUAGES} - {own})]:
            words = localised(head, jurisdiction="", language=language)
            yield Document(str(story.pk), words.get("title", story.title), words.get("setting", ""), language)


def _shelf(viewer: Viewer) -> Shelf | None:
    if viewer.user is None:
        return None

    def addresses(keys: Sequence[str]) -> Mapping[str, str]:
        found = Scenario.objects.filter(version__isnull=False, pk__in=keys).values_list("pk", "slug")
        return {str(pk): f"{reverse('scenarios:library')}#{slug}" for pk, slug in found}

    return Shelf(Q(), addresses)


def register() -> None:
    register_kind(Kind("scenario", 30, _("Scenarios"), _stories, _shelf))
