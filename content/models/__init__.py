from content.models.directory import ReferralService, SupportContact
from content.models.facts import Fact, GlossaryTerm, JurisdictionPack, ReviewSignOff, Source

__all__ = [
    "Fact",
    "GlossaryTerm",
    "JurisdictionPack",
    "ReferralService",
    "ReviewSignOff",
    "Source",
    "SupportContact",
]
