"""Releases, made up, that went as they should: a good version, then a bad one."""

from dataclasses import replace

from tests.unit.verify import runs
from tests.unit.verify.runs import real
from verify.record import Handled, Request, ScenarioRecord
from verify.released import CanarySample, DriftCheck, Released

GOOD, BAD = "1.1.0", "1.2.0"
STABLE, CANARY = "127.7.0.9:8080", "127.7.0.10:8080"
# Minutes at which something begins: a canary's weight in percent.
WEIGHTS = ((2.0, 0), (4.0, 25), (10.0, 50), (16.0, 0), (18.0, 0), (20.0, 25), (24.0, 0))
GOOD_ENDS, BAD_BEGINS, BAD_ENDS = 17.0, 18.0, 26.0
EVERY = 0.0015
"""Minutes between two requests."""


def weight_at(minute):
    """The canary's percentage at a time."""
    return next((weight for begun, weight in reversed(WEIGHTS) if begun <= minute), 0)


def to_canary(number, weight):
    """Whether a request goes to the canary: as even as a load balancer's turns."""
    return (number * weight) % 100 < weight


def good_run() -> ScenarioRecord:
    """A good version comes out; a bad one is taken back, of whose requests each tenth failed."""
    requests, handled = [], []
    for number in range(int(28 / EVERY)):
        minute = number * EVERY
        canary = to_canary(number, weight_at(minute))
        bad = canary and BAD_BEGINS <= minute and number % 3 == 0
        at = real(minute)
        answer = {"status": 500} if bad else {"status": 202, "id": f"n-{number}"}
        requests.append(Request(at, at + 0.001, **answer))
        handled.append(Handled(at, CANARY if canary else STABLE, f"t-{number}", answer["status"]))
    return replace(
        runs.lost_task_run(),
        faults=(),
        requests=tuple(requests),
        handled=tuple(handled),
        canary=tuple(sample(number / 40) for number in range(28 * 40)),
        releases=(
            Released(GOOD, "", (0,), (), 0, (), real(1.0), real(GOOD_ENDS), GOOD),
            Released(
                BAD,
                "answers 500",
                (4, 5),
                ("fails more",),
                4,
                ("the canary fails more requests: 9 of 90",),
                real(BAD_BEGINS),
                real(BAD_ENDS),
                GOOD,
            ),
        ),
        drift=(DriftCheck(real(27.0), real(27.5)),),
    )


def sample(minute):
    """What is seen of the canary at a time."""
    there = 2.0 <= minute < 16.5 or 18.5 <= minute < 25.0
    instants, weight = (real(minute), real(minute) + 0.001), weight_at(minute)
    return (
        CanarySample(*instants, weight, ("task/new",), (CANARY,))
        if there
        else CanarySample(*instants, weight)
    )
