#!/usr/bin/env python
"""Run Django's and Waylight's commands."""

import logging
import os
import sys

from django.core.management import execute_from_command_line

from agencies.isolation import across_agencies
from config.roles import SERVING_COMMANDS

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in SERVING_COMMANDS:
        execute_from_command_line(sys.argv)
    else:
        # Whoever may run commands here may read the database anyway.
        with across_agencies(f"command {command}", level=logging.DEBUG):
            execute_from_command_line(sys.argv)
