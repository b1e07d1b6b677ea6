"""What the curriculum's files said when they were loaded last, to tell an editor's words from theirs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedText(models.Model):
    """One thing (a lesson, a fact, a page ...) as its file had it when file and site last agreed, by field."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    words = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("loaded text")
        verbose_name_plural = _("loaded texts")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_loaded_text_of_a_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class LoadedFile(models.Model):
    """A file as it was when it was loaded last: what the site does not keep (remarks, order, line breaks) comes out again."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    name = models.CharField(max_length=120, unique=True, help_text=_("Within the folder: lessons/1.3.md"))
    text = models.TextField()

    class Meta:
        ordering = ["name"]
        verbose_name = _("loaded file")
        verbose_name_plural = _("loaded files")

    def __str__(self) -> str:
        return self.name
