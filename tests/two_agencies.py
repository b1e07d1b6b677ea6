"""Two agencies with everything in them, and eight kinds of people in each: for every test that asks who sees whom.

The same courses, stories and roles are taken in both, as in life; only people and what they did tell them apart.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.services import put_in_group
from agencies.invitations import invite
from agencies.models import Agency, Delegation, IdentityProvider
from agencies.places import record_leave
from agencies.services import independent_agency, save_identity_provider
from agencies.staff_import import start_import
from certification.models import AchievementCredential
from certification.services import publish_rules, recognise, save_template
from compliance.services import assign, refresh_status
from config.groups import TRAINERS, ensure_groups
from courses.models import Course, Registration
from courses.services.evaluation import keep_audit
from records.models import Credential, Scope
from records.services import create_credential
from scenarios.models import Attempt
from scenarios.reading import read_scenario
from scenarios.services import load_scenario, start_attempt
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import FORMS, RULES, make_bank, make_course, make_lesson, make_registration
from tests.factories.looks import make_look


@dataclass
class House:
    """One agency: its people by what they are, what they did, and the words that nobody outside may read."""

    agency: Agency
    unit: Agency
    sibling: Agency
    people: dict[str, User]
    registration: Registration
    attempt: Attempt
    certificate: AchievementCredential
    provider: IdentityProvider
    lrs: tuple[Credential, str]
    words: dict[str, Any]
    markers: set[str] = field(default_factory=set)


@dataclass
class Two:
    a: House
    b: House
    independent: User
    administrator: User
    # Works in a unit of the first and in the second; certified under the second, and shares nothing.
    both: User
    story: str

    def actors(self) -> dict[str, tuple[User | None, House | None]]:
        """By name: who, and of which house."""
        found: dict[str, tuple[User | None, House | None]] = {
            "stranger": (None, None),
            "independent": (self.independent, None),
            "administrator": (self.administrator, None),
        }
        for letter, house in (("a", self.a), ("b", self.b)):
            found |= {f"{who} of {letter}": (person, house) for who, person in house.people.items()}
        return found

    def other(self, house: House) -> House:
        return self.b if house is self.a else self.a


# Roles that every house has; with the stranger, the independent learner and the administrator these are the eight kinds.
IN_HOUSE = ("learner", "neighbour", "lead", "coordinator", "auditor", "unit lead", "trainer", "former lead")


def make_house(letter: str, *, story: str, course: Course) -> House:
    now = timezone.now()
    on = timezone.localdate(now)
    law = JurisdictionFactory(code="UK")
    role = ProfessionalRoleFactory(code="R1")
    tag = f"Qx{letter.upper()}"
    agency = AgencyFactory(name=f"{tag} House", slug=f"house-{letter}", jurisdiction=law)
    unit = AgencyFactory(name=f"{tag} Unit", slug=f"unit-{letter}", parent=agency)
    sibling = AgencyFactory(name=f"{tag} Sibling", slug=f"sibling-{letter}", parent=agency)

    def person(what: str, where: Agency) -> User:
        user = UserFactory(
            name=f"{tag} {what.title()}", email=f"{tag}-{what.replace(' ', '-')}@example.org".lower()
        )
        MembershipFactory(
            user=user, agency=where, professional_role=role, staff_number=f"{tag}-{what.replace(' ', '')}"
        )
        return user

    people = {
        what: person(what, {"learner": unit, "unit lead": unit, "neighbour": sibling}.get(what, agency))
        for what in IN_HOUSE
    }
    for what, kind, where in (
        ("lead", Delegation.Kind.LEAD, agency),
        ("coordinator", Delegation.Kind.COORDINATOR, agency),
        ("auditor", Delegation.Kind.AUDITOR, agency),
        ("unit lead", Delegation.Kind.LEAD, unit),
        ("trainer", Delegation.Kind.TRAINER, agency),
    ):
        ends_on = on + timedelta(days=30) if what == "auditor" else None
        DelegationFactory(user=people[what], agency=where, kind=kind, ends_on=ends_on)
    DelegationFactory(
        user=people["former lead"], agency=agency, kind=Delegation.Kind.LEAD, ends_on=on - timedelta(days=1)
    )
    put_in_group(people["trainer"], group=TRAINERS)
    learner = people["learner"]
    certificate = certify(learner, unit, at=now - timedelta(days=400))
    certify(people["neighbour"], sibling, at=now - timedelta(days=30))
    registration = make_registration(learner, unit, at=now)
    attempt = start_attempt(
        learner,
        scenario_slug=story,
        agency=unit,
        registration_uuid=registration.uuid,
        jurisdiction_code="UK",
        at=now,
    )
    recognise(
        people["coordinator"],
        kind="waiver",
        course=course,
        agency=agency,
        starts_on=on,
        ends_on=on + timedelta(days=90),
        reason=f"{tag} recognised for a reason",
        by=people["lead"],
        at=now,
    )
    assignment = assign(agency, course=course, due_on=on + timedelta(days=20), at=now)
    looked_at = ("records", "private_offered", "interpreter_needed", "interpreter_used", "consent_recorded")
    keep_audit(agency, numbers=dict.fromkeys(looked_at, 1), on=on)
    save_template(
        agency,
        make_look(wording={"en-gb": {"footer": f"{tag} at the foot"}}),
        by=people["lead"],
        at=now,
    )
    provider = save_identity_provider(
        agency,
        provider="openid_connect",
        provider_id=f"provider-{letter}",
        name=f"{tag} sign-in",
        client_id="client",
        secret="secret",
        settings={"server_url": f"https://{letter}.example.org"},
        email_domains=f"{letter}.example.org",
    )
    for user in people.values():
        refresh_status(user.pk, at=now)
    house = House(
        agency=agency,
        unit=unit,
        sibling=sibling,
        people=people,
        registration=registration,
        attempt=attempt,
        certificate=certificate,
        provider=provider,
        lrs=create_credential(f"{tag} key", agency=agency, scopes=[Scope.ALL], at=now),
        words={
            "slug": agency.slug,
            "registration": registration.uuid,
            "attempt": attempt.uuid,
            "number": certificate.number,
            "assignment": assignment.uuid,
            "place": learner.memberships.get().uuid,
            "person": learner.uuid,
            "unit": unit.uuid,
            "run": start_import(
                agency,
                content=f"staff number,name\n{tag}-9,{tag} Listed\n".encode(),
                file_name="staff.csv",
                is_complete=False,
                by=people["lead"],
                at=now,
            ).uuid,
            "leave": record_leave(
                people["neighbour"].memberships.get(),
                starts_on=on,
                ends_on=on + timedelta(days=9),
                by=people["lead"],
                at=now,
            ).uuid,
            "delegation": people["trainer"].delegations.get().pk,
            "invitation": invite(
                agency, email=f"{tag}-invited@example.org", name=f"{tag} Invited", by=people["lead"], at=now
            ).uuid,
        },
    )
    house.markers = {
        tag.lower(),
        certificate.number.lower(),
        str(registration.uuid),
        str(attempt.uuid),
        *(user.actor_name.lower() for user in people.values()),
        *(str(user.uuid) for user in people.values()),
    }
    return house


def make_two() -> Two:
    now = timezone.now()
    course = make_course(rules=RULES | {"forms": FORMS}, at=now).course
    make_bank()
    make_lesson("1.3")
    make_lesson("2.3", "Interpreters")
    story = load_scenario(
        read_scenario(settings.BASE_DIR / "content/curriculum/scenarios/early-van.yaml"), at=now
    )
    ensure_groups()
    a = make_house("a", story=story.slug, course=course)
    b = make_house("b", story=story.slug, course=course)
    publish_rules(a.certificate.achievement, by=None, at=now)
    independent = UserFactory(name="Ines Independent")
    MembershipFactory(user=independent, agency=independent_agency(), professional_role=None)
    both = UserFactory(name="Dana Double", email="dana@example.org")
    role = ProfessionalRoleFactory(code="R1")
    MembershipFactory(user=both, agency=a.unit, professional_role=role, staff_number="QxA-dana")
    MembershipFactory(user=both, agency=b.agency, professional_role=role, staff_number="QxB-dana")
    certify(both, b.agency, at=now)
    refresh_status(both.pk, at=now)
    return Two(
        a=a,
        b=b,
        independent=independent,
        administrator=UserFactory(name="Ada Admin", is_superuser=True),
        both=both,
        story=story.slug,
    )
