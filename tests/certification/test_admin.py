import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.icons import get_icons

from accounts.models import Jurisdiction
from accounts.services import put_in_group
from certification.models import AchievementCredential, LegalUpdate
from certification.selectors import history_of
from certification.services import set_shares
from config.groups import TRAINERS, ensure_groups
from tests.factories.certification import make_credential

pytestmark = pytest.mark.django_db
LISTING = "wagtailsnippets_certification_achievementcredential:list"


@pytest.fixture
def administrator(ben):
    ben.is_staff = ben.is_superuser = True
    ben.save()
    return ben


def test_an_administrator_sees_certificates_and_cannot_edit_them(signed_in, administrator, amina, northgate):
    credential = make_credential(amina, northgate)
    client = signed_in(administrator)
    text = client.get(reverse(LISTING)).content.decode()
    assert credential.number in text
    assert "Withdraw" in text
    for action in ("edit", "delete"):
        url = reverse(f"wagtailsnippets_certification_achievementcredential:{action}", args=[credential.pk])
        assert client.get(url).status_code in {302, 403}
        client.post(url, {"holder_name": "Someone Else"})
    assert AchievementCredential.objects.get().holder_name == "Amina Rahman"


def test_withdrawing_asks_for_a_reason(signed_in, administrator, amina, northgate):
    credential = make_credential(amina, northgate)
    client = signed_in(administrator)
    url = reverse("certification_withdraw", args=[credential.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 200
    assert len(history_of(credential)) == 1
    client.post(url, {"reason": "Issued in error."})
    assert history_of(credential)[-1].by == administrator
    assert client.post(url, {"reason": "Again."}).status_code == 302
    assert len(history_of(credential)) == 2


def test_the_holder_reads_why_it_was_withdrawn_and_how_to_appeal(signed_in, administrator, amina, northgate):
    credential = make_credential(amina, northgate)
    signed_in(administrator).post(
        reverse("certification_withdraw", args=[credential.pk]),
        {"reason": "Issued in error.", "appeal": "Write to the training office within 28 days. <b>"},
    )
    told = signed_in(amina).get(reverse("certification:detail", args=[credential.number])).content.decode()
    assert "Issued in error." in told
    assert "Write to the training office within 28 days. &lt;b&gt;" in told
    told = signed_in(amina).get(reverse("certification:verify_number", args=[credential.number]))
    assert "training office" not in told.content.decode()


def test_an_administrator_reads_who_did_what_when_and_why(signed_in, administrator, amina, northgate):
    credential = make_credential(amina, northgate)
    set_shares(credential, shares={"name": True}, by=amina, at=timezone.now())
    client = signed_in(administrator)
    client.post(
        reverse("certification_withdraw", args=[credential.pk]),
        {"reason": "Issued in error.", "appeal": "Write to the training office."},
    )
    page = reverse("wagtailsnippets_certification_achievementcredential:inspect", args=[credential.pk])
    text = client.get(page).content.decode()
    assert f"Withdrawn · {administrator.name} · Issued in error. · Write to the training office." in text
    assert "Issued · by rule" in text
    assert "What it shows was changed" not in text
    assert date_format(timezone.localtime(credential.issued_at), "DATETIME_FORMAT") in text
    assert "[&#x27;" not in text


def test_without_the_permission_nothing_is_withdrawn(signed_in, chidi, amina, northgate):
    credential = make_credential(amina, northgate)
    chidi.is_staff = True
    chidi.save()
    chidi.user_permissions.add(Permission.objects.get(codename="access_admin"))
    url = reverse("certification_withdraw", args=[credential.pk])
    assert signed_in(chidi).post(url, {"reason": "No."}).status_code in {302, 403}
    assert len(history_of(credential)) == 1


@pytest.mark.parametrize("model", ["achievement", "issuerprofile"])
def test_achievements_and_issuers_can_be_edited(signed_in, administrator, amina, northgate, model):
    make_credential(amina, northgate)
    assert (
        signed_in(administrator).get(reverse(f"wagtailsnippets_certification_{model}:list")).status_code
        == 200
    )
    assert (
        signed_in(administrator).get(reverse(f"wagtailsnippets_certification_{model}:add")).status_code == 200
    )


@pytest.fixture
def trainer(amina):
    ensure_groups()
    put_in_group(amina, group=TRAINERS)
    return amina


@pytest.mark.parametrize("model", ["achievement", "creditapproval", "legalupdate"])
def test_trainers_say_what_can_be_earned_and_on_what_terms(signed_in, trainer, ben, northgate, model):
    make_credential(ben, northgate)
    client = signed_in(trainer)
    menu = client.get(reverse("wagtailadmin_home")).content.decode()
    assert f"/snippets/certification/{model}/" in menu
    for action in ("list", "add"):
        address = reverse(f"wagtailsnippets_certification_{model}:{action}")
        assert client.get(address).status_code == 200


def test_trainers_do_not_see_who_holds_a_certificate(signed_in, trainer, ben, northgate):
    credential = make_credential(ben, northgate)
    client = signed_in(trainer)
    assert client.get(reverse(LISTING)).status_code == 302
    assert client.get(reverse("certification_issue")).status_code == 302
    assert client.get(reverse("certification_withdraw", args=[credential.pk])).status_code == 302


def test_a_change_of_law_is_announced_in_the_admin(signed_in, trainer, ben, northgate):
    make_credential(ben, northgate)
    law = Jurisdiction.objects.get(code="UK")
    signed_in(trainer).post(
        reverse("wagtailsnippets_certification_legalupdate:add"),
        {
            "jurisdiction": law.pk,
            "pack_version": "2027.1",
            "title": "A new duty to refer",
            "text": "From May every borough has a referral line of its own.",
            "facts": "",
            "takes_effect_on": "2027-05-01",
            "days": "60",
        },
    )
    assert LegalUpdate.objects.get().title == "A new duty to refer"


def test_every_icon_of_ours_in_the_admin_exists():
    known = set(re.findall(r'id="icon-([a-z0-9-]+)"', get_icons()))
    wrong = [
        f"{file.name}: {icon}"
        for file in sorted(settings.BASE_DIR.glob("*/**/*.py"))
        if "tests" not in file.parts and ".venv" not in file.parts
        for icon in re.findall(r'\b(?:menu_)?icon(?:_name)? ?= ?"([a-z0-9-]+)"', file.read_text())
        if icon not in known
    ]
    assert wrong == []
