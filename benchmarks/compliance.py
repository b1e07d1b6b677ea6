#!/usr/bin/env python
"""How long it takes to keep an agency's staff and to say who is ready.

    python benchmarks/compliance.py [--quick] [--json FILE] [--only NAME]

Works on a database of its own, which is kept for the next run: SQLite under VAR_DIR, or `waylight_benchmark_compliance` on the
server that DATABASE_URL names. Prints seconds, the target, and how much of it was this process's own work. Exits 1 where a
target is missed.
"""

import argparse
import io
import json
import os
import sys
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

from django.conf import settings  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402


@dataclass
class Figure:
    """In seconds. `own` is this process's work; the rest is the database server, or a busy machine."""

    name: str
    seconds: float
    own: float
    target: float | None = None

    @property
    def is_met(self) -> bool:
        return self.target is None or self.seconds <= self.target


class Watch:
    """Seconds since it was set, and this process's own."""

    def __init__(self) -> None:
        self.start, self.used = time.perf_counter(), time.process_time()

    def read(self, name: str, target: float | None = None) -> Figure:
        return Figure(name, time.perf_counter() - self.start, time.process_time() - self.used, target)


ROWS = 10_000


def _list(rows: list[list[object]], kind: str) -> bytes:
    heading = ["Staff number", "E-mail", "Name", "Unit", "Role", "Start date", "Manager"]
    if kind == "csv":
        import csv

        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([heading, *rows])
        return out.getvalue().encode("cp1252")
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [["Staff of the agency"], heading, *rows]:
        sheet.append(row)
    out_bytes = io.BytesIO()
    book.save(out_bytes)
    return out_bytes.getvalue()


def import_rows(quick: bool) -> Iterator[Figure]:
    """10,000 people who are new, in 40 units that are made too; the same list again; a year's changes; and undo.

    The target counts from the upload until every row is written. Statuses and invitations follow in the background and are
    counted apart.
    """
    from accounts.models import Jurisdiction, ProfessionalRole
    from accounts.services import create_person
    from agencies import staff_import
    from agencies.models import StaffImport
    from agencies.services import add_member, create_agency, delegate

    word = uuid.uuid4().hex[:8]
    on = timezone.localdate()
    agency = create_agency(
        f"Agency {word}", slug=f"benchmark-{word}", jurisdiction=Jurisdiction.objects.get(code="UK")
    )
    lead = create_person(f"lead@{word}.example", name="Lead", verified=True)
    roles = list(ProfessionalRole.objects.order_by("order")[:10])
    add_member(lead, agency, professional_role=roles[0], started_on=on, staff_number="LEAD")
    delegate(lead, agency, kind="lead", starts_on=on)

    def row(number: int, *, unit: int, role: int) -> list[object]:
        return [
            f"{word}-{number}", f"person.{number}@{word}.example", f"Pérez Ó Briain {number}", f"Area {unit // 8}/Unit {unit}",
            roles[role].name, f"{number % 28 + 1:02}/{number % 12 + 1:02}/202{number % 6}",
            f"{word}-{number - number % 20}" if number % 20 else "",
        ]  # fmt: skip

    def bring_in(rows: list[list[object]], kind: str, name: str, target: float | None) -> Iterator[Figure]:
        content = _list(rows, kind)
        watch = Watch()
        run = staff_import.start_import(
            agency,
            content=content,
            file_name=f"staff.{kind}",
            is_complete=False,
            by=lead,
            at=timezone.now(),
        )
        plan = staff_import.check_import(run, said={"creates_units": True, "order": "day"}, at=timezone.now())
        assert not plan.problems, plan.problems[:3]
        yield watch.read(f"{name}: read and check")
        if plan.changes:
            StaffImport.objects.filter(pk=run.pk).update(state="applying")
            run = StaffImport.objects.get(pk=run.pk)
            staff_import._apply(run, at=timezone.now())
        yield watch.read(f"{name}: read, check and write", target)
        if plan.changes:
            watch = Watch()
            run.refresh_from_db()
            staff_import._tell(run)
            yield watch.read(f"{name}: statuses and {len(mail.outbox):,} invitations")
            mail.outbox.clear()
            last.append(run.pk)

    last: list[int] = []
    first = [row(number, unit=number % 40, role=number % 10) for number in range(ROWS)]
    yield from bring_in(first, "xlsx", f"{ROWS:,} new people, XLSX", 30.0)
    yield from bring_in(first, "csv", "the same list again, CSV", 30.0)
    changed = [
        row(number, unit=(number % 40 + (number % 3 == 0)) % 40, role=(number + (number % 5 == 0)) % 10)
        for number in range(ROWS)
    ]
    yield from bring_in(changed, "csv", "a third moves, a fifth changes", 30.0)
    # The statuses that follow are a worker's affair, and here tasks run at once.
    staff_import.tell_later = lambda people: None
    watch = Watch()
    staff_import.undo_import(
        StaffImport.objects.get(pk=last[-1]), by=lead, even_in_part=False, at=timezone.now()
    )
    yield watch.read("undo that", 30.0)


WHOLE = ("population", 150_000, 2_000)
TENTH = ("population-tenth", 15_000, 200)


def knowing(quick: bool) -> Iterator[Figure]:
    """What leads ask about 150,000 people in 2,000 units with 1,200,000 certificates; and beside it, about a tenth of them.

    The population is kept for the next run. PostgreSQL only. Figures of pages are the 95th of a hundred requests (twenty with
    --quick), of the whole road through the site.
    """
    from datetime import timedelta

    from django.db.models import Max
    from django.test import Client
    from django.urls import reverse

    from accounts.services import create_person
    from agencies.models import Agency
    from agencies.services import delegate
    from compliance import services
    from compliance.models import ComplianceStatus
    from config.population import make_population

    if connection.vendor != "postgresql":
        print("   knowing: PostgreSQL only, left out")
        return
    now = timezone.now()
    on = timezone.localdate(now)
    medians: dict[str, dict[str, float]] = {}
    for slug, people, units in (WHOLE, TENTH):
        root = Agency.objects.filter(slug=slug).first()
        if root is None:
            watch = Watch()
            root = make_population(slug, people=people, units=units, seed=1, at=now).agency
            yield watch.read(f"{slug}: made")
        if not ComplianceStatus.objects.filter(root=root.path).exists():
            watch = Watch()
            services.refresh_all(at=now)
            yield watch.read(f"{slug}: statuses and their history, first time")
        lead = create_person(f"lead@{uuid.uuid4().hex[:8]}.example", name="Lead", verified=True)
        delegate(lead, root, kind="lead", starts_on=on)
        client = Client()
        client.force_login(lead)
        here = [root.slug]
        services.count_units(root, on=on)
        unit = Agency.objects.filter(path__startswith=root.path, depth=3).first()
        roads = {
            "overview": ("compliance:overview", {}, 0.150),
            "overview of a role": ("compliance:overview", {"role": "R3"}, 0.150),
            "people, most pressing first": ("compliance:agency", {}, 0.200),
            "people, lapsed": ("compliance:agency", {"status": "lapsed"}, 0.200),
            "people, overdue": ("compliance:agency", {"status": "overdue"}, 0.200),
            "people, by part of a name": ("compliance:agency", {"q": "garcia 01"}, 0.200),
            "people, by a name nobody has": ("compliance:agency", {"q": "zzz"}, 0.200),
            "people, one unit": ("compliance:agency", {"unit": unit.slug if unit else ""}, 0.200),
            "people, one role, by name": ("compliance:agency", {"role": "R3", "sort": "-name"}, 0.200),
            "people, ends within 30 days": ("compliance:agency", {"ends": "30"}, 0.200),
            "people, page 200": ("compliance:agency", {"page": "200"}, 0.200),
            "overview as on a past day": ("compliance:overview", {"on": str(on - timedelta(days=200))}, 1.0),
            "people as on a past day": ("compliance:agency", {"on": str(on - timedelta(days=200))}, 1.0),
        }
        for name, (road, query, target) in roads.items():
            taken = []
            for _ in range(21 if quick else 101):
                watch = Watch()
                answer = client.get(reverse(road, args=here), query)
                assert answer.status_code == 200, answer
                taken.append(watch.read(name))
            taken = sorted(taken[1:], key=lambda one: one.seconds)
            last = taken[len(taken) * 95 // 100 - 1]
            medians.setdefault(name, {})[slug] = taken[len(taken) // 2].seconds
            yield Figure(f"{people:,}: {name}", last.seconds, last.own, target if slug == WHOLE[0] else None)
        watch = Watch()
        answer = client.get(reverse("compliance:staff_csv", args=here), {"ends": "30"})
        lines = sum(part.count(b"\n") for part in answer.streaming_content)
        figure = watch.read(f"{people:,}: expiring, {lines - 1:,} rows as CSV")
        figure.target = 1.0 * max(lines, 10_000) / 10_000
        yield figure
    watch = Watch()
    looked_at = services.refresh_all(at=now)
    yield watch.read(f"every status of {looked_at:,} people worked out again", 600.0)
    assert ComplianceStatus.objects.aggregate(Max("pk"))["pk__max"]
    for name, found in medians.items():
        times = found[WHOLE[0]] / found[TENTH[0]]
        print(f"   {name}: {times:.1f} times as long for ten times the people")


# What is measured, by name. Each yields its figures as it goes.
PARTS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "import_rows": import_rows,
    "knowing": knowing,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds; the sizes stay")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="measure this alone; may be given again"
    )
    asked = parser.parse_args()

    setup_test_environment()
    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.VAR_DIR / "benchmark-compliance.sqlite3")
        if connection.vendor == "sqlite"
        else "waylight_benchmark_compliance"
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    figures: list[Figure] = []
    try:
        with open(os.devnull, "w") as quiet:
            call_command("load_curriculum", stdout=quiet)
        print(f"{'what':<52}{'seconds':>9}{'own':>9}{'target':>9}")
        for name, part in PARTS.items():
            if asked.only and name not in asked.only:
                continue
            for one in part(asked.quick):
                figures.append(one)
                print(
                    f"{one.name:<52}{one.seconds:>9.2f}{one.own:>9.2f}"
                    f"{'' if one.target is None else f'{one.target:.0f}':>9}{'' if one.is_met else '  MISSED'}",
                    flush=True,
                )
    finally:
        connection.close()
        teardown_test_environment()
    if asked.json:
        asked.json.write_text(
            json.dumps(
                {
                    "database": connection.vendor,
                    "quick": asked.quick,
                    "figures": [{**asdict(one), "is_met": one.is_met} for one in figures],
                },
                indent=1,
            )
        )
    sys.exit(0 if all(one.is_met for one in figures) else 1)


if __name__ == "__main__":
    main()
