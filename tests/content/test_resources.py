"""The library: what is listed for whom, how it is loaded, and what trainers may do."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.services import put_in_group
from config.groups import TRAINERS, ensure_groups
from content.loading import ResourceRow, save_resources
from content.models import Resource
from content.selectors import live_resources
from tests.factories.accounts import JurisdictionFactory, ProfessionalRoleFactory, UserFactory

ROW = ResourceRow(
    "toolkit", "Toolkit", "For everybody.", "tool", (), (), "en-gb", "Somebody", "https://example.org/t", date(2026, 11, 22)
)  # fmt: skip
LAW = replace(ROW, slug="act", title="An Act", kind="law", roles=("R1", "R3"), packs=("UK",))


@pytest.fixture
def library(db):
    for code in ("R1", "R3", "R10"):
        ProfessionalRoleFactory(code=code)
    for code in ("UK", "US"):
        JurisdictionFactory(code=code)
    save_resources([ROW, LAW])


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ({}, ["act", "toolkit"]),
        ({"kind": "law"}, ["act"]),
        ({"role": "R3"}, ["act", "toolkit"]),
        # R1 is no part of R10.
        ({"role": "R10"}, ["toolkit"]),
        ({"pack": "UK"}, ["act", "toolkit"]),
        ({"pack": "US"}, ["toolkit"]),
        ({"pack": "US", "kind": "law"}, []),
        ({"role": "nobody", "kind": "<b>"}, ["act", "toolkit"]),
    ],
)
def test_the_list_is_narrowed_by_kind_role_and_law(library, client, asked, slugs):
    page = client.get("/library/", asked).content.decode()
    assert [slug for slug in ("act", "toolkit") if f'id="{slug}"' in page] == slugs


def test_what_is_not_published_is_not_listed(library, client):
    Resource.objects.filter(slug="act").update(live=False)
    assert b"An Act" not in client.get("/library/").content


def test_the_list_costs_the_same_for_two_or_twenty(library, count_queries):
    assert count_queries(live_resources) == 1
    save_resources([replace(ROW, slug=f"r{number}") for number in range(20)])
    assert count_queries(live_resources) == 1


def test_an_entry_says_when_it_was_compared_and_warns_when_that_is_long_ago(library, client):
    assert b"Compared with its source on" in client.get("/library/").content
    assert b"Not checked recently" not in client.get("/library/").content
    Resource.objects.update(checked_on=date(2020, 1, 1))
    assert b"Not checked recently" in client.get("/library/").content


def test_loading_again_changes_nothing_and_a_new_file_does(library):
    before = Resource.objects.get(slug="act").latest_revision_id
    assert save_resources([ROW, LAW]) == []
    assert Resource.objects.get(slug="act").latest_revision_id == before
    save_resources([replace(LAW, title="The Act")])
    assert Resource.objects.get(slug="act").title == "The Act"


def test_what_a_trainer_has_edited_stays_and_is_named(library):
    act = Resource.objects.get(slug="act")
    act.title = "As the trainer says it"
    act.save_revision().publish()
    assert save_resources([replace(LAW, title="New")]) == ["act"]
    assert Resource.objects.get(slug="act").title == "As the trainer says it"


def test_nothing_is_listed_that_leads_nowhere(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        save_resources([replace(ROW, url="")])


def test_trainers_write_and_publish_entries_and_others_do_not(library, signed_in):
    ensure_groups()
    trainer = UserFactory()
    put_in_group(trainer, group=TRAINERS)
    form = {
        "slug": "new", "title": "A new guide", "summary": "What it is.", "kind": "guidance", "language": "en-gb",
        "publisher": "", "url": "https://example.org/new", "checked_on": "2026-11-22", "role_codes": ["R3"],
        "action-publish": "1",
    }  # fmt: skip
    add = "/admin/snippets/content/resource/add/"
    assert signed_in(UserFactory()).post(add, form).status_code in (302, 403)
    assert not Resource.objects.filter(slug="new").exists()
    client = signed_in(trainer)
    assert client.get(add).status_code == 200
    client.post(add, form)
    made = Resource.objects.get(slug="new")
    assert (made.live, made.role_codes, made.pack_codes) == (True, ["R3"], [])
    refused = client.post(add, form | {"slug": "newer", "url": ""})
    assert "learners need somewhere to go" in refused.content.decode()
