"""Program: `python -m tests.layers LAYER...`: runs layers of tests by tox, and says where the minutes went.

They run in three lanes side by side that take about as long as each other; the first is shown as it comes.
Every other layer, such as load, has the machine to itself, in the order given. All of them are run, whatever
fails.

The exit status is that of the first layer that fails; 75 (EX_TEMPFAIL of sysexits.h) if none does and one is
inconclusive. An integration layer that cannot be run here is no failure, and the last line says so.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

NOT_RUN = 69
"""Exit status of integration tests that had no engine to run on (tests/integration/not_run.py)."""

INCONCLUSIVE = 75
"""Exit status of a load test whose machine was too busy for a verdict."""

IMAGES = "images"
# Each lane runs its layers one after the other; a person sees the first at work. In each of them something
# waits, for Terraform's provider, for containers, for programs that start and end, and something computes.
# Images come before the tests that need them: to build them takes as long as those.
_LANES = (
    ("lint", "unit", "functional"),
    (IMAGES, "integration", "checkov", "properties"),
    ("apply", "plan"),
)
_TOX = (str(Path(".venv", "bin", "tox")), "run", "-q", "-e")
_OUTCOMES = {0: "passed", NOT_RUN: "NOT RUN", INCONCLUSIVE: "inconclusive"}
_INTERRUPTED = 130


@dataclass(frozen=True)
class Ran:
    """A layer that has ended.

    Attributes:
        layer: Name of its environment.
        status: Exit status.
        seconds: How long it took, with what it had to install.
        beside: Others ran at the same time.
    """

    layer: str
    status: int
    seconds: float
    beside: bool = False

    @property
    def outcome(self) -> str:
        """One word or two."""
        return _OUTCOMES.get(self.status, f"FAILED ({self.status})")


Run = Callable[[str, bool], Ran]


def run_layer(layer: str, beside: bool) -> Ran:
    """Run a layer's environment; what it says is shown as it comes, or in one go if others run beside it."""
    began = time.monotonic()
    tox = subprocess.Popen(
        [*_TOX, layer],
        stdin=subprocess.DEVNULL if beside else None,
        stdout=subprocess.PIPE if beside else None,
        stderr=subprocess.STDOUT if beside else None,
        text=True,
        errors="replace",
    )
    said = _wait(tox)
    sys.stdout.write(said)
    sys.stdout.flush()
    return Ran(layer, tox.returncode, time.monotonic() - began, beside)


def _wait(tox: "subprocess.Popen[str]") -> str:
    """What it has said, once it has ended: Ctrl-C reaches it by itself, and it has tasks to stop first."""
    interrupted = False
    while True:
        try:
            said, _ = tox.communicate()
        except KeyboardInterrupt:
            interrupted = True
        else:
            break
    if interrupted:
        raise KeyboardInterrupt
    return said or ""


def run_layers(layers: Sequence[str], run: Run = run_layer) -> Iterator[Ran]:
    """Run layers in the order in which they are best run; each result as soon as it is there."""
    wanted = [IMAGES, *layers] if "integration" in layers and len(layers) > 1 else list(layers)
    lanes = [lane for one in _LANES if (lane := [layer for layer in one if layer in wanted])]
    beside = [layer for lane in lanes for layer in lane] if len(lanes) > 1 else []
    if beside:
        yield from side_by_side(lanes, run, threading.Event())
    for layer in wanted:
        if layer not in beside:
            yield run(layer, False)


def side_by_side(lanes: Sequence[Sequence[str]], run: Run, interrupted: threading.Event) -> Iterator[Ran]:
    """Run lanes at the same time; each result as soon as it is there.

    Args:
        lanes: Layers that are run one after the other, for each lane.
        run: Runs a layer.
        interrupted: Set when no further layer is to begin.
    """
    results: Queue[Ran | BaseException | None] = Queue()

    def run_lane(lane: Sequence[str]) -> None:
        try:
            for layer in lane:
                if not interrupted.is_set():
                    results.put(run(layer, lane is not lanes[0]))
        except BaseException as error:  # noqa: BLE001 - raised again where the results are taken
            results.put(error)
        finally:
            results.put(None)

    with ThreadPoolExecutor(len(lanes)) as pool:
        for lane in lanes:
            pool.submit(run_lane, lane)
        try:
            ended = 0
            while ended < len(lanes):
                result = results.get()
                if isinstance(result, BaseException):
                    raise result
                if result is None:
                    ended += 1
                else:
                    yield result
        finally:
            # What runs has been interrupted by itself; what comes after it is not begun.
            interrupted.set()


def table(ran: Sequence[Ran], seconds: float) -> str:
    """Where the time went, a line for each layer."""
    rows = [
        (one.layer, _clock(one.seconds), one.outcome + (", beside others" if one.beside else ""))
        for one in ran
    ]
    rows.append(("all", _clock(seconds), ""))
    return "\n".join(f"  {name:<12} {clock:>8}  {outcome}".rstrip() for name, clock, outcome in rows)


def status_of(ran: Sequence[Ran]) -> int:
    """The exit status of all of them. Images that cannot be built are the integration layer's to tell."""
    failed = [one.status for one in ran if one.status not in _OUTCOMES and one.layer != IMAGES]
    if failed:
        return failed[0]
    return INCONCLUSIVE if any(one.status == INCONCLUSIVE for one in ran) else 0


def last_line(ran: Sequence[Ran]) -> str:
    """What came of it, and what to do if nothing did."""
    if failed := [one.layer for one in ran if one.outcome.startswith("FAILED") and one.layer != IMAGES]:
        return f"FAILED: {', '.join(failed)}."
    if any(one.status == INCONCLUSIVE for one in ran):
        return "INCONCLUSIVE, so nothing of it is proved and nothing is refuted: what to do is said above."
    if any(one.status == NOT_RUN and one.layer == "integration" for one in ran):
        return (
            "tests/integration: NOT RUN, so nothing of it is proved; what to start is said above. "
            "All else passed."
        )
    return "Everything passed."


def main(layers: Sequence[str]) -> int:
    """Run the layers and print the table, also if a person interrupts."""
    began, ran = time.monotonic(), []
    try:
        for one in run_layers(layers):
            ran.append(one)
            if one.status:
                print(f"{one.layer}: {one.outcome}", flush=True)  # noqa: T201 - the program's answer
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        print(f"\nWhere the time went:\n{table(ran, time.monotonic() - began)}", flush=True)  # noqa: T201 - as above
    print(last_line(ran))  # noqa: T201 - as above
    return status_of(ran)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
