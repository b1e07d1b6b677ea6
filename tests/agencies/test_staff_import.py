"""Staff lists: what they would do, all or nothing, again without effect, undone, and after a worker was killed."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from agencies import places, services, staff_import
from agencies.exceptions import AgencyError, ImportRefused
from agencies.models import Agency, Delegation, Invitation, Membership, StaffChange, StaffImport
from agencies.staff_import import apply_import, check_import, start_import, undo_import, what_undoing_does
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory
from tests.factories.agencies import DelegationFactory, MembershipFactory

pytestmark = pytest.mark.django_db
HEADING = "Staff number,E-mail,Name,Unit,Role,Start date,End date,Manager\n"
TODAY = timezone.localdate


@pytest.fixture
def east(northgate):
    return places.add_unit(northgate, name="East", on=TODAY())


@pytest.fixture
def west(northgate):
    return places.add_unit(northgate, name="West", on=TODAY())


def upload(text, *, agency, by, name="staff.csv", is_complete=False) -> StaffImport:
    content = text if isinstance(text, bytes) else text.encode()
    return start_import(
        agency, content=content, file_name=name, is_complete=is_complete, by=by, at=timezone.now()
    )


def check(text, *, agency, by, **said):
    run = upload(text, agency=agency, by=by, is_complete=said.pop("is_complete", False))
    plan = check_import(run, said=said, at=timezone.now())
    return run, plan


@pytest.fixture
def bring_in(django_capture_on_commit_callbacks):
    """Check and apply; tasks run at once, after the transaction."""

    def bring(text, *, agency, by, **said) -> StaffImport:
        run, plan = check(text, agency=agency, by=by, **said)
        assert not plan.problems
        with django_capture_on_commit_callbacks(execute=True):
            apply_import(run, at=timezone.now())
        run.refresh_from_db()
        return run

    return bring


def kinds(plan) -> list[str]:
    return [change["kind"] for change in plan.changes]


def words_of(plan) -> str:
    return "\n".join(f"{one['row']} {one['column']}: {one['what']}" for one in plan.problems)


NEW = HEADING + "NP-2000,new@northgate.example,Nia Okoye,East,R1,2026-01-05,,NP-0007\n"


def test_somebody_new_is_on_the_list_at_once_and_gets_an_invitation(northgate, east, ben, bring_in):
    run = bring_in(NEW, agency=northgate, by=ben)
    assert run.state == StaffImport.State.DONE
    place = Membership.objects.get(staff_number="NP-2000")
    assert (place.agency, place.started_on, place.manager, place.professional_role.code) == (
        east,
        date(2026, 1, 5),
        ben,
        "R1",
    )
    assert not place.user.is_active
    assert place.user.email.endswith("@invited.invalid")
    letter = mail.outbox[-1]
    assert letter.to == ["new@northgate.example"]
    assert letter.subject == "Your account for staff training"
    assert "traffick" not in letter.body.lower()
    assert "/agencies/join/" in letter.body
    assert run.rows == run.changes == []


def test_the_same_list_again_changes_nothing(northgate, east, west, amina, ben, bring_in):
    text = NEW + "NP-1042,amina@northgate.example,Amina Rahman,West,R1,,,nia\n".replace(",nia", ",NP-2000")
    bring_in(text, agency=northgate, by=ben)
    sent = len(mail.outbox)
    _run, plan = check(text, agency=northgate, by=ben)
    assert (plan.changes, plan.problems) == ([], [])
    assert plan.counts["unchanged"] == 2
    run = bring_in(text, agency=northgate, by=ben)
    assert (run.made.count(), len(mail.outbox)) == (0, sent)


def test_an_address_with_an_account_elsewhere_looks_like_any_other(
    northgate, east, brannoc, chidi, ben, bring_in
):
    strangers = ("chidi@st-brannocs.example", "nobody-at-all@st-brannocs.example")
    text = HEADING + "".join(f"X-{n},{email},Some One {n},East,R1,,,\n" for n, email in enumerate(strangers))
    _run, plan = check(text, agency=northgate, by=ben)
    assert kinds(plan) == ["joined", "joined"]
    bring_in(text, agency=northgate, by=ben)
    assert not chidi.memberships.exclude(agency=brannoc).exists()
    first, second = Membership.objects.filter(staff_number__startswith="X-").order_by("staff_number")
    assert first.user.is_active == second.user.is_active
    assert {letter.to[0] for letter in mail.outbox} == set(strangers)


def test_what_is_wrong_is_said_with_row_column_and_what_would_be_right(northgate, east, amina, ben):
    text = HEADING + (
        "NP-1,one@northgate.example,One Person,Easst,R1,2026-01-01,,\n"
        "NP-2,two@northgate.example,Two Person,East,Police officer,2026-01-01,,\n"
        "NP-3,three,Three Person,East,R1,2026-01-01,,\n"
        "NP-4,four@northgate.example,Four Person,East,R1,03/04/2026,,\n"
        "NP-5,five@northgate.example,,East,R1,soon,,\n"
        "NP-5,six@northgate.example,Six Person,East,R1,,,\n"
        ",,Nobody,East,R1,,,\n"
        "NP-8,,Eight Person,East,R1,,,\n"
        "NP-9,nine@northgate.example,=1+1,East,R1,2026-02-01,2026-01-01,\n"
        "NP-1042,other@northgate.example,Zed Zulu,East,R1,,,\n"
        "NP-11,eleven@northgate.example,Eleven Person,East,R1,,,NP-404\n"
    )
    before = (User.objects.count(), Membership.objects.count(), Invitation.objects.count())
    _run, plan = check(text, agency=northgate, by=ben)
    said = words_of(plan)
    for part in (
        "2 Unit: There is no unit “Easst”. Did you mean “East”?",
        "3 Role: “Police officer” is no professional role here. Did you mean “Police patrol officer",
        "4 E-mail: “three” is no e-mail address",
        "5 Start date: “03/04/2026” can be read two ways",
        "6 Start date: “soon” is no date. Write it as 2026-03-31",
        "7 Staff number: “NP-5” stands in row 6 already",
        "8 Staff number: There is neither",
        "9 E-mail: Nobody here has this number",
        "10 Name: This is a formula",
        "10 End date: The end lies before the start.",
        "11 Staff number: This number belongs to Amina Rahman here, and the list says Zed Zulu.",
        "12 Manager: Nobody in this list or in the agency has",
    ):
        assert part in said, f"{part}\n\n{said}"
    assert plan.asks_order
    assert list(plan.unknown_roles) == ["Police officer"]
    assert (User.objects.count(), Membership.objects.count(), Invitation.objects.count()) == before


def test_with_a_problem_nothing_is_applied(northgate, ben):
    run, plan = check(HEADING + "NP-1,one@northgate.example,One,Nowhere,R1,,,\n", agency=northgate, by=ben)
    assert plan.problems
    with pytest.raises(ImportRefused):
        apply_import(run, at=timezone.now())
    assert not StaffChange.objects.exists()


def test_words_of_the_agency_are_explained_once_and_remembered(northgate, east, ben):
    text = HEADING + "NP-1,one@northgate.example,One Person,The East End,Bobby,03/04/2026,,\n"
    said = {"roles": {"bobby": "R1"}, "units": {"the east end": str(east.uuid)}, "order": "day"}
    ProfessionalRoleFactory(code="R1")
    _run, plan = check(text, agency=northgate, by=ben, **said)
    assert not plan.problems
    assert ["started_on", "", "2026-04-03"] in plan.changes[0]["lines"]
    _run, again = check(text, agency=northgate, by=ben)
    assert again.changes == plan.changes
    # A unit below writes as the agency above it does, until it has a way of its own.
    assert staff_import.habits(east)["roles"] == {"bobby": "R1"}


def test_units_are_made_by_consent_only(northgate, east, ben, bring_in):
    text = HEADING + (
        "NP-1,one@northgate.example,One Person,Northgate Police/East/Traffic,,,,\n"
        "NP-2,two@northgate.example,Two Person,East > Traffic > Bikes,,,,\n"
    )
    _run, plan = check(text, agency=northgate, by=ben)
    assert len(plan.problems) == 2
    bring_in(text, agency=northgate, by=ben, creates_units=True)
    bikes = Agency.objects.get(name="Bikes")
    assert [unit.name for unit in bikes.get_ancestors()] == ["Northgate Police", "East", "Traffic"]
    assert Membership.objects.get(staff_number="NP-2").agency == bikes
    assert not check(text, agency=northgate, by=ben)[1].changes


def test_a_unit_that_is_there_twice_has_to_be_named_in_full(northgate, east, west, ben):
    for parent in (east, west):
        places.add_unit(parent, name="Traffic", on=TODAY())
    line = "NP-1,one@northgate.example,One Person,{},,,,\n"
    _run, plan = check(HEADING + line.format("Traffic"), agency=northgate, by=ben)
    assert "There are several units" in words_of(plan)
    assert not check(HEADING + line.format("East/Traffic"), agency=northgate, by=ben)[1].problems


def test_a_move_ends_one_place_and_begins_another_on_the_same_day(northgate, east, amina, ben, bring_in):
    bring_in(HEADING + "NP-1042,,Amina Rahman,East,,,,\n", agency=northgate, by=ben)
    new, old = amina.memberships.order_by("-id")
    assert (new.agency, new.started_on) == (east, TODAY())
    assert (old.agency, old.ended_on) == (northgate, TODAY())
    # Her first day in the agency is no difference, though she began in East today.
    _run, plan = check(HEADING + "NP-1042,,Amina Rahman,East,,2020-01-01,,\n", agency=northgate, by=ben)
    assert plan.changes == []


def test_role_number_start_and_manager_are_corrected_in_place(northgate, amina, ben, bring_in):
    ProfessionalRoleFactory(nurse=True)
    run = bring_in(
        HEADING + "NP-77,amina@northgate.example,Amina Rahman,,R3,2021-02-01,,ben@northgate.example\n",
        agency=northgate,
        by=ben,
    )
    place = amina.memberships.get()
    assert (place.staff_number, place.professional_role.code, place.started_on, place.manager) == (
        "NP-77",
        "R3",
        date(2021, 2, 1),
        ben,
    )
    assert [change.kind for change in run.made.all()] == ["changed"]


def test_leavers_lose_access_at_once_and_keep_their_account(northgate, amina, ben, bring_in):
    DelegationFactory(user=amina, agency=northgate, kind=Delegation.Kind.TRAINER)
    bring_in(HEADING + f"NP-1042,,Amina Rahman,,,,{TODAY().isoformat()},\n", agency=northgate, by=ben)
    assert not amina.memberships.current(on=TODAY()).exists()
    assert not amina.delegations.current(on=TODAY()).exists()
    amina.refresh_from_db()
    assert amina.is_active


def test_a_list_of_everybody_ends_whoever_is_missing_but_never_the_sender(northgate, amina, ben):
    nia = HEADING + "NP-5,five@northgate.example,Five Person,,,,,\n"
    _run, plan = check(nia, agency=northgate, by=ben, is_complete=True)
    assert [(change["kind"], change["name"]) for change in plan.changes] == [
        ("joined", "Five Person"),
        ("left", "Amina Rahman"),
    ]


def test_who_left_comes_back_under_her_number_with_the_old_place_as_it_was(northgate, amina, ben, bring_in):
    services.end_membership(amina.memberships.get(), on=date(2025, 1, 1))
    text = HEADING + "NP-1042,,Amina Rahman,,R1,2026-02-01,,\n"
    _run, plan = check(text, agency=northgate, by=ben)
    assert kinds(plan) == ["back"]
    bring_in(text, agency=northgate, by=ben)
    assert [place.started_on for place in amina.memberships.all()] == [date(2026, 2, 1), date(2020, 1, 1)]
    assert check(text, agency=northgate, by=ben)[1].changes == []


def test_a_number_that_was_given_to_somebody_else_means_somebody_new(northgate, amina, ben):
    services.end_membership(amina.memberships.get(), on=date(2025, 1, 1))
    text = HEADING + "NP-1042,zed@northgate.example,Zed Zulu,,R1,2026-02-01,,\n"
    _run, plan = check(text, agency=northgate, by=ben)
    assert kinds(plan) == ["joined"]


def test_nobody_outside_the_leads_own_part_is_found(northgate, east, west, amina, brannoc, chidi):
    """A coordinator of East: neither West nor another agency exists for her lists."""
    cora = UserFactory(name="Cora")
    DelegationFactory(user=cora, agency=east, kind=Delegation.Kind.COORDINATOR)
    places.transfer(amina.memberships.get(), to=west, on=TODAY())
    text = HEADING + (
        "NP-1042,amina@northgate.example,Amina Rahman,,,,,\n"
        "SB-0003,chidi@st-brannocs.example,Chidi Eze,,,,,\n"
        "NP-9,nine@northgate.example,Nine Person,West,,,,\n"
    )
    _run, plan = check(text, agency=east, by=cora)
    assert "There is no unit “West”" in words_of(plan)
    assert len(plan.problems) == 1
    _run, plan = check("\n".join(text.splitlines()[:3]), agency=east, by=cora)
    assert kinds(plan) == ["joined", "joined"]


def test_what_is_applied_is_what_was_seen(northgate, east, amina, ben, django_capture_on_commit_callbacks):
    run, _plan = check(HEADING + "NP-1042,,Amina Rahman,East,,,,\n", agency=northgate, by=ben)
    services.end_membership(amina.memberships.get(), on=TODAY())
    with django_capture_on_commit_callbacks(execute=True):
        apply_import(run, at=timezone.now())
    run.refresh_from_db()
    assert run.state == StaffImport.State.REFUSED
    assert "Since you checked" in run.problems[0]["what"]
    assert not run.made.exists()


def test_whoever_lost_the_role_meanwhile_applies_nothing(northgate, ben, django_capture_on_commit_callbacks):
    run, _plan = check(HEADING + "NP-5,five@northgate.example,Five,,,,,\n", agency=northgate, by=ben)
    services.end_delegation(ben.delegations.get(), on=TODAY())
    with django_capture_on_commit_callbacks(execute=True):
        apply_import(run, at=timezone.now())
    run.refresh_from_db()
    assert run.state == StaffImport.State.REFUSED
    assert not Invitation.objects.exists()


def test_what_breaks_in_the_middle_leaves_nothing_behind(
    northgate, east, ben, monkeypatch, django_capture_on_commit_callbacks
):
    run, _plan = check(NEW, agency=northgate, by=ben)
    before = (User.objects.count(), Membership.objects.count())
    monkeypatch.setattr(staff_import._Writer, "_moved", lambda *_: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        apply_import(run, at=timezone.now())
    run.refresh_from_db()
    assert run.state == StaffImport.State.REFUSED
    assert (User.objects.count(), Membership.objects.count()) == before
    assert not mail.outbox


def test_after_its_worker_was_killed_it_goes_on_and_sends_nothing_twice(
    northgate, east, ben, monkeypatch, django_capture_on_commit_callbacks
):
    text = HEADING + "".join(f"K-{n},k{n}@northgate.example,Person {n},East,R1,,,\n" for n in range(5))
    run, _plan = check(text, agency=northgate, by=ben)
    # The worker was killed after it was asked, before it did anything.
    apply_import(run, at=timezone.now() - timedelta(minutes=3))
    call_command("continue_staff_imports")
    run.refresh_from_db()
    assert (run.state, Membership.objects.filter(staff_number__startswith="K-").count()) == ("done", 5)
    assert len(mail.outbox) == 5
    # Killed while invitations went out: two were sent and noted, the rest follow once.
    StaffImport.objects.filter(pk=run.pk).update(
        state="telling", moved_at=timezone.now() - timedelta(minutes=3)
    )
    Invitation.objects.filter(email__in=["k3@northgate.example", "k4@northgate.example"]).update(sent_at=None)
    call_command("continue_staff_imports")
    run.refresh_from_db()
    assert run.state == "done"
    assert sorted(letter.to[0] for letter in mail.outbox[5:]) == [
        "k3@northgate.example",
        "k4@northgate.example",
    ]
    assert Membership.objects.filter(staff_number__startswith="K-").count() == 5


def test_two_workers_on_one_list_apply_it_once(northgate, east, ben, django_capture_on_commit_callbacks):
    run, _plan = check(NEW, agency=northgate, by=ben)
    apply_import(run, at=timezone.now())
    staff_import.work_on.func(run.pk)
    staff_import.work_on.func(run.pk)
    assert Membership.objects.filter(staff_number="NP-2000").count() == 1


def state_of(agency) -> list[tuple]:
    return sorted(
        (
            place.user.name,
            place.agency.name,
            place.professional_role_id or 0,
            place.staff_number,
            place.started_on,
            str(place.ended_on),
            place.manager_id or 0,
        )
        for place in Membership.objects.within(agency).select_related("user", "agency")
        if place.ended_on != place.started_on
    )


def test_a_whole_list_is_undone(northgate, east, amina, ben, bring_in, django_capture_on_commit_callbacks):
    leaver, mover = UserFactory(name="Lea Ver"), UserFactory(name="Mo Ver")
    MembershipFactory(user=leaver, agency=northgate, staff_number="NP-8")
    MembershipFactory(user=mover, agency=northgate, staff_number="NP-9")
    DelegationFactory(user=leaver, agency=northgate, kind=Delegation.Kind.TRAINER)
    before = state_of(northgate)
    text = NEW + (
        "NP-1042,,Amina Rahman,,,2021-01-01,,NP-0007\n"
        f"NP-8,,Lea Ver,,,,{TODAY().isoformat()},\n"
        "NP-9,,Mo Ver,East/Traffic,,,,\n"
    )
    run = bring_in(text, agency=northgate, by=ben, creates_units=True)
    assert state_of(northgate) != before
    found = what_undoing_does(run)
    assert (len(found.possible), found.blocked) == (5, [])
    with django_capture_on_commit_callbacks(execute=True):
        undo_import(run, by=ben, even_in_part=False, at=timezone.now())
    assert state_of(northgate) == before
    assert leaver.delegations.current(on=TODAY()).exists()
    assert not Invitation.objects.filter(withdrawn_at__isnull=True).exists()
    assert Agency.objects.get(name="Traffic").closed_on == TODAY()
    with pytest.raises(ImportRefused):
        undo_import(run, by=ben, even_in_part=True, at=timezone.now())


def test_what_something_was_built_on_cannot_be_undone_and_is_named(northgate, east, amina, ben, bring_in):
    run = bring_in(NEW + "NP-1042,,Amina Rahman,East,,,,\n", agency=northgate, by=ben)
    Invitation.objects.update(accepted_at=timezone.now())
    with pytest.raises(ImportRefused):
        undo_import(run, by=ben, even_in_part=False, at=timezone.now())
    found = undo_import(run, by=ben, even_in_part=True, at=timezone.now())
    assert [why for _change, why in found.blocked] == ["The invitation was taken since."]
    assert amina.memberships.get(ended_on=None).agency == northgate
    assert Membership.objects.get(staff_number="NP-2000").ended_on is None


def test_a_later_list_has_to_be_undone_first(northgate, east, west, amina, ben, bring_in):
    first = bring_in(HEADING + "NP-1042,,Amina Rahman,,,2021-01-01,,\n", agency=northgate, by=ben)
    second = bring_in(HEADING + "NP-1042,,Amina Rahman,,,2022-01-01,,\n", agency=northgate, by=ben)
    assert "later list" in what_undoing_does(first).blocked[0][1]
    for run in (second, first):
        undo_import(run, by=ben, even_in_part=False, at=timezone.now())
    assert amina.memberships.get().started_on == date(2020, 1, 1)


def test_old_uploads_are_forgotten(northgate, ben):
    run = upload(NEW, agency=northgate, by=ben)
    StaffImport.objects.filter(pk=run.pk).update(at=timezone.now() - timedelta(days=8))
    call_command("continue_staff_imports")
    assert not StaffImport.objects.exists()


def test_a_plan_costs_the_same_for_three_people_or_thirty(northgate, east, ben, count_queries):
    def cost(size):
        text = HEADING + "".join(f"C-{n},c{n}@northgate.example,P {n},East,R1,,,\n" for n in range(size))
        run = upload(text, agency=northgate, by=ben)
        return count_queries(lambda: staff_import._plan(run))

    assert cost(3) == cost(30)


def test_nobody_is_put_into_a_closed_unit(northgate, east, ben):
    places.close_unit(east, on=TODAY())
    _run, plan = check(HEADING + "NP-1,one@northgate.example,One,East,R1,,,\n", agency=northgate, by=ben)
    assert "“East” is closed" in words_of(plan)
    with pytest.raises(AgencyError):
        services.add_member(ben, east, professional_role=None, started_on=TODAY())


def test_everything_that_a_row_lacks_is_said_at_once(northgate, east, ben):
    text = HEADING + (
        "NP-1,,One Person,Nowhere,Bobby,,,\n"
        "NP-2,two@northgate.example,Two Person,East,R1,,,NP-1\n"
        "NP-3,three@northgate.example,Three Person,East/New one,R1,,,\n"
    )
    _run, plan = check(text, agency=northgate, by=ben)
    assert [(one["row"], one["column"]) for one in plan.problems] == [
        (2, "Unit"),
        (2, "Role"),
        (2, "E-mail"),
        (4, "Unit"),
    ]
    # A path that goes on below a unit is rather new than that unit.
    assert plan.unknown_units["East/New one"] == "+"
