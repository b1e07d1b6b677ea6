"""The outline in the admin: parse, ask, call one service, render. Everything works without JavaScript."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import BaseModelFormSet, modelformset_factory
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from content.selectors import packs
from scenarios.engine import END
from scenarios.exceptions import EditConflict, NotReady, ScenarioFileError
from scenarios.formats.reading import TARGETS
from scenarios.models import ScenarioPage, ScenarioVersion, Scene
from scenarios.outline import compare as comparing
from scenarios.outline import preview as previewing
from scenarios.outline import words as local
from scenarios.outline.fields import Story, fresh_key, in_words
from scenarios.outline.forms import SceneEditor
from scenarios.outline.parts import KINDS, PartKind
from scenarios.outline.problems import Found, problems_of
from scenarios.presenters import SHARED_PACK
from scenarios.reading import read_document
from scenarios.services import draft_document, export_story, save_draft
from scenarios.services.editing import add_scene, delete_scene, move_scene, save_scene, set_frame
from scenarios.services.local_words import save_overlays, save_translations
from scenarios.services.pages import publish_page


@dataclass(frozen=True)
class Desk:
    """One story on one trainer's desk."""

    page: ScenarioPage
    user: User
    may_edit: bool
    may_publish: bool
    locked_by: str

    def context(self, here: str, **more: Any) -> dict[str, Any]:
        return {
            "page": self.page,
            "scenario": self.page.scenario,
            "desk": self,
            "here": here,
            "kinds": [kind for kind in KINDS.values() if not kind.parent],
            "breadcrumbs_items": [
                {
                    "url": reverse("wagtailadmin_explore", args=[self.page.get_parent().pk]),
                    "label": _("Scenarios"),
                },
                {"url": reverse("scenario_outline", args=[self.page.pk]), "label": self.page.title},
            ],
            **more,
        }


def _desk(request: HttpRequest, page_id: int, *, to_write: bool = False) -> Desk:
    page = get_object_or_404(ScenarioPage.objects.select_related("scenario__version"), pk=page_id)
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    may = page.permissions_for_user(user)
    lock = page.get_lock()
    locked = str(lock.get_message(user)) if lock is not None and lock.for_user(user) else ""
    desk = Desk(page, user, may.can_edit() and not locked, may.can_publish() and not locked, locked)
    if not may.can_edit():
        raise PermissionDenied
    if to_write and not desk.may_edit:
        raise PermissionDenied
    return desk


def _found(desk: Desk, *, is_walked: bool = True) -> Found:
    return problems_of(draft_document(desk.page.scenario), is_walked=is_walked)


@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: HttpRequest, page_id: int) -> HttpResponse:
    """Every scene with its choices and where they lead; adding, moving, and where the story begins."""
    if request.method == "POST":
        return _change_outline(request, _desk(request, page_id, to_write=True))
    return _outline(request, _desk(request, page_id))


def _outline(request: HttpRequest, desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    scenario = desk.page.scenario
    data = draft_document(scenario)
    found = problems_of(data)
    story = Story.of(scenario)
    scenes = [
        {
            "row": row,
            "number": number,
            "is_first": row["key"] == data.get("first"),
            "problems": found.of_scene(row["key"]),
            "before": story.scenes.get(row["before"]["scene"], "") if "before" in row else "",
            "when": in_words(row["before"].get("when"), story) if "before" in row else "",
            "choices": [
                {
                    "row": choice,
                    "to": story.end
                    if choice.get("to") == END
                    else story.scenes.get(choice.get("to", ""), ""),
                    "to_uuid": next(
                        (one["uuid"] for one in data["scenes"] if one["key"] == choice.get("to")), ""
                    )
                    if len(data["scenes"]) <= 500
                    else "",
                    "when": in_words(choice.get("when"), story),
                }
                for choice in row.get("choices", [])
            ],
        }
        for number, row in enumerate(data.get("scenes", []), start=1)
    ]
    context = desk.context(
        "outline",
        scenes=scenes,
        found=found,
        story=story,
        first=story.scenes.get(data.get("first", ""), ""),
        last=story.scenes.get(data.get("last_decision", ""), ""),
        has_clock="time" in story.variables,
        **more,
    )
    return render(request, "scenarios/admin/outline.html", context, status=status)


def _scene_of(desk: Desk, scene: str | uuid.UUID) -> Scene:
    try:
        return get_object_or_404(Scene, scenario=desk.page.scenario, uuid=uuid.UUID(str(scene)))
    except ValueError as error:
        raise Http404 from error


def _change_outline(request: HttpRequest, desk: Desk) -> HttpResponse:
    scenario = desk.page.scenario
    action, _colon, about = request.POST.get("action", "").partition(":")
    here = reverse("scenario_outline", args=[desk.page.pk])
    match action:
        case "add":
            title = request.POST.get("title", "").replace("\0", "").strip()
            if not title or len(title) > 200:
                return _outline(
                    request,
                    desk,
                    status=422,
                    add_error=_("Give the scene a title of up to 200 characters."),
                    add_title=title,
                )
            scene = _new_scene(desk, title)
            messages.success(request, _("The scene “%(title)s” was added.") % {"title": scene.title})
            return redirect("scenario_scene", desk.page.pk, scene.uuid)
        case "up" | "down":
            scene = _scene_of(desk, about)
            move_scene(scene, by=-1 if action == "up" else 1)
            return redirect(f"{here}#scene-{scene.uuid}")
        case "frame":
            story = Story.of(scenario)
            keys = [
                story.key_of(request.POST.get(name, "")) if request.POST.get(name) else ""
                for name in ("first", "last")
            ]
            if None in keys or END in keys:
                return _outline(
                    request,
                    desk,
                    status=422,
                    frame_error=_("No scene is called that. Choose one from the list."),
                )
            set_frame(scenario, first_scene=keys[0] or "", last_decision=keys[1] or "")
            messages.success(request, _("Saved."))
    return redirect(here)


def _new_scene(desk: Desk, title: str) -> Scene:
    scenario = desk.page.scenario
    taken = set(scenario.scenes.values_list("key", flat=True))
    return add_scene(scenario, title=title, key=fresh_key(title, taken, longest=32))


@require_http_methods(["GET", "HEAD", "POST"])
def scene(request: HttpRequest, page_id: int, scene: uuid.UUID) -> HttpResponse:
    """One scene with its choices. With `Accept: application/json` it is an autosave and answers in JSON."""
    desk = _desk(request, page_id)
    found = (
        Scene.objects.select_related("shown_before")
        .prefetch_related("choices__scores", "choices__target")
        .filter(scenario=desk.page.scenario, uuid=scene)
        .first()
    )
    if found is None:
        raise Http404
    story = Story.of(desk.page.scenario)
    slots = list(desk.page.scenario.pack_slots.values_list("key", "title"))
    if request.method == "POST":
        if not desk.may_edit:
            raise PermissionDenied
        return _save_scene(request, desk, found, story, slots)
    editor = SceneEditor(found, story, slots=slots)
    new = editor.add_choice(slots) if desk.may_edit and "add" in request.GET else ""
    return _scene_page(request, desk, editor, revision=found.revision, new_choice=new)


def _scene_page(
    request: HttpRequest, desk: Desk, editor: SceneEditor, *, revision: int, status: int = 200, **more: Any
) -> HttpResponse:
    scenes = list(desk.page.scenario.scenes.values_list("uuid", "title", "key"))
    place = next(index for index, one in enumerate(scenes) if one[0] == editor.scene.uuid)
    context = desk.context(
        "outline",
        editor=editor,
        scene=editor.scene,
        revision=revision,
        story=editor.story,
        errors=editor.errors() if editor.form.is_bound else [],
        number=place + 1,
        total=len(scenes),
        previous=scenes[place - 1] if place else None,
        following=scenes[place + 1] if place + 1 < len(scenes) else None,
        found=_found(desk, is_walked=False).of_scene(editor.scene.key),
        **more,
    )
    return render(request, "scenarios/admin/scene.html", context, status=status)


def _save_scene(
    request: HttpRequest, desk: Desk, found: Scene, story: Story, slots: list[tuple[str, str]]
) -> HttpResponse:
    is_auto = "application/json" in request.headers.get("Accept", "")
    data = request.POST.copy()
    action, _colon, about = data.get("action", "save").partition(":")
    _reorder(data, action, about)
    made = ""
    if action == "make" and not is_auto:
        title = str(data.get(f"choice-{about}-to", "")).replace("\0", "").strip()[:200]
        if title and story.key_of(title) is None:
            new = _new_scene(desk, title)
            story = Story.of(desk.page.scenario)
            data[f"choice-{about}-to"] = story.scenes[new.key]
            made = new.title
    editor = SceneEditor(found, story, data=data, slots=slots)
    said = str(data.get("revision", ""))
    revision = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
    if not editor.is_valid():
        if is_auto:
            return JsonResponse({"errors": editor.errors()}, status=422)
        return _scene_page(request, desk, editor, revision=revision, status=422)
    try:
        saved = save_scene(found, editor.draft(), revision=revision)
    except EditConflict as conflict:
        words = _(
            "Somebody else has saved this scene since you opened it. Nothing of hers was overwritten, and your words are "
            "still in the form below. Open the scene in another tab to see what she wrote, then save again to put yours in its place."
        )
        if is_auto:
            return JsonResponse({"errors": [words], "conflict": True}, status=409)
        return _scene_page(request, desk, editor, revision=conflict.revision, status=409, conflict=words)
    if is_auto:
        problems = _found(desk, is_walked=False).of_scene(saved.key)
        return JsonResponse(
            {"revision": saved.revision, "saved": _("Saved at %(time)s") % {"time": f"{timezone.localtime():%H:%M:%S}"},
             "problems": [one.message for one in problems]}
        )  # fmt: skip
    if made:
        messages.success(request, _("The scene “%(title)s” was made and linked.") % {"title": made})
    else:
        messages.success(request, _("Saved."))
    here = reverse("scenario_scene", args=[desk.page.pk, saved.uuid])
    match action:
        case "add":
            return redirect(f"{here}?add=1#new-choice")
        case "close":
            return redirect(f"{reverse('scenario_outline', args=[desk.page.pk])}#scene-{saved.uuid}")
        case "up" | "down" | "make":
            return redirect(f"{here}#choice-{about}")
    return redirect(here)


def _reorder(data: QueryDict, action: str, about: str) -> None:
    """The order of the choices after one was moved or taken out."""
    order = data.getlist("choice")
    if about in order:
        place = order.index(about)
        if action == "remove":
            order.remove(about)
        elif action in ("up", "down"):
            other = place + (-1 if action == "up" else 1)
            if 0 <= other < len(order):
                order[place], order[other] = order[other], order[place]
    data.setlist("choice", [one for one in order if one in order])


@require_http_methods(["GET", "HEAD", "POST"])
def remove_scene(request: HttpRequest, page_id: int, scene: uuid.UUID) -> HttpResponse:
    desk = _desk(request, page_id, to_write=True)
    found = _scene_of(desk, scene)
    if request.method == "POST":
        delete_scene(found)
        messages.success(request, _("The scene “%(title)s” was deleted.") % {"title": found.title})
        return redirect("scenario_outline", page_id)
    leading = found.scenario.scenes.filter(choices__target=found).distinct()
    return render(
        request, "scenarios/admin/remove_scene.html", desk.context("outline", scene=found, leading=leading)
    )


@require_GET
def problems(request: HttpRequest, page_id: int) -> HttpResponse:
    """The list of problems alone, which the outline fetches again after a save."""
    desk = _desk(request, page_id)
    return render(request, "scenarios/admin/problems.html", desk.context("outline", found=_found(desk)))


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, page_id: int, kind: str, owner: str = "") -> HttpResponse:
    """The rows of one part of the story: people, meters, endings and the like."""
    found = KINDS.get(kind)
    if found is None or bool(found.parent) != bool(owner):
        raise Http404
    desk = _desk(request, page_id, to_write=request.method == "POST")
    parent = _owner(desk, found, owner)
    formset = _formset(request, desk, found, parent)
    status = 200
    if request.method == "POST":
        if formset.is_valid():
            _save_rows(formset, found, parent)
            messages.success(request, _("Saved."))
            return redirect(request.path)
        status = 422
    context = desk.context(
        found.parent or found.key,
        kind=found,
        formset=formset,
        parent=parent,
        story=Story.of(desk.page.scenario),
    )
    return render(request, "scenarios/admin/part.html", context, status=status)


def _owner(desk: Desk, kind: PartKind, owner: str) -> Any:
    if not kind.parent:
        return desk.page.scenario
    try:
        return get_object_or_404(KINDS[kind.parent].model, scenario=desk.page.scenario, uuid=uuid.UUID(owner))
    except ValueError as error:
        raise Http404 from error


def _formset(request: HttpRequest, desk: Desk, kind: PartKind, parent: Any) -> BaseModelFormSet[Any, Any]:
    factory = modelformset_factory(
        kind.model, form=kind.form, extra=1 if "add" in request.GET else 0, can_delete=True, can_order=True
    )
    rows = kind.model._default_manager.filter(**{kind.parent_field: parent})
    if not rows.exists():
        factory.extra = 1
    return factory(
        request.POST if request.method == "POST" else None,
        queryset=rows,
        form_kwargs={"story": Story.of(desk.page.scenario), "scenario": desk.page.scenario},
        prefix="rows",
    )


def _save_rows(formset: BaseModelFormSet[Any, Any], kind: PartKind, parent: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        kept = [form for form in formset.ordered_forms if form.has_changed() or form.instance.pk]
        for form in formset.deleted_forms:
            if form.instance.pk:
                form.instance.delete()
        for order, form in enumerate(kept):
            setattr(form.instance, kind.parent_field, parent)
            if hasattr(form.instance, "order"):
                form.instance.order = order
            form.save()


@require_GET
def preview(request: HttpRequest, page_id: int) -> HttpResponse:
    """Play the draft from any scene, with any values, under any law. Nothing is stored."""
    desk = _desk(request, page_id)
    data = draft_document(desk.page.scenario)
    law = request.GET.get("law", SHARED_PACK)
    first = request.GET.get("from", "")
    path = [one for one in request.GET.get("path", "").split(",") if one][:500]
    values = {}
    for variable in data.get("variables", []):
        text = request.GET.get(f"v-{variable['key']}", "")
        if text.lstrip("-").isdigit() and len(text) < 6:
            values[variable["key"]] = int(text)
    story = Story.of(desk.page.scenario)
    if first and first not in story.scenes:
        first = story.key_of(first) or ""
    shown = previewing.play(
        data, first=first, values=values, path=path, jurisdiction=law, language=get_language() or ""
    )
    query = request.GET.copy()
    query.pop("path", None)
    query["from"] = first

    def way(taken: list[str]) -> str:
        query["path"] = ",".join(taken)
        return f"?{query.urlencode()}"

    context = desk.context(
        "preview",
        shown=shown,
        options=[(one, way([*shown.path, one.uuid])) for one in shown.options],
        back=way(list(shown.path[:-1])) if shown.path else "",
        again=way([]),
        laws=[(code, pack.name) for code, pack in packs().items()],
        law=law,
        first=story.scenes.get(first or data.get("first", ""), ""),
        story=story,
        starts=[(one["key"], values.get(one["key"], one["start"])) for one in data.get("variables", [])],
        scene_uuid=shown.scene["uuid"] if shown.scene else "",
    )
    return render(request, "scenarios/admin/preview.html", context)


@require_GET
def versions(request: HttpRequest, page_id: int) -> HttpResponse:
    """What was published when, and what differs between any two of them, or between one and the draft."""
    desk = _desk(request, page_id)
    scenario = desk.page.scenario
    rows = list(scenario.versions.defer("snapshot", "head").annotate(plays=Count("attempts")))
    chosen = [request.GET.get(name, "") for name in ("old", "new")]
    changes = None
    if any(chosen) or rows:
        old, new = (chosen[0] or (str(rows[0].number) if rows else "draft")), chosen[1] or "draft"
        documents = [_document_of(scenario, one) for one in (old, new)]
        changes = comparing.compare(documents[0], documents[1])
        chosen = [old, new]
    context = desk.context(
        "versions", versions=rows, changes=changes, old=chosen[0], new=chosen[1],
        names=comparing.KINDS,
        targets=TARGETS,
    )  # fmt: skip
    return render(request, "scenarios/admin/versions.html", context)


def _document_of(scenario: Any, which: str) -> dict[str, Any]:
    if which == "draft":
        return draft_document(scenario)
    if not which.isdigit() or len(which) > 6:
        raise Http404
    return dict(get_object_or_404(ScenarioVersion, scenario=scenario, number=int(which)).snapshot)


@require_POST
def restore(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Put a published version back into the draft. What learners play does not change until it is published."""
    desk = _desk(request, page_id, to_write=True)
    scenario = desk.page.scenario
    data = _document_of(scenario, str(number)) | {"slug": scenario.slug, "code": scenario.code}
    try:
        save_draft(read_document(data, file=scenario.slug, is_draft=True))
    except ScenarioFileError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Version %(number)d is in the draft now. Publish it to let learners play it.")
            % {"number": number},
        )
    return redirect("scenario_versions", page_id)


@require_POST
def publish(request: HttpRequest, page_id: int) -> HttpResponse:
    desk = _desk(request, page_id)
    if not desk.may_publish:
        raise PermissionDenied
    try:
        publish_page(desk.page, user=desk.user)
    except NotReady as refusal:
        count = len(refusal.problems)
        messages.error(
            request,
            ngettext(
                "Not published: %(count)d problem stands in the way. It is in the list.",
                "Not published: %(count)d problems stand in the way. They are in the list.",
                count,
            )
            % {"count": count},
        )
        return redirect(f"{reverse('scenario_outline', args=[page_id])}#problems")
    desk.page.scenario.refresh_from_db()
    version = desk.page.scenario.version
    messages.success(
        request,
        _("Published as version %(number)d.") % {"number": version.number if version is not None else 0},
    )
    return redirect("scenario_outline", page_id)


@require_GET
def export(request: HttpRequest, page_id: int, target: str) -> HttpResponse:
    """The draft as a file."""
    desk = _desk(request, page_id)
    if target not in TARGETS:
        raise Http404
    written = export_story(desk.page.scenario, to=target)
    response = HttpResponse(written.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{written.filename}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, page_id: int, kind: str, code: str = "") -> HttpResponse:
    """A story in one language, or what is said otherwise where one law applies."""
    desk = _desk(request, page_id, to_write=request.method == "POST")
    scenario = desk.page.scenario
    offered = (
        [
            (key, name)
            for key, name in settings.LANGUAGES
            if not scenario.language.startswith(key.split("-")[0])
        ]
        if kind == "language"
        else [(key, pack.name) for key, pack in packs().items() if key != SHARED_PACK]
    )
    if kind not in ("language", "law") or (code and code not in dict(offered)) or not offered:
        raise Http404
    code = code or offered[0][0]
    if request.method == "POST":
        return _save_words(request, desk, kind, code)
    only = request.GET.get("only", "")
    found = local.lines(
        scenario, draft_document(scenario), **{"language" if kind == "language" else "jurisdiction": code}
    )
    counts = Counter(one.state for one in found)
    if only in ("missing", "outdated", "done"):
        found = [one for one in found if one.state == only]
    rows = Paginator(found, local.PER_PAGE).get_page(request.GET.get("p"))
    context = desk.context(
        f"words-{kind}", kind=kind, code=code, offered=offered, rows=rows, counts=counts, only=only,
        title=dict(offered)[code],
    )  # fmt: skip
    return render(request, "scenarios/admin/words.html", context)


def _save_words(request: HttpRequest, desk: Desk, kind: str, code: str) -> HttpResponse:
    texts: dict[tuple[str, str], str] = {}
    for name, text in request.POST.items():
        owner, _colon, field = name.partition(":")
        if field in local.FIELDS and _is_uuid(owner):
            texts[str(uuid.UUID(owner)), field] = (
                str(text).replace("\0", "").replace("\r\n", "\n").strip()[:20_000]
            )
    if kind == "language":
        save_translations(desk.page.scenario, language=code, texts=texts)
    else:
        save_overlays(
            desk.page.scenario,
            jurisdiction=code,
            texts=texts,
            shown=[one for one in request.POST.getlist("shown") if _is_uuid(one)],
            left_out=[one for one in request.POST.getlist("left-out") if _is_uuid(one)],
        )
    messages.success(request, _("Saved."))
    return redirect(request.get_full_path())


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


ROADS: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
    ("", outline, "scenario_outline"),
    ("scenes/<uuid:scene>/", scene, "scenario_scene"),
    ("scenes/<uuid:scene>/delete/", remove_scene, "scenario_remove_scene"),
    ("problems/", problems, "scenario_problems"),
    ("parts/<slug:kind>/", part, "scenario_part"),
    ("parts/<slug:kind>/<str:owner>/", part, "scenario_part_of"),
    ("words/<slug:kind>/", words, "scenario_words"),
    ("words/<slug:kind>/<str:code>/", words, "scenario_words_in"),
    ("preview/", preview, "scenario_preview"),
    ("versions/", versions, "scenario_versions"),
    ("versions/<int:number>/restore/", restore, "scenario_restore"),
    ("publish/", publish, "scenario_publish"),
    ("export/<slug:target>/", export, "scenario_export"),
)
