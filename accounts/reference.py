"""Keeps professional roles and jurisdictions as the curriculum names them."""

from django.db import transaction

from accounts.models import Jurisdiction, ProfessionalRole


@transaction.atomic
def save_role(code: str, *, slug: str, name: str, short_name: str, order: int) -> ProfessionalRole:
    role, _ = ProfessionalRole.objects.update_or_create(
        code=code, defaults={"slug": slug, "name": name, "short_name": short_name, "order": order}
    )
    return role


@transaction.atomic
def save_jurisdiction(code: str, *, name: str, order: int) -> Jurisdiction:
    jurisdiction, _ = Jurisdiction.objects.update_or_create(
        code=code, defaults={"name": name, "order": order}
    )
    return jurisdiction
