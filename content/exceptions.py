"""Why a service said no."""


class NotTheReviewer(Exception):
    """Only a member of a gate's own group signs for it."""
