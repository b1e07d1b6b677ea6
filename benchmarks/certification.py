#!/usr/bin/env python
"""How long certificates take, beside something real in the same run.

    python benchmarks/certification.py [--quick] [--json FILE]

Works on a database of its own with the shipped curriculum, removed afterwards: SQLite, or the server that DATABASE_URL names.
Keys are made for the run. Prints p50 and p95 in milliseconds, the target, queries, and how many times as long each takes as
what it stands beside: an empty page set by Typst to the same standards, one Ed25519 signature, or an empty Django view.
Exits 1 where a target is missed.
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django  # noqa: E402

django.setup()

import typst  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from config import urls  # noqa: E402

BATCH = 1_000
BATCH_TARGET = 180_000.0  # three minutes, on two cores


@dataclass
class Figure:
    name: str
    p50: float
    p95: float
    # How much of p95 was this process's own work; the rest is the database server, or a busy machine.
    cpu_p95: float
    queries: int | None
    beside_what: str
    # The p50 of that which it stands beside.
    beside: float
    target: float | None = None

    @property
    def times(self) -> float:
        return self.p50 / self.beside

    @property
    def is_met(self) -> bool:
        return self.target is None or self.p95 <= self.target


def timed(call: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """p50, p95 and p95 of this process's own work, in milliseconds. The first call, which fills what a process keeps, is not counted."""
    call()
    times, busy = [], []
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        call()
        times.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - used) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94], statistics.quantiles(busy, n=100, method="inclusive")[94]


def queries_of(call: Callable[[], object]) -> int:
    call()
    with CaptureQueriesContext(connection) as context:
        call()
    return len(context)


def finished_courses(count: int) -> None:
    """So many people who finished the course and were not awarded anything yet."""
    from accounts.models import ProfessionalRole, User
    from agencies.models import Agency
    from courses.models import Course, Registration
    from courses.services import register

    at = timezone.now()
    agency = Agency.objects.exclude(jurisdiction=None).order_by("pk").first()
    role = ProfessionalRole.objects.order_by("pk").first()
    course = Course.objects.get(code="ESSENTIAL")
    people = User.objects.bulk_create(
        User(email=f"{uuid.uuid4().hex}@benchmark.invalid", name=f"Pérez Ó Briain {number}", name_confirmed_at=at)
        for number in range(count)
    )  # fmt: skip
    first = register(
        people[0],
        course=course,
        agency=agency,
        professional_role=role,
        jurisdiction=agency.jurisdiction,
        at=at,
    )
    same = {
        field.name: getattr(first, field.name)
        for field in Registration._meta.fields
        if field.name not in {"id", "uuid", "user"}
    }
    Registration.objects.bulk_create(
        Registration(**{**same, "user": person, "satisfied_at": at}) for person in people[1:]
    )
    first.satisfied_at = at
    first.save(update_fields=["satisfied_at"])


def empty_page() -> bytes:
    from certification.pdf import STANDARDS

    source = b'#set document(title: "Empty")\n#set text(lang: "en")\n'
    return bytes(typst.compile(source, ignore_system_fonts=True, pdf_standards=[*STANDARDS], timestamp=0))


def run(quick: bool) -> Iterator[Figure]:
    from certification.badges import documents, status
    from certification.badges.checking import check_file
    from certification.models import AchievementCredential
    from certification.selectors import find_credential, today

    rounds = 40 if quick else 300
    settings.DEBUG = True
    with open(os.devnull, "w") as quiet:
        call_command("load_curriculum", stdout=quiet)
        call_command("load_demo", stdout=quiet)
    settings.DEBUG = False
    call_command("credential", "issue-batch", limit=10_000, stdout=io.StringIO())

    key, message = Ed25519PrivateKey.generate(), os.urandom(64)
    page = timed(empty_page, rounds)
    signature = timed(lambda: key.sign(message), rounds)
    client = Client()
    view = timed(lambda: client.get("/empty/"), rounds)

    count = BATCH // 10 if quick else BATCH
    finished_courses(count)
    before = AchievementCredential.objects.count()
    start, used = time.perf_counter(), time.process_time()
    call_command("credential", "issue-batch", limit=count, stdout=io.StringIO())
    issued, issued_by = time.perf_counter() - start, time.process_time() - used
    new = list(
        AchievementCredential.objects.order_by("-pk")[: AchievementCredential.objects.count() - before]
    )
    assert len(new) == count, len(new)
    for credential in new:
        documents.export(credential, "pdf")
    whole, whole_by = time.perf_counter() - start, time.process_time() - used
    for name, seconds, by, target in (
        (f"award {count:,} with issue-batch", issued, issued_by, None),
        (f"award and set {count:,} in one process", whole, whole_by, BATCH_TARGET * count / BATCH),
    ):
        taken = seconds * 1000
        yield Figure(name, taken, taken, by * 1000, None, "empty pages", page[0] * count, target)

    number = new[0].number
    pdf, signed = documents.export(new[0], "pdf"), documents.export(new[0], "json")
    token = documents.export(new[0], "jwt")
    entry = status.place_of(new[0])
    day = today(timezone.now())

    def fresh(kind: str) -> Callable[[], object]:
        return lambda: documents.export(AchievementCredential.objects.get(number=number), kind)

    def relisted() -> object:
        cache.clear()
        return status.status_list(entry.list_number, "revocation")

    def looked_up() -> object:
        # The limit of look-ups is not what is measured.
        cache.clear()
        answer = client.get(reverse("certification:verify_number", args=[number]))
        assert answer.status_code == 200, answer.status_code
        return answer

    parts: list[tuple[str, Callable[[], object], str, float, float | None]] = [
        ("signed PDF from the row", fresh("pdf"), "an empty page", page[0], 150),
        ("signed JSON", fresh("json"), "one signature", signature[0], None),
        ("JWT", fresh("jwt"), "one signature", signature[0], None),
        ("badge as PNG", fresh("png"), "an empty page", page[0], None),
        ("check a PDF", lambda: check_file(pdf, on=day), "one signature", signature[0], None),
        ("check JSON", lambda: check_file(signed, on=day), "one signature", signature[0], None),
        ("check a JWT", lambda: check_file(token, on=day), "one signature", signature[0], None),
        ("sign a status list", relisted, "one signature", signature[0], None),
        ("verification page", looked_up, "an empty view", view[0], None),
    ]
    assert find_credential(number) is not None
    assert check_file(pdf, on=day).holds
    for name, call, beside_what, beside, target in parts:
        queries = queries_of(call)
        p50, p95, cpu = timed(call, rounds)
        yield Figure(name, p50, p95, cpu, queries, beside_what, beside, target)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="40 rounds instead of 300, a batch of 100")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()

    urls.urlpatterns.insert(0, path("empty/", lambda request: HttpResponse("")))
    setup_test_environment()
    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.VAR_DIR / "benchmark-certification.sqlite3")
        if connection.vendor == "sqlite"
        else "waylight_benchmark_certification"
    )
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    figures = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings.CREDENTIAL_KEYS_DIR = Path(folder)
            print(
                f"{'what':<36}{'p50 ms':>10}{'p95 ms':>10}{'CPU p95':>10}{'target':>9}{'queries':>9}{'×':>9}  beside"
            )
            for one in run(asked.quick):
                figures.append(one)
                print(
                    f"{one.name:<36}{one.p50:>10,.1f}{one.p95:>10,.1f}{one.cpu_p95:>10,.1f}"
                    f"{'' if one.target is None else f'{one.target:,.0f}':>9}"
                    f"{'' if one.queries is None else one.queries:>9}{one.times:>9,.1f}  {one.beside_what}"
                    f"{'' if one.is_met else '  MISSED'}",
                    flush=True,
                )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
    if asked.json:
        asked.json.write_text(
            json.dumps(
                {
                    "database": connection.vendor,
                    "quick": asked.quick,
                    "figures": [{**asdict(one), "times": one.times, "is_met": one.is_met} for one in figures],
                },
                indent=1,
            )
        )
    sys.exit(0 if all(one.is_met for one in figures) else 1)


if __name__ == "__main__":
    main()
