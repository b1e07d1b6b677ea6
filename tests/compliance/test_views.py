import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies import services as agencies
from agencies.models import Delegation
from compliance.models import ComplianceStatus
from compliance.services import follow_up
from courses.models import ActivityResponse, Registration
from courses.services import complete_lesson
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import AgencyFactory, DelegationFactory
from tests.factories.compliance import certify, make_staff
from tests.factories.courses import make_course

pytestmark = pytest.mark.usefixtures("course")


@pytest.fixture
def course(db):
    return make_course(at=timezone.now() - timedelta(days=900)).course


def page(client, name, *args, **query):
    return client.get(reverse(f"compliance:{name}", args=args), query)


@pytest.fixture
def list_of(signed_in):
    def get(user, agency, **query):
        response = page(signed_in(user), "agency", agency.slug, **query)
        return [row.name for row in response.context["rows"]]

    return get


def test_my_training_shows_one_next_step(amina, signed_in):
    follow_up(amina.pk, at=timezone.now())
    registration = Registration.objects.get(user=amina)
    html = page(signed_in(amina), "my_training").content.decode()
    assert "Amina Rahman" in html
    assert "Northgate Police" in html
    assert reverse("courses:lesson", args=[registration.uuid, "1.3"]) in html
    assert html.count('class="button"') == 1
    complete_lesson(registration, code="1.3", at=timezone.now())
    html = page(signed_in(amina), "my_training").content.decode()
    assert "Go on" in html
    assert reverse("courses:lesson", args=[registration.uuid, "2.3"]) in html


def test_my_training_asks_for_role_and_place_first(signed_in):
    user = UserFactory()
    agencies.join_independent(user, on=timezone.localdate())
    html = page(signed_in(user), "my_training").content.decode()
    assert reverse("accounts:role") in html
    assert "no employer sees anything" in html


def test_my_training_costs_the_same_for_one_certificate_or_five(amina, northgate, signed_in, count_queries):
    client = signed_in(amina)
    certify(amina, northgate, at=timezone.now() - timedelta(days=800))
    follow_up(amina.pk, at=timezone.now())
    page(client, "my_training")
    one = count_queries(lambda: page(client, "my_training"))
    for days in (700, 600, 500, 400):
        certify(amina, northgate, at=timezone.now() - timedelta(days=days))
    assert count_queries(lambda: page(client, "my_training")) == one


def test_starting_twice_starts_once(amina, signed_in):
    client = signed_in(amina)
    for _ in range(2):
        response = client.post(reverse("compliance:start"))
        assert response.status_code == 302
    assert "/lessons/1.3/" in response.url
    assert Registration.objects.filter(user=amina).count() == 1


def test_starting_without_a_role_asks_for_it(signed_in):
    user = UserFactory()
    response = signed_in(user).post(reverse("compliance:start"))
    assert response.url.startswith(reverse("accounts:role"))


def test_a_certified_person_has_nothing_to_start(amina, northgate, signed_in):
    certify(amina, northgate, at=timezone.now() - timedelta(days=5))
    html = page(signed_in(amina), "my_training").content.decode()
    assert "Nothing is due" in html
    assert signed_in(amina).post(reverse("compliance:start")).url == reverse("compliance:my_training")


def test_a_renewal_is_offered_in_the_last_sixty_days(amina, northgate, signed_in):
    certify(amina, northgate, at=timezone.now() - timedelta(days=330))
    assert "Start the renewal" in page(signed_in(amina), "my_training").content.decode()


def test_a_lead_sees_her_staff_most_pressing_first(ben, northgate, list_of):
    make_staff(northgate, name="Anna Certified", certified_days_ago=5)
    make_staff(northgate, name="Bea Begun", started=True)
    make_staff(northgate, name="Cem Lapsed", certified_days_ago=400)
    make_staff(northgate, name="Dag Expiring", certified_days_ago=340)
    make_staff(northgate, name="Eva New")
    assert list_of(ben, northgate) == ["Cem Lapsed", "Dag Expiring", "Eva New", "Bea Begun", "Anna Certified"]
    assert list_of(ben, northgate, sort="-name")[0] == "Eva New"
    assert list_of(ben, northgate, status="lapsed") == ["Cem Lapsed"]
    assert list_of(ben, northgate, q="bea") == ["Bea Begun"]
    assert len(list_of(ben, northgate, status="nonsense", sort="; drop", page="x", unit="st-brannocs")) == 5


def test_overdue_is_a_filter_of_its_own(ben, northgate, list_of):
    make_staff(northgate, name="Late", due_on=timezone.localdate() - timedelta(days=1))
    make_staff(northgate, name="In time", due_on=timezone.localdate())
    assert list_of(ben, northgate, status="overdue") == ["Late"]


def test_staff_are_found_by_number_unit_and_role(ben, northgate, list_of):
    unit = AgencyFactory(parent=northgate, name="Custody", slug="custody")
    make_staff(northgate, name="Anna", staff_number="NP-77")
    make_staff(unit, name="Bea", professional_role=ProfessionalRoleFactory(nurse=True))
    assert list_of(ben, northgate, q="np-77") == ["Anna"]
    assert list_of(ben, northgate, unit="custody") == ["Bea"]
    assert list_of(ben, northgate, role="R3") == ["Bea"]
    assert list_of(ben, unit) == ["Bea"]


def test_leavers_and_people_who_start_later_are_not_on_the_list(ben, northgate, list_of):
    row = make_staff(northgate, name="Leaver")
    agencies.end_membership(row.membership, on=timezone.localdate())
    assert list_of(ben, northgate) == []


@pytest.mark.parametrize("name", ["agency", "staff_csv"])
def test_chidi_gets_the_same_answer_as_for_an_agency_that_does_not_exist(name, chidi, northgate, signed_in):
    make_staff(northgate, name="Anna")
    theirs = page(signed_in(chidi), name, northgate.slug)
    nobodys = page(signed_in(chidi), name, "no-such-agency")
    assert theirs.status_code == nobodys.status_code == 404
    assert b"Anna" not in theirs.content


def test_chidi_finds_nobody_of_northgate_on_his_own_list(chidi, brannoc, northgate, list_of):
    make_staff(northgate, name="Anna", staff_number="NP-1")
    make_staff(brannoc, name="Bo")
    assert list_of(chidi, brannoc) == ["Bo"]
    assert list_of(chidi, brannoc, q="Anna") == []
    assert list_of(chidi, brannoc, unit="northgate") == ["Bo"]


def test_a_lead_of_a_unit_does_not_see_the_unit_beside_it(northgate, signed_in, list_of):
    custody, patrol = AgencyFactory(parent=northgate), AgencyFactory(parent=northgate)
    make_staff(patrol, name="Anna")
    sergeant = DelegationFactory(agency=custody).user
    assert list_of(sergeant, custody) == []
    for other in (patrol, northgate):
        assert page(signed_in(sergeant), "agency", other.slug).status_code == 404


def test_learners_trainers_administrators_and_past_leads_see_no_staff(amina, northgate, signed_in):
    past = DelegationFactory(agency=northgate, ends_on=timezone.localdate()).user
    trainer = DelegationFactory(agency=northgate, kind=Delegation.Kind.TRAINER).user
    for user in (amina, past, trainer, UserFactory(is_superuser=True)):
        for name in ("agency", "staff_csv"):
            assert page(signed_in(user), name, northgate.slug).status_code == 404
        assert page(signed_in(user), "my_agency").status_code == 404


def test_nobody_leads_independent(signed_in):
    independent = agencies.independent_agency()
    user = UserFactory()
    Delegation.objects.create(user=user, agency=independent, kind="lead", starts_on=timezone.localdate())
    assert page(signed_in(user), "agency", independent.slug).status_code == 404


def test_the_list_shows_nothing_below_the_whole_course(amina, ben, northgate, signed_in):
    make_staff(northgate, user=UserFactory(name="Anna"))
    registration = Registration.objects.get(user__name="Anna")
    complete_lesson(registration, code="1.3", mode="summary", at=timezone.now())
    ActivityResponse.objects.create(
        user=registration.user,
        lesson_code="1.3",
        activity_id="a",
        note="a private note",
        answered_at=timezone.now(),
    )
    for name in ("agency", "staff_csv"):
        response = page(signed_in(ben), name, northgate.slug)
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        for hidden in ("a private note", "1.3", "First words", "ummary of", "score", str(registration.uuid)):
            assert hidden not in text.replace("This page shows who", "")


def test_the_list_costs_the_same_for_three_people_or_forty(ben, northgate, signed_in, count_queries):
    client = signed_in(ben)
    for _ in range(3):
        make_staff(northgate)
    page(client, "agency", northgate.slug)
    three = count_queries(lambda: page(client, "agency", northgate.slug))
    for _ in range(37):
        make_staff(northgate)
    AgencyFactory.create_batch(5, parent=northgate)
    assert count_queries(lambda: page(client, "agency", northgate.slug)) == three


def test_the_list_goes_on_over_pages_and_keeps_the_filters(ben, northgate, signed_in):
    rows = [make_staff(northgate, name=f"Person {number:02}") for number in range(3)]
    source = rows[0]
    for number in range(3, 55):
        user = UserFactory(name=f"Person {number:02}")
        membership = agencies.add_member(
            user, northgate, professional_role=source.membership.professional_role, started_on=source.since
        )
        ComplianceStatus.objects.create(
            user=user,
            agency=northgate,
            membership=membership,
            course=source.course,
            state="not_started",
            since=source.since,
            root=northgate.path,
            search_key=user.name.casefold(),
        )
    response = page(signed_in(ben), "agency", northgate.slug, q="Person", sort="name")
    assert len(response.context["rows"]) == 50
    assert response.context["later"] == "?q=Person&sort=name&page=2"
    response = page(signed_in(ben), "agency", northgate.slug, q="Person", sort="name", page=2)
    assert [row.name for row in response.context["rows"]] == [f"Person {number}" for number in range(50, 55)]


def test_the_file_holds_what_the_screen_shows_and_no_formulas(ben, northgate, signed_in):
    make_staff(northgate, name='=HYPERLINK("http://x.example","y")', staff_number="+44")
    make_staff(northgate, name="Anna", certified_days_ago=5)
    response = page(signed_in(ben), "staff_csv", northgate.slug, sort="name")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert set(rows[0]) == {
        "Name", "Staff number", "Unit", "Role", "Course", "Status", "Since", "Certified until", "Due",
    }  # fmt: skip
    assert rows[0]["Name"].startswith("'=HYPER")
    assert rows[0]["Staff number"] == "'+44"
    assert rows[1]["Name"] == "Anna"
    assert rows[1]["Status"] == "Certified"
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("name", ["agency", "staff_csv"])
def test_the_list_stays_in_no_browsers_store(name, ben, northgate, signed_in):
    assert "no-store" in page(signed_in(ben), name, northgate.slug).headers["Cache-Control"]


def test_people_see_the_very_line_that_their_lead_sees(amina, northgate, signed_in):
    follow_up(amina.pk, at=timezone.now())
    html = page(signed_in(amina), "as_they_see_it").content.decode()
    assert "Northgate Police" in html
    assert "NP-1042" in html
    assert "Not started" in html


def test_a_null_byte_in_the_search_is_no_error(ben, northgate, signed_in):
    assert page(signed_in(ben), "agency", northgate.slug, q="a\x00b").status_code == 200


def test_a_lead_of_one_agency_goes_straight_to_it(ben, northgate, signed_in):
    client = signed_in(ben)
    assert page(client, "my_agency").url == reverse("compliance:overview", args=[northgate.slug])
    DelegationFactory(user=ben, agency=AgencyFactory(jurisdiction=JurisdictionFactory()))
    assert page(client, "my_agency").status_code == 200


@pytest.mark.parametrize("name", ["my_training", "as_they_see_it", "my_agency"])
def test_strangers_are_asked_to_sign_in(name, client):
    response = page(client, name)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")
