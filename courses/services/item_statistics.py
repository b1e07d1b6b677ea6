"""Counting what was answered, for trainers who look after the questions."""

from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction

from courses.item_statistics import Sums, rest_of, tallied
from courses.models import CheckAttempt, CheckItem, ItemStatistic, QuestionVersion

BATCH = 2_000
_SUMS = ("answered", "credit", "credit_squared", "rest", "rest_squared", "product", "options")
Key = tuple[int, int, str]


def refresh_item_statistics() -> int:
    """Add the answers given since the last time; how many attempts that were.

    First attempts only: whoever takes a check again has read the reasons. May be stopped and begun again at any point.
    """
    counted = 0
    kinds: dict[int, tuple[str, list[dict[str, object]]]] = {}
    while batch := _count_batch(kinds):
        counted += batch
    return counted


@transaction.atomic
def recount_item_statistics() -> int:
    """All of them anew: after answers were taken out of the database."""
    ItemStatistic.objects.all().delete()
    CheckAttempt.objects.filter(is_counted=True).update(is_counted=False)
    return refresh_item_statistics()


@transaction.atomic
def _count_batch(kinds: dict[int, tuple[str, list[dict[str, object]]]]) -> int:
    """Three queries, and three for each five hundred attempts; and one for each hundred questions that they asked."""
    waiting = CheckAttempt.objects.select_for_update().filter(
        is_counted=False, submitted_at__isnull=False, number=1
    )
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    places: dict[int, tuple[int, str]] = {}
    attempts: dict[int, list[tuple[int, list[str], float]]] = defaultdict(list)
    # Some databases take no more than a thousand keys in one condition.
    for chunk in _batched(keys):
        for key, course, purpose in CheckAttempt.objects.filter(pk__in=chunk).values_list(
            "pk", "registration__course_version__course_id", "purpose"
        ):
            places[key] = (course, purpose)
        rows = CheckItem.objects.filter(attempt_id__in=chunk).values_list(
            "attempt_id", "question_version_id", "answer", "credit", "is_correct"
        )
        for attempt, version, answer, share, is_correct in rows:
            attempts[attempt].append(
                (version, answer or [], float(bool(is_correct) if share is None else share))
            )
        CheckAttempt.objects.filter(pk__in=chunk).update(is_counted=True)
    unknown = {version for items in attempts.values() for version, _answer, _credit in items} - kinds.keys()
    for one in QuestionVersion.objects.filter(pk__in=unknown):
        kinds[one.pk] = (one.kind, one.options)
    found: dict[Key, Sums] = defaultdict(Sums)
    for attempt, items in attempts.items():
        course, purpose = places[attempt]
        rests = rest_of([credit for _version, _answer, credit in items])
        for (version, answer, credit), rest in zip(items, rests, strict=False):
            chosen = tallied(*kinds[version], answer)
            found[version, course, purpose].add(credit=credit, rest=rest, chosen=chosen)
    _merge(found)
    return len(places)


def _batched(keys: list[int], size: int = 500) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _merge(found: dict[Key, Sums]) -> None:
    """Into the rows that are there, and as new ones."""
    versions = {version for version, _course, _purpose in found}
    there = {
        (row.question_version_id, row.course_id, row.purpose): row
        for row in ItemStatistic.objects.select_for_update().filter(question_version__in=versions)
    }
    for key, sums in found.items():
        row = there.get(key)
        if row is not None:
            sums.merge(sums_of(row))
    rows = [
        ItemStatistic(
            question_version_id=version,
            course_id=course,
            purpose=purpose,
            **{name: getattr(sums, name) for name in _SUMS},
        )
        for (version, course, purpose), sums in found.items()
    ]
    ItemStatistic.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["question_version", "course", "purpose"],
        update_fields=_SUMS,
    )


def sums_of(row: ItemStatistic) -> Sums:
    return Sums(**{name: getattr(row, name) for name in _SUMS})
