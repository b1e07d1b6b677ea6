"""Share links: only what was chosen, only until they end or are withdrawn, and nothing kept that opens them."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services import confirm_name, delete_account
from certification.exceptions import CertificationError, TooManyLinks
from certification.models import AchievementCredential, CredentialEvent, ShareLink
from certification.services import confirm_holder_name, make_link, revoke_credential, withdraw_link
from certification.services.sharing import MOST_DAYS, MOST_LINKS, digest_of
from certification.throttle import LOOK_UPS
from tests.factories.certification import make_credential
from tests.factories.compliance import certify
from tests.factories.courses import make_course, make_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def credential(amina, northgate, now) -> AchievementCredential:
    confirm_name(amina, name=amina.name, at=now)
    return make_credential(amina, northgate, at=now - timedelta(days=30))


def share(credential, *, at, days=90, label="Credentialing office", **shows) -> tuple[ShareLink, str]:
    return make_link(
        credential,
        drawn=uuid.uuid4(),
        shows=shows,
        label=label,
        expires_on=(at + timedelta(days=days)).date(),
        by=credential.user,
        at=at,
    )


def open_link(client, secret: str):
    return client.get(reverse("certification:shared", args=[secret]))


def page(credential: AchievementCredential) -> str:
    return reverse("certification:links", args=[credential.number])


def test_the_secret_is_long_and_only_its_hash_is_kept(credential, now):
    link, secret = share(credential, at=now)
    assert len(secret) >= 32
    assert link.digest == digest_of(secret)
    row = ShareLink.objects.filter(pk=link.pk).values().get()
    events = list(CredentialEvent.objects.values("detail", "reason"))
    assert secret not in str(row)
    assert secret not in str(events)
    assert "Credentialing office" not in str(events)


def test_the_history_says_that_a_link_was_made_and_withdrawn(credential, amina, now):
    link, _secret = share(credential, at=now, name=True)
    withdraw_link(link, by=amina, at=now)
    withdraw_link(link, by=amina, at=now)
    kinds = [event.kind for event in credential.events.order_by("id")]
    assert kinds == ["issued", "link made", "link ended"]
    made = credential.events.get(kind="link made")
    assert made.detail["shows"]["name"] is True
    assert made.by == amina


@pytest.mark.parametrize("days", [-1, MOST_DAYS + 1])
def test_a_link_works_at_most_a_year(credential, now, days):
    with pytest.raises(CertificationError):
        share(credential, at=now, days=days)


def test_unknown_switches_and_other_people_are_refused(credential, chidi, now):
    with pytest.raises(CertificationError):
        share(credential, at=now, email=True)
    with pytest.raises(CertificationError):
        make_link(credential, drawn=uuid.uuid4(), shows={}, label="", expires_on=now.date(), by=chidi, at=now)
    assert not ShareLink.objects.exists()


def test_a_form_sent_twice_makes_one_link(credential, amina, now):
    words = {
        "drawn": uuid.uuid4(),
        "shows": {},
        "label": "",
        "expires_on": now.date(),
        "by": amina,
        "at": now,
    }
    first, secret = make_link(credential, **words)
    second, nothing = make_link(credential, **words)
    assert first == second
    assert secret
    assert nothing == ""


def test_there_is_an_end_to_the_number_of_links(credential, now):
    for _ in range(MOST_LINKS):
        link, _secret = share(credential, at=now)
    with pytest.raises(TooManyLinks):
        share(credential, at=now)
    withdraw_link(link, by=None, at=now)
    share(credential, at=now)


def test_a_viewer_sees_what_was_chosen_and_no_more(client, credential, now):
    _link, secret = share(credential, at=now)
    response = open_link(client, secret)
    text = response.content.decode()
    assert response.status_code == 200
    assert "This certificate is valid today" in text
    assert credential.number in text
    for hidden in ("Amina", "Northgate", "Completed", "Training transcript", "Credentialing office"):
        assert hidden not in text
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"

    _link, secret = share(
        credential, at=now, name=True, agency=True, evidence=True, results=True, transcript=True
    )
    text = open_link(client, secret).content.decode()
    for shown in ("Amina Rahman", "Northgate Police", "Completed", "Training transcript"):
        assert shown in text


def test_a_link_does_not_depend_on_the_public_page(client, credential, now):
    credential.shares = {"name": True, "agency": True}
    credential.save(update_fields=["shares"])
    _link, secret = share(credential, at=now)
    assert "Amina" not in open_link(client, secret).content.decode()


def test_a_transcript_without_the_name_names_nobody(client, credential, amina, now):
    _link, secret = share(credential, at=now, transcript=True)
    text = open_link(client, secret).content.decode()
    assert "Training transcript" in text
    assert "Amina" not in text
    assert "Northgate" not in text


def test_withdrawn_expired_unknown_and_orphaned_links_get_one_answer(client, credential, amina, now):
    gone, withdrawn = share(credential, at=now)
    withdraw_link(gone, by=amina, at=now)
    _old, expired = share(credential, at=now - timedelta(days=10), days=5)
    _kept, orphaned = share(credential, at=now)
    assert open_link(client, orphaned).status_code == 200
    delete_account(amina, keeps_name=True, at=now)
    answers = [open_link(client, secret) for secret in (withdrawn, expired, orphaned, "never-made")]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.content.decode().split("<main")[1].split("</main>")[0] for answer in answers}
    assert len(bodies) == 1
    assert "This link does not work any more" in bodies.pop()
    assert all(answer["Cache-Control"] == "no-store" for answer in answers)


def test_who_leaves_takes_her_links_and_their_labels_with_her(credential, amina, now):
    link, _secret = share(credential, at=now)
    delete_account(amina, at=now)
    link.refresh_from_db()
    assert link.withdrawn_at is not None
    assert link.label == ""


def test_openings_are_counted_and_her_own_look_is_not(client, signed_in, credential, amina, now):
    link, secret = share(credential, at=now)
    open_link(client, secret)
    open_link(client, secret)
    open_link(signed_in(amina), secret)
    link.refresh_from_db()
    assert link.openings == 2
    assert link.last_opened_on == timezone.localdate()


def test_a_program_that_only_asks_whether_it_is_there_opens_nothing(client, credential, now):
    link, secret = share(credential, at=now)
    assert client.head(reverse("certification:shared", args=[secret])).status_code == 200
    link.refresh_from_db()
    assert link.openings == 0


def test_no_secret_is_written_into_the_log(client, credential, now, caplog):
    _link, secret = share(credential, at=now)
    answers = [open_link(client, secret).status_code for _ in range(LOOK_UPS[0] + 1)]
    assert answers[-1] == 429
    assert secret not in caplog.text


def test_a_link_to_a_corrected_certificate_says_so_and_hides_the_old_name(client, credential, now):
    _link, secret = share(credential, at=now, name=True)
    confirm_holder_name(credential, name="Amina B Rahman", at=now)
    text = open_link(client, secret).content.decode()
    assert "This certificate was replaced" in text
    assert "The newer certificate, as it stands today: Valid until" in text
    assert "Amina" not in text


def test_a_link_to_a_withdrawn_certificate_says_so(client, credential, ben, now):
    _link, secret = share(credential, at=now)
    revoke_credential(credential, by=ben, reason="Issued in error.", at=now)
    text = open_link(client, secret).content.decode()
    assert "This certificate was withdrawn" in text
    assert "Issued in error" not in text


def test_nobody_finds_links_by_trying(client, now):
    answers = [open_link(client, f"try-{n}").status_code for n in range(LOOK_UPS[0] + 2)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_shared_page_costs_the_same_for_one_certificate_or_six(
    client, count_queries, credential, amina, northgate, now
):
    _link, secret = share(credential, at=now, transcript=True)
    open_link(client, secret)
    one = count_queries(lambda: open_link(client, secret))
    for n in range(1, 6):
        make_credential(amina, northgate, at=now - timedelta(days=400 * n), role=f"R{n}")
    assert count_queries(lambda: open_link(client, secret)) == one
    assert one <= 9


def test_the_holder_previews_makes_and_withdraws_a_link(client, signed_in, amina, credential):
    browser = signed_in(amina)
    text = browser.get(page(credential)).content.decode()
    assert "What does this link reveal?" in text
    form = {"drawn": str(uuid.uuid4()), "days": "30", "name": "on", "label": "Office"}
    preview = browser.post(page(credential), {**form, "do": "preview"})
    assert "Amina Rahman" in preview.content.decode().split('id="preview"')[1]
    assert not ShareLink.objects.exists()

    made = browser.post(page(credential), {**form, "do": "make"})
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    secret = made.content.decode().split("/shared/")[1].split("/")[0]
    assert "Amina Rahman" in open_link(client, secret).content.decode()
    again = browser.post(page(credential), {**form, "do": "make"})
    assert again.status_code == 302
    assert ShareLink.objects.count() == 1
    assert secret not in browser.get(page(credential)).content.decode()

    link = ShareLink.objects.get()
    browser.post(reverse("certification:withdraw_link", args=[credential.number, link.uuid]))
    assert open_link(client, secret).status_code == 404
    assert "Withdrawn on" in browser.get(page(credential)).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"days": "9999"}, {"drawn": "no"}, {"label": "x" * 121}, {"days": ""}], ids=str
)
def test_what_cannot_be_made_is_answered_kindly(signed_in, amina, credential, wrong):
    form = {"drawn": str(uuid.uuid4()), "days": "30", "do": "make"} | wrong
    response = signed_in(amina).post(page(credential), form)
    assert response.status_code == 422
    assert not ShareLink.objects.exists()


def test_the_name_comes_first(signed_in, amina, northgate, now):
    credential = make_credential(amina, northgate, at=now)
    response = signed_in(amina).get(page(credential))
    assert response["Location"] == reverse("certification:detail", args=[credential.number])


@pytest.mark.parametrize("road", ["links", "reveals", "wallet"])
def test_nobody_else_gets_at_the_links(client, signed_in, chidi, ben, credential, now, road):
    url = reverse(f"certification:{road}", args=[credential.number])
    assert client.get(url).status_code == 302
    for person in (chidi, ben):
        assert signed_in(person).get(url).status_code == 404


def test_nobody_else_withdraws_a_link(signed_in, chidi, brannoc, credential, now):
    link, _secret = share(credential, at=now)
    confirm_name(chidi, name="Chidi Eze", at=now)
    his = make_credential(chidi, brannoc, at=now)
    for number in (credential.number, his.number):
        url = reverse("certification:withdraw_link", args=[number, link.uuid])
        assert signed_in(chidi).post(url).status_code == 404
    link.refresh_from_db()
    assert link.withdrawn_at is None


def test_the_wallet_page_names_each_file_and_its_kind(signed_in, amina, credential):
    text = signed_in(amina).get(reverse("certification:wallet", args=[credential.number])).content.decode()
    for kind, media in {
        "json": "application/vc+ld+json",
        "jwt": "application/vc+jwt",
        "png": "image/png",
        "svg": "image/svg+xml",
    }.items():
        assert f"{credential.number}.{kind}" in text
        assert media in text


def test_lessons_are_named_beside_their_codes_as_they_are_called_today(client, amina, northgate, now):
    make_lesson("1.3", "First words")
    make_course()
    credential = certify(amina, northgate, at=now)
    _link, secret = share(credential, at=now, evidence=True)
    text = open_link(client, secret).content.decode()
    lines = re.findall(r"<li>(1\.3 .*?)</li>", text)
    assert [re.sub("<.*?>", "", line) for line in lines] == [
        f"1.3 First words ({credential.content_versions['1.3']})"
    ]
