"""What a learner of one role and one pack meets in an activity, and what we say to what she chose.

Every kind becomes groups of asks with options, so that keeping answers and replying to them is written once. Nothing here
is scored.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Audience:
    """For whom a lesson is shown."""

    role: str
    pack: str


@dataclass(frozen=True)
class Place:
    """Where a spot lies on a drawing, in per cent."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Option:
    """`who` says it, where it is a line of a talk; `place` is where it lies, where it is a spot on a drawing."""

    id: str
    text: str
    is_best: bool
    feedback: str
    who: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Ask:
    """One thing to decide. `name` is the form field; `style` is choice, scale, many or select."""

    name: str
    label: str
    style: str
    options: tuple[Option, ...]

    def option(self, option_id: str) -> Option | None:
        return next((one for one in self.options if one.id == option_id), None)


@dataclass(frozen=True)
class Group:
    """A case or a candidate, or the whole of an activity that has no such parts."""

    id: str
    title: str
    text: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Line:
    """A line to be put in order."""

    id: str
    text: str
    feedback: str
    says: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of a text that is edited: words that stay, or the name of the ask that may change them."""

    text: str
    ask: str = ""


@dataclass(frozen=True)
class Activity:
    kind: str
    id: str
    title: str
    prompt: str
    groups: tuple[Group, ...] = ()
    lines: tuple[Line, ...] = ()
    model: str = ""
    model_by: str = ""
    private_note: str = ""
    document: str = ""
    purpose: str = ""
    person: str = ""
    prompts: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    picture: Any = None
    settings: Mapping[str, Mapping[str, str]] | None = None

    @property
    def template(self) -> str:
        kind = {"match": "sort", "decide": "cases"}.get(self.kind, self.kind)
        return f"courses/parts/activity_{kind}.html"

    @property
    def has_answer(self) -> bool:
        """Whether we have a view of our own to show: not on one's settings, nor on one's thoughts."""
        return self.kind not in ("preferences", "reflection", "confidence")

    @property
    def can_start_again(self) -> bool:
        """Settings are changed, and a note has its own way to be deleted."""
        return self.kind not in ("preferences", "reflection")

    @property
    def is_order(self) -> bool:
        """Lines to be put in order, and not things to choose."""
        return self.kind in ("order", "rank")

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for group in self.groups for ask in group.asks)


def _is_for(value: Mapping[str, Any], audience: Audience) -> bool:
    roles, packs = value.get("roles") or [], value.get("packs") or []
    return (not roles or audience.role in roles) and (not packs or audience.pack in packs)


def _options(values: Iterable[Mapping[str, Any]], audience: Audience) -> tuple[Option, ...]:
    result = []
    for value in values:
        if not _is_for(value, audience):
            continue
        best, feedback = bool(value.get("best")), value["feedback"]
        for other in value.get("by_pack") or []:
            if other["pack"] == audience.pack:
                best, feedback = bool(other.get("best")), other["feedback"]
        result.append(
            Option(value["id"], value["text"], best, feedback, value.get("who") or "", value.get("place"))
        )
    return tuple(result)


def _found(values: Iterable[Mapping[str, Any]], key: str, audience: Audience) -> tuple[Option, ...]:
    """Lines or places to look at as options; best are those that are to be found."""
    options = [
        {
            **{name: value.get(name) for name in ("id", "feedback", "by_pack", "roles", "packs")},
            "text": value[key],
            "best": value.get("problem"),
            "who": value.get("who"),
            "place": Place(*(value[side] for side in ("left", "top", "width", "height")))
            if "left" in value
            else None,
        }
        for value in values
    ]
    return _options(options, audience)


def _replies(
    replies: Iterable[Mapping[str, Any]], heads: Iterable[tuple[str, str]], audience: Audience
) -> tuple[Option, ...]:
    """Heads as options, with what is said under this pack, or everywhere."""
    everywhere: dict[str, tuple[bool, str]] = {}
    here: dict[str, tuple[bool, str]] = {}
    for reply in replies:
        said = (bool(reply.get("is_right")), reply["feedback"])
        if not reply.get("packs"):
            everywhere[reply["answer"]] = said
        elif audience.pack in reply["packs"]:
            here[reply["answer"]] = said
    merged = everywhere | here
    return tuple(Option(head, label, *merged.get(head, (False, ""))) for head, label in heads)


def resolve(kind: str, value: Mapping[str, Any], audience: Audience) -> Activity:
    """The activity as this audience meets it."""
    common: dict[str, Any] = {
        "kind": kind,
        "id": value["id"],
        "title": value["title"],
        "prompt": value["prompt"],
    }

    def shown(values: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [one for one in values if _is_for(one, audience)]

    match kind:
        case "sort" | "match":
            heads = [(head["id"], head["label"]) for head in value["bins"]]
            asks = tuple(
                Ask(item["id"], item["text"], "select", _replies(item["replies"], heads, audience))
                for item in shown(value["items"])
            )
            return Activity(**common, groups=(Group("all", "", "", asks),))
        case "build":
            asks = tuple(
                Ask(part["id"], part["label"], "choice", _options(part["options"], audience))
                for part in shown(value["parts"])
            )
            models = [
                model["text"]
                for model in sorted(
                    shown(value["models"]), key=lambda one: not (one.get("roles") or one.get("packs"))
                )
            ]
            return Activity(
                **common,
                groups=(Group("all", "", "", asks),),
                model=models[0] if models else "",
                private_note=value.get("private_note") or "",
            )
        case "pathway":
            asks = tuple(
                Ask(step["id"], step["text"], "choice", _options(step["options"], audience))
                for step in shown(value["steps"])
            )
            return Activity(**common, groups=(Group("all", "", "", asks),))
        case "cases":
            groups = tuple(
                Group(
                    case["id"],
                    case["title"],
                    case["text"],
                    tuple(
                        Ask(
                            f"{case['id']}.{ask['id']}",
                            ask["label"],
                            ask["style"],
                            _options(ask["options"], audience),
                        )
                        for ask in case["asks"]
                    ),
                )
                for case in shown(value["cases"])
            )
            return Activity(**common, groups=groups)
        case "checklist":
            return Activity(
                **common, groups=tuple(_candidate(value, one, audience) for one in shown(value["candidates"]))
            )
        case "order":
            return Activity(
                **common,
                lines=tuple(Line(one["id"], one["text"], one["feedback"]) for one in shown(value["items"])),
            )
        case "rank":
            return Activity(
                **common,
                person=value["person"],
                lines=tuple(
                    Line(one["id"], one["text"], one["feedback"], one["says"])
                    for one in shown(value["items"])
                ),
            )
        case "redact":
            heads = [
                ("send", _("Send it")),
                ("leave", _("Leave it out")),
                ("ask", _("Ask the person first")),
            ]
            asks = tuple(
                Ask(item["id"], item["text"], "select", _replies(item["replies"], heads, audience))
                for item in shown(value["items"])
            )
            return Activity(
                **common,
                groups=(Group("all", "", "", asks),),
                document=value["document"],
                purpose=value["purpose"],
            )
        case "edit":
            return _edited(common, value["document"], shown(value["parts"]), audience)
        case "spot":
            found = _found(value["lines"], "text", audience)
            ask = Ask("lines", _("Tick the lines in which something goes wrong."), "many", found)
            return Activity(**common, groups=(Group("all", "", "", (ask,)),))
        case "hotspot":
            found = _found(value["spots"], "label", audience)
            ask = Ask("spots", _("Tick the places."), "many", found)
            return Activity(
                **common,
                groups=(Group("all", "", "", (ask,)),),
                document=value["document"],
                picture=value.get("picture"),
            )
        case "compare":
            ask = Ask("choice", _("What do you choose?"), "choice", _options(value["options"], audience))
            return Activity(
                **common,
                groups=(Group("all", "", value["text"], (ask,)),),
                model=value["expert_text"],
                model_by=value["expert_who"],
            )
        case "decide":
            return Activity(
                **common,
                groups=tuple(
                    Group(
                        case["id"],
                        case["title"],
                        case["text"],
                        (
                            Ask(
                                f"{case['id']}.decision",
                                _("What do you decide?"),
                                "choice",
                                _options(case["decisions"], audience),
                            ),
                            Ask(
                                f"{case['id']}.reasons",
                                _("Which reasons carry your decision?"),
                                "many",
                                _options(case["reasons"], audience),
                            ),
                        ),
                    )
                    for case in shown(value["cases"])
                ),
            )
        case "confidence":
            asks = tuple(
                Ask(one["id"], one["text"], "scale", _levels(one)) for one in shown(value["statements"])
            )
            return Activity(**common, groups=(Group("all", "", "", asks),))
        case "reflection":
            return Activity(
                **common,
                prompts=tuple(one["text"] for one in shown(value["prompts"])),
                private_note=value["private_note"],
            )
        case "preferences":
            settings: dict[str, dict[str, str]] = {}
            for reply in value["replies"]:
                settings.setdefault(reply["setting"], {})[reply["option"]] = reply["feedback"]
            return Activity(**common, settings=settings)
    raise ValueError(f"{kind!r} is no kind of activity.")


def _levels(statement: Mapping[str, Any]) -> tuple[Option, ...]:
    """Five steps, of which none is the right one."""
    words = (
        ("1", _("Not at all"), "low"),
        ("2", _("A little"), "low"),
        ("3", _("Partly"), "middle"),
        ("4", _("Mostly"), "high"),
        ("5", _("Fully"), "high"),
    )
    return tuple(Option(step, label, False, statement[level]) for step, label, level in words)


KEEP = "keep"


def _edited(
    common: Mapping[str, Any], document: str, parts: Iterable[Mapping[str, Any]], audience: Audience
) -> Activity:
    pieces, asks = [], []
    for part in parts:
        if not part["options"]:
            pieces.append(Piece(part["text"]))
            continue
        stays = Option(KEEP, _("Leave it as it is"), bool(part["keep_best"]), part["keep_feedback"])
        options = (stays, *_options(part["options"], audience))
        asks.append(Ask(part["id"], part["text"], "choice", options))
        pieces.append(Piece(part["text"], part["id"]))
    return Activity(
        **common, document=document, pieces=tuple(pieces), groups=(Group("all", "", "", tuple(asks)),)
    )


def edited_text(activity: Activity, answer: Mapping[str, Any]) -> str:
    """The document with what was chosen. An option in brackets, such as “(leave it out)”, leaves nothing behind."""
    chosen = {ask.name: ask.option(next(iter(answer.get(ask.name, ())), KEEP)) for ask in activity.asks}
    return _put_together(activity, chosen)


def mended_text(activity: Activity) -> str:
    """The document as we would leave it: the first good option of each piece."""
    chosen = {
        ask.name: next((option for option in ask.options if option.is_best), None) for ask in activity.asks
    }
    return _put_together(activity, chosen)


def _put_together(activity: Activity, chosen: Mapping[str, Option | None]) -> str:
    words = []
    for piece in activity.pieces:
        option = chosen.get(piece.ask)
        if option is None or option.id == KEEP:
            words.append(piece.text)
        elif not (option.text.startswith("(") and option.text.endswith(")")):
            words.append(option.text)
    return " ".join(words)


def _candidate(value: Mapping[str, Any], candidate: Mapping[str, Any], audience: Audience) -> Group:
    words = {"yes": _("Yes"), "no": _("No"), "ask": _("Ask first")}
    asks = []
    for criterion in value["criteria"]:
        replies = [reply for reply in candidate["replies"] if reply["criterion"] == criterion["id"]]
        given = {reply["answer"] for reply in replies}
        heads = [(key, label) for key, label in words.items() if key in given]
        if heads:
            name = f"{candidate['id']}.{criterion['id']}"
            asks.append(Ask(name, criterion["label"], "select", _replies(replies, heads, audience)))
    asks.append(
        Ask(
            f"{candidate['id']}.verdict",
            _("Your decision"),
            "choice",
            _options(candidate["verdict"], audience),
        )
    )
    return Group(candidate["id"], candidate["name"], candidate["text"], tuple(asks))


def shuffled(activity: Activity, *, key: str) -> tuple[Line, ...]:
    """Lines in an order that looks like chance and is the same every time for one learner; never the right one."""

    def rank(line: Line) -> str:
        return hashlib.sha256(f"{key}/{activity.id}/{line.id}".encode()).hexdigest()

    mixed = tuple(sorted(activity.lines, key=rank))
    return mixed if mixed != activity.lines or len(mixed) < 2 else mixed[1:] + mixed[:1]


def read_answer(
    activity: Activity, data: Mapping[str, list[str]], *, before: Mapping[str, Any]
) -> dict[str, Any]:
    """What a form says, with nothing that is not offered. What was answered before and is not in the form stays.

    `data` maps field names to all their values. Pathway steps count only in order: the first answer stands.
    """
    answer: dict[str, Any] = {}
    if activity.is_order:
        return {"order": _read_order(activity, data, before)}
    for ask in activity.asks:
        if activity.kind == "pathway" and before.get(ask.name):
            answer[ask.name] = before[ask.name]
            continue
        given = [one for one in data.get(ask.name, []) if ask.option(one)]
        if ask.style != "many":
            given = given[:1]
        if given:
            answer[ask.name] = given
        elif before.get(ask.name) and ask.name not in data:
            answer[ask.name] = before[ask.name]
        if activity.kind == "pathway" and ask.name not in answer:
            break
    return answer


def has_unknown(activity: Activity, data: Mapping[str, list[str]]) -> bool:
    """Whether a form says something that is not on offer. What is left open is no mistake."""
    if activity.is_order:
        ids = sorted(line.id for line in activity.lines)
        moves = {f"{one}:{where}" for one in ids for where in ("up", "down")}
        return ("order" in data and sorted(data["order"]) != ids) or not moves.issuperset(
            data.get("move", [])
        )
    return any(one and not ask.option(one) for ask in activity.asks for one in data.get(ask.name, []))


def _read_order(activity: Activity, data: Mapping[str, list[str]], before: Mapping[str, Any]) -> list[str]:
    ids = [line.id for line in activity.lines]
    order = [one for one in before.get("order", []) if one in ids] + [
        one for one in ids if one not in before.get("order", [])
    ]
    posted = [one for one in data.get("order", []) if one in ids]
    if sorted(posted) == sorted(ids):
        order = posted
    if "move" in data:
        line, _colon, where = data["move"][0].partition(":")
        if line in order:
            at = order.index(line)
            to = at + (-1 if where == "up" else 1)
            if 0 <= to < len(order):
                order[at], order[to] = order[to], order[at]
    return order


@dataclass(frozen=True)
class Answered:
    """One ask with what was chosen; `shows` is whether to say what we think of it now."""

    ask: Ask
    chosen: tuple[str, ...]
    shows: bool

    @property
    def is_good(self) -> bool:
        best = {option.id for option in self.ask.options if option.is_best}
        return set(self.chosen) == best if self.ask.style == "many" else bool(set(self.chosen) & best)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Options with their replies, for a template. Where none is the best, only one's own is answered."""
        has_best = any(option.is_best for option in self.ask.options)
        return [
            {
                "option": option,
                "is_chosen": option.id in self.chosen,
                "shows": self.shows and (has_best or option.id in self.chosen),
            }
            for option in self.ask.options
        ]


@dataclass(frozen=True)
class AnsweredGroup:
    group: Group
    answers: tuple[Answered, ...]

    @property
    def is_answered(self) -> bool:
        return all(one.chosen for one in self.answers)


def reply_to(
    activity: Activity, answer: Mapping[str, Any], *, show_all: bool = False
) -> tuple[AnsweredGroup, ...]:
    """Groups with what was chosen. A pathway ends at its first open step, so later steps do not give earlier ones away."""
    groups = []
    for group in activity.groups:
        answers: list[Answered] = []
        for ask in group.asks:
            chosen = tuple(answer.get(ask.name, ()))
            answers.append(Answered(ask, chosen, show_all or bool(chosen)))
            if activity.kind == "pathway" and not chosen and not show_all:
                break
        groups.append(AnsweredGroup(group, tuple(answers)))
    return tuple(groups)


def count_open(activity: Activity, answer: Mapping[str, Any]) -> int:
    return sum(1 for ask in activity.asks if not answer.get(ask.name))
