"""The thread that keeps services as they should be."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from common.budget import budget
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.scheduler.decide import decide
from stage.scheduler.failures import remember
from stage.scheduler.health import judge
from stage.scheduler.model import Action, Event, Memory, ServiceState, StartTasks, StopTask, Task
from stage.scheduler.perform import Performer
from stage.scheduler.read import Reader

_log = logging.getLogger(__name__)

# AWS seconds between two passes that nobody asked for: a slow machine has fewer of them in a second.
_PASS_AWS_SECONDS = 7.5
_MAX_PASS_SECONDS = 1.0
_CLOSING_SECONDS = 30.0


class Agent(Protocol):
    """Container agent that runs tasks on this machine."""

    def observe(self, task: Task, /) -> None:
        """Bring a task to the state that ECS wants it in, without waiting for it."""


class Scheduler:
    """Does for the stage what the ECS service scheduler does, in passes of a second or less.

    It reads and writes through the public API, so a service behaves the same whoever changes it:
    Terraform, target tracking, a test or a person.
    """

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock, agent: Agent) -> None:
        self._reader = Reader(aws)
        self._performer = Performer(aws, reporter, clock)
        self._pace = clock.real_seconds
        self._agent = agent
        self._memories: dict[tuple[str, str], Memory] = {}
        self._told: dict[tuple[str, str], frozenset[str]] = {}
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look now rather than at the next pass."""
        self._woken.set()

    def close(self) -> None:
        """End the thread; no task is started or stopped after this returns."""
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(budget(_CLOSING_SECONDS))

    def reconcile(self) -> None:
        """Make one pass over all services."""
        snapshot = self._reader.read()
        for task in snapshot.tasks:
            self._agent.observe(task)
        for state in snapshot.services:
            if self._closing.is_set():
                return
            try:
                self._reconcile(state)
            except Exception:  # noqa: BLE001 - one service's error must not stop the others
                _log.exception("service %s was not reconciled", state.service.name)
        seen = {(state.service.cluster, state.service.name) for state in snapshot.services}
        self._memories = {key: memory for key, memory in self._memories.items() if key in seen}
        self._told = {key: told for key, told in self._told.items() if key in seen}

    def _run(self) -> None:
        while not self._closing.is_set():
            self._woken.clear()
            try:
                self.reconcile()
            except Exception:  # noqa: BLE001 - the next pass may go well, and it is logged
                _log.exception("a pass of the scheduler failed")
            self._woken.wait(min(self._pace(_PASS_AWS_SECONDS), _MAX_PASS_SECONDS))

    def _reconcile(self, state: ServiceState) -> None:
        key = (state.service.cluster, state.service.name)
        now = datetime.now(UTC)
        state = replace(state, memory=self._memories.get(key, Memory()))
        judged = [judge(state, task, now, self._pace) for task in state.tasks if task.live]
        memory = self._memories[key] = remember(state, judged, now)
        actions = decide(replace(state, memory=memory), now, self._pace)
        told = self._told.get(key, frozenset())
        self._told[key] = told & _messages(actions)
        for action in actions:
            if isinstance(action, Event):
                if action.message in told:
                    continue
                self._told[key] |= {action.message}
            memory = self._memories[key] = self._performer.perform(state.service, action, memory)
            if isinstance(action, StartTasks | StopTask):
                # The agent learns of it in the next pass: let that be at once.
                self._woken.set()


def _messages(actions: list[Action]) -> frozenset[str]:
    return frozenset(action.message for action in actions if isinstance(action, Event))
