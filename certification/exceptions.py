"""Refusals, as the services give them. Views turn them into words."""


class CertificationError(Exception):
    """A certificate cannot be changed or made as asked; the message says why."""


class FrozenRecord(CertificationError):
    """Somebody tried to change or delete what was issued."""


class AlreadyRevoked(CertificationError):
    """The certificate was withdrawn before."""


class UnknownPaper(CertificationError):
    """A paper size that certificates are not set for."""
