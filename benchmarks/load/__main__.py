"""``python -m benchmarks.load <command>``; README.md explains each."""

import argparse
from collections.abc import Callable

from benchmarks.load import environment

FAULTS = ("mail", "cache", "postgres", "outage", "hashes", "connections", "memory")
CHEAP = {"LOAD_HASHER": "cheap"}
"""To see everything but the hash."""

LONG = {"STATEMENT_SECONDS": "0"}
"""To see also what takes longer than the example allows."""

CHANGES = {
    "fill": LONG,
    "people": LONG,
    "lists": LONG,
    "plans": CHEAP | LONG,
    "devices": CHEAP,
}
"""What a command needs of the example that is not as it ships."""


def main() -> None:
    """Run one command."""
    options = _parser().parse_args()
    environment.set_up(**CHANGES.get(options.command, {}))
    # Below, because what they import needs the settings.
    from benchmarks.load import commands, faults, fill, lists, people, plans  # noqa: PLC0415  # as said

    acts: dict[str, Callable[[], None]] = {
        "fill": lambda: fill.fill(options.users),
        "lists": lists.report,
        "people": lambda: people.fill(options.users),
        "plans": lambda: plans.report(options.large),
        "faults": lambda: faults.report(options.which or FAULTS, options.seconds),
        "purge": commands.purge,
        "end-sessions": commands.end_sessions,
        "start-up": commands.start_up,
        "devices": lambda: commands.sign_in(options.devices),
    }
    acts[options.command]()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fill").add_argument("--users", type=int, default=1_000_000)
    commands.add_parser("people").add_argument("--users", type=int, default=1_000_000)
    commands.add_parser("lists")
    commands.add_parser("plans").add_argument("--large", type=int, default=10_000)
    faults = commands.add_parser("faults")
    faults.add_argument("which", nargs="*", choices=[*FAULTS, []])
    faults.add_argument("--seconds", type=float, default=20)
    commands.add_parser("purge")
    commands.add_parser("end-sessions")
    commands.add_parser("start-up")
    commands.add_parser("devices").add_argument("--devices", type=int, default=10_000)
    return parser


if __name__ == "__main__":
    main()
