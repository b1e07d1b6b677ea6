"""Why a service said no. The view turns it into words."""


class AgencyError(Exception):
    """What was asked for cannot be done; the text says why and what would be right."""


class AlreadyMember(AgencyError):
    """The person has an open membership in this very unit."""


class NoLeadHere(AgencyError):
    """People without an agency answer to nobody: nothing may be delegated over them."""


class WrongDomain(AgencyError):
    """The agency's provider sent an address outside the domains that the agency named."""


class ProviderProblem(AgencyError):
    """A provider's address may not be asked, or did not answer as a provider does."""


class UnreadableFile(AgencyError):
    """What was sent is no list that can be read."""


class NotYours(AgencyError):
    """Somebody would give more than she has, or act outside her part of the tree."""


class ImportRefused(AgencyError):
    """A staff list cannot be applied or undone as it stands; nothing of it was."""
