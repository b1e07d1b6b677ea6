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
