"""Nobody reads anything of another agency: every road, by everybody, in two agencies; exports and mails included.

What is somebody else's answers exactly as what does not exist. A road that leads to a thing has to say whose it is.
"""

import io
import re
import uuid
import zipfile
from contextlib import suppress
from urllib.parse import quote, quote_plus

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from wagtail.snippets.models import get_snippet_models

from accounts.choosers import GuardedChooserViewSet
from accounts.own_data import own_data_of
from compliance.models import ComplianceStatus
from courses.models import Registration
from tests.factories.records import headers_of
from tests.test_every_url import ADMIN, ROADS, client_of
from tests.two_agencies import House, Two, make_two

# Whose a thing is that a road leads to, by the road's name:
# own - hers alone who did it; staff - who may read that agency's staff; leads - its leads; public - anybody, on purpose;
# shared - belongs to no agency; secret - by an address that nobody can guess.
WHOSE = {
    "compliance:start_module": "shared",
    "compliance:agency": "staff",
    "compliance:staff_csv": "staff",
    "compliance:overview": "staff",
    "compliance:save_view": "staff",
    "compliance:remove_view": "staff",
    "compliance:stop_mail": "secret",
    "compliance:agency_reminders": "staff",
    "compliance:preview_mail": "staff",
    "compliance:assignments": "staff",
    "compliance:new_assignment": "assigns",
    "compliance:change_assignment": "assigns",
    "compliance:end_assignment": "assigns",
    "courses:attitudes": "shared",
    "courses:reaction": "shared",
    "courses:lesson_by_code": "shared",
    "courses:audit": "leads",
    "courses:refresher_by_mail": "secret",
    "courses:refresher_item_by_mail": "secret",
    "scenarios:start": "shared",
    "certification:legal_update": "shared",
    "certification:transcript_file": "shared",
    "certification:sign_offs": "leads",
    "certification:sign": "leads",
    "certification:recognitions": "staff",
    "certification:withdraw_recognition": "leads",
    "certification:completions": "leads",
    "certification:agency_template": "leads",
    "certification:agency_template_preview": "leads",
    "certification:shared": "secret",
    "certification:status_list": "public",
    "certification:verify_number": "public",
    "records:not_here": "shared",
    # Names an agency's sign-in to whoever knows its address word: it has to, before anybody is signed in.
    "agencies:sign_in": "public",
    "agencies:join": "secret",
    "agencies:people": "staff",
    "agencies:units": "staff",
    "agencies:unit": "leads",
    "agencies:roles": "leads",
    "agencies:role_end": "leads",
    "agencies:log": "log",
    "agencies:place_change": "assigns",
    "agencies:leave_end": "assigns",
    "agencies:invitations": "assigns",
    "agencies:invitation_change": "assigns",
    "agencies:imports": "assigns",
    "agencies:import": "assigns",
    "agencies:import_columns": "assigns",
    "agencies:import_problems": "assigns",
    "agencies:import_undo": "assigns",
    "compliance:person": "staff",
    "content:report_state": "secret",
    "wagtaildocs_serve": "shared",
    "wagtaildocs_authenticate_with_password": "shared",
    "wagtailcore_authenticate_with_password": "shared",
    "wagtail_serve": "shared",
}
# Things that are one person's own wherever they stand in an address.
OWN_THINGS = {"registration", "attempt", "number"}
MAY = {
    "staff": {"lead", "coordinator", "auditor"},
    "leads": {"lead"},
    "assigns": {"lead", "coordinator"},
    "log": {"lead", "auditor"},
}
PLAIN = {
    "code": "1.3",
    "activity": "first",
    "position": 1,
    "purpose": "pre",
    "action": "pause",
    "kind": "json",
    "what": "correct",
    "mail": "digest",
}
OTHERWISE = {
    "certification:legal_update": {"update": "7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a11"},
    "certification:status_list": {"list_number": 1, "purpose": "revocation"},
    "certification:file": {"kind": "json"},
    "certification:transcript_file": {"kind": "pdf"},
    "courses:attitudes": {"point": "later"},
    "courses:reaction": {"course": "ESSENTIAL"},
    "certification:withdraw_link": {"link": "7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a11"},
    "content:report_state": {"number": "7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a11"},
}
ANYWHERE = ("wagtail_serve", "wagtaildocs_serve", "records:not_here")
OURS = {
    name: route
    for name, route in ROADS
    if not route.startswith(("admin/", "accounts/", "^")) and "/" in route and name not in ANYWHERE
}
NOTHING = {
    "slug": "no-such-thing",
    "registration": uuid.UUID("7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a12"),
    "attempt": uuid.UUID("7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a13"),
    "number": "WL-0000-0000-0000",
    **dict.fromkeys(
        ("assignment", "place", "person", "unit", "run", "leave", "invitation"),
        uuid.UUID("7f1b9a52-4ad4-4f9e-9f4e-0e3d3f0c4a14"),
    ),
    "delegation": 999_999,
}


def arguments(route: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", route)


def whose(name: str) -> str:
    if name in WHOSE:
        return WHOSE[name]
    named = set(arguments(OURS.get(name, "")))
    return "own" if named & OWN_THINGS else "" if named else "none"


def address(name: str, words: dict, two: Two) -> str:
    given = PLAIN | words | OTHERWISE.get(name, {})
    if name == "scenarios:start":
        given["slug"] = two.story
    return reverse(name, kwargs={key: given.get(key, 1) for key in arguments(OURS[name])})


def text_of(response) -> str:
    """Everything that can be read in an answer, whatever kind of file it is."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.get("Content-Type", "")
    found = [
        str({name: value for name, value in response.items() if name not in ("Content-Length", "Expires")})
    ]
    if "pdf" in kind:
        found += [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]
    if "zip" in kind or body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            found += [file.read(name).decode(errors="replace") for name in file.namelist()]
    found.append(body.decode(errors="replace"))
    return "\n".join(found)


def plain(text: str, *said: object) -> str:
    """Without what differs by itself: the address asked for, and tokens of a form."""
    # Not a bare number: it stands in every page.
    words = {str(word) for word in said if not isinstance(word, int)}
    for one in sorted(words, key=len, reverse=True):
        text = text.replace(one, "…")
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+|(csrftoken=|sessionid=)[^;\']+', r"\1", text)


def foreign_to(two: Two, house: House | None) -> set[str]:
    """What somebody of this house, or of none, never reads."""
    houses = [one for one in (two.a, two.b) if one is not house]
    return set().union(*(one.markers for one in houses))


def read_words(text: str, words: set[str]) -> set[str]:
    lowered = text.lower()
    return {word for word in words if word in lowered}


@pytest.fixture
def two(db) -> Two:
    return make_two()


def test_every_road_to_a_thing_says_whose_it_is():
    silent = sorted(name for name in OURS if not whose(name))
    assert not silent, f"Say in WHOSE, and put its things into tests/two_agencies.py: {', '.join(silent)}"
    gone = sorted(set(WHOSE) - set(OURS) - set(ANYWHERE))
    assert not gone, f"No longer a road: {', '.join(gone)}"


ACTORS = (
    "stranger",
    "independent",
    "administrator",
    *(
        f"{who} of {letter}"
        for letter in "ab"
        for who in ("learner", "lead", "coordinator", "auditor", "unit lead", "trainer", "former lead")
    ),
)


@pytest.mark.parametrize("who", ACTORS)
def test_nobody_reads_a_word_of_another_agency(two, who):
    """Every road, and by every road the things of both agencies and one that does not exist."""
    person, house = two.actors()[who]
    client = client_of(person)
    foreign = foreign_to(two, house)
    wrong = []
    for name in OURS:
        rule = whose(name)
        for target in (two.a, two.b) if rule not in ("none", "shared", "secret") else (two.a,):
            url = address(name, target.words, two)
            for ask in (client.get, client.post):
                response = ask(url)
                text = plain(text_of(response), url, *target.words.values())
                if response.status_code >= 500:
                    wrong.append(f"{ask.__name__} {name} of {target.agency.slug}: {response.status_code}")
                if rule != "public" and (leak := read_words(text, foreign)):
                    wrong.append(f"{ask.__name__} {name} of {target.agency.slug} shows {sorted(leak)[:3]}")
                if rule not in ("own", *MAY):
                    continue
                nothing = address(name, NOTHING, two)
                same = ask(nothing)
                if target is house and rule != "own":
                    may = who.rpartition(" of ")[0] in MAY[rule]
                    if (
                        may
                        and response.status_code == 404
                        and ask == client.get
                        and response.status_code != same.status_code
                    ):
                        wrong.append(f"{name} is closed to its own {who}")
                    if may:
                        continue
                if target is house and rule == "own" and person == target.people["learner"]:
                    continue
                expected = plain(text_of(same), nothing, *NOTHING.values())
                if (response.status_code, text) != (same.status_code, expected):
                    wrong.append(
                        f"{ask.__name__} {name} of {target.agency.slug}: {response.status_code}, and {same.status_code} for what does not exist"
                    )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["trainer of a", "lead of a", "independent"])
def test_the_admin_shows_nobody_of_an_agency_to_who_is_no_administrator(two, who):
    """Trainers write for the site: they see which agencies there are and who writes with them, and no other person."""
    person, _house = two.actors()[who]
    client = client_of(person)
    people = {
        word.lower()
        for house in (two.a, two.b)
        for what, one in house.people.items()
        if what != "trainer" and one != person
        for word in (one.name, one.email, one.actor_name, str(one.uuid))
    } | {
        word
        for house in (two.a, two.b)
        for word in (house.certificate.number.lower(), str(house.attempt.uuid))
    }
    wrong = []
    for url in ADMIN:
        if url.endswith("/set_position/"):
            continue
        if shown := read_words(plain(text_of(client.get(url)), url), people):
            wrong.append(f"{url} shows {sorted(shown)[:3]}")
    assert not wrong, "\n".join(wrong)


def test_choosers_of_what_belongs_to_people_are_open_to_who_may_see_the_list(two):
    trainer, administrator = client_of(two.a.people["trainer"]), client_of(two.administrator)
    for model in get_snippet_models():
        if not getattr(model, "personal_data", ()):
            continue
        chooser = model.snippet_viewset.chooser_viewset
        assert isinstance(chooser, GuardedChooserViewSet), f"{model._meta.label}: see accounts.choosers"
        policy = model.snippet_viewset.permission_policy
        closed = not policy.user_has_any_permission(two.a.people["trainer"], ["view", "change"])
        for name in ("choose", "choose_results"):
            url = reverse(chooser.get_url_name(name))
            assert (trainer.get(url).status_code == 302) == closed, url
            assert administrator.get(url).status_code == 200, url


@pytest.mark.parametrize("who", ["lead", "coordinator", "unit lead"])
def test_by_the_address_of_ones_own_agency_nothing_of_another_opens(two, who):
    """Her own slug with somebody else's place, person, unit, list or invitation: as if there were no such thing."""
    house, other = two.a, two.b
    client = client_of(house.people[who])
    own = house.unit.slug if who == "unit lead" else house.agency.slug
    wrong = []
    for name, route in OURS.items():
        named = set(arguments(route)) - {"slug"}
        if whose(name) not in MAY or not named & set(other.words):
            continue
        url = address(name, other.words | {"slug": own}, two)
        nothing = address(name, NOTHING | {"slug": own}, two)
        for ask in (client.get, client.post):
            response, same = ask(url), ask(nothing)
            text = plain(text_of(response), url, *other.words.values())
            if (response.status_code, text) != (
                same.status_code,
                plain(text_of(same), nothing, *NOTHING.values()),
            ) or read_words(text, other.markers):
                wrong.append(f"{ask.__name__} {name}: {response.status_code}, {same.status_code} for nothing")
    assert not wrong, "\n".join(wrong)


def test_what_people_take_away_holds_nothing_of_another_agency(two):
    """Everything that is kept about a person, and her transcript in every form."""
    at = timezone.now()
    for house in (two.a, two.b):
        foreign = foreign_to(two, house)
        for what, person in house.people.items():
            for file, content in own_data_of(person, at=at).items():
                assert not read_words(content.decode(errors="replace"), foreign), f"{file} of {what}"
        client = client_of(house.people["learner"])
        for kind in ("json", "pdf", "csv"):
            response = client.get(f"/certificates/transcript/transcript.{kind}")
            assert not read_words(text_of(response), foreign), kind


def test_a_file_of_the_staff_holds_the_same_people_as_the_screen_and_no_filter_widens_it(two):
    for house in (two.a, two.b):
        other = two.other(house)
        client = client_of(house.people["lead"])
        for query in (
            "",
            f"?unit={other.agency.slug}",
            f"?unit={other.unit.pk}",
            f"?words={other.people['learner'].name}",
            f"?q={other.people['learner'].email}",
            "?sort=agency__path&page=99999",
        ):
            for name in ("compliance:agency", "compliance:staff_csv"):
                text = text_of(client.get(reverse(name, args=[house.agency.slug]) + query))
                said = re.split("[=&]", query[1:])
                shown = read_words(
                    plain(text, query, *said, *map(quote, said), *map(quote_plus, said)), other.markers
                )
                assert not shown, f"{name}{query} shows {shown}"


def test_no_mail_names_anything_of_an_agency_that_its_reader_does_not_work_for(two):
    for command in settings.SCHEDULE:
        call_command(command, verbosity=0)
    houses = {user.email: house for house in (two.a, two.b) for user in house.people.values()}
    for message in mail.outbox:
        (reader,) = message.to
        said = f"{message.subject} {message.body} {[part for part, _kind in getattr(message, 'alternatives', [])]}"
        assert not read_words(said.replace(reader, ""), foreign_to(two, houses.get(reader))), message.subject


def test_a_key_of_an_agency_reads_its_own_outcomes_and_none_of_anothers(two):
    client = Client()
    for house in (two.a, two.b):
        credential, secret = house.lrs
        for query in ("", "?ascending=true", f"?registration={two.other(house).registration.uuid}"):
            response = client.get(f"/xapi/statements{query}", headers={**headers_of(credential.key, secret)})
            assert response.status_code == 200
            assert not read_words(plain(text_of(response), query), two.other(house).markers)
        (some,) = {
            bool(
                client.get("/xapi/statements", headers=headers_of(credential.key, secret)).json()[
                    "statements"
                ]
            )
        }
        assert some, "Its own outcomes are there, or the test would prove nothing."


def test_a_course_that_two_agencies_share_shows_each_only_what_was_done_under_it(two):
    """As IOMAD once did not (its issue 2627): the course is the same, the completions are not."""
    course = two.a.registration.course_version.course
    assert course == two.b.registration.course_version.course
    text = text_of(
        client_of(two.a.people["lead"]).get(reverse("compliance:staff_csv", args=[two.a.agency.slug]))
    )
    (line,) = [line for line in text.splitlines() if line.startswith("Dana Double")]
    # Certified where she works too, which is nobody's business here until she shares it.
    assert "QxA-dana" in line
    assert "Certified" not in line
    theirs = text_of(
        client_of(two.b.people["lead"]).get(reverse("compliance:staff_csv", args=[two.b.agency.slug]))
    )
    (line,) = [line for line in theirs.splitlines() if line.startswith("Dana Double")]
    assert "QxB-dana" in line
    assert "Certified" in line
    assert not Registration.objects.filter(
        user=two.both, agency__path__startswith=two.a.agency.path, satisfied_at__isnull=False
    )
    assert {row.state for row in ComplianceStatus.objects.filter(user=two.both).order_by("agency")} == {
        "not_started",
        "certified",
    }


def test_who_leads_a_unit_sees_neither_the_units_beside_it_nor_those_above(two):
    """As IOMAD once did not (its issue 2168): a report follows the tree downwards and nowhere else."""
    house = two.a
    client = client_of(house.people["unit lead"])
    beside = {
        text.lower()
        for what in ("neighbour", "lead", "coordinator", "auditor", "trainer")
        for text in (house.people[what].name, house.people[what].email)
    }
    own = reverse("compliance:agency", args=[house.unit.slug])
    assert house.people["learner"].name in text_of(client.get(own))
    for name, rule in WHOSE.items():
        if rule not in ("staff", "leads", "log") or arguments(OURS[name]) != ["slug"]:
            continue
        for query in ("", f"?unit={house.sibling.slug}", f"?unit={house.sibling.pk}", "?words=QxA"):
            url = address(name, {"slug": house.unit.slug}, two)
            with suppress(AttributeError):
                shown = read_words(text_of(client.get(url + query)), beside)
                assert not shown, f"{name}{query} shows {shown}"
        for closed in (house.agency, house.sibling):
            assert client.get(address(name, {"slug": closed.slug}, two)).status_code in (404, 405), name


def test_who_read_for_an_agency_until_yesterday_reads_nothing_today(two):
    for who in ("former lead",):
        client = client_of(two.a.people[who])
        for name, rule in WHOSE.items():
            if rule in ("staff", "leads"):
                assert client.get(address(name, two.a.words, two)).status_code in (
                    404,
                    405,
                ), name
