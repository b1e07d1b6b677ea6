#!/usr/bin/env python
"""How long it takes to count what was answered, and to show trainers what comes of it.

    python benchmarks/questions.py [--quick] [--json FILE]

Makes 100,000 finished checks of twelve questions (with --quick 10,000) in a database of its own, counts them, counts one
hundred new ones, and shows the list. Beside it: reading the same answers without counting anything, and an empty Django view.
Exits 1 where a target is missed.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
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
from benchmarks.scenarios import database  # noqa: E402
from config import urls  # noqa: E402
from config.curriculum import load, read_curriculum  # noqa: E402
from courses.models import CheckAttempt, CheckItem, ItemStatistic, QuestionVersion, Registration  # noqa: E402
from courses.services.item_statistics import refresh_item_statistics  # noqa: E402
from tests.factories.agencies import AgencyFactory  # noqa: E402
from tests.factories.courses import make_registration  # noqa: E402

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ITEMS = 12


def make_attempts(registration: Registration, count: int, *, first: int) -> None:
    """Finished checks of invented people: the better somebody is, the more she has right."""
    source = random.Random(first)
    unit = registration.course_version.units.get(kind="check")
    versions = list(QuestionVersion.objects.filter(kind="single"))
    shape = Registration.objects.get(pk=registration.pk)
    for start in range(first, first + count, 5_000):
        size = min(5_000, first + count - start)
        people = User.objects.bulk_create(
            [User(email=f"b{start + number}@benchmark.example", name="B") for number in range(size)]
        )
        taken = Registration.objects.bulk_create(
            [
                Registration(
                    user=person,
                    agency_id=shape.agency_id,
                    course_version_id=shape.course_version_id,
                    professional_role_id=shape.professional_role_id,
                    jurisdiction_id=shape.jurisdiction_id,
                    registered_at=AT,
                )
                for person in people
            ]
        )
        attempts = CheckAttempt.objects.bulk_create(
            [
                CheckAttempt(
                    registration=one, unit=unit, number=1, seed=0, started_at=AT, submitted_at=AT, score=0.8
                )
                for one in taken
            ]
        )
        items = []
        for attempt in attempts:
            skill = source.random()
            for position, version in enumerate(source.sample(versions, ITEMS), start=1):
                ids = [one["id"] for one in version.options]
                best = next(one["id"] for one in version.options if one["correct"])
                chosen = best if source.random() < skill else source.choice(ids)
                items.append(
                    CheckItem(
                        attempt=attempt, position=position, question_version=version, option_order=ids,
                        answer=[chosen], is_correct=chosen == best, credit=int(chosen == best), answered_at=AT,
                    )
                )  # fmt: skip
        CheckItem.objects.bulk_create(items, batch_size=2_000)


def ms(call) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def read_all() -> None:
    for _row in CheckItem.objects.values_list(
        "attempt_id", "question_version_id", "answer", "credit"
    ).iterator():
        pass


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10,000 checks")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    count = 10_000 if asked.quick else 100_000
    urls.urlpatterns.insert(0, url_path("empty/", lambda request: HttpResponse("")))
    settings.ALLOWED_HOSTS = ["testserver"]
    rows: list[dict[str, object]] = []

    def say(name: str, taken: float, base: float, target: float | None, note: str, beside: str) -> None:
        rows.append({"name": name, "ms": taken, "target": target, "times": taken / base, "note": note})
        missed = "  MISSED" if target is not None and taken > target else ""
        print(
            f"{name:<44}{taken:>10,.1f}{target or '':>9}{taken / base:>9.2f} {beside}{missed}  {note}",
            flush=True,
        )

    with database():
        load(read_curriculum(settings.CURRICULUM_DIR), at=AT)
        admin = User.objects.create(email="admin@benchmark.example", name="Ada", is_superuser=True)
        registration = make_registration(admin, AgencyFactory())
        make_attempts(registration, count, first=0)
        base = ms(read_all)
        taken = ms(refresh_item_statistics)
        target = 10_000 if asked.quick else 100_000
        say(
            f"{count:,} checks counted, once",
            taken,
            base,
            target,
            f"{ITEMS * count:,} answers",
            "reading them",
        )
        make_attempts(registration, 100, first=count)
        taken = ms(refresh_item_statistics)
        say(
            "100 new ones added",
            taken,
            base,
            500,
            f"{ItemStatistic.objects.count()} rows kept",
            "reading them",
        )
        client = Client()
        client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
        url = reverse("question_statistics")
        client.get(url)
        empty = statistics.median(ms(lambda: client.get("/empty/")) for _round in range(20))
        shown = sorted(ms(lambda: client.get(url)) for _round in range(20))
        with CaptureQueriesContext(connection) as context:
            client.get(url)
        ours = sum("itemstatistic" in one["sql"] for one in context.captured_queries)
        say(
            "the list, p50",
            statistics.median(shown),
            empty,
            400,
            f"{ours} query for the figures",
            "an empty view",
        )
        say("the list, p95", shown[18], empty, None, "", "an empty view")
    if asked.json:
        asked.json.write_text(json.dumps({"quick": asked.quick, "figures": rows}, indent=1))
    return 1 if any(one["target"] is not None and one["ms"] > one["target"] for one in rows) else 0  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
