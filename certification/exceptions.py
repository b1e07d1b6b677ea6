"""Refusals, as the services give them. Views turn them into words."""


class CertificationError(Exception):
    """A certificate cannot be changed or made as asked; the message says why."""


class FrozenRecord(CertificationError):
    """Somebody tried to change or delete what was issued."""


class AlreadyRevoked(CertificationError):
    """The certificate was withdrawn before."""


class UnknownPaper(CertificationError):
    """A paper size that certificates are not set for."""


class NoSigningKey(CertificationError):
    """There is no key to sign with, or it must not be used."""


class BadSignature(CertificationError):
    """A credential's signature is missing or does not fit its words."""


class UnknownKey(BadSignature):
    """A credential was signed by somebody else, or with a key that was declared unsafe."""


class NotACredential(CertificationError):
    """A file has no credential in it, or cannot be read; the message says why."""


class TooManyLinks(CertificationError):
    """As many links to one certificate work as may."""


class UnusablePicture(CertificationError):
    """An uploaded logo or signature cannot be used; the message says what would be right."""


class BadTemplate(CertificationError):
    """A certificate template breaks a rule; the message says which."""
