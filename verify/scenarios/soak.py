"""Half an hour of steady load: what tasks hold of memory, descriptors and connections does not grow."""

from dataclasses import dataclass, replace
from typing import Self

from verify.conditions import wait_for_minimum
from verify.errors import LoadError
from verify.record import Resources, ScenarioRecord
from verify.scenario import EASED, Scenario
from verify.session import Say, session
from verify.target import Target
from verify.timeline import Timeline
from verify.verdict.always import ALWAYS, UNDISTURBED
from verify.verdict.requests import no_request_failed
from verify.verdict.soak import connections_flat, descriptors_flat, memory_flat, tasks_last


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Requests a second at which neither service is scaled: one sender spends half of its CPU on ten
            mails a second, since few of them share a call.
        soak_seconds: Real seconds of load: processes grow in real time, whatever AWS calls a minute.
        sample_seconds: Real seconds from one look at the processes to the next.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    rate: float = 8.0
    soak_seconds: float = 1800.0
    sample_seconds: float = 10.0
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests a second."""
        return replace(self, rate=self.rate * EASED**attempt)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """The same load for long, and a look at the tasks' processes now and then.

    Raises:
        LoadError: Nobody can look at the tasks' processes.
    """
    read = target.read_resources
    if read is None:
        raise LoadError(f"the tasks of {target.name} are out of sight: run the scenario on the stage")
    delivery = settings.delivery_seconds * target.slowness
    found: list[Resources] = []
    wait_for_minimum(target, say)
    with session(target, settings.rate, settings.soak_seconds + delivery, say) as running:

        def look(_: Timeline) -> bool:
            newest = found[-1].at if found else running.marks[0].at
            if running.observer.timeline().ended_at - newest >= settings.sample_seconds:
                found.extend(read())
            return False

        running.wait("soaking", look, settings.soak_seconds)
        return running.finish(delivery, resources=tuple(found))


SCENARIO = Scenario(
    title="Soak",
    sentence="Half an hour of load leaves memory, descriptors and connections of the tasks as they were.",
    settings=Settings(),
    run=run,
    checks=(
        tasks_last,
        memory_flat,
        descriptors_flat,
        connections_flat,
        no_request_failed,
        *UNDISTURBED,
        *ALWAYS,
    ),
    default=False,
    budget_minutes=35.0,
)
