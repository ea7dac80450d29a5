"""Program: `python -m tests.bench`, what a request and a mail cost beside the plain ways.

Everything runs on this machine's loopback and ends by itself after about four minutes. Costs are read from
the processes' own CPU clocks, so that load, stand-ins and whatever else runs do not count; times are not.
The exit code is 1 when a target was missed, 2 when there are no figures.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.bench.aws import stand_in
from tests.bench.children import REPOSITORY
from tests.bench.errors import BenchError
from tests.bench.measure import api, calls, sender
from tests.bench.results import Results
from tests.marked import with_text
from verify.progress import progress

DOCUMENT = REPOSITORY / "docs" / "performance.md"
PLACE = "bench"
REPORT = REPOSITORY / "reports" / "bench"
MEASURES = ("api", "sender", "calls")


def main() -> int:
    """Measure, print, write; the exit code."""
    parser = argparse.ArgumentParser(prog="tox -e bench --", description="What a request and a mail cost.")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument(
        "--only", choices=MEASURES, action="append", help="measure this and not all; may be repeated"
    )
    arguments = parser.parse_args()
    wanted = frozenset(arguments.only or MEASURES)
    if arguments.write and wanted != set(MEASURES):
        parser.error("--write puts all tables into the document: leave --only out")
    console = Console(highlight=False)
    try:
        results = _measured(wanted)
    except BenchError as error:
        console.print(f"No figures: {error}", style="bold red", markup=False, soft_wrap=True)
        return 2
    console.print()
    console.print(results.terminal())
    console.print(f"Results: {results.write(REPORT)}", soft_wrap=True)
    if arguments.write:
        DOCUMENT.write_text(with_text(DOCUMENT.read_text(), PLACE, results.markdown()))
    missed = [target for target in results.targets if not target.met]
    for target in missed:
        console.print(f"MISSED  {target.name}: {target.figure:.2f}, not {target.bound:.2f}", style="bold red")
    return 1 if missed else 0


def _measured(wanted: frozenset[str]) -> Results:
    with (
        TemporaryDirectory() as scratch,
        progress("What a request and a mail cost") as say,
        stand_in(Path(scratch)) as aws,
    ):
        folder = Path(scratch)
        return Results(
            # The sender first: the queue that it reads must be empty, and the routes fill it.
            sender=sender.measure(aws, folder, say) if "sender" in wanted else {},
            calls=calls.measure(aws, folder, say) if "calls" in wanted else (),
            api=api.measure(aws, folder, say) if "api" in wanted else {},
        )


if __name__ == "__main__":
    sys.exit(main())
