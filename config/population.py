"""An agency of any size, invented from a seed, to measure with: people, units and years of certificates.

Rows go in by COPY, below the services and their locks: half an hour of awards becomes minutes. So it works on PostgreSQL
only, and everything it makes is marked as a demonstration and carries addresses that lead nowhere.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Jurisdiction, ProfessionalRole, User
from agencies.isolation import across_agencies
from agencies.models import Agency, Membership
from agencies.services import create_agency
from certification.models import Achievement, AchievementCredential, CredentialEvent
from certification.rules import add_months
from certification.services.awards import site_issuer
from compliance.models import Assignment
from courses.models import Course, Registration
from courses.services.curriculum import CourseRow, UnitRow, publish_course

COURSES = 4
# Two years of certificates for each course; the newer one may have run out.
AWARDS = 2
NEVER_STARTED, IN_PROGRESS = 0.12, 0.08


class PopulationError(Exception):
    """Words for the command line."""


@dataclass(frozen=True)
class Made:
    agency: Agency
    units: int
    people: int
    certificates: int


@across_agencies("an invented population")
@transaction.atomic
def make_population(
    slug: str,
    *,
    people: int,
    units: int,
    seed: int,
    at: datetime,
    say: Callable[[str], object] = lambda text: None,
) -> Made:
    """One agency of three levels with so many people. Statuses are left to `refresh_statuses`.

    The same seed on the same day makes the same agency. Raises PopulationError elsewhere than on PostgreSQL, where the slug is
    taken, and for numbers that make no sense.
    """
    if connection.vendor != "postgresql":
        raise PopulationError("Populations of this size are made on PostgreSQL only. Set DATABASE_URL.")
    if Agency.objects.filter(slug=slug).exists():
        raise PopulationError(f"There is an agency {slug} already. Choose another word.")
    if units < 1 or people < 1:
        raise PopulationError("It takes at least one unit and one person.")
    law = Jurisdiction.objects.filter(code="UK").first()
    roles = list(ProfessionalRole.objects.order_by("order")[:8])
    if law is None or not roles:
        raise PopulationError("Load the curriculum first: manage.py load_curriculum")
    dice = random.Random(seed)  # noqa: S311
    # Apart, so that two agencies of one seed are alike and still two.
    ids = random.Random(f"{seed}/{slug}")  # noqa: S311
    on = timezone.localdate(at)
    root = create_agency(f"Population {slug}", slug=slug, jurisdiction=law, is_demo=True)
    courses = _courses(root, at=at)
    places = _units(root, units, slug=slug)
    say(f"{len(places)} units")
    user_ids = _people(slug, people, dice=dice, ids=ids, at=at)
    say(f"{people} people")
    members = _memberships(user_ids, places, roles, dice=dice, ids=ids, on=on)
    certificates = _certificates(members, courses, roles, law, root, dice=dice, ids=ids, on=on, say=say)
    return Made(root, len(places), people, certificates)


def _courses(root: Agency, *, at: datetime) -> list[Course]:
    found = [Course.objects.get(code="ESSENTIAL")]
    rules = {"credit_hours": "1.0", "validity_months": 12, "packs": ["UK"]}
    for number in range(2, COURSES + 1):
        row = CourseRow(
            f"POPULATION-{number}", f"population-{number}", f"Certificate {number}", "essential", "1", "",
            [UnitRow("lesson", "1.3", "First words and first ten minutes", 14)], rules,
        )  # fmt: skip
        found.append(publish_course(row, at=at).course)
        Assignment.objects.create(agency=root, course=found[-1], days=90, made_at=at)
    return found


def _units(root: Agency, number: int, *, slug: str) -> list[Agency]:
    """Ten to twenty below each, three levels deep, the lowest with most of the people."""
    breadth = max(2, round(number ** (1 / 3)) + 1)
    made: list[Agency] = []
    above = [root]
    while len(made) < number:
        level: list[Agency] = []
        for parent in above:
            for step in range(1, breadth + 1):
                if len(made) + len(level) >= number:
                    break
                place = len(made) + len(level) + 1
                level.append(
                    Agency(
                        name=f"Unit {place:04}",
                        slug=f"{slug}-{place:04}",
                        path=Agency._get_path(parent.path, parent.depth + 1, step),
                        depth=parent.depth + 1,
                        is_demo=True,
                    )
                )
            parent.numchild = sum(1 for one in level if one.path.startswith(parent.path))
        Agency.objects.bulk_update([one for one in above if one.pk], ["numchild"], batch_size=500)
        Agency.objects.bulk_create(level, batch_size=500)
        made, above = made + level, level
    return made


class _Rows:
    """Rows of one model for COPY: what all share is said once, the rest by column."""

    def __init__(self, model: type[models.Model], shared: models.Model, columns: Sequence[str]) -> None:
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.names = [field.column for field in fields]
        self.table = model._meta.db_table
        values = [field.get_db_prep_save(field.pre_save(shared, add=True), connection) for field in fields]
        self.shared = [json.dumps(value.obj) if hasattr(value, "obj") else value for value in values]
        self.places = [self.names.index(model._meta.get_field(name).column) for name in columns]  # type: ignore[union-attr]

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        quoted = ", ".join(f'"{name}"' for name in self.names)
        with connection.cursor() as cursor:
            # By way of a table of our own: PostgreSQL does not copy into one that has policies.
            cursor.execute(
                f'CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT {quoted} FROM "{self.table}" WITH NO DATA'  # noqa: S608
            )
            with cursor.copy(f"COPY arriving ({quoted}) FROM STDIN") as copy:
                for values in rows:
                    row = list(self.shared)
                    for place, value in zip(self.places, values, strict=True):
                        row[place] = value
                    copy.write_row(row)
            cursor.execute(f'INSERT INTO "{self.table}" ({quoted}) SELECT {quoted} FROM arriving')  # noqa: S608
            cursor.execute("DROP TABLE arriving")


def _people(slug: str, number: int, *, dice: random.Random, ids: random.Random, at: datetime) -> list[int]:
    first = ["Ana", "Bilal", "Chen", "Dana", "Eva", "Farid", "Grace", "Hana", "Ivo", "Jo", "Kofi", "Lena"]
    last = [
        "Abara",
        "Brandt",
        "Costa",
        "Diallo",
        "Eze",
        "Fox",
        "Garcia",
        "Holm",
        "Ito",
        "Jansen",
        "Khan",
        "Lind",
    ]
    shared = User(is_demo=True, date_joined=at, is_active=True)
    shared.set_unusable_password()
    rows = _Rows(User, shared, ["uuid", "email", "name", "actor_name"])
    rows.write(
        (
            _uuid(ids),
            f"{slug}.{place}@population.example",
            f"{dice.choice(first)} {dice.choice(last)} {place:06}",
            str(_uuid(ids)),
        )
        for place in range(number)
    )
    mine = User.objects.filter(email__startswith=f"{slug}.", email__endswith="@population.example")
    return list(mine.order_by("email").values_list("pk", flat=True))


def _uuid(ids: random.Random) -> uuid.UUID:
    return uuid.UUID(int=ids.getrandbits(128), version=4)


@dataclass(frozen=True)
class _Member:
    user_id: int
    unit: Agency
    role: ProfessionalRole
    started_on: date


def _memberships(
    user_ids: Sequence[int],
    places: Sequence[Agency],
    roles: Sequence[ProfessionalRole],
    *,
    dice: random.Random,
    ids: random.Random,
    on: date,
) -> list[_Member]:
    members = [
        _Member(user_id, dice.choice(places), dice.choice(roles), on - timedelta(days=dice.randint(1, 3_000)))
        for user_id in user_ids
    ]
    shared = Membership(started_on=on)
    rows = _Rows(
        Membership, shared, ["uuid", "user", "agency", "professional_role", "staff_number", "started_on"]
    )
    rows.write(
        (_uuid(ids), one.user_id, one.unit.pk, one.role.pk, f"P{place:06}", one.started_on)
        for place, one in enumerate(members)
    )
    return members


def _certificates(
    members: Sequence[_Member],
    courses: Sequence[Course],
    roles: Sequence[ProfessionalRole],
    law: Jurisdiction,
    root: Agency,
    *,
    dice: random.Random,
    ids: random.Random,
    on: date,
    say: Callable[[str], object],
) -> int:
    issuer = site_issuer()
    achievements = {
        (course.pk, role.pk): Achievement.objects.get_or_create(
            course=course, professional_role=role, jurisdiction=law, defaults={"issuer": issuer}
        )[0]
        for course in courses
        for role in roles
    }
    number = 0
    open_ones: list[tuple[Any, ...]] = []
    for course in courses:
        version = course.versions.get(number=course.versions.count())
        credentials: list[tuple[Any, ...]] = []
        for one in members:
            fate = dice.random()
            if fate < NEVER_STARTED + IN_PROGRESS:
                began = _moment(one.started_on + timedelta(days=1)) if fate > NEVER_STARTED else None
                open_ones.append(
                    (
                        _uuid(ids),
                        one.user_id,
                        one.unit.pk,
                        version.pk,
                        one.role.pk,
                        _moment(one.started_on),
                        began,
                    )
                )
                continue
            issued_on = on - timedelta(days=dice.randint(0, 430))
            for back in range(AWARDS - 1, -1, -1):
                day = add_months(issued_on, -11 * back)
                ends = add_months(day, 12) - timedelta(days=1)
                credentials.append(
                    (
                        _uuid(ids),
                        f"WP-{_uuid(ids).hex[:20].upper()}",
                        "award" if back == AWARDS - 1 else "renewal",
                        achievements[course.pk, one.role.pk].pk,
                        one.user_id,
                        _uuid(ids),
                        one.unit.pk,
                        one.role.code,
                        one.role.name[:120],
                        _moment(day),
                        day,
                        ends,
                    )
                )
        shared = AchievementCredential(
            achievement_id=0, user_id=0, agency_id=root.pk, issuer_name=issuer.name, agency_name=root.name,
            holder_name="", jurisdiction_code=law.code, jurisdiction_name=law.name, pack_name="UK",
            course_code=course.code, course_title=course.title, course_version=version.label, content_versions={},
            credit_hours=1, issued_at=timezone.now(), issued_on=on, valid_until=on,
        )  # fmt: skip
        _Rows(
            AchievementCredential,
            shared,
            ["uuid", "number", "kind", "achievement", "user", "registration_uuid", "agency", "role_code", "role_name",
             "issued_at", "issued_on", "valid_until"],
        ).write(credentials)  # fmt: skip
        number += len(credentials)
        say(f"{number} certificates")
    _Rows(
        Registration,
        Registration(jurisdiction=law),
        ["uuid", "user", "agency", "course_version", "professional_role", "registered_at", "started_at"],
    ).write(open_ones)
    _events(root)
    return number


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def _events(root: Agency) -> None:
    """Each was issued, and each but the newest replaced by the one after it."""
    mine = "SELECT id FROM agencies_agency WHERE path LIKE %s"
    table, credentials = CredentialEvent._meta.db_table, AchievementCredential._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (uuid, kind, at, reason, detail, credential_id, by_id, other_id)"  # noqa: S608
            f" SELECT gen_random_uuid(), 'issued', issued_at, '', '{{}}', id, NULL, NULL FROM {credentials}"
            f" WHERE agency_id IN ({mine})",
            [f"{root.path}%"],
        )
        cursor.execute(
            f"INSERT INTO {table} (uuid, kind, at, reason, detail, credential_id, by_id, other_id)"  # noqa: S608
            f" SELECT gen_random_uuid(), 'superseded', later_at, '', '{{}}', id, NULL, later FROM ("
            f" SELECT id, lead(id) OVER place AS later, lead(issued_at) OVER place AS later_at FROM {credentials}"
            f" WHERE agency_id IN ({mine}) WINDOW place AS (PARTITION BY user_id, achievement_id ORDER BY issued_at)"
            f") AS pairs WHERE later IS NOT NULL",
            [f"{root.path}%"],
        )
        cursor.execute("ANALYZE")
