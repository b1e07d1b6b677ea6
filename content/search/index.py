"""Keeps the index and its vocabulary as the things themselves are. Runs in the transaction of the change."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import F
from wagtail.search.backends import get_search_backend

from content.models import SearchEntry, SearchWord
from content.search.kinds import Document, kind_of, kinds
from content.search.words import vocabulary

T = TypeVar("T")
_BATCH = 400

WordCount = Counter[tuple[str, str]]


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _entry(kind: str, document: Document) -> SearchEntry:
    entry = SearchEntry(
        kind=kind,
        key=document.key,
        language=document.language,
        audience=document.audience,
        heading=document.heading[:300],
        words=document.words,
        content_note=document.content_note[:400],
    )
    entry.fold()
    return entry


def _count(entry: SearchEntry, counted: WordCount, *, by: int) -> None:
    for word in vocabulary(f"{entry.heading} {entry.words}"):
        counted[word, entry.language] += by


@transaction.atomic
def refresh(kind: str, keys: Sequence[str]) -> None:
    """Bring the index to what these things say now; what is no longer published leaves it."""
    before = {
        (entry.key, entry.language, entry.audience): entry
        for entry in SearchEntry.objects.select_for_update().filter(kind=kind, key__in=keys).order_by("pk")
    }
    backend = get_search_backend()
    counted: WordCount = Counter()
    changed = []
    for document in kind_of(kind).documents(keys):
        entry = _entry(kind, document)
        known = before.pop((entry.key, entry.language, entry.audience), None)
        if known is not None:
            if (known.heading, known.words, known.content_note) == (
                entry.heading,
                entry.words,
                entry.content_note,
            ):
                continue
            _count(known, counted, by=-1)
            entry.pk = known.pk
        _count(entry, counted, by=1)
        entry.save()
        changed.append(entry)
    for entry in before.values():
        _count(entry, counted, by=-1)
        backend.delete(entry)
        entry.delete()
    if changed:
        backend.add_bulk(SearchEntry, changed)
    _keep_words(counted)


def _keep_words(counted: WordCount) -> None:
    """Add to what is counted of each word, and forget those that stand nowhere any more."""
    languages = {language for (_word, language), by in counted.items() if by}
    for language in sorted(languages):
        wanted = {word: by for (word, of), by in counted.items() if of == language and by}
        for words in _batches(sorted(wanted)):
            SearchWord.objects.bulk_create(
                [SearchWord(word=word, language=language) for word in words if wanted[word] > 0],
                ignore_conflicts=True,
            )
            for by in {wanted[word] for word in words}:
                SearchWord.objects.filter(
                    language=language, word__in=[word for word in words if wanted[word] == by]
                ).update(entries=F("entries") + by)
            SearchWord.objects.filter(language=language, word__in=words, entries=0).delete()


@transaction.atomic
def rebuild() -> int:
    """Make the index and the vocabulary anew from everything that is published. Answers with how many entries it has."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    backend = get_search_backend()
    index = backend.get_index_for_model(SearchEntry)
    index.delete_stale_model_entries(SearchEntry)
    counted: WordCount = Counter()
    made = 0
    for kind in kinds():
        for documents in _batches(kind.documents(None)):
            entries = SearchEntry.objects.bulk_create(_entry(kind.code, one) for one in documents)
            backend.add_bulk(SearchEntry, entries)
            made += len(entries)
            for entry in entries:
                _count(entry, counted, by=1)
    for rows in _batches(sorted(counted.items())):
        SearchWord.objects.bulk_create(
            SearchWord(word=word, language=language, entries=entries) for (word, language), entries in rows
        )
    return made
