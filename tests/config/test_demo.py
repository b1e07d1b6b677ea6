"""The invented agencies: in through the services, and out without a trace."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from agencies.permissions import can_lead
from certification.looks import Signatory
from certification.models import AchievementCredential, CertificateImage
from certification.pictures import pictures_of
from certification.services import save_template
from compliance.models import ComplianceStatus
from compliance.status import State
from config import demo
from courses.models import Registration
from records.models import Statement
from tests.factories.accounts import ProfessionalRoleFactory
from tests.factories.looks import make_look


@pytest.fixture
def small(monkeypatch, settings):
    """The same agencies with one or two people a unit, so that the test takes seconds."""
    settings.DEBUG = True
    whole = demo._read

    def read(name):
        found = whole(name)
        if name == "agencies.yaml":
            for agency in found:
                for unit in agency["units"]:
                    unit["staff"] = 2
        return found

    monkeypatch.setattr(demo, "_read", read)


@pytest.mark.parametrize("command", ["load_demo", "reset_demo"])
def test_a_real_site_refuses(command, db):
    with pytest.raises(CommandError, match="DEBUG"):
        call_command(command)
    assert not User.objects.exists()


def test_everybody_named_in_the_files_has_a_role_that_the_files_may_give():
    roles = {row["role"] for agency in demo._read("agencies.yaml") for row in agency["units"]}
    units = {row["slug"] for agency in demo._read("agencies.yaml") for row in [agency, *agency["units"]]}
    for row in demo._read("people.yaml")["sign_ins"]:
        assert row.get("unit") in {None, *units}
    assert roles <= {*(f"R{number}" for number in range(1, 11)), "ALLIED"}
    assert sum(row["staff"] for agency in demo._read("agencies.yaml") for row in agency["units"]) > 180


def test_the_demo_comes_once_in_every_state_and_goes_without_a_trace(
    small, capsys, db, django_capture_on_commit_callbacks
):
    real = ProfessionalRoleFactory(code="R1")
    call_command("load_curriculum", verbosity=0)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("load_demo")
    assert "waylight-demo" in capsys.readouterr().out
    people, credentials = User.objects.count(), AchievementCredential.objects.count()
    assert {State.NOT_STARTED, State.IN_PROGRESS, State.CERTIFIED} <= set(
        ComplianceStatus.objects.values_list("state", flat=True)
    )
    ben = User.objects.get(email="lead.police@demo.waylight.example")
    on = timezone.localdate()
    assert can_lead(ben, Agency.objects.get(slug="northgate-custody"), on)
    assert not can_lead(ben, Agency.objects.get(slug="st-brannocs"), on)
    assert not User.objects.get(email="northgate-custody-01@demo.waylight.example").has_usable_password()

    call_command("load_demo")
    assert (User.objects.count(), AchievementCredential.objects.count()) == (people, credentials)

    own, theirs = make_look().logo, CertificateImage.objects.order_by("pk")[0]
    kept = {own.sha256, theirs.sha256}
    save_template(
        None,
        make_look(
            logo=own, signatories=(Signatory("R. Real", "Head", pictures_of([theirs.sha256])[theirs.sha256]),)
        ),
        by=None,
        at=timezone.now(),
    )
    assert CertificateImage.objects.count() > len(kept)
    call_command("reset_demo")
    assert set(CertificateImage.objects.values_list("sha256", flat=True)) == kept
    real.refresh_from_db()
    for model in (User, Registration, AchievementCredential, Statement, ComplianceStatus):
        assert not model.objects.exists(), model
    assert list(Agency.objects.values_list("slug", flat=True)) == ["independent"]
