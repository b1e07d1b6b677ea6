"""Taking a change of law in."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification.exceptions import CertificationError
from certification.law import updates_due
from certification.models import AchievementCredential, CredentialEvent, LegalUpdate, LegalUpdateTaken
from certification.services.history import announce, record


@transaction.atomic
def take_legal_update(user: User, update: LegalUpdate, *, at: datetime) -> LegalUpdateTaken:
    """The holder has read what changed. Her certificates under that law say so from now on; sending it again adds nothing.

    Raises CertificationError where it is none of hers.
    """
    User.objects.select_for_update().get(pk=user.pk)
    found = LegalUpdateTaken.objects.filter(user=user, legal_update=update).first()
    if found is not None:
        return found
    on = timezone.localdate(at)
    if update not in updates_due(user, on=on):
        raise CertificationError("This change of law is not for you to take in.")
    taken = LegalUpdateTaken.objects.create(user=user, legal_update=update, at=at)
    touched = AchievementCredential.objects.filter(
        user=user,
        jurisdiction_code=update.jurisdiction.code,
        issued_on__lt=update.takes_effect_on,
        valid_until__gte=on,
    )
    for credential in touched.standing():
        record(
            credential,
            CredentialEvent.Kind.LAW_UPDATED,
            at=at,
            by=user,
            detail={"pack_version": update.pack_version, "update": str(update.uuid)},
        )
        announce(credential, at=at)
    return taken
