"""Why a service said no. The view turns it into words."""


class ComplianceError(Exception):
    """What was asked for cannot be done; the text says why and what would be right."""


class RoleIsMissing(ComplianceError):
    """Nobody can be registered before it is known what she does and whose law she works under."""


class NothingToRenew(ComplianceError):
    """The certificate holds for longer than a renewal may start ahead."""
