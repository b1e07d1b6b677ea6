#!/usr/bin/env python
"""How long a page takes on the server, beside an empty Django view through the same middleware in the same run.

    python benchmarks/pages.py [--quick] [--json FILE]

Makes a database of its own with the curriculum and the demo agencies, and removes it afterwards. Prints p50 and p95 in
milliseconds, queries, and how many times the empty view each page takes.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from config import urls  # noqa: E402


def percentile(values, share):
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def measure(client, method, url, rounds, data=None):
    call = getattr(client, method)
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as context:
        first = call(url(), data() if data else None)
    # Counted now: the next request empties the log that the context reads from.
    queries = len(context)
    assert first.status_code in {200, 302}, (url(), first.status_code)
    times = []
    for _ in range(rounds):
        address, body = url(), data() if data else None
        start = time.perf_counter()
        call(address, body)
        times.append((time.perf_counter() - start) * 1000)
    return {
        "p50": percentile(times, 50),
        "p95": percentile(times, 95),
        "queries": queries,
        "bytes": len(first.content),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="100 rounds instead of 1,000")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    rounds = 100 if asked.quick else 1000

    urls.urlpatterns.insert(0, path("empty/", lambda request: HttpResponse("")))
    setup_test_environment()
    settings.DATABASES["default"].setdefault("TEST", {})
    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.VAR_DIR / "benchmark.sqlite3") if connection.vendor == "sqlite" else "waylight_benchmark"
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
    print(f"{'page':<22}{'p50':>8}{'p95':>8}{'queries':>9}{'kB':>7}{'× empty':>9}")
    for page, one in figures.items():
        one["times_empty"] = one["p50"] / empty
        print(
            f"{page:<22}{one['p50']:>8.1f}{one['p95']:>8.1f}{one['queries']:>9}{one['bytes'] / 1000:>7.1f}{one['times_empty']:>9.1f}"
        )
    if asked.json:
        asked.json.write_text(
            json.dumps({"database": connection.vendor, "rounds": rounds, "pages": figures}, indent=1)
        )


def run(rounds):
    from accounts.models import User
    from agencies.models import Agency, Delegation
    from courses.models import Course
    from courses.selectors import scenario_slugs
    from courses.services import register
    from scenarios.services import start_attempt

    settings.DEBUG = True
    with open(os.devnull, "w") as quiet:
        call_command("load_curriculum", stdout=quiet)
        call_command("load_demo", stdout=quiet)
    settings.DEBUG = False
    at = timezone.now()
    lead = Delegation.objects.filter(kind="lead").select_related("user", "agency").first()
    learner = User.objects.filter(
        registrations__isnull=False, professional_role__isnull=False, is_active=True
    ).first()
    agency = Agency.objects.get(pk=lead.agency_id)
    registration = register(
        learner,
        course=Course.objects.get(code="ESSENTIAL"),
        agency=learner.memberships.first().agency,
        professional_role=learner.professional_role,
        jurisdiction=learner.jurisdiction or agency.jurisdiction,
        at=at,
    )
    attempt = start_attempt(
        learner,
        scenario_slug=scenario_slugs(registration)[0],
        agency=registration.agency,
        registration_uuid=registration.uuid,
        jurisdiction_code=registration.jurisdiction.code,
        at=at,
    )
    as_learner, as_lead = Client(), Client()
    as_learner.force_login(learner)
    as_lead.force_login(lead.user)
    lesson = reverse("courses:lesson", args=[registration.uuid, "1.3"]) + "?view=whole"
    return {
        "an empty view": measure(as_learner, "get", lambda: "/empty/", rounds),
        "a lesson": measure(as_learner, "get", lambda: lesson, rounds),
        "a scenario scene": measure(
            as_learner, "get", lambda: reverse("scenarios:play", args=[attempt.uuid]), rounds
        ),
        "My training": measure(as_learner, "get", lambda: reverse("compliance:my_training"), rounds),
        "the agency list": measure(
            as_lead, "get", lambda: reverse("compliance:agency", args=[agency.slug]), rounds
        ),
    }


if __name__ == "__main__":
    main()
