"""Invented agencies and people for trying Waylight out. Everything goes through the services, as if time had passed."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Jurisdiction, ProfessionalRole, User
from accounts.services import choose_role, confirm_name, create_person, put_in_group
from agencies.models import Agency
from agencies.selectors import agency_by_slug
from agencies.services import add_member, create_agency, delegate, join_independent
from certification.looks import Look, Signatory, template_of
from certification.models import CertificateImage, CertificateTemplateVersion
from certification.pictures import Picture, clean_picture
from certification.services import award_missing, save_template
from compliance import services as compliance
from compliance.receivers import quiet
from config.groups import ensure_groups
from courses import marking
from courses.models import CheckAttempt, CheckItem, Course, Registration
from courses.refresher_selectors import refreshers_of
from courses.selectors import ESSENTIAL, course_by_code, learning_path, scenario_slugs
from courses.services import answer_item, complete_lesson, start_check, start_form, start_refresher
from courses.services.item_statistics import recount_item_statistics, refresh_item_statistics
from records.keys import actor_key
from records.models import Rel, Statement
from scenarios.services import read_as_text, start_attempt

FOLDER = settings.BASE_DIR / "content" / "demo"
PASSWORD = "waylight-demo"  # noqa: S105
# An agency in its first years: many new or under way, many certified, some about to lapse or lapsed.
MIX = ["not_started"] * 6 + ["in_progress"] * 6 + ["certified"] * 5 + ["expiring"] * 2 + ["lapsed"] * 1
# How long ago somebody in each state finished, in days.
FINISHED = {"certified": (5, 290), "expiring": (308, 360), "lapsed": (370, 480)}


@dataclass(frozen=True)
class SignIn:
    email: str
    name: str
    does: str


def _read(name: str) -> Any:
    return yaml.safe_load(Path(FOLDER / name).read_text(encoding="utf-8"))


def load_demo(*, at: datetime, say: Callable[[str], object] = lambda text: None) -> list[SignIn]:
    """Make what is missing and leave what is there. Raises LookupError before the curriculum is loaded."""
    course = course_by_code(ESSENTIAL)
    if course is None:
        raise LookupError(ESSENTIAL)
    before = set(_demo_people().values_list("pk", flat=True))
    with quiet(), _unlogged():
        sign_ins = _load(course, at=at, say=say)
        award_missing(at=at)
        refresh_item_statistics()
        added = _demo_people().exclude(pk__in=before)
        for person in added:
            if person.has_usable_password():
                compliance.register_required(person, at=at)
        compliance.refresh_statuses([person.pk for person in added], at=at)
        if added:
            for root in Agency.objects.filter(is_demo=True, depth=1):
                compliance.rebuild_readiness(root, on=timezone.localdate(at))
                compliance.note_readiness(root, on=timezone.localdate(at))
    return sign_ins


def _demo_people() -> models.QuerySet[User]:
    return User.objects.filter(is_demo=True)


@contextmanager
def _unlogged() -> Iterator[None]:
    """With DEBUG, Django writes down every query, which takes longer than the queries themselves."""
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del connection.make_debug_cursor


def _load(course: Course, *, at: datetime, say: Callable[[str], object]) -> list[SignIn]:
    roles = {role.code: role for role in ProfessionalRole.objects.all()}
    laws = {law.code: law for law in Jurisdiction.objects.all()}
    people = _read("people.yaml")
    ensure_groups()
    dice = random.Random(20261122)  # noqa: S311
    plans: list[tuple[str, str, str, Agency]] = []
    for agency_row in _read("agencies.yaml"):
        for unit, row in _agency(agency_row, course=course, laws=laws, at=at):
            for number in range(1, row["staff"] + 1):
                name = f"{dice.choice(people['first_names'])} {dice.choice(people['last_names'])}"
                plans.append((f"{unit.slug}-{number:02}", name, row["role"], unit))
    for row in people["sign_ins"]:
        _sign_in(row, roles=roles, laws=laws, at=at)
    known = set(_demo_people().values_list("email", flat=True))
    for index, (key, name, role, unit) in enumerate(plans):
        days = {state: dice.randint(*span) for state, span in FINISHED.items()}
        lessons, minute = dice.randint(1, 4), dice.randint(0, 500)
        email = f"{key}@demo.waylight.example"
        if email in known:
            continue
        state = MIX[index * 7 % len(MIX)]
        days_ago = days.get(state, dice.randint(2, 75))
        _member(
            email,
            name=name,
            number=f"{'NP' if key.startswith('north') else 'SB'}-{3000 + index}",
            role=roles[role],
            unit=unit,
            state=state,
            lessons=lessons,
            at=at - timedelta(days=days_ago, minutes=minute),
            now=at,
        )
        if index % 25 == 24:
            say(f"{index + 1} of {len(plans)} people")
    return [SignIn(row["email"], row["name"], row["does"]) for row in people["sign_ins"]]


@transaction.atomic
def _agency(
    row: dict[str, Any], *, course: Course, laws: dict[str, Jurisdiction], at: datetime
) -> list[tuple[Agency, dict[str, Any]]]:
    top = agency_by_slug(row["slug"])
    if top is None:
        top = create_agency(
            row["name"],
            slug=row["slug"],
            jurisdiction=laws[row["jurisdiction"]],
            support_text=row["support"],
            is_demo=True,
        )
        compliance.assign(top, course=course, days=row["days"], at=at)
    if template_of(top) is None:
        # Before the first certificate that anybody there has.
        save_template(top, _look(row["name"], row["certificate"]), by=None, at=at - timedelta(days=600))
    return [
        (
            agency_by_slug(unit["slug"])
            or create_agency(
                unit["name"], slug=unit["slug"], parent=top, support_text=row["support"], is_demo=True
            ),
            unit,
        )
        for unit in row["units"]
    ]


def _picture(name: str) -> Picture | None:
    return clean_picture(Path(FOLDER / "logos" / f"{name}.svg").read_bytes()) if name else None


def _look(agency: str, row: dict[str, Any]) -> Look:
    """How the agency's certificates look. Signatories are invented like everybody else."""
    return Look(
        accent=row["accent"],
        logo=_picture(row["logo"]),
        logo_alt=agency,
        signatories=tuple(
            Signatory(one["name"], one["title"], _picture(one.get("signature", "")))
            for one in row["signatories"]
        ),
        wording=row["wording"],
    )


def _sign_in(
    row: dict[str, Any], *, roles: dict[str, ProfessionalRole], laws: dict[str, Jurisdiction], at: datetime
) -> None:
    if User.objects.filter(email=row["email"]).exists():
        return
    begun = at - timedelta(days=40)
    with transaction.atomic():
        user = create_person(
            row["email"],
            name=row["name"],
            password=PASSWORD,
            is_demo=True,
            is_superuser=row.get("administrator", False),
            verified=True,
        )
        if "group" in row:
            put_in_group(user, group=row["group"])
        if "unit" in row:
            unit = Agency.objects.get(slug=row["unit"])
            add_member(
                user,
                unit,
                professional_role=roles[row["role"]],
                # For those who have not begun the clock starts today, so that no first page says "overdue".
                started_on=(begun - timedelta(days=200) if "state" in row else at).date(),
                staff_number=row.get("number", ""),
            )
            if "delegation" in row:
                delegate(user, unit, kind=row["delegation"], starts_on=begun.date())
            if "state" in row:
                confirm_name(user, name=row["name"], at=begun)
                _learn(user, state=row["state"], lessons=0, at=begun)
        else:
            join_independent(user, on=begun.date())
            if "role" in row:
                choose_role(user, role=roles[row["role"]], jurisdiction=laws[row["jurisdiction"]], at=at)


def _member(
    email: str,
    *,
    name: str,
    number: str,
    role: ProfessionalRole,
    unit: Agency,
    state: str,
    lessons: int,
    at: datetime,
    now: datetime,
) -> None:
    """One person and her past, all or nothing."""
    with transaction.atomic():
        user = create_person(email, name=name, is_demo=True, verified=True)
        joined = at - timedelta(days=3 if state in ("not_started", "in_progress") else 20)
        add_member(user, unit, professional_role=role, started_on=joined.date(), staff_number=number)
        _learn(user, state=state, lessons=lessons, at=at, is_asked=True)
    # The scenario's news arrives after commit, and with it the end of the course.
    with transaction.atomic():
        _answer_after(user, now=now)
        _refresh(user, now=now)


def _learn(user: User, *, state: str, lessons: int, at: datetime, is_asked: bool = False) -> None:
    """Register, and go as far as the state says; whoever is certified finished at `at`.

    Every third of those who are asked answers the questions before the course as well.
    """
    (registration,) = compliance.register_required(user, at=at - timedelta(days=2))
    if state == "not_started":
        return
    dice = random.Random(user.email)  # noqa: S311
    if is_asked and state != "in_progress" and dice.random() < 1 / 3:
        _answer_around(registration, "pre", skill=0.45, dice=dice, at=at - timedelta(days=1, minutes=30))
    units = learning_path(registration).units
    codes = [unit.code for unit in units if unit.kind == "lesson"]
    begun = at - timedelta(days=1)
    for number, code in enumerate(codes[:lessons] if state == "in_progress" else codes):
        complete_lesson(registration, code=code, at=begun + timedelta(minutes=15 * number))
    if state != "in_progress":
        _pass_check(registration, dice=dice, at=at - timedelta(hours=1))
        attempt = start_attempt(
            user,
            scenario_slug=scenario_slugs(registration)[0],
            agency=registration.agency,
            registration_uuid=registration.uuid,
            jurisdiction_code=registration.jurisdiction.code,
            at=at,
        )
        read_as_text(attempt, at=at)


def _answer_after(user: User, *, now: datetime) -> None:
    """At the end and six months later, as far as that is over by now. Not everybody answers a second time."""
    dice = random.Random(f"{user.email}/after")  # noqa: S311
    asked = Registration.objects.filter(
        user=user, satisfied_at__isnull=False, check_attempts__purpose=CheckAttempt.Purpose.BEFORE
    )
    for registration in asked.select_related("course_version", "user"):
        assert registration.satisfied_at is not None  # noqa: S101
        for purpose, days, skill in (("post", 1, 0.8), ("follow-up", 185, 0.65)):
            due = registration.satisfied_at + timedelta(days=days)
            if due <= now and dice.random() < 0.75:
                _answer_around(registration, purpose, skill=skill, dice=dice, at=due)


def _refresh(user: User, *, now: datetime) -> None:
    """The refresher that is due today, on the day on which it came. One in eight has not got round to it."""
    dice = random.Random(f"{user.email}/refresher")  # noqa: S311
    for one in refreshers_of(user, on=timezone.localdate(now)):
        if one.due is None or one.registration.satisfied_at is None or dice.random() < 1 / 8:
            continue
        at = one.registration.satisfied_at + timedelta(days=one.due.day + dice.randrange(3))
        attempt = start_refresher(one.registration, at=min(at, now))
        wrong = [item for item in attempt.items.all() if dice.random() > 0.8]
        _answer(attempt, wrong=wrong, at=min(at, now))


def _pass_check(registration: Registration, *, dice: random.Random, at: datetime) -> None:
    """With a mistake or two, but none in what has to be right."""
    attempt = start_check(registration, at=at)
    items = list(attempt.items.select_related("question_version"))
    wrong = [item for item in items if not item.question_version.must_pass]
    _answer(attempt, wrong=dice.sample(wrong, dice.choice((0, 1, 1, 2))), at=at)


def _answer_around(
    registration: Registration, purpose: str, *, skill: float, dice: random.Random, at: datetime
) -> None:
    attempt = start_form(registration, purpose=purpose, at=at)
    _answer(attempt, wrong=[item for item in attempt.items.all() if dice.random() > skill], at=at)


def _answer(attempt: CheckAttempt, *, wrong: Collection[CheckItem], at: datetime) -> None:
    """All of it right but for these, where the first wrong option shown is chosen."""
    for item in attempt.items.select_related("question_version"):
        version = item.question_version
        chosen = marking.best_answer(version.kind, version.options)
        if item in wrong and version.kind in marking.CHOOSE_ONE:
            chosen = [next(key for key in item.option_order if key not in chosen)]
        answer_item(attempt, position=item.position, answer=chosen, at=at)


@transaction.atomic
def reset_demo() -> int:
    """Take out every invented person and agency with all that hangs on them. How many people that were.

    Certificates and statements refuse to be deleted, and rightly; what was invented is taken out below those guards.
    """
    users = set(User.objects.filter(is_demo=True).values_list("pk", flat=True))
    actors = User.objects.filter(is_demo=True).values_list("actor_name", flat=True)
    agencies = set(Agency.objects.filter(is_demo=True).values_list("pk", flat=True))
    keys = [actor_key({"account": {"homePage": settings.PUBLIC_URL, "name": actor}}) for actor in actors]
    statements = set(Statement.objects.filter(actor_key__in=keys).values_list("pk", flat=True))
    doomed: dict[type[models.Model], set[Any]] = {User: users, Agency: agencies, Statement: statements}
    grown = True
    while grown:
        grown = False
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                target = field.related_model
                if (
                    not field.is_relation
                    or not isinstance(target, type)
                    or target not in doomed
                    or model is Rel
                ):
                    continue
                rows = _pointing(model, field.attname, doomed[target])
                if getattr(field.remote_field, "on_delete", None) is models.SET_NULL:
                    _update(model, field.attname, rows - doomed.get(model, set()))
                    continue
                new = rows - doomed.setdefault(model, set())
                if new:
                    doomed[model] |= new
                    grown = True
    looks = CertificateTemplateVersion.objects.select_related("logo")
    pictures = _named_pictures(looks.filter(pk__in=doomed.get(CertificateTemplateVersion, set())))
    for chunk in _chunks(doomed[Statement]):
        Rel._base_manager.filter(statement_id__in=chunk)._raw_delete("default")
    for model, keys_of in doomed.items():
        for chunk in _chunks(keys_of):
            model._base_manager.filter(pk__in=chunk)._raw_delete("default")
    _forget_pictures(pictures)
    recount_item_statistics()
    return len(users)


def _named_pictures(versions: Iterable[CertificateTemplateVersion]) -> set[str]:
    """The logos and signatures of looks, by their hash."""
    return {
        sha256
        for version in versions
        for sha256 in [
            version.logo.sha256 if version.logo else "",
            *(one["signature"] for one in version.signatories),
        ]
        if sha256
    }


def _forget_pictures(pictures: set[str]) -> None:
    """Pictures of looks that are gone go too; one that another look also shows stays. Their bytes lie in their rows."""
    pictures -= _named_pictures(CertificateTemplateVersion.objects.select_related("logo"))
    CertificateImage._base_manager.filter(sha256__in=pictures)._raw_delete("default")


def _chunks(values: Iterable[Any]) -> list[list[Any]]:
    ordered = list(values)
    return [ordered[start : start + 500] for start in range(0, len(ordered), 500)]


def _pointing(model: type[models.Model], attname: str, targets: Iterable[Any]) -> set[Any]:
    return {
        key
        for chunk in _chunks(targets)
        for key in model._base_manager.filter(**{f"{attname}__in": chunk}).values_list("pk", flat=True)
    }


def _update(model: type[models.Model], attname: str, rows: Iterable[Any]) -> None:
    for chunk in _chunks(rows):
        model._base_manager.filter(pk__in=chunk).update(**{attname: None})
