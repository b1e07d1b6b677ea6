"""Who may see what of a certificate."""

from datetime import date
from typing import Any

from accounts.models import User
from agencies.models import Membership
from agencies.permissions import can_lead
from certification.models import AchievementCredential


def can_open(user: User, credential: AchievementCredential) -> bool:
    """The holder's own page, with everything on it."""
    return credential.user_id == user.pk


def _leads_holder(user: User, credential: AchievementCredential, *, on: date) -> bool:
    if can_lead(user, credential.agency, on):
        return True
    current = Membership.objects.current(on=on).filter(user_id=credential.user_id).select_related("agency")
    return any(can_lead(user, membership.agency, on) for membership in current)


def can_download(user: User, credential: AchievementCredential, *, on: date) -> bool:
    """The holder; and, if she agreed, who leads the agency that it was earned under or that she works for now.

    A lead to whom it is not shown sees the status in the list of staff and nothing more.
    """
    return can_open(user, credential) or (credential.shows("lead") and _leads_holder(user, credential, on=on))


def can_revoke(user: User) -> bool:
    return user.has_perm("certification.revoke_achievementcredential")


def can_edit_templates(user: Any) -> bool:
    """How certificates look, for the site and for every agency. A lead does it for her own without this."""
    return bool(user.is_active and user.has_perm("certification.change_certificatetemplate"))
