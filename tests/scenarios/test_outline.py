"""Writing a story in the admin: nobody's words are overwritten, nothing is half-saved, learners keep what they play."""

import uuid
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site as WagtailSite

from accounts.models import User
from config.groups import REVIEWERS, TRAINERS, ensure_groups
from scenarios import services
from scenarios.documents import DocumentStory
from scenarios.models import Attempt, Scenario, ScenarioPage, Scene
from scenarios.outline.compare import compare, word_changes
from scenarios.outline.fields import ConditionField, Story, fresh_key, in_words
from tests.factories.accounts import ProfessionalRoleFactory, UserFactory

from .conftest import NOW, document


@pytest.fixture
def tova(db: None) -> User:
    """A trainer."""
    ensure_groups()
    user = UserFactory(name="Tova Trainer")
    user.groups.add(*_groups(TRAINERS))
    return user


def _groups(*names: str) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.filter(name__in=names)


@pytest.fixture
def page(seen_alone: Scenario) -> ScenarioPage:
    """Seen alone in the admin."""
    index = services.scenario_index(WagtailSite.objects.get().root_page)
    return services.page_for(seen_alone, parent=index)


@pytest.fixture
def desk(tova: User, signed_in: Any) -> Client:
    return signed_in(tova)


def url(page: ScenarioPage, *parts: str) -> str:
    return f"/admin/stories/{page.pk}/" + "".join(f"{part}/" for part in parts)


def scene_form(client: Client, address: str) -> dict[str, Any]:
    """What a browser would post back, untouched."""
    response = client.get(address)
    assert response.status_code == 200
    editor = response.context["editor"]
    data: dict[str, Any] = {
        "revision": response.context["revision"],
        "choice": [one for one, _ in editor.choices],
    }
    for form in (editor.form, *(form for _uuid, form in editor.choices)):
        for field in form:
            widget, name, value = field.field.widget, field.html_name, field.value()
            if hasattr(widget, "parts"):
                context = widget.get_context(name, value, {})
                data[f"{name}-rows"] = len(context["rows"])
                data[f"{name}-join"] = context.get("join", "")
                for number, row in enumerate(context["rows"]):
                    data |= {f"{name}-{number}-{part}": row[part] for part in widget.parts}
            elif isinstance(value, dict):
                data |= {f"{name}-{key}": inner for key, inner in value.items()}
            elif value not in (None, "") and value is not False:
                data[name] = ", ".join(value) if isinstance(value, list) and field.name == "facts" else value
    return data


def first_scene(page: ScenarioPage) -> Scene:
    return Scene.objects.get(scenario=page.scenario, key="S2-n01")


def scene_url(page: ScenarioPage) -> str:
    return url(page, "scenes", str(first_scene(page).uuid))


@pytest.mark.parametrize("slug", ["seen-alone", "early-van"])
def test_a_scene_that_is_saved_as_it_is_stays_as_it_is(page: ScenarioPage, desk: Client, slug: str) -> None:
    if slug != "seen-alone":
        scenario = services.load_scenario(document(slug), at=NOW)
        page = services.page_for(scenario, parent=page.get_parent().specific)
    before = services.draft_document(page.scenario)
    for scene in page.scenario.scenes.all():
        address = url(page, "scenes", str(scene.uuid))
        assert desk.post(address, scene_form(desk, address)).status_code == 302
    assert services.draft_document(page.scenario) == before


def test_what_a_trainer_writes_is_saved_and_learners_keep_what_they_play(
    page: ScenarioPage, desk: Client, attempt: Attempt
) -> None:
    data = scene_form(desk, scene_url(page))
    choice = data["choice"][0]
    data |= {
        "scene-title": "At the desk",
        f"choice-{choice}-text": "Say hello.",
        f"choice-{choice}-effects-0-change": "2",
    }
    data[f"choice-{choice}-scores-CUL"] = "1"
    assert desk.post(scene_url(page), data).status_code == 302
    scene = first_scene(page)
    assert (scene.title, scene.revision) == ("At the desk", 2)
    saved = scene.choices.get(uuid=choice)
    assert saved.text == "Say hello."
    assert {one.competency for one in saved.scores.all()} == {"SAF", "TIC", "CON", "CUL"}
    attempt.refresh_from_db()
    assert attempt.version.snapshot["scenes"][0]["title"] == "Triage"


def test_two_trainers_in_one_scene_overwrite_nothing(page: ScenarioPage, desk: Client) -> None:
    mine = scene_form(desk, scene_url(page))
    hers = dict(mine) | {"scene-title": "Hers"}
    assert desk.post(scene_url(page), hers).status_code == 302
    mine |= {"scene-title": "Mine"}
    refused = desk.post(scene_url(page), mine)
    assert refused.status_code == 409
    assert "Somebody else has saved this scene" in refused.content.decode()
    assert 'value="Mine"' in refused.content.decode()
    assert first_scene(page).title == "Hers"
    auto = desk.post(scene_url(page), mine, headers={"accept": "application/json"})
    assert auto.status_code == 409
    assert auto.json()["conflict"] is True
    mine["revision"] = refused.context["revision"]
    assert desk.post(scene_url(page), mine).status_code == 302
    assert first_scene(page).title == "Mine"


def test_an_autosave_answers_with_the_new_revision(page: ScenarioPage, desk: Client) -> None:
    data = scene_form(desk, scene_url(page)) | {"scene-title": "A"}
    answer = desk.post(scene_url(page), data, headers={"accept": "application/json"}).json()
    assert answer["revision"] == 2
    data |= {"scene-title": "B", "revision": answer["revision"]}
    assert desk.post(scene_url(page), data, headers={"accept": "application/json"}).status_code == 200
    assert first_scene(page).title == "B"


MISTAKES = [
    ("scene-title", "", "Title"),
    ("scene-title", "x" * 201, "Title"),
    ("to", "Nowhere land", "No scene is called “Nowhere land”"),
    ("effects-0-variable", "hope", "Choose what changes"),
    ("effects-0-change", "much", "Say by how much"),
    ("scores-SAF", "5", "A score is from -2 to 2"),
    ("condition-0-subject", "python:exec", "Choose what the condition is about"),
    ("move", "shouting", "Kind of move"),
    ("pack_slots", "made-up", "Questions of law"),
    ("text", "a\0b", "a character in it that cannot be seen"),
]


@pytest.mark.parametrize(("field", "value", "words"), MISTAKES)
def test_a_mistake_is_named_and_nothing_is_half_saved(
    page: ScenarioPage, desk: Client, field: str, value: str, words: str
) -> None:
    data = scene_form(desk, scene_url(page))
    before = services.draft_document(page.scenario)
    choice = data["choice"][0]
    name = field if field.startswith("scene-") else f"choice-{choice}-{field}"
    data |= {f"choice-{data['choice'][1]}-text": "Changed as well", name: value}
    if field.startswith("effects"):
        data.setdefault(f"choice-{choice}-effects-0-change", "1")
    refused = desk.post(scene_url(page), data)
    assert refused.status_code == 422
    assert words.split("“")[0] in refused.content.decode()
    assert "Changed as well" in refused.content.decode()
    assert services.draft_document(page.scenario) == before
    auto = desk.post(scene_url(page), data, headers={"accept": "application/json"})
    assert auto.status_code == 422
    assert auto.json()["errors"]


def test_a_scene_is_made_and_linked_in_place(page: ScenarioPage, desk: Client) -> None:
    data = scene_form(desk, scene_url(page))
    choice = data["choice"][1]
    data |= {f"choice-{choice}-to": "A quiet room", "action": f"make:{choice}"}
    assert desk.post(scene_url(page), data).status_code == 302
    made = Scene.objects.get(scenario=page.scenario, title="A quiet room")
    assert made.key == "a-quiet-room"
    assert first_scene(page).choices.get(uuid=choice).target == made


def test_choices_are_added_moved_and_taken_out(page: ScenarioPage, desk: Client) -> None:
    address = scene_url(page)
    data = scene_form(desk, address)
    first, second, third = data["choice"]
    desk.post(address, data | {"action": f"down:{first}"})
    assert scene_form(desk, address)["choice"] == [second, first, third]
    data = scene_form(desk, address)
    desk.post(address, data | {"action": f"remove:{third}"})
    assert scene_form(desk, address)["choice"] == [second, first]
    added = scene_form(desk, f"{address}?add=1")
    new = added["choice"][-1]
    added |= {f"choice-{new}-text": "Wait.", f"choice-{new}-to": "The story ends here [END]"}
    assert desk.post(address, added).status_code == 302
    last = first_scene(page).choices.get(uuid=new)
    assert (last.key, last.is_end, last.target) == ("S2-n01-c", True, None)


def test_scenes_are_added_moved_and_deleted(page: ScenarioPage, desk: Client) -> None:
    address = url(page)
    assert desk.post(address, {"action": "add", "title": ""}).status_code == 422
    desk.post(address, {"action": "add", "title": "Last of all"})
    keys = list(page.scenario.scenes.values_list("key", flat=True))
    assert keys[-1] == "last-of-all"
    scene = page.scenario.scenes.get(key="last-of-all")
    desk.post(address, {"action": f"up:{scene.uuid}"})
    assert list(page.scenario.scenes.values_list("key", flat=True))[-2] == "last-of-all"
    gone = page.scenario.scenes.get(key="S2-n02")
    sure = desk.get(url(page, "scenes", str(gone.uuid), "delete"))
    assert "Triage" in sure.content.decode()
    assert desk.post(url(page, "scenes", str(gone.uuid), "delete")).status_code == 302
    assert first_scene(page).choices.filter(target=None, is_end=False).exists()
    assert desk.get(address).status_code == 200


def test_the_frame_of_a_story_is_chosen_by_title(page: ScenarioPage, desk: Client) -> None:
    assert desk.post(url(page), {"action": "frame", "first": "No such"}).status_code == 422
    desk.post(url(page), {"action": "frame", "first": "Alone at last", "last": "Handing over"})
    page.scenario.refresh_from_db()
    assert (page.scenario.first_scene, page.scenario.last_decision) == ("S2-n03", "S2-n15")


def test_publishing_makes_a_version_and_refuses_what_is_not_ready(page: ScenarioPage, desk: Client) -> None:
    data = scene_form(desk, scene_url(page)) | {"scene-text": "Ms Doran waits."}
    desk.post(scene_url(page), data)
    done = desk.post(url(page, "publish"), follow=True)
    assert "Published as version 2" in done.content.decode()
    page.scenario.refresh_from_db()
    assert page.scenario.version is not None
    assert page.scenario.version.snapshot["scenes"][0]["text"] == "Ms Doran waits."
    data = scene_form(desk, scene_url(page))
    data[f"choice-{data['choice'][0]}-to"] = ""
    desk.post(scene_url(page), data)
    refused = desk.post(url(page, "publish"), follow=True)
    assert "Not published" in refused.content.decode()
    page.scenario.refresh_from_db()
    assert page.scenario.version.number == 2


def test_versions_are_compared_and_an_older_one_comes_back_into_the_draft(
    page: ScenarioPage, desk: Client
) -> None:
    data = scene_form(desk, scene_url(page)) | {"scene-title": "Arrival at the desk"}
    desk.post(scene_url(page), data)
    shown = desk.get(url(page, "versions")).content.decode()
    assert "<ins>Arrival at the desk</ins>" in shown
    assert "<del>Triage</del>" in shown
    assert desk.get(url(page, "versions") + "?old=99&new=draft").status_code == 404
    desk.post(url(page, "versions", "1", "restore"))
    assert first_scene(page).title == "Triage"
    assert "No difference." in desk.get(url(page, "versions")).content.decode()


def test_a_preview_begins_anywhere_with_any_values_and_stores_nothing(
    page: ScenarioPage, desk: Client
) -> None:
    before = Attempt.objects.count()
    shown = desk.get(url(page, "preview") + "?from=S2-n03&v-trust=9&law=UK")
    assert shown.context["shown"].scene["key"] == "S2-n03"
    assert shown.context["shown"].values["trust"] == 9
    option, href = shown.context["options"][0]
    after = desk.get(url(page, "preview") + href)
    assert after.context["shown"].last["uuid"] == option.uuid
    assert Attempt.objects.count() == before


def test_a_preview_of_an_unfinished_draft_says_what_is_missing(page: ScenarioPage, desk: Client) -> None:
    page.scenario.scenes.first().choices.update(target=None)
    first = first_scene(page).choices.first()
    shown = desk.get(url(page, "preview") + f"?path={first.uuid}")
    assert "leads nowhere yet" in shown.content.decode()
    page.scenario.endings.all().delete()
    assert desk.get(url(page, "preview") + "?from=S2-n16").status_code == 200
    for path in ("zzz", "," * 600, str(uuid.uuid4())):
        assert desk.get(url(page, "preview") + f"?path={path}&v-trust=x&from=none").status_code == 200


@pytest.mark.parametrize("kind", ["people", "variables", "endings", "must", "debrief", "law", "perspectives"])
def test_every_part_of_a_story_opens_and_is_saved_as_it_is(
    page: ScenarioPage, desk: Client, kind: str
) -> None:
    before = services.draft_document(page.scenario)
    response = desk.get(url(page, "parts", kind))
    formset = response.context["formset"]
    data: dict[str, Any] = {
        "rows-TOTAL_FORMS": formset.total_form_count(),
        "rows-INITIAL_FORMS": formset.initial_form_count(),
    }
    for form in formset:
        for field in form:
            value, widget = field.value(), field.field.widget
            if hasattr(widget, "parts"):
                context = widget.get_context(field.html_name, value, {})
                data |= {
                    f"{field.html_name}-rows": len(context["rows"]),
                    f"{field.html_name}-join": context["join"],
                }
                for number, row in enumerate(context["rows"]):
                    data |= {f"{field.html_name}-{number}-{part}": row[part] for part in widget.parts}
            elif value not in (None, "") and value is not False:
                data[field.html_name] = field.field.prepare_value(value)
    saved = desk.post(url(page, "parts", kind), data)
    assert saved.status_code == 302, saved.context["formset"].errors
    assert services.draft_document(page.scenario) == before


def test_an_ending_without_a_key_is_named(page: ScenarioPage, desk: Client) -> None:
    refused = desk.post(
        url(page, "parts", "endings") + "?add=1",
        {
            "rows-TOTAL_FORMS": "1",
            "rows-INITIAL_FORMS": "0",
            "rows-0-title": "Good",
            "rows-0-condition-rows": "0",
        },
    )
    assert refused.status_code == 422
    assert "This field is required" in refused.content.decode()


def test_a_page_is_made_with_an_empty_draft_and_its_head_becomes_the_drafts(
    page: ScenarioPage, desk: Client
) -> None:
    ProfessionalRoleFactory(code="R3")
    parent = page.get_parent()
    data = {
        "title": "New story", "slug": "new-story", "setting": "A ward.", "content_note": "", "good_practice": "", "learner": "",
        "written_for": ["R3"], "place": "", "clock": "", "minutes": "10", "backtrack": "free",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    made = desk.post(f"/admin/pages/add/scenarios/scenariopage/{parent.pk}/", data)
    assert made.status_code == 302, made.context["form"].errors
    scenario = Scenario.objects.get(slug="new-story")
    assert (scenario.setting, scenario.backtrack, scenario.written_for) == ("A ward.", "free", ["R3"])
    assert "No scene yet" in desk.get(url(scenario.page)).content.decode()
    refused = desk.post(
        f"/admin/pages/{scenario.page.pk}/edit/",
        data | {"action-publish": "1", "setting": "A hall."},
        follow=True,
    )
    assert "Saved, but not published" in refused.content.decode()
    scenario.refresh_from_db()
    assert (scenario.setting, scenario.version) == ("A hall.", None)


def test_a_copied_page_has_a_story_of_its_own(page: ScenarioPage, desk: Client) -> None:
    data = {
        "new_title": "Second",
        "new_slug": "second",
        "new_parent_page": page.get_parent().pk,
        "copy_subpages": "",
    }
    assert desk.post(f"/admin/pages/{page.pk}/copy/", data).status_code == 302
    copy = Scenario.objects.get(page__slug="second")
    assert copy.scenes.count() == page.scenario.scenes.count()
    assert not set(copy.scenes.values_list("uuid", flat=True)) & set(
        page.scenario.scenes.values_list("uuid", flat=True)
    )


def test_taking_a_page_away_ends_new_attempts_and_keeps_the_old(page: ScenarioPage, attempt: Attempt) -> None:
    page.unpublish()
    page.scenario.refresh_from_db()
    assert page.scenario.version is None
    assert (
        services.take_choice(attempt, choice_uuid=first_scene(page).choices.first().uuid, step=0, at=NOW).step
        == 1
    )


def test_the_outline_is_for_those_who_may_edit_the_page(
    page: ScenarioPage, amina: User, signed_in: Any, tova: User
) -> None:
    for address in (
        url(page),
        scene_url(page),
        url(page, "parts", "people"),
        url(page, "preview"),
        url(page, "versions"),
    ):
        assert signed_in(amina).get(address).status_code in (302, 403, 404)
        assert signed_in(tova).get(address).status_code == 200
    reviewer = UserFactory(name="Rae Reviewer")
    reviewer.groups.add(*_groups(REVIEWERS))
    assert signed_in(reviewer).post(url(page, "publish")).status_code in (302, 403)
    page.scenario.refresh_from_db()
    assert page.scenario.version is not None
    assert page.scenario.version.number == 1


def test_a_locked_page_cannot_be_edited(page: ScenarioPage, desk: Client) -> None:
    other = UserFactory(name="Olu Other")
    page.locked, page.locked_by = True, other
    page.save()
    shown = desk.get(url(page))
    assert shown.status_code == 200
    assert "Add the scene" not in shown.content.decode()
    assert desk.post(url(page), {"action": "add", "title": "X"}).status_code in (302, 403)
    assert not Scene.objects.filter(title="X").exists()


def test_a_scene_takes_a_fixed_number_of_queries(
    page: ScenarioPage, desk: Client, count_queries: Any
) -> None:
    desk.get(scene_url(page))
    few = count_queries(lambda: desk.get(scene_url(page)))
    for number in range(40):
        services.add_scene(page.scenario, title=f"S{number}", key=f"s{number}")
    assert count_queries(lambda: desk.get(scene_url(page))) == few
    many = count_queries(lambda: desk.get(url(page)))
    services.add_scene(page.scenario, title="One more", key="one-more")
    assert count_queries(lambda: desk.get(url(page))) == many


CONDITIONS = [
    {"lt": ["trust", 4]},
    {"all": [{"lt": ["trust", 4]}, {"visited": "a"}]},
    {"any": [{"not": {"visited": "a"}}, {"moves": ["open", 3]}]},
    {"critical": False},
    {"always": True},
]


@pytest.mark.parametrize("tree", CONDITIONS)
def test_a_condition_survives_its_drop_downs(tree: dict[str, Any]) -> None:
    field = ConditionField()
    field.widget.story = Story(("trust",), {"a": "The door [a]"})
    context = field.widget.get_context("x", tree, {})
    assert field.clean({"join": context["join"], "rows": context["rows"], "keep": ""}) == tree
    assert in_words(tree, field.widget.story)


def test_a_condition_too_deep_for_drop_downs_is_kept_and_said_in_words() -> None:
    tree = {"all": [{"any": [{"lt": ["trust", 4]}, {"visited": "a"}]}, {"not": {"not": {"critical": True}}}]}
    field = ConditionField(required=False)
    field.widget.story = Story(("trust",), {"a": "The door [a]"})
    field.kept = tree
    context = field.widget.get_context("x", tree, {})
    assert "trust is below 4 or has been at The door [a]" in context["kept"]
    assert field.clean({"join": "all", "rows": [], "keep": "1"}) == tree
    assert field.clean({"join": "all", "rows": [], "keep": ""}) is None


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("The door [a]", "a"),
        ("a", "a"),
        ("the DOOR", "a"),
        ("Twice", None),
        ("x", None),
        ("The end [END]", "END"),
        ("", None),
    ],
)
def test_a_scene_is_found_by_title_key_or_both(said: str, key: str | None) -> None:
    story = Story((), {"a": "The door [a]", "b": "Twice [b]", "c": "Twice [c]"})
    assert story.key_of(said) == key


def test_keys_are_readable_and_never_twice() -> None:
    assert fresh_key("At the door!", set(), longest=32) == "at-the-door"
    assert fresh_key("At the door!", {"at-the-door"}, longest=32) == "at-the-door-2"
    assert len(fresh_key("x" * 300, set(), longest=32)) <= 32
    assert fresh_key("你好", set(), longest=32)


def test_changes_are_marked_word_by_word() -> None:
    assert [(one.text, one.kind) for one in word_changes("a b c", "a x c d")] == [
        ("a", "same"), ("b", "gone"), ("x", "new"), ("c", "same"), ("d", "new"),
    ]  # fmt: skip


def test_a_comparison_names_what_is_new_changed_and_gone() -> None:
    old = document("seen-alone").data
    new = {**old, "title": "Other", "scenes": old["scenes"][1:]}
    found = [(one.kind, one.what, one.label.split(" ›")[0]) for one in compare(old, new)]
    assert ("changed", "story", "Other") in found
    assert ("gone", "scenes", "Triage") in found
    assert compare(old, old) == []


def test_the_page_of_a_new_story_opens_in_the_editor(page: ScenarioPage, desk: Client) -> None:
    empty = ScenarioPage(title="Empty", slug="empty")
    page.get_parent().add_child(instance=empty)
    for one in (page, empty):
        shown = desk.get(f"/admin/pages/{one.pk}/edit/")
        assert shown.status_code == 200
        assert "Open scenes and choices" in shown.content.decode()


def test_a_story_is_imported_in_the_admin_after_saying_what_would_happen(
    page: ScenarioPage, desk: Client
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    address = "/admin/stories/import/"
    twee = b":: StoryTitle\nA quiet hour\n:: Start\nHello.\n[[On->End]]\n[[Lost->Nowhere]]\n:: End\nOver."
    said = desk.post(address, {"file": SimpleUploadedFile("s.twee", twee), "action": "try"})
    assert said.status_code == 200
    assert "2 scenes" in said.content.decode()
    assert "Nowhere" in said.content.decode()
    assert not Scenario.objects.filter(slug="a-quiet-hour").exists()
    done = desk.post(address, {"kept": said.context["kept"], "name": "s.twee", "action": "import"})
    assert done.status_code == 302
    scenario = Scenario.objects.get(slug="a-quiet-hour")
    assert done.url == url(scenario.page)
    assert desk.get(done.url).status_code == 200
    for kept in ("", "???", "aGVsbG8="):
        assert desk.post(address, {"kept": kept, "action": "import"}).status_code == 422
    assert (
        desk.post(address, {"file": SimpleUploadedFile("s.tws", b"(dp0"), "action": "import"}).status_code
        == 422
    )
    again = {"file": SimpleUploadedFile("s.twee", twee), "action": "import", "replace": "seen-alone"}
    assert desk.post(address, again).status_code == 302
    page.scenario.refresh_from_db()
    assert page.scenario.scenes.count() == 2
    assert page.scenario.version is not None


@pytest.mark.parametrize("target", ["twee", "twine-html", "twine-archive", "twine-json", "json"])
def test_a_story_is_taken_along_as_a_file(page: ScenarioPage, desk: Client, target: str) -> None:
    response = desk.get(url(page, "export", target))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert desk.get(url(page, "export", "exe")).status_code == 404


def test_only_who_may_add_pages_may_import(amina: User, signed_in: Any) -> None:
    assert signed_in(amina).get("/admin/stories/import/").status_code in (302, 403, 404)


def words_form(desk: Client, address: str) -> dict[str, Any]:
    shown = desk.get(address)
    assert shown.status_code == 200
    return {line.name: line.text for line in shown.context["rows"]}


def test_a_story_is_translated_and_a_changed_source_makes_it_outdated(
    page: ScenarioPage, desk: Client
) -> None:
    address = url(page, "words", "language", "es")
    scene = first_scene(page)
    name = f"{scene.uuid}:text"
    pages = [words_form(desk, f"{address}?p={number}") for number in range(1, 5)]
    data = next(one for one in pages if name in one)
    assert desk.post(address, data | {name: "La señora Doran habla."}).status_code == 302
    words = lambda: {row.field: row for row in page.scenario.translations.filter(target=scene.uuid)}  # noqa: E731
    assert words()["text"].text == "La señora Doran habla."
    services.publish_scenario(page.scenario, at=NOW)
    page.scenario.refresh_from_db()
    story = DocumentStory(page.scenario.version.snapshot, language="es")  # type: ignore[union-attr]
    assert story.scenes["S2-n01"]["text"] == "La señora Doran habla."
    Scene.objects.filter(pk=scene.pk).update(text="Ms Doran waits.")
    assert name in words_form(desk, f"{address}?only=outdated")
    again = DocumentStory(services.draft_document(page.scenario), language="es")
    assert again.scenes["S2-n01"]["text"] == "Ms Doran waits."
    assert desk.post(address, {name: ""}).status_code == 302
    assert not words()


def test_a_jurisdiction_says_a_string_otherwise_and_leaves_a_choice_out(
    page: ScenarioPage, desk: Client
) -> None:
    save_packs_for_words()
    address = url(page, "words", "law", "UK")
    scene = first_scene(page)
    choice = scene.choices.last()
    data = {
        f"{scene.uuid}:text": "At the A&E desk.",
        "shown": [str(choice.uuid)],
        "left-out": [str(choice.uuid)],
    }
    assert desk.post(address, data).status_code == 302
    draft = services.draft_document(page.scenario)
    story = DocumentStory(draft, jurisdiction="UK")
    assert story.scenes["S2-n01"]["text"] == "At the A&E desk."
    assert len(story.scenes["S2-n01"]["choices"]) == 2
    assert len(DocumentStory(draft, jurisdiction="US").scenes["S2-n01"]["choices"]) == 3
    desk.post(address, {f"{scene.uuid}:text": "", "shown": [str(choice.uuid)]})
    assert "overlays" not in services.draft_document(page.scenario)
    for bad in (
        {"x:text": "y"},
        {f"{uuid.uuid4()}:text": "y"},
        {"left-out": "x", "shown": "x"},
        {f"{scene.uuid}:uuid": "y"},
    ):
        assert desk.post(address, bad).status_code == 302
    assert "overlays" not in services.draft_document(page.scenario)
    assert desk.get(url(page, "words", "law", "XX")).status_code == 404
    assert desk.get(url(page, "words", "other")).status_code == 404


def save_packs_for_words() -> None:
    from content.models import JurisdictionPack

    for code in ("INT", "UK", "US"):
        JurisdictionPack.objects.get_or_create(
            code=code,
            defaults={"name": code, "version": "1", "recheck_by": NOW.date(), "valid_from": NOW.date()},
        )
