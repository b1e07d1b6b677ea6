"""Which credentials no longer count, as W3C Bitstring Status Lists.

Every certificate has one place in one list, drawn by chance so that its place says nothing of when or for whom it was
issued. The list has room for many more than are in use, and looks the same whoever asks.
"""

import secrets
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from openvc.status import build_status_list_credential, build_status_list_entry, new_bitstring, set_status_bit

from certification.badges.keys import issuer_did
from certification.badges.proof import secure
from certification.models import AchievementCredential, StatusEntry

BITS = 131_072  # the least that W3C allows, so that a list hides who is asked about
FULL = BITS // 2
PURPOSES = ("revocation", "suspension")
SECONDS = 30  # how long a list may be kept; a withdrawal is seen within twice that


def place_of(credential: AchievementCredential) -> StatusEntry:
    """The certificate's place, given to it now if it has none."""
    existing = StatusEntry.objects.filter(credential=credential).first()
    if existing is not None:
        return existing
    number = StatusEntry.objects.aggregate(last=Max("list_number"))["last"] or 1
    if StatusEntry.objects.filter(list_number=number).count() >= FULL:
        number += 1
    while True:
        try:
            with transaction.atomic():
                entry, _created = StatusEntry.objects.get_or_create(
                    credential=credential, defaults={"list_number": number, "index": secrets.randbelow(BITS)}
                )
            return entry
        except IntegrityError:  # the place was taken: less than one in two
            continue


def list_url(number: int, purpose: str) -> str:
    return settings.PUBLIC_URL + reverse("certification:status_list", args=[number, purpose])


def entry_of(credential: AchievementCredential) -> dict[str, Any]:
    """`credentialStatus`. One entry, because Open Badges 3.0 allows one; its list counts a pause as "do not accept"."""
    place = place_of(credential)
    url = list_url(place.list_number, "revocation")
    return dict(
        build_status_list_entry(
            status_list_credential=url,
            index=place.index,
            status_purpose="revocation",
            id=f"{url}#{place.index}",
        )
    )


def _indexes(number: int, purpose: str) -> list[int]:
    """Places whose bit is set. Whoever reads only "revocation" must not accept what is paused or was corrected."""
    rows = AchievementCredential.objects
    stopped = (
        [rows.paused()] if purpose == "suspension" else [rows.paused(), rows.withdrawn(), rows.corrected()]
    )
    is_stopped = reduce(or_, (Q(credential__in=some.values("pk")) for some in stopped))
    return list(StatusEntry.objects.filter(is_stopped, list_number=number).values_list("index", flat=True))


def status_list(number: int, purpose: str) -> dict[str, Any] | None:
    """The signed list, at most `SECONDS` old. None where there is no such list."""
    if purpose not in PURPOSES:
        return None
    key = f"status-list:{number}:{purpose}"
    known = cache.get(key)
    if known is not None:
        return dict(known)
    if not StatusEntry.objects.filter(list_number=number).exists():
        return None
    bits = new_bitstring(BITS)
    for index in _indexes(number, purpose):
        set_status_bit(bits, index, 1)
    signed = secure(
        build_status_list_credential(
            id=list_url(number, purpose),
            issuer=issuer_did(),
            bitstring=bits,
            status_purpose=purpose,
            valid_from=timezone.now(),
            ttl=SECONDS * 1000,
        )
    )
    cache.set(key, signed, SECONDS)
    return signed
