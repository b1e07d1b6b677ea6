"""The smallest valid agencies, memberships and delegations, through the services."""

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from agencies import services
from agencies.models import Agency, Delegation, Membership
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory

LONG_AGO = date(2020, 1, 1)


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"Agency {n}")
    slug = factory.Sequence(lambda n: f"agency-{n}")

    @classmethod
    def _create(cls, model_class: type[Agency], *args: Any, **fields: Any) -> Agency:
        return services.create_agency(fields.pop("name"), **fields)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    professional_role = factory.SubFactory(ProfessionalRoleFactory)
    started_on = LONG_AGO
    staff_number = ""

    @classmethod
    def _create(cls, model_class: type[Membership], *args: Any, **fields: Any) -> Membership:
        ended_on = fields.pop("ended_on", None)
        membership = services.add_member(fields.pop("user"), fields.pop("agency"), **fields)
        return services.end_membership(membership, on=ended_on) if ended_on else membership


class DelegationFactory(DjangoModelFactory[Delegation]):
    class Meta:
        model = Delegation

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    kind = Delegation.Kind.LEAD
    starts_on = LONG_AGO
    ends_on = None

    @classmethod
    def _create(cls, model_class: type[Delegation], *args: Any, **fields: Any) -> Delegation:
        return services.delegate(fields.pop("user"), fields.pop("agency"), **fields)


def today() -> date:
    return timezone.localdate()
