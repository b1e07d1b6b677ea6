"""Every road into the site, walked by everybody: a new one without a declared expectation fails.

The columns are: a stranger, a learner (whose things are asked for), a trainer, the lead of her agency, the lead of another
agency, an administrator of the site.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.services import put_in_group
from agencies.models import Delegation
from agencies.staff_import import start_import
from certification.services import publish_rules
from compliance.services import assign
from config.groups import TRAINERS, ensure_groups
from scenarios.reading import read_scenario
from scenarios.services import load_scenario, start_attempt
from tests.factories.accounts import PASSWORD, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import DelegationFactory, MembershipFactory
from tests.factories.compliance import certify
from tests.factories.courses import FORMS, RULES, make_bank, make_course, make_lesson, make_registration

EVERYBODY = ("stranger", "learner", "trainer", "lead", "other_lead", "administrator")

# in: shown. login: asked to sign in. none: as if it did not exist. post: by POST only. go: sent on. no: refused.
PUBLIC = "in in in in in in"
GO = "go go go go go go"
MEMBERS = "login in in in in in"
POST = "post post post post post post"
MEMBERS_POST = "login post post post post post"
OWN = "login in none none none none"
OWN_GO = "login go none none none none"
OWN_POST = "login post post post post post"
LEADS = "login none none in none none"
NOBODY = "none none none none none none"

FOR_LEADS = {
    "certification:sign",
    "certification:withdraw_recognition",
    "compliance:save_view",
    "compliance:remove_view",
    "agencies:leave_end",
    "agencies:role_end",
    "agencies:invitation_change",
}
EXPECTED = {
    "accounts:settings": MEMBERS,
    "accounts:name": MEMBERS,
    "accounts:role": MEMBERS,
    "accounts:preferences": POST,
    "accounts:own_data": MEMBERS,
    # Ask for the password again first.
    "accounts:own_data_file": "login go go go go go",
    "accounts:delete": "login go go go go go",
    "compliance:my_training": MEMBERS,
    "compliance:start": MEMBERS_POST,
    "compliance:start_module": MEMBERS_POST,
    "compliance:as_they_see_it": MEMBERS,
    # To the one agency that somebody leads; nothing for anybody else.
    "compliance:my_agency": "login none none go go none",
    "compliance:agency": LEADS,
    "compliance:staff_csv": LEADS,
    "compliance:overview": LEADS,
    "compliance:save_view": MEMBERS_POST,
    "compliance:remove_view": MEMBERS_POST,
    "compliance:my_reminders": MEMBERS,
    # By its unguessable address, which the walk does not know.
    "compliance:stop_mail": NOBODY,
    "compliance:agency_reminders": LEADS,
    "compliance:preview_mail": LEADS,
    "compliance:assignments": LEADS,
    "compliance:new_assignment": LEADS,
    "compliance:change_assignment": LEADS,
    "compliance:end_assignment": LEADS,
    "agencies:sign_in": NOBODY,
    # By its unguessable address, which the walk does not know.
    "agencies:join": NOBODY,
    "agencies:people": LEADS,
    "agencies:place_change": LEADS,
    "agencies:leave_end": OWN_POST,
    "agencies:units": LEADS,
    "agencies:unit": LEADS,
    "agencies:roles": LEADS,
    "agencies:log": LEADS,
    "agencies:role_end": OWN_POST,
    "agencies:invitations": LEADS,
    "agencies:invitation_change": OWN_POST,
    "agencies:imports": LEADS,
    # To the columns first.
    "agencies:import": "login none none go none none",
    "agencies:import_columns": LEADS,
    "agencies:import_problems": LEADS,
    # Back to the list, which was not applied.
    "agencies:import_undo": "login none none go none none",
    "compliance:person": LEADS,
    # Back to one's training, because nothing is open to answer.
    "courses:attitudes": "login go go go go go",
    "courses:reaction": "login go go go go go",
    "courses:audit": LEADS,
    # Not before the course is finished.
    "courses:refresher": "login none none none none none",
    "courses:refresher_item": OWN_GO,
    "courses:refresher_by_mail": NOBODY,
    "courses:refresher_item_by_mail": NOBODY,
    "courses:lesson_by_code": "login go go go go go",
    "courses:course": OWN,
    "courses:lesson": OWN,
    "courses:card": OWN,
    "courses:lesson_done": OWN_POST,
    "courses:activity": OWN_POST,
    "courses:check": OWN,
    "courses:check_item": OWN_GO,
    "courses:scenario": OWN,
    "courses:form": OWN,
    # Not before they are begun.
    "courses:form_item": OWN_GO,
    "courses:leave_out": OWN_POST,
    "scenarios:profile": PUBLIC,
    "scenarios:library": MEMBERS,
    "scenarios:start": MEMBERS_POST,
    "scenarios:play": OWN,
    "scenarios:text": OWN,
    # Not before the end of the story.
    "scenarios:debrief": OWN_GO,
    "scenarios:others": OWN_GO,
    "scenarios:again": OWN_POST,
    "scenarios:act": OWN_POST,
    # By its unguessable address, which the walk does not know.
    "content:report": PUBLIC,
    "content:report_state": NOBODY,
    "certification:verify": PUBLIC,
    "certification:verify_number": PUBLIC,
    "certification:detail": OWN,
    # Asks for the name on it first.
    "certification:pdf": OWN_GO,
    "certification:file": OWN_GO,
    "certification:transcript": MEMBERS,
    # Nothing earned, or a name not confirmed: back to the page that says so.
    "certification:transcript_file": "login go go go go go",
    "certification:links": OWN_GO,
    "certification:withdraw_link": OWN_POST,
    "certification:reveals": OWN,
    "certification:wallet": OWN_GO,
    # By its unguessable address, which the walk does not know.
    "certification:shared": NOBODY,
    "certification:verify_file": PUBLIC,
    "certification:verify_many": PUBLIC,
    "certification:did": PUBLIC,
    "certification:status_list": PUBLIC,
    "certification:way": OWN,
    "certification:sign_offs": LEADS,
    "certification:sign": OWN_POST,
    "certification:licences": MEMBERS,
    # Only whom the change touches.
    "certification:legal_update": "login none none none none none",
    "certification:recognitions": LEADS,
    "certification:withdraw_recognition": OWN_POST,
    "certification:completions": LEADS,
    "certification:agency_template": LEADS,
    "certification:agency_template_preview": LEADS,
    "certification:name": OWN_POST,
    "certification:shares": OWN_POST,
    "content:search": PUBLIC,
    "content:resources": PUBLIC,
    "records:about": PUBLIC,
    # For programs with a key of their own; a person's session opens nothing.
    "records:statements": "401 401 401 401 401 401",
    "records:state": "401 401 401 401 401 401",
    "records:not_here": NOBODY,
    "wagtaildocs_serve": NOBODY,
    "wagtaildocs_authenticate_with_password": NOBODY,
    "wagtailcore_authenticate_with_password": NOBODY,
    # To the one sign-in page, never Wagtail's own.
    "page_login": "login login login login login login",
    "wagtailcore_login": "login login login login login login",
    "favicon": "go go go go go go",
    "robots": PUBLIC,
    "wagtail_serve": NOBODY,
}


def roads(patterns, namespace="", route=""):
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield ":".join(filter(None, (namespace, pattern.name or ""))), here
        else:
            yield from roads(
                pattern.url_patterns, ":".join(filter(None, (namespace, pattern.namespace or ""))), here
            )


ROADS = list(roads(get_resolver().url_patterns))
OUR_ROADS = [name for name, route in ROADS if not route.startswith(("admin/", "accounts/"))]


@pytest.fixture
def world(northgate, brannoc, amina, ben, chidi):
    now = timezone.now()
    make_course(rules=RULES | {"forms": FORMS}, at=now)
    make_bank()
    make_lesson("1.3")
    make_lesson("2.3", "Interpreters")
    story = load_scenario(
        read_scenario(settings.BASE_DIR / "content/curriculum/scenarios/early-van.yaml"), at=now
    )
    credential = certify(amina, northgate, at=now - timedelta(days=400))
    publish_rules(credential.achievement, by=None, at=now)
    registration = make_registration(amina, northgate, at=now)
    attempt = start_attempt(
        amina,
        scenario_slug=story.slug,
        agency=northgate,
        registration_uuid=registration.uuid,
        jurisdiction_code="UK",
        at=now,
    )
    trainer = UserFactory(name="Tova Trainer")
    MembershipFactory(user=trainer, agency=northgate, professional_role=ProfessionalRoleFactory(code="R1"))
    DelegationFactory(user=trainer, agency=northgate, kind=Delegation.Kind.TRAINER)
    ensure_groups()
    put_in_group(trainer, group=TRAINERS)
    people = {
        "stranger": None,
        "learner": amina,
        "trainer": trainer,
        "lead": ben,
        "other_lead": chidi,
        "administrator": UserFactory(name="Ada Admin", is_superuser=True),
    }
    words = {
        "slug": northgate.slug,
        "registration": registration.uuid,
        "attempt": attempt.uuid,
        "code": "1.3",
        "activity": "first",
        "position": 1,
        "purpose": "pre",
        "action": "pause",
        "number": credential.number,
        "kind": "json",
        "mail": "digest",
        "place": amina.memberships.get().uuid,
        "person": amina.uuid,
        "what": "correct",
        "unit": northgate.uuid,
        "run": start_import(
            northgate,
            content=b"staff number,name\nNP-1,One Person\n",
            file_name="staff.csv",
            is_complete=False,
            by=ben,
            at=now,
        ).uuid,
        "leave": attempt.uuid,
        "delegation": ben.delegations.get().pk,
        "invitation": attempt.uuid,
        "assignment": assign(northgate, course=registration.course_version.course, days=60, at=now).uuid,
    }
    special = {
        "certification:legal_update": {"update": attempt.uuid},
        "certification:status_list": {"list_number": 1, "purpose": "revocation"},
        "scenarios:start": {"slug": story.slug},
        "courses:attitudes": {"point": "later"},
        "courses:reaction": {"course": "ESSENTIAL"},
        "certification:shared": {"secret": "nobody-knows"},
        "certification:withdraw_link": {"number": credential.number, "link": attempt.uuid},
        "content:report_state": {"number": attempt.uuid},
        "wagtail_serve": ("no-such-page/",),
        "wagtaildocs_serve": (1, "x.pdf"),
    }
    return people, words, special


def address(name: str, words: dict, special: dict) -> str:
    if name in special:
        given = special[name]
        return reverse(name, kwargs=given) if isinstance(given, dict) else reverse(name, args=given)
    route = next(route for known, route in ROADS if known == name)
    names = re.findall(r"<(?:\w+:)?(\w+)>", route)
    return reverse(name, kwargs={key: words.get(key, 1) for key in names})


def client_of(person) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_there_is_one_way_in(client, db):
    """Wagtail's own pages would sign in without throttle and second step."""
    person = UserFactory(is_superuser=True)
    for url in ("/admin/login/", "/_util/login/", "/admin/password_reset/"):
        assert client.get(url).status_code == 302
        client.post(url, {"username": person.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session


def test_who_may_not_open_the_admin_is_told_so_and_not_sent_in_circles(amina):
    client = client_of(amina)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert client_of(None).get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


def outcome(response) -> str:
    if response.status_code in (301, 302, 303):
        return "login" if response.url.startswith("/accounts/login/") else "go"
    return {200: "in", 403: "no", 404: "none", 405: "post"}.get(
        response.status_code, str(response.status_code)
    )


def test_every_road_has_a_declared_expectation():
    undeclared = sorted(set(OUR_ROADS) - set(EXPECTED) - {""})
    assert not undeclared, f"Say in EXPECTED who may open: {', '.join(undeclared)}"
    gone = sorted(set(EXPECTED) - set(OUR_ROADS))
    assert not gone, f"No longer a road: {', '.join(gone)}"
    assert all(len(line.split()) == len(EVERYBODY) for line in EXPECTED.values())


def test_everybody_gets_what_is_declared(world):
    people, words, special = world
    clients = {who: client_of(person) for who, person in people.items()}
    wrong = []
    for name, line in EXPECTED.items():
        for who, expected in zip(EVERYBODY, line.split(), strict=True):
            url = address(name, words, special)
            found = outcome(clients[who].get(url, headers={"x-experience-api-version": "1.0.3"}))
            if found != expected:
                wrong.append(f"{name} for {who}: {found}, not {expected} ({url})")
    assert not wrong, "\n".join(wrong)


def test_what_is_by_post_for_others_changes_nothing_of_hers(world):
    """The same roads by POST: nobody else's session gets further than the learner's own would let her."""
    people, words, special = world
    wrong = []
    for who in ("stranger", "trainer", "lead", "other_lead", "administrator"):
        client = client_of(people[who])
        for name, line in EXPECTED.items():
            if line in (OWN_POST, OWN, OWN_GO) and "start" not in name and name not in FOR_LEADS:
                found = outcome(client.post(address(name, words, special), {"note": "x"}))
                if found not in ("login", "none", "post"):
                    wrong.append(f"{name} by {who}: {found}")
    assert not wrong, "\n".join(wrong)


def _sample(route: str) -> str:
    """An address for a pattern of somebody else's, with plausible parts."""
    path = re.sub(r"<int:\w+>", "1", route)
    path = re.sub(r"<uuid:\w+>", "7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a11", path)
    path = re.sub(r"<(?:\w+:)?\w+>", "1", path)
    path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", path)
    path = re.sub(r"\((?:[^()]|\([^()]*\))*\)", "1", path)
    return "/" + re.sub(r"[\^$\\?]", "", path)


# Wagtail breaks on purpose there, to try out error reports.
ON_PURPOSE = {"/admin/failwhale/"}
ADMIN = sorted({_sample(route) for name, route in ROADS if route.startswith("admin/")} - ON_PURPOSE)
SIGN_IN = sorted({_sample(route) for name, route in ROADS if route.startswith("accounts/")})


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_admin_is_for_trainers_and_administrators(world, who):
    people, *_ = world
    client = client_of(people[who])
    # Signing in and out of the admin, and its translations, are open to everybody.
    open_roads = (
        "/admin/login/",
        "/admin/logout/",
        "/admin/jsi18n/",
        "/admin/sprite",
        "/admin/password_reset/",
    )
    wrong = []
    for url in ADMIN:
        if url.endswith("/set_position/"):
            # Wagtail answers it only for a page that has a parent, and the first page of the tree has none.
            continue
        response = client.get(url)
        if response.status_code >= 500:
            wrong.append(f"{url} for {who}: {response.status_code}")
        if (
            who not in ("trainer", "administrator")
            and not url.startswith(open_roads)
            and response.status_code == 200
        ):
            wrong.append(f"{url} is open to {who}")
    assert not wrong, "\n".join(wrong)
    if who == "trainer":
        for url in ("/admin/users/", "/admin/settings/", "/admin/snippets/agencies/agency/"):
            assert client.get(url).status_code != 200, f"{url} is open to a trainer"


@pytest.mark.parametrize("who", EVERYBODY)
def test_signing_in_never_breaks_and_shows_nobody_else(world, who):
    people, *_ = world
    for url in SIGN_IN:
        # A fresh browser each time: signing out is one of the roads.
        response = client_of(people[who]).get(url)
        assert response.status_code < 500, f"{url} for {who}: {response.status_code}"
        if who != "learner":
            assert b"amina@northgate.example" not in response.content


def test_no_road_is_missing_a_name():
    ours = [
        route
        for name, route in ROADS
        if not name.split(":")[-1] and not route.startswith(("admin/", "accounts/"))
    ]
    # Media files are served by Django in development only.
    assert [route for route in ours if "media" not in route] == []
