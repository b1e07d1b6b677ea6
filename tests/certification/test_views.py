import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import confirm_name
from certification.models import AchievementCredential
from certification.rules import new_number
from certification.services import confirm_holder_name, revoke_credential, set_shares
from certification.throttle import COMPARISONS, LOOK_UPS
from tests.factories.certification import EARNED, make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential(amina, northgate) -> AchievementCredential:
    confirm_name(amina, name=amina.name, at=EARNED)
    return make_credential(amina, northgate)


def page(number: str) -> str:
    return reverse("certification:verify_number", args=[number])


def check(client: Client, number: str):
    return client.get(page(number))


def test_a_stranger_sees_that_it_is_valid_and_no_name(client, credential):
    response = check(client, credential.number)
    text = response.content.decode()
    assert response.status_code == 200
    assert "This certificate is valid today" in text
    assert "Essential" in text
    assert "Amina" not in text
    assert "Northgate" not in text
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"


def test_what_the_holder_agreed_to_is_shown(client, amina, credential):
    set_shares(credential, shares={"name": True, "agency": True}, by=amina, at=EARNED)
    text = check(client, credential.number).content.decode()
    assert "Amina Rahman" in text
    assert "Northgate Police" in text
    assert "Name to compare" not in text


def test_every_label_belongs_to_one_field(signed_in, amina, credential):
    text = signed_in(amina).get(reverse("certification:detail", args=[credential.number])).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(set(ids)) == sorted(ids)
    assert {"id_name", "shows_name"} <= set(ids)


def test_a_name_goes_away_with_the_account_of_its_holder(client, amina, credential):
    set_shares(credential, shares={"name": True}, by=amina, at=EARNED)
    amina.deleted_at = EARNED
    amina.save()
    assert "Amina" not in check(client, credential.number).content.decode()


def test_expired_withdrawn_and_replaced_are_said_in_words(client, amina, ben, northgate, credential):
    old = make_credential(amina, northgate, at=EARNED - timedelta(days=800), jurisdiction="US")
    assert "has expired" in check(client, old.number).content.decode()
    corrected = confirm_holder_name(credential, name="Amina B Rahman", at=EARNED)
    assert "was replaced" in check(client, credential.number).content.decode()
    assert corrected.number not in check(client, credential.number).content.decode()
    revoke_credential(corrected, by=ben, reason="Issued in error.", at=EARNED)
    text = check(client, corrected.number).content.decode()
    assert "was withdrawn" in text
    assert "Issued in error" not in text


def test_an_unknown_number_and_a_malformed_one_get_the_same_answer(client, credential):
    answers = [
        check(client, number)
        for number in (new_number(), "WL-1234", "nonsense", credential.number[:-1] + "!")
    ]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {
        answer.content.decode().split("<form")[0]
        + answer.content.decode().split("</form>")[1].split("csrf")[0]
        for answer in answers
    }
    assert len(bodies) == 1
    assert "We know no certificate with this number" in answers[0].content.decode()


def test_the_field_understands_what_people_type(client, credential):
    typed = credential.number.lower().replace("-", " ").replace("wl ", "")
    response = client.get(reverse("certification:verify"), {"number": typed})
    assert response["Location"] == page(credential.number)


@pytest.mark.parametrize("typed", ["   ", "hello", "<script>alert(1)</script>", "x" * 300, "WL-\x00"])
def test_nonsense_in_the_field_is_answered_kindly(client, typed):
    response = client.get(reverse("certification:verify"), {"number": typed})
    assert response.status_code in {404, 422}
    assert "<script>alert" not in response.content.decode()


def test_the_empty_page_shows_only_the_field(client):
    response = client.get(reverse("certification:verify"))
    assert response.status_code == 200
    assert "Certificate number" in response.content.decode()


def test_another_spelling_in_the_address_leads_to_the_one_page(client, credential):
    assert check(client, credential.number.lower())["Location"] == page(credential.number)


def test_nobody_finds_certificates_by_trying(client, credential):
    answers = [check(client, new_number()).status_code for _ in range(LOOK_UPS[0] + 2)]
    assert answers[LOOK_UPS[0] - 1] == 404
    assert 429 in answers[-2:]


def test_a_name_can_be_compared_and_is_not_told(client, credential):
    matching = client.post(page(credential.number), {"name": "rahman, amina"})
    assert "The name matches" in matching.content.decode()
    other = client.post(page(credential.number), {"name": "Rosa Whitfield"})
    assert "The name does not match" in other.content.decode()
    assert "Amina" not in other.content.decode()
    assert client.post(page(credential.number), {"name": ""}).status_code == 422


def test_names_cannot_be_tried_one_after_another(client, credential):
    answers = [
        client.post(page(credential.number), {"name": f"Name {n}"}).status_code
        for n in range(COMPARISONS[0] + 2)
    ]
    assert answers[0] == 200
    assert 429 in answers[-2:]


def test_a_holder_may_refuse_comparison(client, amina, credential):
    set_shares(credential, shares={"compare_name": False}, by=amina, at=EARNED)
    assert "Name to compare" not in check(client, credential.number).content.decode()
    assert client.post(page(credential.number), {"name": "Amina Rahman"}).status_code == 403


def test_the_holder_sees_her_certificate_and_downloads_it(signed_in, amina, credential):
    client = signed_in(amina)
    text = client.get(reverse("certification:detail", args=[credential.number])).content.decode()
    assert "Certificate, A4" in text
    for paper in ("a4", "letter"):
        response = client.get(reverse("certification:pdf", args=[credential.number]), {"paper": paper})
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
    assert (
        client.get(reverse("certification:pdf", args=[credential.number]), {"paper": "a5"}).status_code == 404
    )


def test_without_a_confirmed_name_the_download_waits(signed_in, amina, northgate):
    credential = make_credential(amina, northgate)
    client = signed_in(amina)
    detail = reverse("certification:detail", args=[credential.number])
    assert client.get(reverse("certification:pdf", args=[credential.number]))["Location"] == detail
    assert "First, confirm your name" in client.get(detail).content.decode()
    wrong = client.post(reverse("certification:name", args=[credential.number]), {"name": "  "})
    assert wrong.status_code == 422
    answer = client.post(reverse("certification:name", args=[credential.number]), {"name": "Amina Rahman"})
    assert answer["Location"] == detail
    assert client.get(reverse("certification:pdf", args=[credential.number])).status_code == 200


def test_a_changed_name_leads_to_the_certificate_issued_again(signed_in, amina, credential):
    client = signed_in(amina)
    answer = client.post(
        reverse("certification:name", args=[credential.number]), {"name": "Amina Begum"}, follow=True
    )
    newest = AchievementCredential.objects.first()
    assert newest.holder_name == "Amina Begum"
    assert answer.redirect_chain[-1][0] == reverse("certification:detail", args=[newest.number])
    old = reverse("certification:detail", args=[credential.number])
    assert client.get(reverse("certification:pdf", args=[credential.number]))["Location"] == old
    assert newest.number in client.get(old).content.decode()


def test_the_holder_decides_what_others_see(signed_in, client, amina, credential):
    mine = signed_in(amina)
    mine.post(reverse("certification:shares", args=[credential.number]), {"name": "on", "compare_name": "on"})
    assert "Amina Rahman" in check(client, credential.number).content.decode()
    mine.post(reverse("certification:shares", args=[credential.number]), {})
    text = check(client, credential.number).content.decode()
    assert "Amina Rahman" not in text
    assert "Name to compare" not in text


@pytest.mark.parametrize("name", ["detail", "pdf"])
def test_an_outsider_gets_the_same_404_as_for_nothing(signed_in, chidi, credential, name):
    outsider = signed_in(chidi)
    assert outsider.get(reverse(f"certification:{name}", args=[credential.number])).status_code == 404
    assert outsider.get(reverse(f"certification:{name}", args=[new_number()])).status_code == 404


@pytest.mark.parametrize("name", ["name", "shares"])
def test_an_outsider_changes_nothing(signed_in, chidi, credential, name):
    answer = signed_in(chidi).post(reverse(f"certification:{name}", args=[credential.number]), {"name": "X"})
    assert answer.status_code == 404
    assert AchievementCredential.objects.count() == 1


def test_strangers_are_asked_to_sign_in_for_the_holders_page(client, credential):
    assert (
        "/accounts/login/"
        in client.get(reverse("certification:detail", args=[credential.number]))["Location"]
    )


def test_a_lead_opens_a_certificate_only_if_its_holder_lets_her(signed_in, amina, ben, chidi, credential):
    lead, other = signed_in(ben), signed_in(chidi)
    document = reverse("certification:pdf", args=[credential.number])
    assert lead.get(document).status_code == 404
    set_shares(credential, shares={"lead": True}, by=amina, at=EARNED)
    assert lead.get(document).status_code == 200
    assert lead.get(reverse("certification:detail", args=[credential.number])).status_code == 404
    assert other.get(document).status_code == 404


def test_a_withdrawn_certificate_cannot_be_downloaded_and_says_why(signed_in, amina, ben, credential):
    revoke_credential(credential, by=ben, reason="Issued in error.", at=EARNED)
    client = signed_in(amina)
    detail = reverse("certification:detail", args=[credential.number])
    assert client.get(reverse("certification:pdf", args=[credential.number]))["Location"] == detail
    assert "Issued in error." in client.get(detail).content.decode()


def test_checking_costs_the_same_however_much_is_stored(client, amina, northgate, credential, count_queries):
    one = count_queries(lambda: check(client, credential.number))
    for day in range(1, 5):
        make_credential(amina, northgate, at=EARNED + timedelta(days=day), jurisdiction="US")
    assert count_queries(lambda: check(client, credential.number)) == one


def test_the_answer_stands_before_the_form_for_the_next_number(client, amina, northgate):
    credential = make_credential(amina, northgate)
    text = client.get(reverse("certification:verify_number", args=[credential.number])).content.decode()
    assert text.index("This certificate is valid") < text.index("Check another certificate")
    assert "What the answer can be" in client.get(reverse("certification:verify")).content.decode()
