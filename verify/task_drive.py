"""Has Locust make the load as tasks of ECS: a master and workers, told by a parameter, read by their logs."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from verify.errors import LoadError
from verify.load_tasks import LoadGenerator, LoadTasks, WorkerLog, address, why_ended
from verify.plan import Control, LoadPlan
from verify.record import Generator, Request
from verify.request_log import together
from verify.waiting import SOON, reached

LEASE_SECONDS = 60.0
"""Real seconds after which tasks end by themselves if nobody renews their control."""
_RENEWALS = 4
# Longest name that a task can be started by
# (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html).
_STARTED_BY_LENGTH = 36
_LOOK_SECONDS = 2.0


class TaskDrive:
    """Locust as tasks; a context manager that leaves none behind.

    What it cannot stop, because its connection or its machine has gone, ends by itself: the master's lease
    runs out, and workers go with their master.

    Args:
        ecs, ssm, logs: boto3 clients.
        generator: How tasks are started.
        url: Where the Notification API answers.
        plan: The load, and by how many workers it is made.
        task_seconds: Real seconds within which a task must run, or have stopped.
        lease_seconds: Real seconds after which tasks that nobody hears of end.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - three services of AWS
        self,
        ecs: Any,
        ssm: Any,
        logs: Any,
        generator: LoadGenerator,
        url: str,
        plan: LoadPlan,
        *,
        task_seconds: float,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._ssm, self._logs = ssm, logs
        self._generator = generator
        self._url = url.rstrip("/")
        self._plan = plan
        self._task_seconds = task_seconds
        self._lease_seconds = lease_seconds
        self._tasks = LoadTasks(ecs, generator, f"verify-{uuid4().hex}"[:_STARTED_BY_LENGTH])
        self._arns: list[str] = []
        self._workers: list[WorkerLog] = []
        self._control = Control()
        self._writing = threading.Lock()
        self._left = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="load-lease", daemon=True)

    def __enter__(self) -> Self:
        """Start master and workers, and wait for the first answer.

        Raises:
            LoadError: Somebody else's load runs, or a task has ended or stayed silent.
        """
        if others := self._tasks.others():
            raise LoadError(
                f"a load runs already, of {len(others)} tasks in {self._generator.cluster}: wait for its "
                "end, or stop it with ecs.stop_task"
            )
        try:
            self._write()
            self._renewing.start()
            self._start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all tasks, whatever they are doing."""
        self._leave()

    @property
    def arns(self) -> Sequence[str]:
        """ARNs of all tasks, the master's first."""
        return tuple(self._arns)

    def set_rate(self, requests_per_second: float) -> float:
        """Change the load within some seconds; returns the real instant of the change.

        Raises:
            LoadError: A task has ended, so the load is another than the one planned.
        """
        self._require_all()
        self._control = Control(requests_per_second=requests_per_second)
        self._write()
        return time.time()

    def end(self) -> Generator:
        """Let every request finish and every task end.

        Raises:
            LoadError: A task did not end by itself, or a worker's log is not whole.
        """
        self._control = Control(ended=True)
        self._write()
        seconds = 2 * self._plan.stop_seconds + self._task_seconds
        self._wait(lambda: len(self._stopped()) == len(self._arns), seconds)
        for task in self._described():
            if task["lastStatus"] != "STOPPED" or any(one.get("exitCode") != 0 for one in task["containers"]):
                raise LoadError(f"a task of the load generator did not end by itself: {why_ended(task)}")
        if not self._wait(self._all_written, self._task_seconds):
            raise LoadError(
                f"a worker's statistics are not in {self._generator.log_group}: its log is not whole"
            )
        return together([log.generator for log in self._workers if log.generator is not None])

    def requests(self) -> Sequence[Request]:
        """Requests that have ended and reached the log until now, in the order of their ends."""
        found = [request for log in self._workers for request in log.requests()]
        return sorted(found, key=lambda request: request.finished_at)

    def _start(self) -> None:
        told = {"LOAD_URL": self._url, "LOAD_LEASE_SECONDS": str(self._lease_seconds)}
        self._arns = self._tasks.run("master", 1, self._plan, **told)
        self._wait(lambda: bool(self._running()) or bool(self._stopped()), self._task_seconds)
        self._require_all("RUNNING")
        master = address(self._described()[0])
        workers = self._tasks.run("worker", self._plan.workers, self._plan, LOAD_MASTER=master, **told)
        self._arns += workers
        prefix = f"{self._generator.stream_prefix}/{self._generator.container}"
        self._workers = [
            WorkerLog(self._logs, self._generator.log_group, f"{prefix}/{arn.rpartition('/')[2]}")
            for arn in workers
        ]
        self._wait(lambda: bool(self.requests()) or bool(self._stopped()), self._task_seconds)
        self._require_all()
        if not self.requests():
            raise LoadError(
                f"no request was answered in {self._task_seconds:.0f} s: look at {self._generator.log_group}"
            )

    def _require_all(self, *statuses: str) -> None:
        for task in self._described():
            if task["lastStatus"] == "STOPPED" or (statuses and task["lastStatus"] not in statuses):
                raise LoadError(f"a task of the load generator is {task['lastStatus']}: {why_ended(task)}")

    def _described(self) -> list[dict[str, Any]]:
        tasks = {task["taskArn"]: task for task in self._tasks.described(self._arns)}
        return [tasks[arn] for arn in self._arns if arn in tasks]

    def _running(self) -> list[str]:
        return [task["taskArn"] for task in self._described() if task["lastStatus"] == "RUNNING"]

    def _stopped(self) -> list[str]:
        return [task["taskArn"] for task in self._described() if task["lastStatus"] == "STOPPED"]

    def _all_written(self) -> bool:
        for log in self._workers:
            log.requests()
        return all(log.generator is not None for log in self._workers)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        return reached(condition, seconds, every=min(_LOOK_SECONDS, seconds / 30))

    def _write(self) -> None:
        """Say how much load is wanted; each time is another text, by which the lease is renewed."""
        with self._writing:
            text = json.dumps(asdict(self._control) | {"renewed": uuid4().hex})
            self._ssm.put_parameter(
                Name=self._generator.control_parameter, Value=text, Type="String", Overwrite=True
            )

    def _renew(self) -> None:
        while not self._left.wait(self._lease_seconds / _RENEWALS):
            try:
                self._write()
            except (BotoCoreError, ClientError):
                # The next one may be heard; if none is, the load ends.
                continue

    def _leave(self) -> None:
        self._left.set()
        try:
            self._control = Control(ended=True)
            self._write()
            self._tasks.stop_all("the test that ran the load has ended")
            if self._arns:
                self._wait(lambda: len(self._stopped()) == len(self._described()), self._task_seconds)
        except (BotoCoreError, ClientError):
            # AWS is out of reach: the lease runs out.
            pass
        finally:
            if self._renewing.is_alive():
                self._renewing.join(SOON)
