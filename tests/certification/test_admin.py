import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from certification.models import AchievementCredential
from certification.selectors import history_of
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
