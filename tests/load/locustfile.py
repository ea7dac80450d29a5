"""The Locust user and shape; runs in processes of its own, which import nothing of AWS.

Locust replaces sockets and SSL by gevent's before anything else may have used them, and botocore
does. `verify/drive.py` starts it, alone or as a master with workers, and says by files what load to make.
"""

import os
import random
import time
from dataclasses import asdict, replace
from json import dumps
from pathlib import Path
from uuid import uuid4

import gevent
from gevent.pool import Group
from locust import FastHttpUser, LoadTestShape, events, runners, task

from common.shared_files import write_whole
from verify.content import Notification
from verify.pace import Pace
from verify.plan import Control, LoadPlan, users_at
from verify.record import ACCEPTED, Generator, Request
from verify.request_log import GENERATOR, RequestLog, accepted_id

_FOLDER = Path(os.environ["LOAD_FOLDER"])
_PLAN = LoadPlan.read(_FOLDER)
_LOG = RequestLog(_FOLDER)
_KEY = os.environ["LOAD_API_KEY"]
_CLIENT = _KEY.partition(".")[0]
_PERIOD = 1.0 / _PLAN.requests_per_second_a_user
# As long as an ALB waits for a target by default
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
_TIMEOUT_SECONDS = 60.0
_HEARTBEAT_SECONDS = 0.1
# Seconds without a sign after which a master takes a worker for gone. Whoever drives sees a process or a task
# end; one that is late says how late, and three seconds, Locust's own, are soon over where a host is busy.
runners.HEARTBEAT_LIVENESS = 30
# Whoever started this process.
_PARENT = int(os.environ["LOAD_PARENT"])


class _Diary:
    """What this process knows of itself."""

    def __init__(self) -> None:
        self.sent = 0
        self.missed = 0
        self.worst_lag = 0.0

    def write(self) -> None:
        facts = Generator(sent=self.sent, missed=self.missed, worst_lag=round(self.worst_lag, 3))
        write_whole(_FOLDER / GENERATOR, dumps(asdict(facts)))


_diary = _Diary()
# Locust kills a waiting user that may have begun its next request in the same instant. A request
# in a greenlet of its own is not lost with the user, and neither is the record of it.
_in_hand = Group()
_open: dict[object, Request] = {}


class Shape(LoadTestShape):
    """The plan's plateaus, unless control.json says otherwise."""

    def tick(self) -> tuple[int, float] | None:
        """Users wanted now and how fast to get there; None ends the run."""
        users = users_at(_PLAN, Control.read(_FOLDER), self.get_run_time())
        return None if users is None else (users, _PLAN.users_a_second)


class Client(FastHttpUser):
    """Somebody who asks for one notification after another on one kept-alive connection.

    A request that fails is not repeated: the verdict counts it.
    """

    max_retries = 0
    insecure = False
    connection_timeout = _TIMEOUT_SECONDS
    network_timeout = _TIMEOUT_SECONDS

    def on_start(self) -> None:
        """Begin somewhere within the period, or all users would send at the same instant."""
        gevent.sleep(random.uniform(0.0, _PERIOD))  # noqa: S311 - nothing here is secret
        self._pace = Pace(_PERIOD, time.monotonic())

    def wait_time(self) -> float:
        """Seconds until the next turn."""
        before = self._pace.missed
        wait = self._pace.wait(time.monotonic())
        _diary.missed += self._pace.missed - before
        return wait

    @task
    def notify(self) -> None:
        """Ask for one notification, and see it through even if Locust ends this user meanwhile."""
        _in_hand.spawn(self._ask).join()

    def _ask(self) -> None:
        _diary.sent += 1
        asked = Notification.numbered(uuid4(), _PLAN.recipient)
        request = _open[gevent.getcurrent()] = asked.request(time.time(), _CLIENT)
        headers = {"Authorization": f"Bearer {_KEY}", "traceparent": asked.traceparent}
        answer = self.client.post("/v1/notifications", json=asked.body, headers=headers)
        # Locust gives an answer an error only if there is one.
        error = getattr(answer, "error", None)
        _LOG.append(
            replace(
                request,
                finished_at=time.time(),
                status=answer.status_code,
                id=accepted_id(answer.status_code, answer.content),
                error="" if error is None else repr(error),
                **_of_refusal(answer),
            )
        )
        del _open[gevent.getcurrent()]


def _of_refusal(answer) -> dict[str, str]:
    """Headers by which an answer says what it is and when to come again; none of an accepted request's."""
    if answer.status_code == ACCEPTED or not answer.headers:
        return {}
    return {
        "media_type": answer.headers.get("Content-Type") or "",
        "retry_after": answer.headers.get("Retry-After") or "",
    }


@events.init.add_listener
def _watch(environment, **_: object) -> None:
    """Measure this process's own lateness, and leave in order when whoever started it has gone."""
    _waiting_for_a_runner.kill()

    def beat() -> None:
        while True:
            due = time.monotonic() + _HEARTBEAT_SECONDS
            gevent.sleep(_HEARTBEAT_SECONDS)
            _diary.worst_lag = max(_diary.worst_lag, time.monotonic() - due)
            if os.getppid() != _PARENT:
                environment.runner.quit()
                return

    gevent.spawn(beat)


def _leave_without_a_runner() -> None:
    """End a worker that still looks for its master when whoever started both has gone."""
    while os.getppid() == _PARENT:
        gevent.sleep(_HEARTBEAT_SECONDS)
    os._exit(1)


_waiting_for_a_runner = gevent.spawn(_leave_without_a_runner)


@events.quitting.add_listener
def _leave(environment, **_: object) -> None:
    """Write down how it went; failed requests are the verdict's to judge, not Locust's."""
    _in_hand.join(timeout=_PLAN.stop_seconds)
    _in_hand.kill()
    for request in _open.values():
        _LOG.append(replace(request, finished_at=time.time(), error="unanswered when the load ended"))
    _LOG.close()
    _diary.write()
    environment.process_exit_code = 0
