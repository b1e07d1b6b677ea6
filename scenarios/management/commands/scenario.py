"""`manage.py scenario ACTION`: each action is a module beside this one, `_scenario_<action>.py`.

Such a module has HELP, `add_arguments(parser)` and `run(command, options)`; where the answer is no, `run` raises
CommandError, and the command exits with 1.
"""

import pkgutil
from argparse import ArgumentParser
from importlib import import_module
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand

from scenarios.management import commands

PREFIX = "_scenario_"


def actions() -> dict[str, ModuleType]:
    return {
        module.name.removeprefix(PREFIX): import_module(f"{commands.__name__}.{module.name}")
        for module in pkgutil.iter_modules(commands.__path__)
        if module.name.startswith(PREFIX)
    }


class Command(BaseCommand):
    help = "Validates, simulates, imports and exports scenarios."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parsers = parser.add_subparsers(dest="action", required=True)
        for name, module in actions().items():
            module.add_arguments(parsers.add_parser(name, help=module.HELP, description=module.HELP))

    def handle(self, *args: Any, **options: Any) -> None:
        actions()[options["action"]].run(self, options)
