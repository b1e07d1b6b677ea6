#!/usr/bin/env python
"""How long a search takes among 5,000 pages, beside an empty Django view and a bare query of the same table in the same run.

    python benchmarks/search.py [--quick] [--json FILE]

Makes a database of its own with 5,000 invented pages of about 300 words and removes it afterwards: SQLite, or the server that
DATABASE_URL names. Asks by one common word, a rare word, several words, misspelt words and words that nothing answers.
Prints p50 and p95 in milliseconds, how much of p95 was this process's own work (the rest is the database server, or a busy
machine), and queries; exits 1 where a search takes 100 ms or more at p95.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment  # noqa: E402
from django.urls import path  # noqa: E402

from config import urls  # noqa: E402

PAGES, WORDS_EACH, VOCABULARY = 5_000, 300, 12_000
MOST = 100.0
SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "do",
    "fa",
    "fi",
    "ga",
    "go",
    "ha",
    "ka",
    "ke",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "ra",
    "re",
    "ro",
    "sa",
    "se",
    "si",
    "ta",
    "te",
    "ti",
    "va",
    "ve",
    "wa",
]


def words(dice):
    found = set()
    while len(found) < VOCABULARY:
        found.add("".join(dice.choice(SYLLABLES) for _ in range(dice.randint(2, 5))))
    return sorted(found)


def fill(dice):
    """Pages whose words are as unevenly frequent as those of a language. Answers with the words, the most frequent first."""
    from django.db.models import Q

    from content.search.index import rebuild
    from content.search.kinds import Document, Kind, Shelf, register_kind

    known = words(dice)
    dice.shuffle(known)
    weights = [1 / (place + 1) for place in range(VOCABULARY)]

    def documents(keys):
        for number in range(PAGES):
            text = dice.choices(known, weights, k=WORDS_EACH)
            yield Document(str(number), " ".join(text[:4]).capitalize(), " ".join(text))

    def shelf(viewer):
        return Shelf(Q(), lambda keys: {key: f"/#{key}" for key in keys})

    register_kind(Kind("sample", 1, "Pages", documents, shelf))
    start = time.perf_counter()
    rebuild()
    print(f"{PAGES:,} pages of {WORDS_EACH} words indexed in {time.perf_counter() - start:.0f} s")
    return known


def misspelt(word, dice):
    """One slip: a letter left out, doubled, changed, or swapped with the next."""
    at = dice.randrange(1, len(word) - 1)
    return dice.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + "x" + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def measure(call, rounds):
    with CaptureQueriesContext(connection) as context:
        call()
    queries = len(context)
    times, busy = [], []
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        call()
        times.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - used) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    of_cpu = statistics.quantiles(busy, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "cpu_p95": of_cpu[94], "queries": queries}


def run(rounds):
    from content.models import SearchEntry, SearchWord

    dice = random.Random(20261123)
    known = fill(dice)
    print(f"{SearchWord.objects.count():,} words in the vocabulary")
    long_words = [word for word in known if len(word) > 6]
    rare = long_words[-2000:]
    client = Client()

    def ask(questions):
        def call():
            answer = client.post("/search/", {"q": questions()})
            assert answer.status_code == 200, answer.status_code

        return call

    return {
        "an empty view": measure(lambda: client.get("/empty/"), rounds),
        "a bare query": measure(lambda: list(SearchEntry.objects.order_by("id").values("heading")[:50]), rounds),
        "the empty page": measure(lambda: client.get("/search/"), rounds),
        "the commonest word": measure(ask(lambda: known[0]), rounds),
        "a rare word": measure(ask(lambda: dice.choice(rare)), rounds),
        "three words": measure(ask(lambda: " ".join(dice.choices(known[:60], k=3))), rounds),
        "a misspelt word": measure(ask(lambda: misspelt(dice.choice(long_words), dice)), rounds),
        "two misspelt words": measure(
            ask(lambda: " ".join(misspelt(one, dice) for one in dice.choices(long_words[:300], k=2))), rounds
        ),
        "words of nobody": measure(ask(lambda: f"zz{dice.randrange(10**6)}qqxy wwvv{dice.randrange(999)}"), rounds),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="60 rounds instead of 500")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    rounds = 60 if asked.quick else 500

    urls.urlpatterns.insert(0, path("empty/", lambda request: HttpResponse("")))
    setup_test_environment()
    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.VAR_DIR / "benchmark-search.sqlite3")
        if connection.vendor == "sqlite"
        else "waylight_benchmark_search"
    )
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        figures = run(rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
    empty = figures["an empty view"]["p50"]
    print(f"{connection.vendor}, {rounds} rounds each, in milliseconds")
    print(f"{'question':<22}{'p50':>8}{'p95':>8}{'CPU p95':>9}{'queries':>9}{'× empty':>9}")
    for question, one in figures.items():
        one["times_empty"] = one["p50"] / empty
        print(
            f"{question:<22}{one['p50']:>8.1f}{one['p95']:>8.1f}{one['cpu_p95']:>9.1f}{one['queries']:>9}{one['times_empty']:>9.1f}"
        )
    if asked.json:
        asked.json.write_text(
            json.dumps(
                {"database": connection.vendor, "pages": PAGES, "rounds": rounds, "questions": figures},
                indent=1,
            )
        )
    slow = [question for question, one in figures.items() if one["p95"] >= MOST]
    if slow:
        print(f"Over {MOST:.0f} ms: {', '.join(slow)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
