"""The smallest valid people, roles and jurisdictions."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts import services
from accounts.models import Jurisdiction, ProfessionalRole, User

PASSWORD = "a-long-enough-phrase"


class JurisdictionFactory(DjangoModelFactory[Jurisdiction]):
    class Meta:
        model = Jurisdiction
        django_get_or_create = ("code",)

    code = "UK"
    name = factory.LazyAttribute(
        lambda it: {"UK": "United Kingdom", "US": "United States", "INT": "International"}.get(
            it.code, it.code
        )
    )


class ProfessionalRoleFactory(DjangoModelFactory[ProfessionalRole]):
    class Meta:
        model = ProfessionalRole
        django_get_or_create = ("code",)

    class Params:
        nurse = factory.Trait(
            code="R3",
            slug="clinicians",
            name="Emergency and hospital clinician, nurse, midwife",
            short_name="Nurses and clinicians",
            order=3,
        )

    code = "R1"
    slug = factory.LazyAttribute(
        lambda it: "patrol-officers" if it.code == "R1" else f"role-{it.code.lower()}"
    )
    name = factory.LazyAttribute(
        lambda it: "Police patrol officer or first responder" if it.code == "R1" else f"Role {it.code}"
    )
    short_name = factory.LazyAttribute(
        lambda it: "Patrol officers and first responders" if it.code == "R1" else f"Role {it.code}"
    )
    order = 1


class UserFactory(DjangoModelFactory[User]):
    """A verified person with the password PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD
    verified = True

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return services.create_person(fields.pop("email"), name=fields.pop("name"), **fields)
