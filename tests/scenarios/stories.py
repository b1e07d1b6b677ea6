"""Small stories for the tests of validation, of the walk and of the simulator. No database."""

import random
import uuid
from typing import Any

WORDS = "Say who you are and ask what would help."


def choice(key: str, to: str, **more: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        "key": key,
        "text": WORDS,
        "why": "It gives the choice back.",
        "scores": {"SAF": 1 if key.endswith("1") else -1},
        "to": to,
    } | more


def scene(key: str, *choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"scene {key}")),
        "key": key,
        "title": key,
        "text": "A waiting room.",
        "choices": list(choices),
    } | more


def story(*scenes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A story in which nothing is missing but what its scenes lack."""
    return {
        "format": "waylight-scenario/1",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, "story")),
        "code": "T1",
        "slug": "test",
        "title": "A test",
        "learner": "Nurse",
        "written_for": ["R1"],
        "minutes": 10,
        "place": "Ward",
        "setting": "Morning.",
        "content_note": "Nothing hard.",
        "good_practice": "She decides.",
        "first": scenes[0]["key"] if scenes else "",
        "variables": [{"key": "trust", "start": 3, "minimum": 0, "maximum": 10}],
        "scenes": list(scenes),
        "endings": [
            ending("good", {"ge": ["trust", 5]}),
            ending("other", {"always": True}),
        ],
    } | more


def ending(key: str, when: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"ending {key}")),
        "key": key,
        "title": key.title(),
        "text": "It is over.",
        "when": when,
    }


def two_scenes() -> dict[str, Any]:
    """The smallest story with nothing to say against it."""
    return story(
        scene("a", choice("a1", "b", change={"trust": 2}), choice("a2", "b", change={"trust": -1})),
        scene("b", choice("b1", "END"), choice("b2", "END")),
    )


def _condition(source: random.Random, keys: list[str], depth: int = 0) -> dict[str, Any]:
    kind = source.choice(
        ["lt", "ge", "eq", "gt", "visited", "moves", "critical", "not", "all", "any"][
            : 10 if depth < 2 else 7
        ]
    )
    match kind:
        case "visited":
            return {"visited": source.choice(keys)}
        case "moves":
            return {"moves": [source.choice(["open", "closed"]), source.randint(1, 3)]}
        case "critical":
            return {"critical": source.random() < 0.5}
        case "not":
            return {"not": _condition(source, keys, depth + 1)}
        case "all" | "any":
            return {kind: [_condition(source, keys, depth + 1) for _ in range(2)]}
        case _:
            name = source.choice(["trust", "calm", "time"])
            return {kind: [name, source.randint(0, 6)]}


def random_story(seed: int) -> dict[str, Any]:
    """A story with loops, conditions, consequence scenes and a clock, in which anything may be wrong."""
    source = random.Random(seed)
    count = source.randint(2, 9)
    keys = [f"s{number}" for number in range(count)]
    # A clock that can be turned back has bounds, or its states never end; a few stories have one without.
    is_turned_back = source.random() < 0.3
    scenes = []
    for key in keys:
        choices = []
        for number in range(source.choice((0, 1, 2, 2, 3, 3, 3))):
            to = source.choice([*keys, *keys, "END", "END", "END", "END"])
            one = choice(
                f"{key}{number}",
                to if source.random() > 0.02 else source.choice(["", "gone"]),
                change={
                    name: source.randint(-2, 2 if name != "time" or is_turned_back else 0)
                    for name in ("trust", "calm", "time")
                    if source.random() < 0.4
                },
                move=source.choice(["open", "closed"]),
            )
            if source.random() < 0.15:
                one["critical"] = "Told"
            if source.random() < 0.3:
                one["when"] = _condition(source, keys)
            choices.append(one)
        made = scene(key, *choices)
        if source.random() < 0.2:
            made["before"] = {"scene": source.choice(keys), "when": _condition(source, keys)}
        if source.random() < 0.2:
            made["arrive"] = [
                {"when": _condition(source, keys), "change": {source.choice(["trust", "time"]): -1}}
            ]
        if source.random() < 0.2:
            made["alternatives"] = [{"uuid": f"alt {key}", "when": _condition(source, keys), "text": WORDS}]
        scenes.append(made)
    endings = [ending(f"e{number}", _condition(source, keys)) for number in range(source.randint(0, 2))]
    if source.random() < 0.9:
        endings.append(ending("last", {"always": True}))
    bounds = {"minimum": 0, "maximum": 14} if is_turned_back and source.random() < 0.9 else {}
    return story(
        *scenes,
        last_decision=source.choice(keys) if source.random() < 0.7 else "",
        variables=[
            {"key": "trust", "start": 3, "minimum": 0, "maximum": 5},
            {"key": "calm", "start": source.randint(0, 2), "minimum": 0, "maximum": 3},
            {"key": "time", "start": source.randint(1, 12), **bounds},
        ],
        endings=endings or [ending("last", {"always": True})],
    )
