from content.models.directory import ReferralService, SupportContact
from content.models.facts import Fact, GlossaryTerm, JurisdictionPack, ReviewSignOff, Source
from content.models.loaded import LoadedFile, LoadedText
from content.models.pages import HomePage, RolePage, StandardPage
from content.models.reports import ProblemReport
from content.models.resources import Resource
from content.models.reviews import ReviewGateTask
from content.models.search import SearchEntry, SearchWord

__all__ = [
    "Fact",
    "GlossaryTerm",
    "HomePage",
    "JurisdictionPack",
    "LoadedFile",
    "LoadedText",
    "ProblemReport",
    "ReferralService",
    "Resource",
    "ReviewGateTask",
    "ReviewSignOff",
    "RolePage",
    "SearchEntry",
    "SearchWord",
    "Source",
    "StandardPage",
    "SupportContact",
]
