"""What was published, for ever."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from scenarios.models.graph import Scenario


class ScenarioVersion(models.Model):
    """What was published, for ever. `head` is the snapshot without its scenes: all that a page needs beside its scene."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    sha256 = models.CharField(max_length=64, editable=False)
    head = models.JSONField(editable=False)
    snapshot = models.JSONField(editable=False)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        ordering = ["-number"]
        verbose_name = _("scenario version")
        verbose_name_plural = _("scenario versions")
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scn_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} v{self.number}"


class CompiledScene(models.Model):
    """One scene of a version, with everything a step into it or out of it needs."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    version = models.ForeignKey(ScenarioVersion, on_delete=models.CASCADE, related_name="scenes")
    key = models.CharField(max_length=32)
    uuid = models.UUIDField()
    data = models.JSONField()

    class Meta:
        verbose_name = _("compiled scene")
        verbose_name_plural = _("compiled scenes")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="scn_compiled_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.key}"
