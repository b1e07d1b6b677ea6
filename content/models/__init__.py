from content.models.directory import ReferralService, SupportContact
from content.models.facts import Fact, GlossaryTerm, JurisdictionPack, ReviewSignOff, Source
from content.models.pages import HomePage, RolePage, StandardPage

__all__ = [
    "Fact",
    "GlossaryTerm",
    "HomePage",
    "JurisdictionPack",
    "ReferralService",
    "ReviewSignOff",
    "RolePage",
    "Source",
    "StandardPage",
    "SupportContact",
]
