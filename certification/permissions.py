"""Who may see what of a certificate."""

from datetime import date

from accounts.models import User
from agencies.permissions import can_lead
from certification.models import AchievementCredential


def can_open(user: User, credential: AchievementCredential) -> bool:
    """The holder's own page, with everything on it."""
    return credential.user_id == user.pk


def can_download(user: User, credential: AchievementCredential, *, on: date) -> bool:
    """The holder; and who leads the agency it was earned under, if the holder lets her. Otherwise a lead sees the status."""
    if can_open(user, credential):
        return True
    return credential.shows("lead") and can_lead(user, credential.agency, on)


def can_revoke(user: User) -> bool:
    return user.has_perm("certification.revoke_achievementcredential")
