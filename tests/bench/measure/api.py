"""Requests a second and vCPU of the Notification API, beside other services and other ways to its route."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import uvloop

from tests.bench import aws as names
from tests.bench.aws import Aws
from tests.bench.children import Child, server
from tests.bench.errors import BenchError
from tests.bench.figures import Round, Summary, milliseconds, summary
from tests.bench.load import Sent, closed_loop, post
from tests.bench.measure.floors import with_batches
from tests.bench.notification import RECIPIENT, SUBJECT, TEXT, message
from tests.bench.services import notification_api
from tests.bench.targets import FLOOR, NOOP, OURS, PLAIN, WAYS

ROUNDS = 3
CONNECTIONS = 32
WARM_UP_SECONDS = 0.7
SECONDS = 3.0
MAX_REQUESTS = 30_000
BODY = json.dumps({"recipient": RECIPIENT, "subject": SUBJECT, "body": TEXT}, separators=(",", ":")).encode()
REQUEST = post("/v1/notifications", BODY, {"Authorization": f"Bearer {names.CLIENT}.{names.API_KEY}"})
ACCEPTED = 202
# As long as what the service puts on the queue for such a request.
_MESSAGE = message("0" * 64).to_json()


def measure(aws: Aws, folder: Path, say: Callable[[str], None]) -> Mapping[str, Summary]:
    """Run all candidates at once and load them in turn, round after round.

    Whatever disturbs the machine for a while then disturbs a round of each, and not one of them alone.

    Raises:
        BenchError: One did not start, ended, or did not accept every request.
    """
    plain = {**aws.environment, "QUEUE_NAME": names.PLAIN_QUEUE}
    with ExitStack() as stack:
        say("API: starting")
        candidates = {
            FLOOR: stack.enter_context(server("bare", ["-m", "tests.bench.rivals.bare_asgi"], {}, folder)),
            NOOP: stack.enter_context(server("no-op", ["-m", "tests.bench.rivals.noop_api"], {}, folder)),
            PLAIN: stack.enter_context(
                server("plain", ["-m", "tests.bench.rivals.plain_api"], plain, folder)
            ),
            OURS: stack.enter_context(notification_api(aws, folder)),
            **{name: stack.enter_context(notification_api(aws, folder, way)) for name, way in WAYS.items()},
        }
        rounds: dict[str, list[Round]] = {name: [] for name in candidates}
        for number in range(1, ROUNDS + 1):
            for name, (running, port) in candidates.items():
                say(f"API: round {number} of {ROUNDS}, {name}")
                done = _round(running, port)
                rounds[name].append(with_batches(aws, folder, done, _MESSAGE) if name == FLOOR else done)
    return {name: summary(name, done) for name, done in rounds.items()}


def _round(running: Child, port: int) -> Round:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_load(port, WARM_UP_SECONDS))
        before = running.cpu_seconds()
        sent = runner.run(_load(port, SECONDS))
        spent = running.cpu_seconds() - before
    if set(sent.statuses) != {ACCEPTED}:
        raise running.failed(f"answered {dict(sent.statuses)} and not only {ACCEPTED}")
    return Round(len(sent.seconds), spent, *milliseconds(sent.seconds))


async def _load(port: int, seconds: float) -> Sent:
    try:
        return await closed_loop(
            port, REQUEST, connections=CONNECTIONS, seconds=seconds, max_requests=MAX_REQUESTS
        )
    except* ConnectionError as hung_up:
        raise BenchError(f"port {port}: {hung_up.exceptions[0]}") from hung_up
