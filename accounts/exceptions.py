"""Why a service said no. The view turns it into words."""

from django.utils.translation import gettext as _


class AccountError(Exception):
    """What was asked for cannot be done; the text says why and what would be right."""


class AddressTaken(AccountError):
    """Somebody already has an account with this address."""


class RoleIsSet(AccountError):
    """The agency sets the role or the law, and the person asked for another."""

    def __init__(self, agency_name: str) -> None:
        super().__init__(
            _("%(agency)s sets this for its staff. Ask your training lead to change it.")
            % {"agency": agency_name}
        )


class NameIsMissing(AccountError):
    """A certificate cannot carry an empty name."""
