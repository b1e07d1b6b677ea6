"""What one language or one jurisdiction says otherwise, string by string."""

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction

from scenarios.documents import source_digest, strings
from scenarios.models import Choice, Overlay, Scenario, StringTranslation
from scenarios.services.drafts import draft_document

# A string: the UUID of its owner, and the field.
Name = tuple[str, str]


def _sources(scenario: Scenario) -> dict[Name, str]:
    return {(owner, field): text for owner, field, text in strings(draft_document(scenario))}


@transaction.atomic
def save_translations(scenario: Scenario, *, language: str, texts: Mapping[Name, str]) -> None:
    """Keep these words; an empty one takes the translation away. What nothing has any more is passed over."""
    sources = _sources(scenario)
    for (owner, field), text in texts.items():
        rows = StringTranslation.objects.filter(
            scenario=scenario, language=language, target=owner, field=field
        )
        if (owner, field) not in sources:
            continue
        if not text:
            rows.delete()
            continue
        StringTranslation.objects.update_or_create(
            scenario=scenario,
            language=language,
            target=uuid.UUID(owner),
            field=field,
            defaults={"text": text, "source": source_digest(sources[owner, field])},
        )


@transaction.atomic
def save_overlays(
    scenario: Scenario,
    *,
    jurisdiction: str,
    texts: Mapping[Name, str],
    shown: Collection[str],
    left_out: Collection[str],
) -> None:
    """Keep these words of one jurisdiction. Of the choices in `shown`, those in `left_out` are not offered there."""
    sources = _sources(scenario)
    mine = Overlay.objects.filter(scenario=scenario, jurisdiction_code=jurisdiction)
    last = Overlay.objects.filter(scenario=scenario).count()
    for (owner, field), text in texts.items():
        if (owner, field) not in sources:
            continue
        if not text:
            mine.filter(target=owner, field=field).delete()
            continue
        Overlay.objects.update_or_create(
            scenario=scenario,
            jurisdiction_code=jurisdiction,
            target=uuid.UUID(owner),
            field=field,
            defaults={"text": text},
            create_defaults={"text": text, "order": (last := last + 1)},
        )
    known = {
        str(one)
        for one in Choice.objects.filter(scene__scenario=scenario, uuid__in=list(shown)).values_list(
            "uuid", flat=True
        )
    }
    mine.filter(is_disabled=True, target__in=known - set(left_out)).delete()
    for owner in sorted(known & set(left_out)):
        Overlay.objects.get_or_create(
            scenario=scenario,
            jurisdiction_code=jurisdiction,
            target=uuid.UUID(owner),
            field="",
            defaults={"is_disabled": True, "order": (last := last + 1)},
        )
