#!/usr/bin/env python
"""How long scenarios take, beside something real in the same run.

    python benchmarks/scenarios.py [--quick] [--json FILE] [--only PART ...]

Prints milliseconds, the target, and how many times as long each takes as what it stands beside: json.loads of the same
document, or the same plays by the engine. Exits 1 where a target is missed. Each part is a function below that yields
figures; a new one is added to PARTS.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path as url_path  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from agencies.services import independent_agency  # noqa: E402
from config import urls  # noqa: E402
from scenarios import engine, services  # noqa: E402
from scenarios.documents import DocumentStory, ScenarioDocument, renewed  # noqa: E402
from scenarios.formats.reading import read as read_file  # noqa: E402
from scenarios.formats.reading import write as write_file  # noqa: E402
from scenarios.models import Attempt  # noqa: E402
from scenarios.reading import read_scenario  # noqa: E402
from scenarios.selectors import VersionStory, state_of  # noqa: E402
from scenarios.simulation import simulate  # noqa: E402
from scenarios.validation import Validator  # noqa: E402
from scenarios.walk import Machine, walk  # noqa: E402

FILES = sorted((ROOT / "content" / "curriculum" / "scenarios").glob("*.yaml"))


@dataclass
class Figure:
    name: str
    milliseconds: float
    # What that which it stands beside took, just before.
    beside: float
    target: float | None = None
    note: str = ""
    beside_what: str = "json.loads"

    @property
    def times(self) -> float:
        return self.milliseconds / self.beside

    @property
    def is_met(self) -> bool:
        return self.target is None or self.milliseconds <= self.target


def timed(call: Callable[[], object], rounds: int) -> float:
    """The median in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def reading(data: dict, rounds: int = 5) -> float:
    words = json.dumps(data)
    return timed(lambda: json.loads(words), rounds)


def story(count: int, *, seed: int = 1) -> dict:
    """A story of this many scenes with three choices each, meters, a clock, consequence scenes, conditions,
    the views of three others, rules for the whole way and two places that leave choices out.

    One scene in five hundred leads nowhere, one choice in a thousand lacks its reason: there is something to find.
    """
    source = random.Random(seed)

    def name() -> str:
        return str(uuid.UUID(int=source.getrandbits(128)))

    words = "Say who you are and why you are here, then ask what would help now. " * 3
    scenes = []
    for number in range(count):
        choices = []
        for letter in "abc":
            target = number + source.randint(1, 12)
            choice = {
                "uuid": name(),
                "key": f"n{number}-{letter}",
                "text": words[: source.randint(60, 190)],
                "then": words,
                "why": words if source.random() > 0.001 else "",
                "move": "open",
                "scores": {"SAF": source.choice((-2, -1, 1, 2)), "TIC": source.choice((-1, 1))},
                "change": {"trust": source.randint(-2, 2), "safety": source.randint(-1, 1), "time": -1},
                "to": f"n{target}" if target < count else "END",
            }
            if source.random() < 0.02:
                choice["critical"] = "Told the person of most concern"
            if letter == "c" and source.random() < 0.1:
                choice["when"] = {"ge": ["trust", source.randint(2, 8)]}
            choices.append(choice)
        scene = {
            "uuid": name(),
            "key": f"n{number}",
            "title": f"Scene {number}",
            "text": words * 4,
            "choices": choices,
        }
        if number % 500 == 250:
            for choice in choices:
                choice["to"] = f"n{number}"
                del choice["change"]["time"]
        if number % 100 == 50:
            scene["before"] = {"scene": f"n{number - 20}", "when": {"lt": ["trust", 4]}}
        if number % 50 == 25:
            scene["alternatives"] = [{"uuid": name(), "when": {"lt": ["safety", 3]}, "text": words}]
        scenes.append(scene)
    keys = [one["key"] for one in scenes]
    perspectives = [
        {
            "uuid": name(),
            "key": who,
            "name": who.title(),
            "views": [
                {"uuid": name(), "scenes": keys[start : start + 20], "how": "told", "text": words}
                for start in range(0, count, 20)
            ],
        }
        for who in ("nurse", "officer", "interpreter")
    ]
    must = [
        {"uuid": name(), "kind": kind, "choices": [f"n{number}-a", f"n{number}-b"], "text": words}
        for kind, number in (("visit", 10), ("visit", count - 10), ("avoid", 20), ("avoid", count // 2))
    ]
    overlays = [
        {
            "uuid": name(),
            "jurisdiction": place,
            "target": scenes[number]["choices"][0]["uuid"],
            "disable": True,
        }
        for place in ("UK", "US")
        for number in range(7, count, 100)
    ]
    return {
        "must": must,
        "perspectives": perspectives,
        "overlays": overlays,
        "format": "waylight-scenario/1",
        "uuid": name(),
        "code": "BIG",
        "slug": "big",
        "title": "A long one",
        "first": "n0",
        "last_decision": f"n{count - 1}",
        "variables": [
            {"key": "trust", "start": 3, "minimum": 0, "maximum": 10},
            {"key": "safety", "start": 5, "minimum": 0, "maximum": 10},
            {"key": "time", "start": count},
        ],
        "scenes": scenes,
        "endings": [
            {"uuid": name(), "key": "E4", "title": "Harm", "text": words, "when": {"critical": True}},
            {"uuid": name(), "key": "E1", "title": "Good", "text": words, "when": {"ge": ["trust", 7]}},
            {"uuid": name(), "key": "E3", "title": "Other", "text": words, "when": {"always": True}},
        ],
    }


def validation(quick: bool) -> Iterator[Figure]:
    rounds = 3 if quick else 10
    for count, target in ((5_000, 500), (20_000, 3_000)):
        data = story(count)
        base = reading(data)
        yield Figure(
            f"validate {count:,} scenes, {3 * count:,} choices",
            timed(lambda data=data: Validator(data), rounds),
            base,
            target,
        )
        if count == 5_000:
            validator = Validator(data)
            source = random.Random(7)

            def edit(validator=validator, source=source, data=data) -> None:
                scene = source.choice(data["scenes"])
                choices = [dict(one) for one in scene["choices"]]
                choices[0]["to"] = source.choice(data["scenes"])["key"]
                validator.update_scene({**scene, "choices": choices})

            yield Figure("after one edit of these", timed(edit, rounds * 5), base, 50)


def states(quick: bool) -> Iterator[Figure]:
    for path in FILES:
        data = read_scenario(path).data
        machine = Machine(data)
        found = walk(machine)
        yield Figure(
            f"every state of {path.stem}",
            timed(lambda machine=machine: walk(machine), 3 if quick else 10),
            reading(data),
            2_000,
            f"{found.states:,} states" if found.is_whole else f"bounded at {found.states:,} states",
        )
    data = story(5_000)
    validator = Validator(data)
    start = time.perf_counter()
    report = validator.report()
    taken = (time.perf_counter() - start) * 1000
    count = sum(found.states for found in report.walks.values())
    yield Figure(
        "every state of 5,000 scenes, and of two places",
        taken,
        reading(data),
        2_000,
        f"{count:,} states" if report.is_whole else f"bounded at {count:,} states",
    )


def engine_plays(data: dict, runs: int) -> float:
    """This many random plays by the engine, in milliseconds."""
    told, source, now = DocumentStory(data), random.Random(1), datetime.now(UTC)
    start = time.perf_counter()
    for _ in range(runs):
        state, _events = engine.start(told, now)
        while state.scene is not None:
            offered = engine.offered(told.scene(state.scene), state)
            state, _events = engine.step(told, state, source.choice(offered).uuid, now)
    return (time.perf_counter() - start) * 1000


def simulation(quick: bool) -> Iterator[Figure]:
    runs = 1_000 if quick else 10_000
    for path in FILES:
        data = read_scenario(path).data
        base = engine_plays(data, runs // 50) * 50
        for skill, words in ((0.0, "random"), (0.75, "75% skilled")):
            start = time.perf_counter()
            found = simulate(data, runs=runs, skill=skill, seed=1)
            taken = (time.perf_counter() - start) * 1000
            shares = "/".join(f"{100 * share:.0f}" for _key, share in sorted(found.endings.items()))
            yield Figure(
                f"{runs:,} {words} plays of {path.stem}", taken, base, None, f"endings {shares}", "the engine"
            )


def twee(count: int) -> bytes:
    """A story of this many passages, with links, macros and metadata."""
    return "\n\n".join(
        f':: P{n} [a b] {{"position":"{n},1","size":"100,100"}}\n(set: $x to {n})(if: $x > 1)[It is late.] {"Words to read. " * 20}\n'
        f'[[Go on->P{(n + 1) % count}]]\n[[Go back|P{n // 2}]]\n<<link "Wait" "P{n // 3}">><</link>>'
        for n in range(count)
    ).encode()


@contextmanager
def database() -> Iterator[None]:
    """A database made for this and removed again, not that of the tests, which may be running beside it."""
    folder = tempfile.TemporaryDirectory()
    is_sqlite = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = (
        f"{folder.name}/db.sqlite3" if is_sqlite else "waylight_benchmark"
    )
    before = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
        folder.cleanup()


def importing(quick: bool) -> Iterator[Figure]:
    """A Twee file read, planned and written to the database, and the way out again."""
    with database():
        for count, target in ((500, 1_000), (5_000, 10_000)):
            data = twee(count)
            draft = read_file(data)
            text = json.dumps(draft.document)
            loads = timed(lambda text=text: json.loads(text), 3)
            rounds = 1 if quick else 3
            yield Figure(
                f"Twee of {count:,} passages read",
                timed(lambda data=data: read_file(data), rounds),
                loads,
                target,
            )
            yield Figure(
                f"Twee of {count:,} passages imported",
                timed(lambda data=data: services.import_story(services.plan_import(data)), rounds), loads, target,
            )  # fmt: skip
            yield Figure(
                f"{count:,} scenes written as Twee",
                timed(lambda draft=draft: write_file(draft.document, to="twee"), rounds), loads,
            )  # fmt: skip


def chain(count: int) -> dict:
    """A sound story of this many scenes, one after the other, with nothing to find."""
    data = story(count)
    for number, scene in enumerate(data["scenes"]):
        scene.pop("before", None)
        for choice in scene["choices"]:
            choice |= {"to": f"n{number + 1}" if number + 1 < count else "END", "why": "It helps."}
            choice.pop("when", None)
            choice["change"].pop("time", None)
    said = ("learner", "place", "setting", "content_note", "good_practice")
    return dict.fromkeys(said, "A ward at night.") | data


def playing(quick: bool) -> Iterator[Figure]:
    """Steps and the debrief, through the whole of Django, beside an empty view through the same middleware."""
    urls.urlpatterns.insert(0, url_path("empty/", lambda request: HttpResponse("")))
    rounds = 100 if quick else 1_000
    # Not Django's test environment: it keeps a copy of what every template was given.
    settings.ALLOWED_HOSTS = ["testserver"]
    with database():
        client, begun = _learner(chain(5_000 if not quick else 2_000))
        empty = [_ms(lambda: client.get("/empty/")) for _ in range(rounds)]
        nothing = statistics.median(empty)
        url = reverse("scenarios:play", args=[begun.uuid])
        steps, shown, queries = [], [], 0
        for number in range(min(rounds, 1_500)):
            state = state_of(begun)
            choice = VersionStory(begun.version).scene(state.scene).choices[0].uuid
            body = {"choice": choice, "step": state.step}
            if number == 5:
                queries = _queries(lambda body=body: client.post(url, body))
                continue
            steps.append(_ms(lambda body=body: client.post(url, body)))
            shown.append(_ms(lambda: client.get(url)))
        page = client.get(url)
        to_show = _queries(lambda: client.get(url))
        last = [_ms(lambda: client.get(url)) for _ in range(50)]
        size = len(gzip.compress(page.content, 6))
        both = f"{queries} queries to decide, {to_show} to show, with session, user and agency"
        yield Figure("a decision, p50", statistics.median(steps), nothing, 25, both, "an empty view")
        yield Figure(
            "a decision, p95",
            _p95(steps),
            nothing,
            80,
            f"after up to {rounds} decisions",
            "an empty view",
        )
        yield Figure(
            "its scene shown, p50",
            statistics.median(shown),
            nothing,
            25,
            f"{size:,} bytes gzipped",
            "an empty view",
        )
        yield Figure("its scene shown, p95", _p95(shown), nothing, 80, "", "an empty view")
        yield Figure(
            "the last of these shown, p50", statistics.median(last), nothing, None, "", "an empty view"
        )
        client, begun = _learner(
            chain(200) | {"slug": "chain", "code": "B2", "uuid": str(uuid.uuid4())}, renew=True
        )
        url = reverse("scenarios:play", args=[begun.uuid])
        while (state := state_of(begun)).scene is not None:
            choice = VersionStory(begun.version).scene(state.scene).choices[0].uuid
            services.take_choice(begun, choice_uuid=choice, step=state.step, at=AT)
        url = reverse("scenarios:debrief", args=[begun.uuid])
        assert client.get(url).status_code == 200
        times = [_ms(lambda: client.get(url)) for _ in range(max(20, rounds // 10))]
        yield Figure(
            "the debrief of 200 decisions, p50",
            statistics.median(times),
            nothing,
            None,
            "",
            "an empty view",
        )
        yield Figure("the debrief of 200 decisions, p95", _p95(times), nothing, 150, "", "an empty view")


AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _learner(data: dict, *, renew: bool = False) -> tuple[Client, Attempt]:
    """Somebody in the first scene of this story."""
    data = {"language": "en-gb"} | (renewed(data) if renew else data)
    services.load_scenario(ScenarioDocument("benchmark", data), at=AT)
    user, _made = User.objects.get_or_create(email="learner@benchmark.example", defaults={"name": "Learner"})
    attempt = services.start_attempt(
        user,
        scenario_slug=data["slug"],
        agency=independent_agency(),
        registration_uuid=None,
        jurisdiction_code="INT",
        at=AT,
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, services.begin(attempt, at=AT)


def _queries(call: Callable[[], object]) -> int:
    """Without those that only begin and end transactions."""
    connection.queries_log.clear()
    with CaptureQueriesContext(connection):
        call()
        return sum(
            one["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) for one in connection.queries_log
        )


def _ms(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[94]


PARTS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "validation": validation,
    "states": states,
    "simulation": simulation,
    "importing": importing,
    "playing": playing,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds and plays")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    asked = parser.parse_args()
    figures = []
    print(f"{'':<50}{'ms':>9}{'target':>9}{'times':>9}")
    for part in asked.only:
        for one in PARTS[part](asked.quick):
            figures.append(one)
            target = f"{one.target:,.0f}" if one.target else ""
            missed = "" if one.is_met else "  MISSED"
            print(
                f"{one.name:<50}{one.milliseconds:>9,.1f}{target:>9}{one.times:>9.2f} {one.beside_what}{missed}  {one.note}",
                flush=True,
            )
    if asked.json:
        rows = [asdict(one) | {"times": one.times} for one in figures]
        asked.json.write_text(json.dumps({"quick": asked.quick, "figures": rows}, indent=1))
    return 0 if all(one.is_met for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
