"""What search looks through: one row for each thing that may be found, in the words of one language and audience."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from content.search.words import indexed


class SearchEntry(index.Indexed, models.Model):
    """A thing that can be found, or the part of it that one audience reads.

    `audience` is empty for what everybody reads, else "role:R3" or "pack:UK": nobody is shown words that her lesson does
    not show her.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()
    # content.search.index does it, in the transaction of the change.
    search_auto_update = False
    wagtail_reference_index_ignore = True

    kind = models.CharField(_("kind"), max_length=12)
    key = models.CharField(_("key"), max_length=100)
    language = models.CharField(_("language"), max_length=12)
    audience = models.CharField(_("audience"), max_length=16, blank=True)
    heading = models.CharField(_("heading"), max_length=300)
    # Heading and words as the database is asked for them: folded and cut by ourselves. Wagtail weighs what is called title
    # more than the rest. Before the long ones, so that sorting by it reads no more of a row than it must.
    title = models.TextField(editable=False)
    # Shown in place of an excerpt: the words themselves are for those who chose to go on.
    content_note = models.CharField(_("content note"), max_length=400, blank=True)
    words = models.TextField(_("words"), blank=True)
    body = models.TextField(editable=False)

    search_fields: ClassVar[list[Any]] = [
        index.SearchField("title"),
        index.SearchField("body"),
        index.FilterField("id"),
        index.FilterField("kind"),
        index.FilterField("key"),
        index.FilterField("audience"),
    ]

    class Meta:
        ordering = ["kind", "key"]
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "language", "audience"], name="cnt_search_entry_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    def fold(self) -> None:
        """Heading and words as they are indexed."""
        self.title, self.body = indexed(self.heading), indexed(self.words)


class SearchWord(models.Model):
    """A word of the index, folded, and in how many entries it stands: what a misspelt word is compared with."""

    personal_data: ClassVar[tuple[str, ...]] = ()
    wagtail_reference_index_ignore = True

    word = models.CharField(_("word"), max_length=40)
    language = models.CharField(_("language"), max_length=12)
    entries = models.PositiveIntegerField(_("entries"), default=0)

    class Meta:
        ordering = ["word"]
        verbose_name = _("word of the index")
        verbose_name_plural = _("words of the index")
        constraints = [models.UniqueConstraint(fields=["word", "language"], name="cnt_search_word_once")]

    def __str__(self) -> str:
        return self.word
