"""Writes an activity's value as the YAML of a lesson file: the way back of courses.activity_files, one function for a kind."""

from collections.abc import Callable, Mapping
from typing import Any

Value = Mapping[str, Any]


class NotWritable(Exception):
    """The admin allows what a file has no words for. Its message says what, for the person who exports."""


def activity_row(kind: str, value: Value) -> dict[str, Any]:
    """The activity as its YAML says it. Raises NotWritable."""
    row = {"kind": kind, "id": value["id"], "title": value["title"], "prompt": value["prompt"]}
    return row | _KINDS[kind](value)


def _scope(value: Value) -> dict[str, Any]:
    return {key: list(value[key]) for key in ("roles", "packs") if value.get(key)}


def _judged(value: Value, key: str) -> dict[str, Any]:
    """The mark and what is said to it, each by pack where one law differs."""
    mark, feedback = bool(value[key]), value["feedback"]
    others = {one["pack"]: one for one in value["by_pack"]}
    marks = {pack: bool(one["best"]) for pack, one in others.items() if bool(one["best"]) != mark}
    row: dict[str, Any] = {}
    if marks:
        row[key] = {"INT": mark} | marks
    elif mark:
        row[key] = True
    row["feedback"] = (
        {"INT": feedback} | {pack: one["feedback"] for pack, one in others.items()} if others else feedback
    )
    return row


def _options(values: list[Value]) -> list[dict[str, Any]]:
    return [{"id": one["id"]} | _scope(one) | {"text": one["text"]} | _judged(one, "best") for one in values]


def _heads(values: list[Value]) -> list[dict[str, Any]]:
    return [{"id": one["id"], "label": one["label"]} for one in values]


def _replied(values: list[Value], name: str) -> dict[str, Any]:
    """The right answer and the reply to each, everywhere or by pack."""
    by_pack: dict[str, dict[str, Any]] = {}
    right: dict[str, str] = {}
    for one in values:
        for pack in one["packs"] or ("",):
            by_pack.setdefault(pack, {})[one["answer"]] = one["feedback"]
            if one["is_right"]:
                if pack in right:
                    raise NotWritable(f"{name} has two right answers; a file knows one.")
                right[pack] = one["answer"]
    if "" not in right or set(by_pack) - set(right):
        raise NotWritable(f"{name} has no right answer; a file needs one.")
    others = [pack for pack in by_pack if pack]
    answers = {pack: right[pack] for pack in others if right[pack] != right[""]}
    return {
        "answer": {"INT": right[""]} | answers if answers else right[""],
        "feedback": {"INT": by_pack[""]} | {pack: by_pack[pack] for pack in others}
        if others
        else by_pack[""],
    }


def _sorted_items(values: list[Value]) -> list[dict[str, Any]]:
    return [
        {"id": one["id"]} | _scope(one) | {"text": one["text"]} | _replied(one["replies"], one["id"])
        for one in values
    ]


def _sort(value: Value) -> dict[str, Any]:
    return {"bins": _heads(value["bins"]), "items": _sorted_items(value["items"])}


def _match(value: Value) -> dict[str, Any]:
    return {"targets": _heads(value["bins"]), "items": _sorted_items(value["items"])}


def _redact(value: Value) -> dict[str, Any]:
    return {
        "document": value["document"],
        "purpose": value["purpose"],
        "lines": _sorted_items(value["items"]),
    }


def _edit(value: Value) -> dict[str, Any]:
    parts = []
    for one in value["parts"]:
        row = ({"id": one["id"]} if one["id"] else {}) | _scope(one) | {"text": one["text"]}
        if one["options"]:
            best = {"best": True} if one["keep_best"] else {}
            row |= {"keep": best | {"feedback": one["keep_feedback"]}, "options": _options(one["options"])}
        parts.append(row)
    return {"document": value["document"], "parts": parts}


def _spot(value: Value) -> dict[str, Any]:
    return {
        "lines": [
            {"id": one["id"]}
            | _scope(one)
            | ({"who": one["who"]} if one["who"] else {})
            | {"text": one["text"]}
            | _judged(one, "problem")
            for one in value["lines"]
        ]
    }


def _hotspot(value: Value) -> dict[str, Any]:
    if value.get("picture"):
        raise NotWritable(f"{value['id']} has a picture, which a file cannot hold.")
    return {
        "document": value["document"],
        "spots": [
            {"id": one["id"]}
            | _scope(one)
            | {"at": [one[side] for side in ("left", "top", "width", "height")], "label": one["label"]}
            | _judged(one, "problem")
            for one in value["spots"]
        ],
    }


def _compare(value: Value) -> dict[str, Any]:
    return {
        "text": value["text"],
        "options": _options(value["options"]),
        "expert": {"who": value["expert_who"], "text": value["expert_text"]},
    }


def _decide(value: Value) -> dict[str, Any]:
    return {
        "cases": [
            {"id": one["id"], "title": one["title"]}
            | _scope(one)
            | {
                "text": one["text"],
                "decisions": _options(one["decisions"]),
                "reasons": _options(one["reasons"]),
            }
            for one in value["cases"]
        ]
    }


def _confidence(value: Value) -> dict[str, Any]:
    return {
        "statements": [
            {"id": one["id"]}
            | _scope(one)
            | {"text": one["text"], "feedback": {level: one[level] for level in ("low", "middle", "high")}}
            for one in value["statements"]
        ]
    }


def _reflection(value: Value) -> dict[str, Any]:
    return {
        "prompts": [
            {"text": one["text"]} | _scope(one) if _scope(one) else one["text"] for one in value["prompts"]
        ],
        "private_note": value["private_note"],
    }


def _rank(value: Value) -> dict[str, Any]:
    return {
        "person": value["person"],
        "items": [
            {"id": one["id"]} | _scope(one) | {key: one[key] for key in ("text", "says", "feedback")}
            for one in value["items"]
        ],
    }


def _parts(values: list[Value], label: str) -> list[dict[str, Any]]:
    return [
        {"id": one["id"]} | _scope(one) | {label: one[label], "options": _options(one["options"])}
        for one in values
    ]


def _build(value: Value) -> dict[str, Any]:
    models: dict[str, str] = {}
    for one in value["models"]:
        name = " ".join((*one["roles"], *one["packs"])) or "default"
        if name in models:
            raise NotWritable(f"{value['id']} has two models for the same readers; a file knows one.")
        models[name] = one["text"]
    note = {"private_note": value["private_note"]} if value["private_note"] else {}
    return {
        "parts": _parts(value["parts"], "label"),
        "model": models["default"] if list(models) == ["default"] else models,
    } | note


def _pathway(value: Value) -> dict[str, Any]:
    return {"steps": _parts(value["steps"], "text")}


def _order(value: Value) -> dict[str, Any]:
    return {
        "items": [
            {"id": one["id"]} | _scope(one) | {"text": one["text"], "feedback": one["feedback"]}
            for one in value["items"]
        ]
    }


def _cases(value: Value) -> dict[str, Any]:
    return {
        "cases": [
            {"id": one["id"], "title": one["title"]}
            | _scope(one)
            | {
                "text": one["text"],
                "asks": [
                    {
                        "id": ask["id"],
                        "label": ask["label"],
                        "style": ask["style"],
                        "options": _options(ask["options"]),
                    }
                    for ask in one["asks"]
                ],
            }
            for one in value["cases"]
        ]
    }


def _checklist(value: Value) -> dict[str, Any]:
    candidates = []
    for one in value["candidates"]:
        answers: dict[str, str] = {}
        feedback: dict[str, dict[str, str]] = {}
        for reply in one["replies"]:
            if reply["packs"]:
                raise NotWritable(
                    f"{one['id']} has replies for one pack, which a checklist in a file cannot have."
                )
            feedback.setdefault(reply["criterion"], {})[reply["answer"]] = reply["feedback"]
            if reply["is_right"]:
                answers[reply["criterion"]] = reply["answer"]
        if missing := [criterion for criterion in feedback if criterion not in answers]:
            raise NotWritable(f"{one['id']} has no right answer to {', '.join(missing)}; a file needs one.")
        candidates.append(
            {"id": one["id"], "name": one["name"]}
            | _scope(one)
            | {
                "text": one["text"],
                "answers": answers,
                "feedback": feedback,
                "verdict": _options(one["verdict"]),
            }
        )
    return {"criteria": _heads(value["criteria"]), "candidates": candidates}


def _preferences(value: Value) -> dict[str, Any]:
    feedback: dict[str, dict[str, str]] = {}
    for one in value["replies"]:
        feedback.setdefault(one["setting"], {})[one["option"]] = one["feedback"]
    return {"settings": list(feedback), "feedback": feedback}


_KINDS: dict[str, Callable[[Value], dict[str, Any]]] = {
    "sort": _sort,
    "match": _match,
    "rank": _rank,
    "order": _order,
    "build": _build,
    "edit": _edit,
    "redact": _redact,
    "spot": _spot,
    "compare": _compare,
    "decide": _decide,
    "cases": _cases,
    "checklist": _checklist,
    "pathway": _pathway,
    "confidence": _confidence,
    "reflection": _reflection,
    "hotspot": _hotspot,
    "preferences": _preferences,
}
