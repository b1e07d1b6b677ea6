from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from accounts import services
from accounts.exceptions import AddressTaken, NameIsMissing, RoleIsSet
from accounts.models import User
from accounts.preferences import Look, look_from_cookie
from agencies import services as agencies
from courses.models import ActivityResponse
from tests.factories.accounts import PASSWORD, JurisdictionFactory, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import DelegationFactory
from tests.factories.compliance import certify

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_an_address_has_one_account_however_it_is_written(db):
    UserFactory(email="rosa@example.org")
    with pytest.raises(AddressTaken):
        services.create_person("Rosa@Example.org", name="Rosa")


def test_an_address_that_cannot_be_is_refused_and_nothing_is_kept(db):
    with pytest.raises(ValidationError):
        services.create_person("not an address", name="Rosa")
    assert not User.objects.exists()


def test_everybody_has_a_name_for_statements_that_says_nothing(db):
    one, other = UserFactory(name="Rosa"), UserFactory(name="Rosa")
    assert one.actor_name != other.actor_name
    assert "rosa" not in one.actor_name.lower()


def test_demo_passwords_open_nothing_on_a_real_site(db, settings):
    user = UserFactory(is_demo=True)
    assert not user.check_password(PASSWORD)
    settings.DEBUG = True
    assert user.check_password(PASSWORD)


def test_preferences_left_out_stay(db):
    user = UserFactory()
    services.set_preferences(user, look=Look(text_size="larger", theme="dark"), language="es")
    services.set_preferences(user, content_notes="summary")
    user.refresh_from_db()
    assert (user.text_size, user.theme, user.language, user.content_notes) == (
        "larger",
        "dark",
        "es",
        "summary",
    )


@pytest.mark.parametrize(
    ("cookie", "look"),
    [
        ("", Look()),
        ("text_size:large|theme:dark|motion:reduce", Look("large", "dark", "reduce")),
        ("text_size:huge|theme", Look()),
        ("|||:::|theme:dark", Look(theme="dark")),
    ],
)
def test_a_cookie_that_makes_no_sense_counts_as_none(cookie, look):
    assert look_from_cookie(cookie) == look
    assert look_from_cookie(look.to_cookie()) == look


def test_the_agency_decides_role_and_law(amina):
    nurse, uk, us = (
        ProfessionalRoleFactory(nurse=True),
        JurisdictionFactory(code="UK"),
        JurisdictionFactory(code="US"),
    )
    officer = ProfessionalRoleFactory(code="R1")
    for role, law in ((nurse, uk), (officer, us)):
        with pytest.raises(RoleIsSet, match="Northgate Police"):
            services.choose_role(amina, role=role, jurisdiction=law, at=NOW)
    services.choose_role(amina, role=officer, jurisdiction=uk, at=NOW)


def test_people_without_an_agency_choose_freely(db):
    user = UserFactory()
    agencies.join_independent(user, on=NOW.date())
    services.choose_role(
        user, role=ProfessionalRoleFactory(nurse=True), jurisdiction=JurisdictionFactory(code="US"), at=NOW
    )
    user.refresh_from_db()
    assert (user.professional_role.code, user.jurisdiction.code) == ("R3", "US")


def test_a_confirmed_name_is_tidied_and_never_empty(db):
    user = UserFactory()
    services.confirm_name(user, name="  Rosa \n Whitfield ", at=NOW)
    assert (user.name, user.name_confirmed_at) == ("Rosa Whitfield", NOW)
    with pytest.raises(NameIsMissing):
        services.confirm_name(user, name="  ", at=NOW)


@pytest.mark.parametrize("keeps_name", [True, False])
def test_a_deleted_account_leaves_proof_and_no_person(amina, northgate, client, keeps_name):
    DelegationFactory(user=amina, agency=northgate)
    credential = certify(amina, northgate, at=NOW)
    credential.shares = {**credential.shares, "name": True}
    credential.save(update_fields=["shares"])
    ActivityResponse.objects.create(
        user=amina, lesson_code="1.3", activity_id="a", note="mine", answered_at=NOW
    )
    client.login(email=amina.email, password=PASSWORD)
    services.delete_account(amina, keeps_name=keeps_name, at=NOW)
    services.delete_account(amina, keeps_name=keeps_name, at=NOW)

    gone = User.objects.get(pk=amina.pk)
    assert gone.deleted_at == NOW
    assert (gone.name, gone.scim_id, gone.professional_role, gone.is_active) == ("", "", None, False)
    assert gone.email.endswith("@deleted.invalid")
    assert not EmailAddress.objects.filter(user=gone).exists()
    assert not ActivityResponse.objects.filter(user=gone).exists()
    assert not gone.memberships.filter(ended_on__isnull=True).exists()
    assert gone.memberships.get().staff_number == ""
    assert not gone.delegations.current(on=NOW.date()).exists()
    assert not client.login(email="amina@northgate.example", password=PASSWORD)
    credential.refresh_from_db()
    assert credential.holder_name == "Amina Rahman"
    assert credential.shows("name") is keeps_name


def test_an_address_is_free_again_after_its_account_was_deleted(amina):
    services.delete_account(amina, at=NOW)
    assert services.create_person("amina@northgate.example", name="Amina").pk != amina.pk
