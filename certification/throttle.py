"""How often a stranger may look up a certificate or compare a name with it: so many in so many seconds."""

from accounts.throttle import is_allowed, who_asks
from certification.models import AchievementCredential

LOOK_UPS = (30, 60)
COMPARISONS = (5, 600)
COMPARISONS_OF_ONE = (20, 3600)
FILES = (20, 60)
LISTS = (6, 600)
LISTS_WITH_NAMES = (3, 3600)
# For one person, who is typing.
PREVIEWS = (60, 60)

__all__ = [
    "COMPARISONS",
    "COMPARISONS_OF_ONE",
    "FILES",
    "LISTS",
    "LISTS_WITH_NAMES",
    "LOOK_UPS",
    "PREVIEWS",
    "is_allowed",
    "may_compare",
    "who_asks",
]


def may_compare(credential: AchievementCredential) -> bool:
    """Count one more comparison of a name with this certificate, whoever asks."""
    return is_allowed("compare-one", str(credential.uuid), COMPARISONS_OF_ONE)
