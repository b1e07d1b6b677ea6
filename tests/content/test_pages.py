"""The pages that everybody may read, and what loading does with those that an editor has changed."""

import pytest
from wagtail.models import Page, Site

from content.models import HomePage, RolePage, StandardPage
from content.services import PageWords, RoleWords, ensure_site
from tests.factories.accounts import ProfessionalRoleFactory

NURSES = RoleWords(
    "R3",
    "nurses",
    "Nurses",
    "Privacy first.",
    "Triage",
    "Questions",
    ("an opening",),
    ("ten lessons",),
    ("skill",),
)
LEAVE = PageWords(
    "leave", "About leaving", "A way off.", (("heading", "What it does"), ("list", ["one", "two"]))
)


@pytest.fixture
def load(db):
    ProfessionalRoleFactory(code="R3")

    def run(role: RoleWords = NURSES) -> list[str]:
        return ensure_site([role], [LEAVE], site=Site.objects.get(is_default_site=True))

    return run


def test_home_takes_the_place_of_the_page_that_stood_there_and_keeps_what_was_below(load):
    before = Site.objects.get(is_default_site=True).root_page
    below = before.add_child(instance=Page(title="Kept", slug="kept"))
    load()
    home = HomePage.objects.get()
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    assert Page.objects.get(pk=below.pk).get_parent().pk == home.pk
    assert not Page.objects.filter(pk=before.pk).exists()
    assert not Page.find_problems()[0]


def test_loading_twice_makes_nothing_new(load):
    load()
    before = list(Page.objects.values_list("pk", "latest_revision_id"))
    assert load() == []
    assert list(Page.objects.values_list("pk", "latest_revision_id")) == before


def test_what_an_editor_changed_stays(load):
    load()
    page = RolePage.objects.get()
    page.lead = "As the editor says it."
    page.save_revision().publish()
    assert load(RoleWords(*["R3", "nurses", "New title", "New lead", "", "", (), (), ()])) == ["role page R3"]
    assert RolePage.objects.get().lead == "As the editor says it."


def test_everybody_can_read_them(load, client):
    load()
    assert b'href="/nurses/"' in client.get("/").content
    role = client.get("/nurses/").content.decode()
    assert "Privacy first." in role
    assert "ten lessons" in role
    assert "<li>two</li>" in client.get("/leave/").content.decode()
    assert StandardPage.objects.get().title == "About leaving"
