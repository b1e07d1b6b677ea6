"""What courses add to search: lessons that somebody is registered for, and modules that can be taken."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from accounts.models import Jurisdiction, ProfessionalRole
from content.citations import strip_citations
from content.search.kinds import Document, Kind, Shelf, Viewer, register_kind
from content.search.shelves import of_keys, plain
from courses.models import AssignableUnit, Course, LessonPage, Module, Registration

_END_OF_BLOCK = re.compile(r"</(p|li|h[1-6]|ul|ol)>")


def _text(source: str) -> str:
    """Rich text as plain words."""
    return " ".join(html.unescape(strip_tags(_END_OF_BLOCK.sub(" ", strip_citations(source)))).split())


def _lessons(keys: Sequence[str] | None) -> Iterable[Document]:
    """The words that everybody reads, and those of each role and law by themselves. No exercise: its answers are in it."""
    roles = list(ProfessionalRole.objects.values_list("code", flat=True))
    packs = list(Jurisdiction.objects.values_list("code", flat=True))
    for page in of_keys(LessonPage.objects.live().public(), keys):
        shared: list[str] = [str(line.value) for line in page.by_the_end]
        of_role: dict[str, list[str]] = {code: [] for code in roles}
        of_pack: dict[str, list[str]] = {code: [] for code in packs}
        for block in page.body:
            match block.block_type:
                case "text":
                    shared.append(_text(block.value.source))
                case "role":
                    for variant in block.value["variants"]:
                        for code in variant["roles"] or []:
                            of_role.setdefault(code, []).append(_text(variant["body"].source))
                case "law":
                    by_pack = {one["pack"]: _text(one["body"].source) for one in block.value["variants"]}
                    for code, texts in of_pack.items():
                        texts.append(by_pack.get(code) or by_pack.get("INT", ""))
                case "misconceptions":
                    for pair in block.value["pairs"]:
                        shared.append(plain(pair["belief"], strip_citations(pair["correction"])))
        shared += [_text(page.summary), *(str(line.value) for line in page.use_tomorrow)]
        heading = f"{page.code} {page.title}"
        rows: list[tuple[str, list[str]]] = [("", shared)]
        rows += [(f"role:{code}", texts) for code, texts in of_role.items()]
        rows += [(f"pack:{code}", texts) for code, texts in of_pack.items()]
        for audience, texts in rows:
            if words := plain(*texts):
                # Who is warned of what a lesson mentions meets it only after she has chosen to go on.
                yield Document(
                    str(page.pk), heading, words, audience=audience, content_note=page.content_note
                )


def _lesson_shelf(viewer: Viewer) -> Shelf | None:
    """Lessons of the viewer's own registrations, in the words of the role and law of each. Three queries."""
    if viewer.user is None:
        return None
    registrations: dict[int, tuple[Any, str, str]] = {
        version: (uuid, role, pack)
        for version, uuid, role, pack in Registration.objects.filter(user=viewer.user)
        .order_by("registered_at")
        .values_list("course_version_id", "uuid", "professional_role__code", "jurisdiction__code")
    }
    lessons: dict[int, list[str]] = {}
    for version, code in AssignableUnit.objects.filter(
        kind=AssignableUnit.Kind.LESSON, course_version_id__in=registrations
    ).values_list("course_version_id", "code"):
        lessons.setdefault(version, []).append(code)
    # A lesson of several courses is read in the one begun last.
    mine = {code: rest for version, rest in registrations.items() for code in lessons.get(version, [])}
    pages = {
        str(pk): code
        for pk, code in LessonPage.objects.live().filter(code__in=mine).values_list("pk", "code")
    }
    by_audience: dict[tuple[str, str], list[str]] = {}
    for key, code in pages.items():
        _uuid, role, pack = mine[code]
        by_audience.setdefault((role, pack), []).append(key)
    entries = Q(key__in=[])
    for (role, pack), keys in by_audience.items():
        entries |= Q(key__in=keys, audience__in=["", f"role:{role}", f"pack:{pack}"])

    def addresses(found: Sequence[str]) -> Mapping[str, str]:
        return {
            key: reverse("courses:lesson", args=[mine[pages[key]][0], pages[key]])
            for key in found
            if key in pages
        }

    return Shelf(entries, addresses)


def _modules(keys: Sequence[str] | None) -> Iterable[Document]:
    for module in of_keys(Module.objects.all(), keys):
        outcomes = [str(one.get("text", "")) for one in module.outcomes]
        lessons = [f"{one.get('id')} {one.get('title')}" for one in module.plan.get("lessons", [])]
        yield Document(
            str(module.pk), f"{module.code} {module.title}", plain(module.purpose, *outcomes, *lessons)
        )


def _module_shelf(viewer: Viewer) -> Shelf | None:
    """Modules that can be taken now; each leads to where the viewer stands in it, or to where it is begun."""
    if viewer.user is None:
        return None
    codes = Course.objects.filter(tier__in=("practitioner", "specialist")).values_list("code", flat=True)
    keys = {str(pk): code for pk, code in Module.objects.filter(code__in=codes).values_list("pk", "code")}

    def addresses(found: Sequence[str]) -> Mapping[str, str]:
        mine: dict[Any, Any] = dict(
            Registration.objects.filter(user=viewer.user, course_version__course__code__in=keys.values())
            .order_by("registered_at")
            .values_list("course_version__course__code", "uuid")
        )
        return {
            key: reverse("courses:course", args=[mine[keys[key]]])
            if keys[key] in mine
            else reverse("compliance:my_training")
            for key in found
            if key in keys
        }

    return Shelf(Q(key__in=list(keys)), addresses)


def register() -> None:
    register_kind(Kind("lesson", 10, _("Lessons"), _lessons, _lesson_shelf))
    register_kind(Kind("module", 20, _("Modules"), _modules, _module_shelf))
