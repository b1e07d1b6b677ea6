"""`manage.py scenario simulate SLUG|FILE [--runs N] [--json]`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scenarios.management.sources import document_at
from scenarios.simulation import Simulation, simulate
from scenarios.validation import validate

HELP = "Plays a draft or a file many times, at random and with skill, and says how often each ending comes."
SKILLS = (0.0, 0.75)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="SLUG|FILE")
    parser.add_argument("--runs", type=int, default=10_000, help="plays of each kind; 10,000 without it")
    parser.add_argument(
        "--skill",
        type=float,
        action="append",
        help="how often the best choice is taken, from 0 to 1; may be repeated; 0 and 0.75 without it",
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plays")
    parser.add_argument("--jurisdiction", default="", help="play what this place leaves of the story")
    parser.add_argument("--json", action="store_true", help="one JSON object, for another program")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    skills = options["skill"] or SKILLS
    if options["runs"] < 1:
        raise CommandError("--runs should be 1 or more.")
    if not all(0 <= skill <= 1 for skill in skills):
        raise CommandError("--skill should be from 0 to 1, such as 0.75.")
    value = document_at(options["source"])
    report = validate(value, is_walked=False)
    if not report.is_publishable:
        errors = [one.message for one in report.problems if one.level == "error"]
        raise CommandError(
            f"This cannot be played as it is: {errors[0]} ({len(errors)} in all; "
            f"manage.py scenario validate {options['source']} lists them.)"
        )
    found = [
        simulate(
            value,
            runs=options["runs"],
            skill=skill,
            seed=options["seed"],
            jurisdiction=options["jurisdiction"],
        )
        for skill in skills
    ]
    if options["json"]:
        command.stdout.write(
            json.dumps(
                {"source": options["source"], "simulations": [one.as_json() for one in found]},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    for label, values in _lines(found):
        command.stdout.write(f"{label:<44}" + "".join(f"{value:>14}" for value in values))


def _lines(found: list[Simulation]) -> list[tuple[str, list[str]]]:
    def percent(value: float) -> str:
        return f"{100 * value:.1f}%"

    one = found[0]
    lines = [
        (
            f"{one.runs:,} plays each, seed {one.seed}",
            [f"{it.skill:.0%} skilled" if it.skill else "random" for it in found],
        ),
        *((f"ending {key}", [percent(it.endings[key]) for it in found]) for key in one.endings),
        ("scenario mark earned", [percent(it.mark) for it in found]),
        ("at least one critical flag", [percent(it.critical) for it in found]),
        ("at least one consequence scene", [percent(it.consequences) for it in found]),
        *(
            (f"  {key}", [percent(it.consequence_scenes[key]) for it in found])
            for key in one.consequence_scenes
        ),
        ("decisions in a play", [f"{it.decisions:.1f}" for it in found]),
    ]
    if any(it.stopped for it in found):
        lines.append(("stopped without an ending", [percent(it.stopped) for it in found]))
    for place, row in enumerate(one.competencies):
        shares = [it.competencies[place] for it in found]
        lines.append(
            (
                f"{row.competency}: mean result, assessed in",
                [
                    "–" if it.mean_percent is None else f"{it.mean_percent:.0f}%, {it.assessed:.0%}"
                    for it in shares
                ],
            )
        )
    for place, end in enumerate(one.variables):
        ends = [it.variables[place] for it in found]
        lines.append(
            (
                f"{end.variable} at the end: mean, from–to",
                [f"{it.mean:.1f}, {it.least}–{it.most}" for it in ends],
            )
        )
    return lines
