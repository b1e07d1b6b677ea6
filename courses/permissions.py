"""Who may do what with courses."""

from accounts.models import User


def may_take_on(user: User) -> bool:
    """Whoever runs the site answers for what it gives out."""
    return user.is_active and user.is_superuser
