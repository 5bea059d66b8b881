#!/usr/bin/env python
"""Management commands of the example, from any folder of a checkout."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command that was typed."""
    # Python looks in this folder, but the package `example_project` is in its parent.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
