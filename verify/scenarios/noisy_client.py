"""One client asks at fifty times its rate, and the others notice nothing of it."""

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from verify.conditions import rest_minutes, wait_at_rest, wait_for_minimum
from verify.drive import RATE_SECONDS, Drive
from verify.errors import LoadError
from verify.plan import LoadPlan, Plateau
from verify.record import ScenarioRecord
from verify.request_log import together
from verify.scenario import EASED, Scenario
from verify.session import Say, Session, session
from verify.target import Target
from verify.verdict.always import ALWAYS
from verify.verdict.noisy_client import noisy_client_limited, only_noisy_client_limited, others_unaffected

# So many tasks run at rest, each with a bucket of its own.
_TASKS = 2


@dataclass(frozen=True)
class Settings:
    """How hard and how long. Rates are the reference machine's, before the target's load factor.

    Attributes:
        rate: Requests a second of the other clients.
        times: By how much the noisy client exceeds its rate at both tasks together.
        rounds: How often it is noisy, with as long a silence before each time: what else changes on the
            machine meanwhile then concerns both alike.
        round_seconds: Real seconds of each silence and each noise.
        lead_in_minutes: Datapoints that show the fleet at rest before.
        delivery_seconds: Real seconds for everything to be delivered after the last request.
    """

    rate: float = 20.0
    times: float = 50.0
    rounds: int = 4
    round_seconds: float = 12.0
    lead_in_minutes: int = 2
    delivery_seconds: float = 60.0

    def eased(self, attempt: int) -> Self:
        """Settings for another attempt on a host that was starved: fewer requests, for longer."""
        easier = EASED**attempt
        return replace(self, rate=self.rate * easier, round_seconds=self.round_seconds / easier)


def run(target: Target, settings: Settings, say: Say) -> ScenarioRecord:
    """Silence and noise in turn, under the load of the others.

    Raises:
        LoadError: There is no second client to be noisy with.
    """
    if not target.limited_api_key:
        raise LoadError(f"{target.name} has no second API key: run the scenario on the stage")
    noise = settings.times * target.limited_rate * _TASKS
    lead_in = target.clock.seconds(rest_minutes(settings.lead_in_minutes))
    whole = lead_in + 2 * settings.rounds * (settings.round_seconds + 2 * RATE_SECONDS)
    plan = LoadPlan((Plateau(2 * whole, target.limited_rate),))
    wait_for_minimum(target, say)
    with (
        session(target, settings.rate, whole, say) as running,
        tempfile.TemporaryDirectory(prefix="noise-") as folder,
        Drive(target.url, target.limited_api_key, plan, Path(folder), target.protect) as noisy,
    ):
        began = time.time()
        wait_at_rest(running, settings.lead_in_minutes)
        bursts = [_burst(running, noisy, noise, settings) for _ in range(settings.rounds)]
        generator = noisy.end()
        record = running.finish(
            settings.delivery_seconds * target.slowness,
            baseline=(began + RATE_SECONDS, bursts[0][0]),
            bursts=tuple(bursts),
            burst_rate=noise,
            limited_rate=target.limited_rate,
        )
        requests = sorted((*record.requests, *noisy.requests()), key=lambda request: request.finished_at)
    return replace(record, requests=tuple(requests), generator=together([record.generator, generator]))


def _burst(running: Session, noisy: Drive, noise: float, settings: Settings) -> tuple[float, float]:
    """A silence and a noise, each without the seconds in which the one becomes the other."""
    noisy.set_rate(0.0)
    running.go_on("silence", settings.round_seconds + RATE_SECONDS)
    start = noisy.set_rate(noise)
    running.go_on("noise", settings.round_seconds + RATE_SECONDS)
    return start + RATE_SECONDS, time.time()


SCENARIO = Scenario(
    title="Noisy client",
    sentence="One client asks at fifty times its rate, is told 429, and the others wait no longer for it.",
    settings=Settings(),
    run=run,
    checks=(noisy_client_limited, only_noisy_client_limited, others_unaffected, *ALWAYS),
    default=False,
    budget_minutes=3.0,
)
