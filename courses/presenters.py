"""Puts a lesson, an activity or a question together for the page of one learner. Reads, never writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Jurisdiction, ProfessionalRole, User
from content.citations import Citations, SourceEntry, cited_codes
from content.models import GlossaryTerm, JurisdictionPack, ReviewSignOff
from content.reviewing import Review
from content.selectors import facts_by_code, marked_terms, packs
from content.term_marks import TermMarks
from courses import marking
from courses.activities import (
    Activity,
    Audience,
    count_open,
    edited_text,
    mended_text,
    reply_to,
    resolve,
    shuffled,
)
from courses.blocks import ACTIVITY_KINDS
from courses.models import LessonPage, Question
from courses.reviewing import lesson_reviews


@dataclass(frozen=True)
class Part:
    """One stretch of a lesson. `kind` chooses the template part; only what that kind needs is filled."""

    kind: str
    html: str = ""
    title: str = ""
    pairs: tuple[tuple[str, SafeString], ...] = ()
    activity: "ShownActivity | None" = None
    pack: JurisdictionPack | None = None


@dataclass(frozen=True)
class ShownActivity:
    """An activity with what this learner has put in so far."""

    activity: Activity
    groups: tuple[Any, ...]
    lines: tuple[Any, ...]
    answer: Mapping[str, Any]
    note: str
    is_answered: bool
    open_count: int
    shows_all: bool
    citations: Citations
    edited: str = ""
    mended: str = ""


@dataclass(frozen=True)
class Lesson:
    page: LessonPage
    audience: Audience
    role_name: str
    parts: tuple[Part, ...]
    summary: SafeString
    by_the_end: tuple[str, ...]
    use_tomorrow: tuple[str, ...]
    sources: tuple[SourceEntry, ...]
    reviews: tuple[Review, ...] = ()
    terms: tuple[GlossaryTerm, ...] = ()
    other_audiences: tuple[tuple[str, str], ...] = ()

    @property
    def is_draft(self) -> bool:
        return any(one.is_open for one in self.reviews)

    @property
    def read_by_lawyer_on(self) -> date | None:
        """When a lawyer read the lesson as it is now, the law in it included."""
        lawyers = (one for one in self.reviews if one.gate == ReviewSignOff.Gate.LAWYER and not one.is_open)
        return next((one.signed_on for one in lawyers), None)


def _texts(value: Any) -> Iterable[str]:
    """Every text inside a block's raw value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _variant(variants: Any, *, pack: str) -> Any:
    """The variant of this pack, else INT's, else none."""
    by_pack = {variant["pack"]: variant for variant in variants}
    return by_pack.get(pack) or by_pack.get("INT")


def present_lesson(
    page: LessonPage,
    *,
    role: ProfessionalRole,
    jurisdiction: Jurisdiction,
    responses: Mapping[str, Any],
    shows: str = "",
    learner_key: str = "",
    user: User | None = None,
    reviews: Sequence[Review] = (),
    as_summary: bool = False,
) -> Lesson:
    """The lesson as one role under one law meets it.

    `responses` maps activity ids to ActivityResponse; `shows` is the id of an activity whose answer she asked to see.
    Terms of the glossary are explained where they are said first; with `as_summary`, in the summary, which then stands alone.
    Four queries: facts, their sources, terms, packs.
    """
    audience = Audience(role.code, jurisdiction.code)
    codes = [code for text in _texts([list(page.body.raw_data), page.summary]) for code in cited_codes(text)]
    citations = Citations(facts_by_code(codes))
    marks = TermMarks(marked_terms())
    known_packs = packs()
    summary = marks.html(citations.html(page.summary)) if as_summary else SafeString("")
    terms = list(marks.used)
    parts: list[Part] = []
    for block in page.body:
        value = block.value
        match block.block_type:
            case "text":
                parts.append(Part("text", html=marks.html(citations.html(value.source))))
            case "role":
                mine = next((one for one in value["variants"] if role.code in one["roles"]), None)
                if mine:
                    parts.append(
                        Part(
                            "role",
                            html=marks.html(citations.html(mine["body"].source)),
                            title=_("For %(role)s") % {"role": role.short_name},
                        )
                    )
            case "law":
                law = _variant(value["variants"], pack=jurisdiction.code)
                if law:
                    pack = known_packs.get(law["pack"])
                    name = pack.name if pack else law["pack"]
                    parts.append(
                        Part(
                            "law",
                            html=marks.html(citations.html(law["body"].source)),
                            title=_("Law and guidance: %(pack)s") % {"pack": name},
                            pack=pack,
                        )
                    )
            case "misconceptions":
                pairs = tuple(
                    (pair["belief"], marks.html(citations.inline(pair["correction"])))
                    for pair in value["pairs"]
                )
                parts.append(Part("misconceptions", title=_("What people often say"), pairs=pairs))
            case kind if kind in ACTIVITY_KINDS:
                activity = resolve(kind, value, audience)
                shown = present_activity(
                    activity,
                    responses.get(activity.id),
                    citations=citations,
                    shows_all=shows == activity.id,
                    learner_key=learner_key,
                    user=user,
                )
                parts.append(Part("activity", activity=shown))
    if not as_summary:
        summary = marks.html(citations.html(page.summary))
        terms = marks.used
    return Lesson(
        page=page,
        audience=audience,
        role_name=role.short_name,
        parts=tuple(parts),
        summary=summary,
        by_the_end=tuple(str(block.value) for block in page.by_the_end),
        use_tomorrow=tuple(str(block.value) for block in page.use_tomorrow),
        sources=tuple(citations.list),
        reviews=tuple(reviews),
        terms=tuple(sorted(terms, key=lambda term: term.term.lower())),
    )


def present_activity(
    activity: Activity,
    response: Any,
    *,
    citations: Citations,
    shows_all: bool = False,
    learner_key: str = "",
    user: User | None = None,
) -> ShownActivity:
    answer: dict[str, Any] = dict(response.answer) if response else {}
    if activity.kind == "preferences" and user is not None:
        answer = {key: [getattr(user, key) or "en"] for key in (activity.settings or {})} if response else {}
    lines: list[dict[str, Any]] = []
    if activity.is_order:
        by_id = {line.id: line for line in activity.lines}
        order = [by_id[one] for one in answer.get("order", []) if one in by_id] or list(
            shuffled(activity, key=learner_key)
        )
        order += [line for line in activity.lines if line not in order]
        recommended = [line.id for line in activity.lines]
        lines = [
            {
                "line": line,
                "position": at + 1,
                "recommended": recommended.index(line.id) + 1,
                "is_same": recommended[at] == line.id,
            }
            for at, line in enumerate(order)
        ]
    return ShownActivity(
        activity=activity,
        groups=reply_to(activity, answer, show_all=shows_all),
        lines=tuple(lines),
        answer=answer,
        note=response.note if response else "",
        is_answered=bool(
            response
            and (response.answer or activity.kind == "preferences" or (activity.prompts and response.note))
        ),
        open_count=count_open(activity, answer),
        shows_all=shows_all,
        citations=citations,
        edited=edited_text(activity, answer),
        mended=mended_text(activity),
    )


def find_activity(page: LessonPage, activity_id: str, audience: Audience) -> Activity | None:
    for block in page.body:
        if block.block_type in ACTIVITY_KINDS and block.value["id"] == activity_id:
            return resolve(block.block_type, block.value, audience)
    return None


def preview_audiences() -> list[tuple[str, Any]]:
    """Preview modes: one for each role under each law."""
    jurisdictions = list(Jurisdiction.objects.all())
    modes = [
        (f"{role.code}.{one.code}", f"{role.short_name}, {one.name}")
        for role in ProfessionalRole.objects.all()
        for one in jurisdictions
    ]
    return modes or [("", _("Default"))]


def lesson_preview(page: LessonPage, mode_name: str) -> dict[str, Any]:
    """What the lesson template needs when an editor previews the page for one role and pack."""
    role_code, _dot, pack_code = mode_name.partition(".")
    role = ProfessionalRole.objects.filter(code=role_code).first() or ProfessionalRole.objects.first()
    jurisdiction = Jurisdiction.objects.filter(code=pack_code).first() or Jurisdiction.objects.first()
    if role is None or jurisdiction is None:
        return {}
    lesson = present_lesson(
        page,
        role=role,
        jurisdiction=jurisdiction,
        responses={},
        reviews=lesson_reviews([page])[page.code],
    )
    return {"lesson": lesson, "is_preview": True, "registration": None, "path": None, "opened": True}


def present_question(
    version: Any,
    option_order: Iterable[str],
    answer: Iterable[str] | None,
    *,
    posted: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A question in its shuffled order; with reasons and sources under every option once it is answered.

    `posted` holds places or targets of a form that was refused, so that nothing has to be chosen twice.
    """
    options = {option["id"]: option for option in version.options}
    is_answered = answer is not None
    given = list(answer or ())
    chosen = set(given)
    matched = marking.pairs(given) if version.kind == "matching" else {}
    labels = {target["id"]: target["label"] for target in version.targets}
    right_order = marking.ids(version.options)
    earned = marking.credit(version.kind, version.options, given) if is_answered else None
    citations = Citations(
        facts_by_code(
            [
                code
                for option in version.options
                for code in [*option["facts"], *cited_codes(option["rationale"])]
            ]
            if is_answered
            else []
        )
    )
    rows = []
    for position, key in enumerate(option_order):
        option = options[key]
        cites = " ".join(f"[@{code}]" for code in option["facts"]) if is_answered else ""
        rows.append(
            {
                "id": key,
                "letter": chr(ord("A") + position),
                "text": option["text"],
                "is_chosen": key in chosen,
                "is_best": is_answered and bool(option.get("correct")),
                "earns_part": is_answered and bool(option.get("credit")),
                "place": given.index(key) + 1
                if version.kind == "ordering" and key in given
                else int(filled)
                if (filled := (posted or {}).get(key, "")).isdecimal()
                else None,
                "right_place": right_order.index(key) + 1 if is_answered else None,
                "target": matched.get(key, (posted or {}).get(key, "")),
                "right_target": labels.get(option.get("answer", ""), "") if is_answered else "",
                "is_matched": is_answered and matched.get(key) == option.get("answer"),
                "rationale": citations.inline(f"{option['rationale']} {cites}") if is_answered else "",
            }
        )
    return {
        "stem": version.stem,
        "kind": version.kind,
        "rows": rows,
        "case_text": version.case_text,
        "targets": version.targets,
        "places": range(1, len(rows) + 1),
        "is_answered": is_answered,
        "is_right": earned == 1,
        "is_partly_right": earned is not None and 0 < earned < 1,
        "sources": citations.list,
    }


def question_preview(question: Question) -> dict[str, Any]:
    class _Draft:
        stem = question.stem
        kind = question.kind
        case_text = question.case_text
        targets = [{"id": one.value["id"], "label": one.value["label"]} for one in question.targets]
        options = [
            {
                **{
                    key: block.value[key]
                    for key in ("id", "text", "correct", "rationale", "credit", "answer")
                },
                "facts": str(block.value["facts"]).split(),
            }
            for block in question.options
        ]

    order = [option["id"] for option in _Draft.options]
    right = marking.best_answer(question.kind, _Draft.options)
    return {
        "open": present_question(_Draft, order, None),
        "answered": present_question(_Draft, order, right),
        "question": question,
    }
