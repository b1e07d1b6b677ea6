"""The people who play in every test.

Amina learns at Northgate Police, Ben leads it, Chidi leads St Brannoc's Hospital and must see nothing of Northgate's.
"""

from dataclasses import dataclass

from accounts.models import User
from agencies.models import Agency
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory


@dataclass(frozen=True)
class Cast:
    northgate: Agency
    brannoc: Agency
    amina: User
    ben: User
    chidi: User


def make_northgate() -> Agency:
    return AgencyFactory(
        name="Northgate Police", slug="northgate", jurisdiction=JurisdictionFactory(code="UK")
    )


def make_brannoc() -> Agency:
    return AgencyFactory(
        name="St Brannoc's Hospital", slug="st-brannocs", jurisdiction=JurisdictionFactory(code="UK")
    )


def make_amina(northgate: Agency) -> User:
    amina = UserFactory(name="Amina Rahman", email="amina@northgate.example")
    MembershipFactory(
        user=amina,
        agency=northgate,
        professional_role=ProfessionalRoleFactory(code="R1"),
        staff_number="NP-1042",
    )
    return amina


def make_ben(northgate: Agency) -> User:
    ben = UserFactory(name="Ben Okafor", email="ben@northgate.example")
    MembershipFactory(
        user=ben,
        agency=northgate,
        professional_role=ProfessionalRoleFactory(code="R1"),
        staff_number="NP-0007",
    )
    DelegationFactory(user=ben, agency=northgate)
    return ben


def make_chidi(brannoc: Agency) -> User:
    chidi = UserFactory(name="Chidi Eze", email="chidi@st-brannocs.example")
    MembershipFactory(
        user=chidi,
        agency=brannoc,
        professional_role=ProfessionalRoleFactory(nurse=True),
        staff_number="SB-0003",
    )
    DelegationFactory(user=chidi, agency=brannoc)
    return chidi
