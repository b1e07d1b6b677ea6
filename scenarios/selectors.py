"""Questions about stories and attempts."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.models import User
from scenarios import engine
from scenarios.documents import LANGUAGE, head_rules, localised, scene_rules
from scenarios.models import Attempt, CompiledScene, Scenario, ScenarioVersion


def published_scenarios(role_code: str | None = None) -> list[Scenario]:
    """Stories that can be played; those that a role uses, where one is given. One query."""
    found = Scenario.objects.filter(version__isnull=False)
    return [one for one in found if role_code is None or one.serves(role_code)]


def scenario_by_slug(slug: str) -> Scenario | None:
    return Scenario.objects.filter(slug=slug, version__isnull=False).first()


def attempts_for_registration(registration_uuid: uuid.UUID) -> list[Attempt]:
    """Oldest first, so that a mapping by story keeps the newest. One query."""
    return list(
        Attempt.objects.for_play().filter(registration_uuid=registration_uuid).order_by("created_at", "pk")
    )


def registrations_played() -> QuerySet[Attempt, uuid.UUID | None]:
    """Registrations in which a scenario was finished without an open critical flag. For use within another query."""
    resolved = Attempt.objects.filter(state=Attempt.State.FINISHED, has_open_flag=False)
    return resolved.filter(registration_uuid__isnull=False).values_list("registration_uuid", flat=True)


def scenario_titles(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Scenario.objects.filter(slug__in=list(slugs)).values_list("slug", "title"))


def slugs_finished_by(user: User, *, besides: uuid.UUID) -> set[str]:
    """Scenarios that somebody went through to an ending, other than in one registration. One query."""
    done = Attempt.objects.filter(user=user, finished_at__isnull=False).exclude(registration_uuid=besides)
    return set(done.values_list("scenario__slug", flat=True))


def attempt_of(user: User, attempt_uuid: uuid.UUID) -> Attempt | None:
    """Only ever one's own: nobody else may see an attempt, whoever they are. One query."""
    return Attempt.objects.of(user).for_play().filter(uuid=attempt_uuid).first()


@dataclass(frozen=True)
class Plays:
    """One learner's plays of one story, without moments played again for practice."""

    newest: Attempt
    looked_back: Attempt | None
    """The newest that can be looked back on."""


def plays_of(user: User) -> dict[int, Plays]:
    """By story. One query."""
    found: dict[int, Plays] = {}
    mine = Attempt.objects.of(user).filter(practice_of__isnull=True)
    for attempt in mine.defer("results").order_by("created_at", "pk"):
        before = found.get(attempt.scenario_id)
        finished = attempt if attempt.is_resolved else (before.looked_back if before else None)
        found[attempt.scenario_id] = Plays(attempt, finished)
    return found


def events_of(attempt: Attempt) -> list[engine.Event]:
    return [
        engine.Event(kind, at, data if step is None else data | {"step": step})
        for kind, at, data, step in attempt.events.values_list("kind", "at", "data", "step")
    ]


def state_of(attempt: Attempt) -> engine.State | None:
    """Where the learner stands, or None before the first scene. One query."""
    return engine.fold(events_of(attempt))


# Scenes of published versions in the words of one place and language, as this process has read them: what is published
# never changes, so neither do they.
_known_scenes: dict[tuple[uuid.UUID, str, str, str], dict[str, Any]] = {}
_MOST_KNOWN_SCENES = 4_000


class VersionStory:
    """A published version for the engine. Scenes are read one by one as they are needed, or several by `load`."""

    def __init__(self, version: ScenarioVersion, *, jurisdiction: str = "", language: str = LANGUAGE) -> None:
        self.version = version
        self.local = {"jurisdiction": jurisdiction, "language": language}
        self._head = head_rules(version.head)
        self._data: dict[str, dict[str, Any]] = {}

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The story as this learner plays it: her jurisdiction, and the language of the page."""
        return cls(
            attempt.version, jurisdiction=attempt.jurisdiction_code, language=get_language() or LANGUAGE
        )

    @property
    def language_told(self) -> str:
        """The language of the story where that is not the one asked for, and nothing where it is or is translated."""
        asked, own = self.local["language"], str(self.version.head.get("language", LANGUAGE))
        translated = any(asked in words for words in self.version.head.get("translations", {}).values())
        return "" if translated or asked.split("-")[0] == own.split("-")[0] else own

    def words(self) -> dict[str, Any]:
        """The head in the learner's words."""
        return localised(self.version.head, **self.local)

    def _address(self, key: str) -> tuple[uuid.UUID, str, str, str]:
        return self.version.uuid, self.local["jurisdiction"], self.local["language"], key

    def _read(self, rows: QuerySet[CompiledScene]) -> None:
        for key, data in rows.values_list("key", "data"):
            self._data[key] = localised(data, **self.local)

    @property
    def head(self) -> engine.Head:
        return self._head

    def load(self, keys: Iterable[str]) -> None:
        """One query for all of these that this process has not read yet; none where it has."""
        missing = []
        for key in set(keys) - set(self._data):
            if (known := _known_scenes.get(self._address(key))) is not None:
                self._data[key] = known
            else:
                missing.append(key)
        if not missing:
            return
        self._read(CompiledScene.objects.filter(version=self.version, key__in=missing))
        if len(_known_scenes) + len(missing) > _MOST_KNOWN_SCENES:
            _known_scenes.clear()
        for key in missing[:_MOST_KNOWN_SCENES]:
            if key in self._data:
                _known_scenes[self._address(key)] = self._data[key]

    def checkpoints(self, state: engine.State) -> set[str]:
        """Resting points on the way taken."""
        keys = {one.scene for one in state.path}
        self.load(keys)
        return {key for key in keys if self._data[key].get("checkpoint")}

    def load_all(self) -> None:
        self._read(CompiledScene.objects.filter(version=self.version).order_by("pk"))

    @property
    def scenes(self) -> Mapping[str, dict[str, Any]]:
        return self._data

    def data(self, key: str) -> dict[str, Any]:
        self.load([key])
        return self._data[key]

    def scene(self, key: str) -> engine.SceneRules:
        return scene_rules(self.data(key))
