"""Share links: made, counted, withdrawn."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User
from certification.exceptions import CertificationError, TooManyLinks
from certification.models import AchievementCredential, CredentialEvent, ShareLink
from certification.selectors import today
from certification.services.history import record

SWITCHES = ("name", "agency", "evidence", "results", "transcript")
USUAL_DAYS = 90
MOST_DAYS = 365
MOST_LINKS = 20
SECRET_BYTES = 24  # 192 bits


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is long and random, so a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_link(
    credential: AchievementCredential,
    *,
    drawn: uuid.UUID,
    shows: Mapping[str, bool],
    label: str,
    expires_on: date,
    by: User,
    at: datetime,
) -> tuple[ShareLink, str]:
    """A new link and its secret, which nobody can read again later.

    `drawn` is the number of the form: sent twice, it gives the first link, and no secret. Raises TooManyLinks, and
    CertificationError for somebody else's certificate, for switches that we do not know and for a day that is past or
    more than a year off.
    """
    row = AchievementCredential.objects.select_for_update().get(pk=credential.pk)
    if row.user_id != by.pk:
        raise CertificationError("Only the holder shares a certificate.")
    unknown = set(shows) - set(SWITCHES)
    if unknown:
        raise CertificationError(f"No link can show {', '.join(sorted(unknown))}.")
    on = today(at)
    if not on <= expires_on <= on + timedelta(days=MOST_DAYS):
        raise CertificationError(f"A link works for at most {MOST_DAYS} days.")
    first = row.share_links.filter(uuid=drawn).first()
    if first is not None:
        return first, ""
    if row.share_links.working(on=on).count() >= MOST_LINKS:
        raise TooManyLinks(f"There are {MOST_LINKS} links to this certificate. Withdraw one first.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = ShareLink.objects.create(
        uuid=drawn,
        credential=row,
        digest=digest_of(secret),
        label=label,
        shows={switch: bool(shows.get(switch)) for switch in SWITCHES},
        made_at=at,
        expires_on=expires_on,
    )
    # Not the label: the history is read by more people than the holder.
    detail = {"link": str(link.uuid), "shows": link.shows, "expires_on": expires_on.isoformat()}
    record(row, CredentialEvent.Kind.LINK_MADE, at=at, by=by, detail=detail)
    return link, secret


@transaction.atomic
def withdraw_link(link: ShareLink, *, by: User | None, at: datetime) -> ShareLink:
    """The link stops working at once. Calling again changes nothing."""
    row = ShareLink.objects.select_for_update().select_related("credential").get(pk=link.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record(
            row.credential, CredentialEvent.Kind.LINK_WITHDRAWN, at=at, by=by, detail={"link": str(row.uuid)}
        )
    return row


def count_opening(link: ShareLink, *, on: date) -> None:
    """One more opening, on this day. Nothing about who it was."""
    ShareLink.objects.filter(pk=link.pk).update(openings=F("openings") + 1, last_opened_on=on)


@transaction.atomic
def forget_links(user: User, *, at: datetime) -> None:
    """Withdraw what a person handed out who leaves, and take out whom it was for."""
    links = ShareLink.objects.filter(credential__user=user)
    for link in links.filter(withdrawn_at__isnull=True):
        withdraw_link(link, by=None, at=at)
    links.update(label="")
