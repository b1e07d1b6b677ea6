"""What can be earned, what was earned, and everything that happened to it."""

from certification.models.achievements import Achievement, IssuerProfile
from certification.models.credentials import (
    AchievementCredential,
    CredentialEvent,
    CredentialQuerySet,
    default_shares,
)
from certification.models.keys import SigningKey, StatusEntry

__all__ = [
    "Achievement",
    "AchievementCredential",
    "CredentialEvent",
    "CredentialQuerySet",
    "IssuerProfile",
    "SigningKey",
    "StatusEntry",
    "default_shares",
]
