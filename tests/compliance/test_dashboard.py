"""The overview: numbers of people, unit by unit, and nothing about any of them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance import services
from compliance.charts import line_of
from compliance.dashboard import Figures, Tally, figures_of, overview
from compliance.models import ReadinessPoint, SavedView, StatusPeriod
from courses.models import Course
from tests.factories.agencies import AgencyFactory, DelegationFactory
from tests.factories.compliance import make_staff
from tests.factories.courses import make_course


@pytest.fixture
def course(db):
    return make_course(at=timezone.now() - timedelta(days=900)).course


@pytest.fixture(autouse=True)
def essential(course):
    return course


def tally(state, people, *, path="0001", overdue=0, soon=(0, 0, 0), role=1, course=1):
    return Tally(path, course, role, state, people, overdue, *soon)


def test_every_person_is_in_one_part_of_the_bar():
    figures = figures_of(
        [
            tally("certified", 50, soon=(0, 0, 5)),
            tally("expiring", 10, soon=(4, 10, 10)),
            tally("lapsed", 3),
            tally("refresher", 2),
            tally("not_started", 20, overdue=8),
            tally("in_progress", 15, overdue=1),
            tally("waived", 7),
        ]
    )
    assert (figures.people, figures.certified, figures.percent, figures.waived) == (100, 60, 60, 7)
    assert (figures.safe, figures.ends_in_90, figures.late, figures.open) == (45, 15, 14, 26)
    assert figures.safe + figures.ends_in_90 + figures.late + figures.open == figures.people
    assert (figures.ends_in_30, figures.ends_in_60, figures.gap) == (4, 10, 40)


@pytest.mark.parametrize(
    ("ready", "people", "percent"), [(0, 0, None), (0, 3, 0), (299, 300, 99), (300, 300, 100)]
)
def test_a_share_is_never_rounded_up_to_everybody(ready, people, percent):
    assert Figures(certified=ready, not_started=people - ready).percent == percent


def unit(name, path):
    return AgencyFactory.build(name=name, path=path)


def test_units_come_widest_gap_first_and_small_ones_only_together():
    here, wide, small, fine = (
        unit(name, path)
        for name, path in (("All", "0001"), ("Wide", "00010001"), ("Small", "00010002"), ("Fine", "00010003"))
    )
    seen = overview(
        here,
        [
            tally("certified", 11, path=fine.path),
            tally("not_started", 12, path=wide.path),
            tally("certified", 10, path=small.path),
            tally("not_started", 400, path=wide.path, course=2),
        ],
        course=Course(pk=1, title="Essential"),
        role=None,
        children=[fine, small, wide],
        roles=[],
        courses=[Course(pk=1, title="Essential"), Course(pk=2, title="Another")],
        own_people="None",
    )
    assert [(one.name, one.figures.people) for one in seen.units] == [("Wide", 12), ("Fine", 11)]
    assert (seen.small_units, seen.in_small_units.certified) == (1, 10)
    assert seen.figures.people == 33
    assert [(one.name, one.figures.people) for one in seen.courses] == [("Essential", 33), ("Another", 400)]


def get(client, agency, **query):
    return client.get(reverse("compliance:overview", args=[agency.slug]), query)


def test_a_lead_sees_how_ready_her_agency_is(ben, northgate, signed_in):
    ward = AgencyFactory(parent=northgate, name="Custody")
    for days in (10, 340, 400):
        make_staff(ward, certified_days_ago=days)
    make_staff(ward, due_on=timezone.localdate() - timedelta(days=3))
    response = get(signed_in(ben), northgate)
    figures = response.context["figures"]
    assert (figures.people, figures.certified, figures.lapsed, figures.overdue) == (4, 2, 1, 1)
    html = response.content.decode()
    assert "50%" in html
    assert "2 of 4" in html
    assert reverse("compliance:agency", args=[northgate.slug]) + "?status=lapsed" in html


def test_nobody_is_named_on_the_overview(ben, northgate, signed_in):
    make_staff(northgate, name="Anna Somebody", staff_number="NP-77")
    html = get(signed_in(ben), northgate).content.decode()
    assert "Anna" not in html
    assert "NP-77" not in html


def test_chidi_gets_the_same_answer_as_for_an_agency_that_does_not_exist(chidi, northgate, signed_in):
    make_staff(northgate)
    client = signed_in(chidi)
    nobodys = client.get(reverse("compliance:overview", args=["no-such-agency"]))
    assert get(client, northgate).status_code == nobodys.status_code == 404


def test_a_unit_lead_sees_her_unit_and_neither_the_one_beside_nor_the_whole(northgate, signed_in):
    mine, beside = AgencyFactory(parent=northgate), AgencyFactory(parent=northgate)
    make_staff(mine)
    make_staff(beside)
    client = signed_in(DelegationFactory(agency=mine).user)
    assert get(client, mine).context["figures"].people == 1
    assert get(client, beside).status_code == get(client, northgate).status_code == 404


def test_a_past_day_shows_what_held_then(ben, northgate, signed_in):
    row = make_staff(northgate, certified_days_ago=400, started_on=date(2020, 1, 1))
    then = timezone.localdate() - timedelta(days=200)
    now = get(signed_in(ben), northgate).context["figures"]
    past = get(signed_in(ben), northgate, on=then.isoformat())
    assert (now.certified, now.lapsed) == (0, 1)
    assert (past.context["figures"].certified, past.context["figures"].lapsed) == (1, 0)
    assert "As things stood on" in past.content.decode()
    people = signed_in(ben).get(reverse("compliance:agency", args=[northgate.slug]), {"on": then.isoformat()})
    assert [one.name for one in people.context["rows"]] == [row.user.name]
    assert people.context["rows"][0].status.kind == "good"
    lines = b"".join(
        signed_in(ben)
        .get(reverse("compliance:staff_csv", args=[northgate.slug]), {"on": then.isoformat()})
        .streaming_content
    ).decode()
    assert "Certified" in lines.splitlines()[1]


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday", "2026-02-30"])
@pytest.mark.parametrize("page", ["overview", "agency"])
def test_a_day_that_makes_no_sense_is_named_and_today_is_shown(ben, northgate, signed_in, page, day):
    make_staff(northgate)
    response = signed_in(ben).get(reverse(f"compliance:{page}", args=[northgate.slug]), {"on": day})
    assert response.status_code == 200
    assert response.context["form"].errors["on"]
    assert response.context["day"] == timezone.localdate()
    assert not response.context["is_past"]


def test_who_runs_out_soon_is_a_filter(ben, northgate, signed_in):
    make_staff(northgate, name="Soon", certified_days_ago=350)
    make_staff(northgate, name="Later", certified_days_ago=10)
    response = signed_in(ben).get(reverse("compliance:agency", args=[northgate.slug]), {"ends": "30"})
    assert [one.name for one in response.context["rows"]] == ["Soon"]


def test_the_overview_costs_the_same_for_one_unit_or_eight(ben, northgate, signed_in, count_queries):
    client = signed_in(ben)
    make_staff(AgencyFactory(parent=northgate))
    get(client, northgate)
    one = count_queries(lambda: get(client, northgate))
    for _ in range(7):
        make_staff(AgencyFactory(parent=northgate))
    get(client, northgate)
    assert count_queries(lambda: get(client, northgate)) == one


def test_views_are_kept_under_a_name_and_are_hers_alone(ben, northgate, signed_in):
    client = signed_in(ben)
    url = reverse("compliance:save_view", args=[northgate.slug])
    client.post(url, {"name": "Lapsed", "page": "people", "query": "status=lapsed"})
    client.post(url, {"name": "Lapsed", "page": "people", "query": "status=lapsed&ends=30"})
    view = SavedView.objects.get()
    assert (view.user, view.query) == (ben, "status=lapsed&ends=30")
    html = client.get(reverse("compliance:agency", args=[northgate.slug])).content.decode()
    assert "?status=lapsed&amp;ends=30" in html
    other = DelegationFactory(agency=northgate).user
    page = signed_in(other)
    assert "Lapsed</a>" not in page.get(reverse("compliance:agency", args=[northgate.slug])).content.decode()
    page.post(reverse("compliance:remove_view", args=[northgate.slug, view.pk]))
    assert SavedView.objects.exists()
    signed_in(ben).post(reverse("compliance:remove_view", args=[northgate.slug, view.pk]))
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_or_one_too_many_is_refused_in_words(ben, northgate, signed_in, monkeypatch):
    monkeypatch.setattr(SavedView, "MOST", 1)
    client = signed_in(ben)
    url = reverse("compliance:save_view", args=[northgate.slug])
    for name in ("", "First", "Second"):
        response = client.post(url, {"name": name, "page": "overview", "query": ""}, follow=True)
    assert SavedView.objects.get().name == "First"
    assert "Remove one first" in response.content.decode()


def test_the_weeks_can_be_worked_out_again_from_the_history(ben, northgate):
    make_staff(northgate, certified_days_ago=400, started_on=date(2020, 1, 1))
    today = timezone.localdate()
    services.rebuild_readiness(northgate, on=today, weeks=52)
    points = ReadinessPoint.objects.filter(agency=northgate)
    assert points.count() == 52
    assert set(points.values_list("people", flat=True)) == {1}
    was = StatusPeriod.objects.get(state="lapsed").starts_on
    assert all(point.ready == (point.week < was) for point in points)


def test_a_line_needs_two_weeks():
    point = ReadinessPoint(week=date(2026, 11, 2), people=10, ready=5)
    assert line_of([point]) is None
    line = line_of([point, ReadinessPoint(week=date(2026, 11, 9), people=10, ready=10)])
    assert line is not None
    assert line.title == "Share certified: 50% on 2 November 2026, 100% on 9 November 2026"
    assert line.last.y == 22
