"""The lead's pages on staff: import, people, units, roles, invitations; and what others get of them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies import invitations as inviting
from agencies import places, roles, services
from agencies.exceptions import AgencyError, NotYours
from agencies.models import Agency, Delegation, DelegationEvent, Invitation, Leave, Membership, StaffImport
from tests.factories.accounts import PASSWORD, ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import DelegationFactory, MembershipFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
TEXT = "Staff number;E-mail;Name;Unit\nNP-3000;nia@northgate.example;Nia Okoye;Eastt\n"


@pytest.fixture
def east(northgate):
    return places.add_unit(northgate, name="East", on=TODAY())


@pytest.fixture
def west(northgate):
    return places.add_unit(northgate, name="West", on=TODAY())


@pytest.fixture
def cora(east):
    """Training coordinator of East only."""
    cora = UserFactory(name="Cora", email="cora@northgate.example")
    MembershipFactory(user=cora, agency=east)
    DelegationFactory(user=cora, agency=east, kind=Delegation.Kind.COORDINATOR)
    return cora


def address(name, agency, *args):
    return reverse(f"agencies:{name}", args=[agency.slug, *args])


def send(client, agency, text=TEXT, **said):
    file = SimpleUploadedFile("staff.csv", text.encode())
    return client.post(address("imports", agency), {"file": file, **said})


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    def go(client, url, data=None, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, data or {}, **more)

    return go


def test_a_lead_uploads_explains_applies_and_undoes(signed_in, ben, northgate, east, act):
    client = signed_in(ben)
    columns = send(client, northgate).url
    assert "Nia Okoye" in client.get(columns).content.decode()
    page = client.post(
        columns, {"column_0": "staff_number", "column_1": "email", "column_2": "name", "column_3": "unit"}
    ).url
    text = client.get(page).content.decode()
    assert "1 thing to mend" in text
    assert "Did you mean “East”?" in text
    client.post(page, {"step": "words", "unit_0": str(east.uuid)})
    text = client.get(page).content.decode()
    assert "This is what the list would do" in text
    assert "Apply 1 change" in text
    act(client, page, {"step": "apply"})
    assert "The list is applied" in client.get(page).content.decode()
    place = Membership.objects.get(staff_number="NP-3000")
    person = reverse("compliance:person", args=[northgate.slug, place.user.uuid])
    assert "Invited, has not signed in yet." in client.get(person).content.decode()
    undo = f"{page}undo/"
    assert "1 change goes back" in client.get(undo).content.decode()
    act(client, undo)
    assert "The list was undone" in client.get(page).content.decode()
    assert client.get(person).status_code == 404


def test_a_file_that_is_no_list_gets_a_message_beside_the_field(signed_in, ben, northgate):
    response = send(signed_in(ben), northgate, "nothing")
    assert response.status_code == 422
    assert "There is no row of headings" in response.content.decode()
    assert not StaffImport.objects.exists()


def test_one_field_for_two_columns_is_refused(signed_in, ben, northgate):
    client = signed_in(ben)
    columns = send(client, northgate).url
    response = client.post(columns, {"column_0": "name", "column_2": "name"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "is chosen for two columns" in text
    assert "Without one of them nobody can be found" in text


def test_problems_come_as_a_file_that_runs_nothing(signed_in, ben, northgate):
    client = signed_in(ben)
    text = 'Staff number,Name,"=cmd|calc"\nNP-9,One,=1+1\n'
    columns = send(client, northgate, text).url
    client.post(columns, {"column_0": "staff_number", "column_1": "name", "column_2": "unit"})
    run = StaffImport.objects.get()
    file = b"".join(client.get(address("import_problems", northgate, run.uuid))).decode()
    assert "'=cmd|calc" in file
    assert "\n2,=" not in file


def test_so_many_leavers_are_confirmed_once_more(signed_in, ben, northgate, act):
    for number in range(7):
        MembershipFactory(user=UserFactory(), agency=northgate, staff_number=f"L-{number}")
    client = signed_in(ben)
    columns = send(client, northgate, "Staff number,Name\nNP-0007,Ben Okafor\n", is_complete="on").url
    page = client.post(columns, {"column_0": "staff_number", "column_1": "name"}).url
    assert "7 of 8 people would leave" in client.get(page).content.decode()
    act(client, page, {"step": "apply"})
    assert Membership.objects.current(on=TODAY()).within(northgate).count() == 8
    act(client, page, {"step": "apply", "means_it": "1"})
    assert Membership.objects.current(on=TODAY()).within(northgate).count() == 1


def test_names_in_a_file_are_drawn_as_words(signed_in, ben, northgate):
    client = signed_in(ben)
    columns = send(client, northgate, "Staff number,<b>Name</b>\nNP-1,<script>x</script>\n").url
    text = client.get(columns).content.decode()
    assert "<script>x" not in text
    assert "<b>Name" not in text


def test_chidi_gets_nothing_of_northgates_staff(signed_in, chidi, ben, amina, northgate, act):
    send(signed_in(ben), northgate)
    run, place = StaffImport.objects.get(), amina.memberships.get()
    invitation = inviting.invite(northgate, email="x@northgate.example", name="X", by=ben, at=timezone.now())
    leave = places.record_leave(place, starts_on=TODAY(), ends_on=None, by=ben, at=timezone.now())
    urls = [
        address("people", northgate),
        address("units", northgate),
        address("unit", northgate, northgate.uuid),
        address("roles", northgate),
        address("role_end", northgate, ben.delegations.get().pk),
        address("invitations", northgate),
        address("invitation_change", northgate, invitation.uuid),
        address("imports", northgate),
        address("import", northgate, run.uuid),
        address("import_columns", northgate, run.uuid),
        address("import_problems", northgate, run.uuid),
        address("import_undo", northgate, run.uuid),
        address("place_change", northgate, place.uuid, "end"),
        address("leave_end", northgate, leave.uuid),
        reverse("compliance:person", args=[northgate.slug, amina.uuid]),
    ]
    client = signed_in(chidi)
    for url in urls:
        assert client.get(url).status_code in (404, 405), url
        assert act(client, url, {"on": TODAY().isoformat(), "step": "withdraw"}).status_code in (404, 405), (
            url
        )
    # Nor by their numbers under an agency of his own.
    for url in urls:
        own = url.replace("/northgate/", "/st-brannocs/")
        if own.count("/") > 4:
            assert client.get(own).status_code in (404, 405), own
            assert act(client, own, {"on": TODAY().isoformat()}).status_code in (404, 405), own
    place.refresh_from_db()
    leave.refresh_from_db()
    assert (place.ended_on, leave.ends_on) == (None, None)


def test_a_coordinator_acts_in_her_own_part_only(signed_in, cora, amina, east, west, northgate):
    client = signed_in(cora)
    assert client.get(address("people", east)).status_code == 200
    assert client.get(address("imports", east)).status_code == 200
    for url in (
        address("people", northgate),
        address("imports", west),
        address("roles", east),
        reverse("compliance:person", args=[east.slug, amina.uuid]),
        address("place_change", east, amina.memberships.get().uuid, "end"),
    ):
        assert client.get(url).status_code == 404, url
    mine = cora.memberships.get()
    response = client.post(
        address("place_change", east, mine.uuid, "transfer"),
        {"to": str(west.uuid), "on": TODAY().isoformat()},
    )
    assert response.status_code == 422


def test_an_auditor_reads_and_changes_nothing(signed_in, amina, east, northgate):
    auditor = UserFactory()
    DelegationFactory(user=auditor, agency=northgate, kind=Delegation.Kind.AUDITOR)
    client = signed_in(auditor)
    assert client.get(address("people", northgate)).status_code == 200
    assert client.get(address("units", northgate)).status_code == 200
    person = reverse("compliance:person", args=[northgate.slug, amina.uuid])
    text = client.get(person).content.decode()
    assert "Amina Rahman" in text
    assert "/memberships/" not in text
    for url in (
        address("imports", northgate),
        address("invitations", northgate),
        address("roles", northgate),
    ):
        assert client.get(url).status_code == 404
    assert (
        client.post(address("units", northgate), {"name": "X", "parent": northgate.uuid}).status_code == 404
    )


def test_a_life_at_an_agency_keeps_its_history(signed_in, ben, amina, northgate, east, west, act):
    client = signed_in(ben)
    ProfessionalRoleFactory(nurse=True)
    page = reverse("compliance:person", args=[northgate.slug, amina.uuid])

    def change(what, data, *, place=None):
        place = place or amina.memberships.filter(ended_on=None).first()
        response = act(client, address("place_change", northgate, place.uuid, what), data)
        assert response.status_code == 302, response.content.decode()

    day = lambda ago: (TODAY() - timedelta(days=ago)).isoformat()  # noqa: E731
    change("transfer", {"to": str(east.uuid), "on": day(300)})
    at_east = amina.memberships.get(agency=east)
    change(
        "correct",
        {"professional_role": "R3", "staff_number": "NP-9", "manager": "NP-0007", "started_on": day(299)},
    )
    change("second", {"to": str(west.uuid), "starts_on": day(200), "ends_on": day(100)})
    change("leave", {"starts_on": day(50), "back_on": ""}, place=at_east)
    text = client.get(page).content.decode()
    assert "Manager: Ben Okafor." in text
    assert "until further notice" in text
    leave = Leave.objects.get()
    act(client, address("leave_end", northgate, leave.uuid))
    leave.refresh_from_db()
    assert leave.ends_on == TODAY()
    change("end", {"on": day(10)})
    assert not amina.memberships.current(on=TODAY()).exists()
    assert "Does not work here any more." in client.get(page).content.decode()
    change("rehire", {"to": str(northgate.uuid), "on": day(1)}, place=amina.memberships.first())
    kinds = list(amina.memberships.order_by("started_on").values_list("agency__name", "kind"))
    assert kinds == [
        ("Northgate Police", "post"),
        ("East", "post"),
        ("West", "secondment"),
        ("Northgate Police", "post"),
    ]
    assert amina.memberships.get(kind="secondment").home == at_east


def test_nobody_is_moved_to_another_agency(amina, brannoc):
    with pytest.raises(AgencyError, match="another agency"):
        places.transfer(amina.memberships.get(), to=brannoc, on=TODAY())
    with pytest.raises(AgencyError, match="another agency"):
        places.second(
            amina.memberships.get(), to=brannoc, starts_on=TODAY(), ends_on=TODAY() + timedelta(days=9)
        )


def test_a_manager_works_in_the_same_agency(amina, chidi):
    with pytest.raises(AgencyError, match="same agency"):
        places.correct(
            amina.memberships.get(),
            professional_role=None,
            staff_number="",
            manager=chidi,
            started_on=TODAY(),
            on=TODAY(),
        )


def test_the_person_page_is_silent_about_places_elsewhere(signed_in, chidi, amina, brannoc, northgate):
    services.add_member(amina, brannoc, professional_role=None, started_on=TODAY())
    text = (
        signed_in(chidi).get(reverse("compliance:person", args=[brannoc.slug, amina.uuid])).content.decode()
    )
    assert "Amina Rahman" in text
    assert "Northgate" not in text
    assert "NP-1042" not in text


def test_units_are_added_renamed_moved_and_closed(signed_in, ben, amina, northgate, east, west, act):
    client = signed_in(ben)
    act(client, address("units", northgate), {"name": "Traffic", "parent": str(east.uuid)})
    traffic = Agency.objects.get(name="Traffic")
    places.transfer(amina.memberships.get(), to=traffic, on=TODAY())
    url = address("unit", northgate, traffic.uuid)
    assert client.post(url, {"step": "close"}).status_code == 200
    traffic.refresh_from_db()
    assert traffic.closed_on is None
    act(client, url, {"step": "save", "name": "Roads", "parent": str(west.uuid)})
    moved = Agency.objects.get(name="Roads")
    assert (moved.pk, moved.get_parent()) == (traffic.pk, west)
    # Who leads West now sees her, who leads East no longer does.
    assert Membership.objects.within(Agency.objects.get(pk=west.pk)).filter(user=amina).exists()
    assert not Membership.objects.within(Agency.objects.get(pk=east.pk)).filter(user=amina).exists()
    act(client, address("unit", northgate, east.uuid), {"step": "close"})
    assert Agency.objects.get(pk=east.pk).closed_on == TODAY()
    response = client.post(address("units", northgate), {"name": "West", "parent": str(northgate.uuid)})
    assert "There is a unit “West” there already" in response.content.decode()


def test_a_unit_never_moves_into_itself_or_to_another_agency(east, brannoc, northgate):
    below = places.add_unit(east, name="Below", on=TODAY())
    for target in (below, east, brannoc):
        with pytest.raises(AgencyError):
            places.move_unit(east, to=target, at=timezone.now())
    with pytest.raises(AgencyError):
        places.close_unit(northgate, on=TODAY())


def test_a_lead_gives_roles_and_the_log_says_so(signed_in, ben, amina, east, northgate, act):
    client = signed_in(ben)
    until = TODAY() + timedelta(days=30)
    form = {"person": "NP-1042", "kind": "coordinator", "unit": str(east.uuid), "ends_on": until.isoformat()}
    act(client, address("roles", northgate), form)
    given = amina.delegations.get()
    assert (given.agency, given.kind, given.ends_on) == (east, "coordinator", until)
    act(client, address("role_end", northgate, given.pk))
    given.refresh_from_db()
    assert given.ends_on == TODAY()
    events = DelegationEvent.objects.filter(user=amina).order_by("id")
    assert [(event.kind, event.by) for event in events] == [("given", ben), ("ended", ben)]
    text = client.get(address("roles", northgate)).content.decode()
    assert "Given: Training coordinator, East" in text
    with pytest.raises(TypeError):
        events[0].save()
    with pytest.raises(TypeError):
        events[0].delete()


def test_nobody_gives_more_than_she_has(ben, amina, east, west, northgate):
    until = TODAY() + timedelta(days=30)
    lea = UserFactory()
    MembershipFactory(user=lea, agency=east)
    DelegationFactory(user=lea, agency=east, ends_on=until)
    shared = {"by": lea, "at": timezone.now()}
    roles.give_role(amina, east, kind="trainer", ends_on=until, **shared)
    with pytest.raises(NotYours):
        roles.give_role(amina, east, kind="trainer", ends_on=until + timedelta(days=1), **shared)
    with pytest.raises(NotYours):
        roles.give_role(amina, east, kind="lead", ends_on=None, **shared)
    for above in (west, northgate):
        with pytest.raises(NotYours):
            roles.give_role(amina, above, kind="trainer", ends_on=until, **shared)
    with pytest.raises(NotYours):
        roles.give_role(lea, east, kind="coordinator", ends_on=until, **shared)
    with pytest.raises(NotYours):
        roles.take_role(ben.delegations.get(), **shared)
    with pytest.raises(AgencyError):
        roles.give_role(amina, east, kind="auditor", ends_on=None, by=ben, at=timezone.now())


def test_an_auditor_from_outside_is_invited_and_becomes_no_member(signed_in, ben, northgate, client, act):
    until = TODAY() + timedelta(days=30)
    form = {
        "person": "audit@inspectorate.example", "name": "Ines Pector", "kind": "auditor", "is_outside": "on",
        "unit": str(northgate.uuid), "ends_on": until.isoformat(),
    }  # fmt: skip
    act(signed_in(ben), address("roles", northgate), form)
    link = reverse("agencies:join", args=[inviting.secret_of(Invitation.objects.get())])
    response = client.post(link, {"name": "Ines Pector", "password1": PASSWORD, "password2": PASSWORD})
    assert response.status_code == 302
    ines = User.objects.get(email="audit@inspectorate.example")
    assert not ines.memberships.exists()
    assert ines.delegations.get().ends_on == until
    assert DelegationEvent.objects.get(user=ines).by == ben


def invite(ben, northgate, email="nia@northgate.example"):
    return inviting.invite(
        northgate,
        email=email,
        name="Nia Okoye",
        professional_role=ProfessionalRoleFactory(code="R1"),
        staff_number="NP-8",
        by=ben,
        at=timezone.now(),
    )


def test_an_invitation_opens_an_account_once(ben, northgate, client, act):
    invitation = invite(ben, northgate)
    link = reverse("agencies:join", args=[inviting.secret_of(invitation)])
    assert "nia@northgate.example" in client.get(link).content.decode()
    response = client.post(link, {"name": "Nia Okoye", "password1": "short", "password2": "short"})
    assert response.status_code == 422
    act(client, link, {"name": "Nia Ó Okoye", "password1": PASSWORD, "password2": PASSWORD})
    nia = User.objects.get(email="nia@northgate.example")
    assert (nia.name, nia.is_active, nia.check_password(PASSWORD)) == ("Nia Ó Okoye", True, True)
    assert nia.memberships.get().staff_number == "NP-8"
    assert nia.emailaddress_set.get().verified
    assert client.get(link).status_code == 404


def test_who_has_an_account_signs_in_and_keeps_it(ben, northgate, chidi, client, signed_in, act):
    invitation = invite(ben, northgate, email=chidi.email)
    waiting = invitation.membership.user
    link = reverse("agencies:join", args=[inviting.secret_of(invitation)])
    assert "You have an account under chidi@st-brannocs.example" in client.get(link).content.decode()
    # Without signing in the link gives nobody her account.
    client.post(link, {"name": "X", "password1": PASSWORD, "password2": PASSWORD})
    assert not chidi.memberships.filter(agency=northgate).exists()
    act(signed_in(chidi), link)
    assert chidi.memberships.filter(agency=northgate, staff_number="NP-8").exists()
    waiting.refresh_from_db()
    assert waiting.deleted_at is not None
    assert not waiting.memberships.exists()


def test_a_link_ends_when_it_is_sent_again_withdrawn_or_old(signed_in, ben, northgate, client, act):
    invitation = invite(ben, northgate)
    first = inviting.secret_of(invitation)
    boss = signed_in(ben)
    act(boss, address("invitation_change", northgate, invitation.uuid), {"step": "again"})
    invitation.refresh_from_db()
    second = inviting.secret_of(invitation)
    now = timezone.now()
    assert inviting.invitation_behind(first, at=now) is None
    assert inviting.invitation_behind(second, at=now) == invitation
    assert inviting.invitation_behind(second, at=now + inviting.LASTS + timedelta(days=1)) is None
    assert len(mail.outbox) == 1
    act(boss, address("invitation_change", northgate, invitation.uuid), {"step": "withdraw"})
    assert inviting.invitation_behind(second, at=now) is None
    assert not Membership.objects.current(on=TODAY()).filter(staff_number="NP-8").exists()
    for secret in (first, second, "made-up"):
        assert client.get(reverse("agencies:join", args=[secret])).status_code == 404


def test_one_address_is_invited_once(signed_in, ben, amina, northgate, act):
    client = signed_in(ben)
    form = {
        "name": "X",
        "email": "x@northgate.example",
        "unit": str(northgate.uuid),
        "started_on": TODAY().isoformat(),
    }
    assert act(client, address("invitations", northgate), form).status_code == 302
    assert act(client, address("invitations", northgate), form).status_code == 422
    assert act(client, address("invitations", northgate), form | {"email": amina.email}).status_code == 422
    assert "x@northgate.example" in client.get(address("invitations", northgate)).content.decode()


def test_mail_that_cannot_be_sent_is_tried_again(ben, northgate, monkeypatch):
    invitation = invite(ben, northgate)

    class Down:
        def send_messages(self, messages):
            raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(inviting, "get_connection", Down)
        assert inviting.send_waiting([invitation.pk], at=timezone.now()) == 0
    assert inviting.send_waiting(at=timezone.now() + timedelta(minutes=5)) == 1
    assert inviting.send_waiting(at=timezone.now() + timedelta(minutes=5)) == 0
    assert len(mail.outbox) == 1


def test_signing_in_by_the_agencys_provider_takes_the_place_that_waits(ben, northgate):
    invitation = invite(ben, northgate)
    provider = services.save_identity_provider(
        northgate,
        provider="openid_connect",
        provider_id="northgate",
        name="Northgate account",
        client_id="waylight",
        secret="secret",
        settings={"server_url": "https://login.northgate.example"},
        email_domains="northgate.example",
    )
    nia = UserFactory(email="nia@northgate.example")
    services.join_through(provider, nia, email="nia@northgate.example", on=TODAY())
    assert nia.memberships.get().pk == invitation.membership_id


def test_the_list_of_people_costs_the_same_for_two_or_twenty(signed_in, ben, amina, northgate, count_queries):
    client = signed_in(ben)
    few = count_queries(lambda: client.get(address("people", northgate)))
    for _ in range(18):
        MembershipFactory(user=UserFactory(), agency=northgate)
    assert count_queries(lambda: client.get(address("people", northgate))) == few


def test_what_is_kept_of_a_person_is_in_her_own_file_and_goes_with_her(
    ben, amina, northgate, act, signed_in, django_capture_on_commit_callbacks
):
    from agencies.models import StaffChange
    from agencies.own_data import own_data_of

    text = "Staff number,Name,Start date,Manager\nNP-1042,Amina Rahman,2021-02-01,NP-0007\n"
    client = signed_in(ben)
    columns = send(client, northgate, text).url
    page = client.post(
        columns,
        {"column_0": "staff_number", "column_1": "name", "column_2": "started_on", "column_3": "manager"},
    ).url
    act(client, page, {"step": "apply"})
    place = amina.memberships.get()
    places.record_leave(place, starts_on=TODAY(), ends_on=None, by=ben, at=timezone.now())
    kept = own_data_of(amina)["agencies.json"]
    assert kept["memberships"][0]["manager"] == "Ben Okafor"
    assert kept["leaves"][0]["from"] == TODAY()
    services.forget_member(amina, on=TODAY())
    change = StaffChange.objects.get(membership=place)
    assert (change.before, change.after) == ({}, {})
    # What was forgotten cannot be put back, and says so.
    assert "changed again" in client.get(f"{page}undo/").content.decode()


def test_addresses_of_withdrawn_invitations_are_forgotten(ben, northgate):
    invitation = invite(ben, northgate)
    now = timezone.now()
    inviting.withdraw(invitation, at=now)
    assert inviting.forget_withdrawn(at=now + timedelta(days=89)) == 0
    assert inviting.forget_withdrawn(at=now + timedelta(days=91)) == 1
    invitation.refresh_from_db()
    assert (invitation.email, invitation.name) == ("", "")


def test_each_invitation_costs_one_more_query(ben, northgate, east, west, count_queries):
    def cost(size):
        made = [
            invite(ben, unit, email=f"{size}-{n}@x.example")
            for n, unit in zip(range(size), [east, west] * size, strict=False)
        ]
        return count_queries(lambda: inviting.send_waiting([one.pk for one in made], at=timezone.now()))

    assert cost(10) - cost(2) == 8
