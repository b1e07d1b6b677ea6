"""Questions about people, roles and jurisdictions."""

from collections.abc import Sequence

from accounts.models import Jurisdiction, ProfessionalRole, User


def roles() -> Sequence[ProfessionalRole]:
    return list(ProfessionalRole.objects.all())


def jurisdictions() -> Sequence[Jurisdiction]:
    return list(Jurisdiction.objects.all())


def person_by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip(), deleted_at__isnull=True).first()
