"""Reads the activities of a lesson file: one method for each kind, from YAML to the value of its block.

Every mistake goes to the lesson's checker with its line. No database.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from content.reader import Checker, Map, Seq

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
# As many as the style sheet follows on the drawing.
MOST_PLACES = 16
# A survivor's view is a survivor's to give; until one has, nobody here speaks in that voice.
_SURVIVOR_VOICE = re.compile(r"\bsurvivor\b(?! (advocate|support))|\blived experience\b", re.IGNORECASE)


def list_item(value: dict[str, Any]) -> dict[str, Any]:
    """One entry of a list block. Without an id Wagtail would take all of it for the value, and lose it."""
    return {"type": "item", "id": str(uuid.uuid4()), "value": value}


class Lesson(Protocol):
    """What an activity needs of the lesson that it stands in."""

    check: Checker
    roles: tuple[str, ...]
    packs: tuple[str, ...]

    def cite(self, text: str, line: int) -> str:
        """The text, with the facts that it names noted for the lesson."""


class ActivityReader:
    """Turns an activity's YAML into a block's value."""

    def __init__(self, lesson: Lesson, row: Map) -> None:
        self.lesson = lesson
        self.check = lesson.check
        self.row = row
        self.kinds: dict[str, Callable[[], dict[str, Any]]] = {
            "sort": self.sort,
            "build": self.build,
            "checklist": self.checklist,
            "cases": self.cases,
            "pathway": self.pathway,
            "order": self.order,
            "preferences": self.preferences,
            "match": self.match,
            "rank": self.rank,
            "edit": self.edit,
            "redact": self.redact,
            "spot": self.spot,
            "compare": self.compare,
            "decide": self.decide,
            "confidence": self.confidence,
            "reflection": self.reflection,
            "hotspot": self.hotspot,
        }

    def only(self, *keys: str) -> None:
        """Refuses what this kind has no use for, so that a misspelt name is not silently lost."""
        self.check.known(self.row, "kind", "id", "title", "prompt", *keys)

    def known_rows(self, row: Map, key: str, *keys: str) -> list[Map]:
        rows = self.rows(row, key)
        for one in rows:
            self.check.known(one, "id", *keys, "roles", "packs")
        return rows

    def rows(self, row: Map, key: str) -> list[Map]:
        if key not in row:
            self.check.say(row.line, f"{key!r} is missing.")
            return []
        rows = self.check.rows(row[key], what=key) if isinstance(row[key], Seq) else []
        if not rows:
            self.check.say(row.line_of(key), f"{key!r} should be a list with at least one entry.")
        seen: set[str] = set()
        for one in rows:
            if "id" in one:
                if not _ID.match(str(one["id"])):
                    self.check.say(
                        one.line_of("id"),
                        f"{one['id']!r} is no short name. Use small letters, digits and hyphens, 40 at the most.",
                    )
                if str(one["id"]) in seen:
                    self.check.say(one.line_of("id"), f"{one['id']} stands in this list twice.")
                seen.add(str(one["id"]))
        return rows

    def items(self, values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [list_item(value) for value in values]

    def scope(self, row: Map) -> dict[str, Any]:
        roles, packs = self.check.texts(row, "roles"), self.check.texts(row, "packs")
        for word in roles:
            if word not in self.lesson.roles:
                self.check.say(row.line_of("roles"), f"{word} is no role.")
        for word in packs:
            if word not in self.lesson.packs:
                self.check.say(row.line_of("packs"), f"{word} is no pack.")
        return {"roles": roles, "packs": packs}

    def text(self, row: Map, key: str) -> str:
        return self.lesson.cite(self.check.text(row, key), row.line_of(key))

    def by_pack(self, row: Map, key: str) -> tuple[Any, dict[str, Any]]:
        """A plain value, or INT's with the others by pack."""
        value = row.get(key)
        if not (isinstance(value, Map) and set(value) <= set(self.lesson.packs)):
            return value, {}
        if "INT" not in value:
            self.check.say(row.line_of(key), f"{key!r} differs by pack, so it needs INT for all others.")
        return value.get("INT"), {pack: one for pack, one in value.items() if pack != "INT"}

    def said(self, value: Any, line: int) -> str:
        if not isinstance(value, str) or not value.strip():
            self.check.say(line, "Every answer needs its feedback, as text.")
            return ""
        return self.lesson.cite(value.strip(), line)

    def options(
        self, row: Map, key: str = "options", *, needs_best: bool = True, reserved: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        result = []
        rows = self.rows(row, key)
        for one in rows:
            if str(one.get("id")) in reserved:
                self.check.say(
                    one.line_of("id"), f"{one['id']!r} has its own meaning here; choose another short name."
                )
            result.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    **self.judged(one, "best"),
                    **self.scope(one),
                }
            )
        if needs_best and rows and not any(self.is_ever(one, "best") for one in result):
            self.check.say(rows[0].line, "None of these options is marked best: true.")
        elif rows:
            self.reach_everybody(row, result, rows[0].line, needs_best=needs_best)
        return self.items(result)

    def reach_everybody(
        self, row: Map, options: list[dict[str, Any]], line: int, *, needs_best: bool
    ) -> None:
        """Whoever meets these options under whichever law has some to choose from, and a good one among them."""
        missing = []
        for role in self.check.texts(row, "roles") or self.lesson.roles:
            for pack in self.check.texts(row, "packs") or self.lesson.packs:
                seen = [
                    one
                    for one in options
                    if (not one["roles"] or role in one["roles"])
                    and (not one["packs"] or pack in one["packs"])
                ]
                if not seen or (needs_best and not any(self.is_best(one, pack) for one in seen)):
                    missing.append(f"{role} under {pack}")
        if missing:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            self.check.say(line, f"No good option is there for {', '.join(missing[:3])}{more}.")

    def is_best(self, option: dict[str, Any], pack: str) -> bool:
        differs = {one["value"]["pack"]: one["value"]["best"] for one in option["by_pack"]}
        return bool(differs.get(pack, option["best"]))

    def is_ever(self, value: dict[str, Any], key: str) -> bool:
        """Whether a mark is set everywhere or under one law at least."""
        return bool(value[key] or any(one["value"]["best"] for one in value["by_pack"]))

    def judged(self, row: Map, key: str) -> dict[str, Any]:
        """Whether something is a good step (or a problem), what is said to it, and where one law differs."""
        feedback, other_feedback = self.by_pack(row, "feedback")
        mark, other_marks = self.by_pack(row, key)
        if any(not isinstance(value, bool) for value in (mark or False, *other_marks.values())):
            self.check.say(row.line_of(key), f"{key!r} should be true or false, without quotation marks.")
        line = row.line_of("feedback")
        return {
            key: bool(mark),
            "feedback": self.said(feedback, line),
            "by_pack": self.items(
                {
                    "pack": pack,
                    "best": bool(other_marks.get(pack, mark)),
                    "feedback": self.said(other_feedback.get(pack, feedback), line),
                }
                for pack in sorted(set(other_feedback) | set(other_marks))
            ),
        }

    def replies(
        self, right: Any, feedback: Any, heads: list[str], row: Map, *, packs: list[str]
    ) -> list[dict[str, Any]]:
        """One reply for each head, everywhere or in some packs."""
        line = row.line_of("feedback")
        if not isinstance(feedback, Map):
            self.check.say(line, "Feedback should be a mapping with one text for each answer.")
            return []
        if str(right) not in heads:
            self.check.say(row.line_of("answer"), f"The answer {right!r} is none of {', '.join(heads)}.")
        for head in feedback:
            if head not in heads:
                self.check.say(
                    feedback.line_of(head),
                    f"There is feedback for {head!r}, which is none of {', '.join(heads)}.",
                )
        return [
            {
                "answer": head,
                "is_right": head == str(right),
                "feedback": self.said(feedback.get(head), line),
                "packs": packs,
            }
            for head in heads
        ]

    def sort(self) -> dict[str, Any]:
        bins = self.heads("bins")
        return {
            "bins": self.items(bins),
            "items": self.sorted_items(self.rows(self.row, "items"), [one["id"] for one in bins]),
        }

    def heads(self, key: str) -> list[dict[str, Any]]:
        return [
            {"id": self.check.text(one, "id"), "label": self.check.text(one, "label")}
            for one in self.rows(self.row, key)
        ]

    def sorted_items(self, rows: list[Map], heads: list[str]) -> list[dict[str, Any]]:
        items = []
        for one in rows:
            answer, other_answers = self.by_pack(one, "answer")
            feedback, other_feedback = self.by_pack(one, "feedback")
            replies = self.replies(answer, feedback, heads, one, packs=[])
            for pack in sorted(set(other_answers) | set(other_feedback)):
                replies += self.replies(
                    other_answers.get(pack, answer),
                    other_feedback.get(pack, feedback),
                    heads,
                    one,
                    packs=[pack],
                )
            items.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "replies": self.items(replies),
                    **self.scope(one),
                }
            )
        return self.items(items)

    def match(self) -> dict[str, Any]:
        self.only("targets", "items")
        targets = self.heads("targets")
        if len(targets) == 1:
            self.check.say(self.row.line_of("targets"), "'targets' should have at least two entries.")
        heads = [one["id"] for one in targets]
        items = [
            {
                "id": self.check.text(one, "id"),
                "text": self.text(one, "text"),
                "replies": self.items(self.matched(one, heads)),
                **self.scope(one),
            }
            for one in self.known_rows(self.row, "items", "text", "answer", "feedback", "otherwise")
        ]
        return {"bins": self.items(targets), "items": self.items(items)}

    def matched(self, row: Map, heads: list[str]) -> list[dict[str, Any]]:
        """Feedback is one text for the right target with `otherwise` for all others, or a text for every target."""
        if "answer" not in row:
            self.check.say(row.line, "'answer' is missing.")
            return []
        by_key = {key: self.by_pack(row, key) for key in ("answer", "feedback", "otherwise")}
        packs = sorted({pack for _value, others in by_key.values() for pack in others})
        replies = []
        for pack in ("", *packs):
            answer, feedback, otherwise = (others.get(pack, value) for value, others in by_key.values())
            if not isinstance(feedback, Map):
                if "otherwise" not in row:
                    self.check.say(
                        row.line,
                        "'otherwise' is missing: what is said to every other answer. Or write a feedback for every target.",
                    )
                    return []
                feedback = self.spread(row, feedback, otherwise, right=str(answer), heads=heads)
            elif "otherwise" in row:
                self.check.say(
                    row.line_of("otherwise"),
                    "There is a feedback for every target; 'otherwise' is never said.",
                )
            replies += self.replies(answer, feedback, heads, row, packs=[pack] if pack else [])
        return replies

    def spread(self, row: Map, feedback: Any, otherwise: Any, *, right: str, heads: list[str]) -> Map:
        """A text for the right target and one for all others, as a text for every target."""
        said = Map({head: feedback if head == right else otherwise for head in heads})
        said.line = row.line_of("feedback")
        said.lines = {head: said.line if head == right else row.line_of("otherwise") for head in heads}
        return said

    def redact(self) -> dict[str, Any]:
        self.only("document", "purpose", "lines")
        rows = self.known_rows(self.row, "lines", "text", "answer", "feedback")
        return {
            "document": self.check.text(self.row, "document"),
            "purpose": self.text(self.row, "purpose"),
            "items": self.sorted_items(rows, ["send", "leave", "ask"]),
        }

    def edit(self) -> dict[str, Any]:
        self.only("document", "parts")
        rows = self.known_rows(self.row, "parts", "text", "keep", "options")
        parts = [{"text": self.text(one, "text"), **self.changeable(one), **self.scope(one)} for one in rows]
        if rows and not any(part["options"] for part in parts):
            self.check.say(self.row.line_of("parts"), "'parts' should have at least one piece with options.")
        return {"document": self.check.text(self.row, "document"), "parts": self.items(parts)}

    def changeable(self, row: Map) -> dict[str, Any]:
        """What may become of a piece; nothing where it has no options and stays as it is."""
        stays: dict[str, Any] = {"id": "", "keep_best": False, "keep_feedback": "", "options": []}
        if "options" not in row:
            if "keep" in row:
                self.check.say(row.line_of("keep"), "A piece with keep: needs options: as well.")
            return stays | {"id": self.check.text(row, "id", default="")}
        keep = row.get("keep")
        if not isinstance(keep, Map):
            self.check.say(
                row.line_of("keep"),
                "A piece that can be changed needs what we say to leaving it: keep: {feedback: ...}",
            )
            return stays
        if "id" not in row:
            self.check.say(row.line, "A piece with options needs an id.")
            return stays
        self.check.known(keep, "best", "feedback")
        is_best = self.check.flag(keep, "best")
        return {
            "id": self.check.text(row, "id"),
            "keep_best": is_best,
            "keep_feedback": self.said(keep.get("feedback"), keep.line_of("feedback")),
            "options": self.options(row, needs_best=not is_best, reserved=("keep",)),
        }

    def marked(self, rows: list[Map], key: str, *more: str) -> list[dict[str, Any]]:
        """Lines or places, of which some are to be found."""
        found = [
            {
                "id": self.check.text(one, "id"),
                **self.judged(one, "problem"),
                **{name: self.text(one, name) for name in more},
                **self.scope(one),
            }
            for one in rows
        ]
        if rows and not any(self.is_ever(one, "problem") for one in found):
            self.check.say(rows[0].line, f"None of these {key} is marked problem: true.")
        return found

    def spot(self) -> dict[str, Any]:
        self.only("lines")
        rows = self.known_rows(self.row, "lines", "who", "text", "problem", "feedback")
        who = [{"who": self.check.text(one, "who", default="")} for one in rows]
        found = self.marked(rows, "lines", "text")
        return {"lines": self.items(one | more for one, more in zip(found, who, strict=True))}

    def hotspot(self) -> dict[str, Any]:
        self.only("document", "spots")
        rows = self.known_rows(self.row, "spots", "at", "label", "problem", "feedback")
        if len(rows) > MOST_PLACES:
            self.check.say(
                self.row.line_of("spots"),
                f"Nobody looks through {len(rows)} places; {MOST_PLACES} are the most.",
            )
        places = [self.place(one) for one in rows]
        found = self.marked(rows, "spots", "label")
        return {
            "document": self.check.text(self.row, "document"),
            "picture": None,
            "spots": self.items(one | place for one, place in zip(found, places, strict=True)),
        }

    def place(self, row: Map) -> dict[str, int]:
        names = ("left", "top", "width", "height")
        at: Any = row.get("at")
        is_place = (
            isinstance(at, Seq)
            and len(at) == len(names)
            and all(type(number) is int and 0 <= number <= 100 for number in at)
            and at[0] + at[2] <= 100
            and at[1] + at[3] <= 100
            and min(at[2:]) > 0
        )
        if not is_place:
            self.check.say(
                row.line_of("at"), "'at' should be [left, top, width, height] in per cent, within 100."
            )
        return dict(zip(names, at if is_place else [0, 0, 1, 1], strict=True))

    def compare(self) -> dict[str, Any]:
        self.only("text", "options", "expert")
        value = {"text": self.text(self.row, "text"), "options": self.options(self.row)}
        expert = self.row.get("expert")
        if not isinstance(expert, Map):
            self.check.say(
                self.row.line_of("expert"),
                "'expert' should say whose view it is, and how: {who: ..., text: ...}",
            )
            return value | {"expert_who": "", "expert_text": ""}
        self.check.known(expert, "who", "text")
        who = self.check.text(expert, "who")
        if _SURVIVOR_VOICE.search(who):
            self.check.say(
                expert.line_of("who"),
                "The view is that of somebody who does this work; never words put into a survivor's mouth.",
            )
        return value | {"expert_who": who, "expert_text": self.text(expert, "text")}

    def decide(self) -> dict[str, Any]:
        self.only("cases")
        return {
            "cases": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "title": self.check.text(one, "title"),
                    "text": self.text(one, "text"),
                    "decisions": self.options(one, "decisions"),
                    "reasons": self.options(one, "reasons"),
                    **self.scope(one),
                }
                for one in self.known_rows(self.row, "cases", "title", "text", "decisions", "reasons")
            )
        }

    def confidence(self) -> dict[str, Any]:
        self.only("statements")
        levels = ("low", "middle", "high")
        statements = []
        for one in self.known_rows(self.row, "statements", "text", "feedback"):
            feedback = one.get("feedback")
            if not isinstance(feedback, Map):
                self.check.say(
                    one.line_of("feedback"), "A statement needs feedback: {low: ..., middle: ..., high: ...}"
                )
                continue
            self.check.known(feedback, *levels)
            statements.append(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    **{level: self.said(feedback.get(level), feedback.line_of(level)) for level in levels},
                    **self.scope(one),
                }
            )
        return {"statements": self.items(statements)}

    def reflection(self) -> dict[str, Any]:
        self.only("prompts", "private_note")
        found: Any = self.row.get("prompts")
        lines: list[int] = found.lines if isinstance(found, Seq) else []
        prompts = []
        for line, one in zip(lines, found or (), strict=False):
            text: Any = one.get("text") if isinstance(one, Map) else one
            scope: dict[str, Any] = self.scope(one) if isinstance(one, Map) else {"roles": [], "packs": []}
            prompts.append({"text": self.said(text, line), **scope})
        if not prompts:
            self.check.say(
                self.row.line_of("prompts"), "'prompts' should be a list with at least one question."
            )
        return {"prompts": self.items(prompts), "private_note": self.text(self.row, "private_note")}

    def rank(self) -> dict[str, Any]:
        self.only("person", "items")
        return {
            "person": self.text(self.row, "person"),
            "items": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "says": self.text(one, "says"),
                    "feedback": self.text(one, "feedback"),
                    **self.scope(one),
                }
                for one in self.known_rows(self.row, "items", "text", "says", "feedback")
            ),
        }

    def parts(self, key: str, label: str) -> list[dict[str, Any]]:
        return self.items(
            {
                "id": self.check.text(one, "id"),
                label: self.text(one, label),
                "options": self.options(one),
                **self.scope(one),
            }
            for one in self.rows(self.row, key)
        )

    def build(self) -> dict[str, Any]:
        model = self.row.get("model")
        models: list[dict[str, Any]] = []
        if isinstance(model, Map):
            for key, text in model.items():
                words = key.replace(",", " ").split()
                roles = [word for word in words if word in self.lesson.roles]
                packs = [word for word in words if word in self.lesson.packs and word != "INT"]
                if not roles and not packs and key not in {"default", "INT"}:
                    self.check.say(model.line_of(key), f"{key!r} is no role, pack or 'default'.")
                models.append({"text": self.said(text, model.line_of(key)), "roles": roles, "packs": packs})
        else:
            models.append({"text": self.text(self.row, "model"), "roles": [], "packs": []})
        return {
            "parts": self.parts("parts", "label"),
            "models": self.items(models),
            "private_note": self.check.text(self.row, "private_note", default=""),
        }

    def pathway(self) -> dict[str, Any]:
        return {"steps": self.parts("steps", "text")}

    def order(self) -> dict[str, Any]:
        return {
            "items": self.items(
                {
                    "id": self.check.text(one, "id"),
                    "text": self.text(one, "text"),
                    "feedback": self.text(one, "feedback"),
                    **self.scope(one),
                }
                for one in self.rows(self.row, "items")
            )
        }

    def cases(self) -> dict[str, Any]:
        cases = []
        for one in self.rows(self.row, "cases"):
            asks = [
                {
                    "id": self.check.text(ask, "id"),
                    "label": self.text(ask, "label"),
                    "style": self.check.one_of(ask, "style", ("choice", "scale", "many"), default="choice"),
                    "options": self.options(ask),
                }
                for ask in self.rows(one, "asks")
            ]
            cases.append(
                {
                    "id": self.check.text(one, "id"),
                    "title": self.check.text(one, "title"),
                    "text": self.text(one, "text"),
                    "asks": self.items(asks),
                    **self.scope(one),
                }
            )
        return {"cases": self.items(cases)}

    def checklist(self) -> dict[str, Any]:
        criteria = [
            {"id": self.check.text(one, "id"), "label": self.check.text(one, "label")}
            for one in self.rows(self.row, "criteria")
        ]
        candidates = []
        for one in self.rows(self.row, "candidates"):
            answers, feedback = one.get("answers"), one.get("feedback")
            replies: list[dict[str, Any]] = []
            if not isinstance(answers, Map) or not isinstance(feedback, Map):
                self.check.say(one.line, "A candidate needs answers and feedback, each by criterion.")
            else:
                for criterion in criteria:
                    key = criterion["id"]
                    said = feedback.get(key)
                    heads = list(said) if isinstance(said, Map) else []
                    replies += [
                        {"criterion": key} | reply
                        for reply in self.replies(
                            answers.get(key),
                            said,
                            heads or ["yes", "no", "ask"],
                            one,
                            packs=[],
                        )
                    ]
            candidates.append(
                {
                    "id": self.check.text(one, "id"),
                    "name": self.check.text(one, "name"),
                    "text": self.text(one, "text"),
                    "replies": self.items(replies),
                    "verdict": self.options(one, "verdict"),
                    **self.scope(one),
                }
            )
        return {"criteria": self.items(criteria), "candidates": self.items(candidates)}

    def preferences(self) -> dict[str, Any]:
        feedback = self.row.get("feedback")
        if not isinstance(feedback, Map):
            self.check.say(self.row.line, "'feedback' should say for each setting what each option changes.")
            return {"replies": []}
        replies = [
            {"setting": setting, "option": option, "feedback": self.said(text, feedback.line_of(setting))}
            for setting, options in feedback.items()
            for option, text in options.items()
        ]
        return {"replies": self.items(replies)}
