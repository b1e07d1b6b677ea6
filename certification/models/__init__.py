"""What can be earned, what was earned, and everything that happened to it."""

from certification.models.achievements import Achievement, AchievementVersion, IssuerProfile
from certification.models.credentials import (
    AchievementCredential,
    CredentialEvent,
    CredentialQuerySet,
    default_shares,
)
from certification.models.credit import CreditApproval, LicenceNumber
from certification.models.keys import SigningKey, StatusEntry
from certification.models.legal import LegalUpdate, LegalUpdateTaken
from certification.models.recognition import Recognition
from certification.models.runs import AwardRun
from certification.models.sharing import ShareLink
from certification.models.templates import (
    Accent,
    CertificateImage,
    CertificateTemplate,
    CertificateTemplateVersion,
)
from certification.models.terms import SupervisorSignOff, VersionChoice

__all__ = [
    "Accent",
    "Achievement",
    "AchievementCredential",
    "AchievementVersion",
    "AwardRun",
    "CertificateImage",
    "CertificateTemplate",
    "CertificateTemplateVersion",
    "CredentialEvent",
    "CredentialQuerySet",
    "CreditApproval",
    "IssuerProfile",
    "LegalUpdate",
    "LegalUpdateTaken",
    "LicenceNumber",
    "Recognition",
    "ShareLink",
    "SigningKey",
    "StatusEntry",
    "SupervisorSignOff",
    "VersionChoice",
    "default_shares",
]
