"""Keeps Envoy in step with the ELBv2 API and reports target health back."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.errors import StageError
from stage.host.addresses import LoopbackBlock
from stage.load_balancer.decide import Address, answers_at
from stage.load_balancer.envoy import Envoy
from stage.load_balancer.envoy_config import ATTEMPTS
from stage.load_balancer.envoy_routes import route_name
from stage.load_balancer.health import DRAINING, FAILED, HEALTHY, FailureLog, TargetStates
from stage.load_balancer.model import RequestCounts
from stage.load_balancer.perform import Performer, claim
from stage.load_balancer.read import read_targets, read_topology

_LOG = logging.getLogger(__name__)

_HEALTH_SECONDS = 0.25
_TARGETS_SECONDS = 0.5
_TOPOLOGY_SECONDS = 2.0


class LoadBalancer:
    """The one declared Application Load Balancer.

    Args:
        aws: Where it is declared.
        reporter: Takes target health.
        clock: Paces health-check intervals and deregistration delays.
        block: Addresses of the targets and of the load balancer itself.
        run_dir: Gets a folder with Envoy's configuration and logs.
        listen: Where the first HTTP listener answers. None: the gateway address with the declared
            port, or with 8000 more if that port needs privileges.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is a thing of its own that the stage made before
        self,
        aws: Aws,
        reporter: Reporter,
        clock: Clock,
        block: LoopbackBlock,
        run_dir: Path,
        listen: Address | None = None,
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._gateway = block.gateway
        self._listen = listen
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._envoy = Envoy(run_dir / "load-balancer", block.gateway)
        self._performer = Performer(self._envoy, reporter, clock, block, self._closing)
        self._failures = FailureLog(self._envoy.folder / "health.log")
        self._states = TargetStates(block.of)
        self._answers_at: Address | None = None
        self._refused = 0
        self._problem: StageError | None = None
        self._first_pass = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load-balancer", daemon=True)

    @property
    def pid(self) -> int:
        """Envoy's process id."""
        return self._envoy.pid

    @property
    def attempts(self) -> Path:
        """JSON lines, one for each time that a request was sent to a target."""
        return self._envoy.folder / ATTEMPTS

    @property
    def url(self) -> str:
        """URL of the first HTTP listener.

        Raises:
            StageError: There is no listener yet, or one that the stage cannot rehearse.
        """
        if self._problem is not None:
            raise self._problem
        if self._answers_at is None:
            raise StageError("no listener yet: declare an HTTP listener on an application load balancer")
        host, port = self._answers_at
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Start Envoy and take over what is declared already; what is not may come later.

        Raises:
            StageError: A port is taken, something is declared that the stage cannot rehearse, or
                Envoy does not start.
        """
        self._thread.start()
        self._first_pass.wait()
        if self._problem is not None:
            self.close()
            raise self._problem

    def require_no_problem(self) -> None:
        """Raise what stands against what is declared now.

        Raises:
            StageError: A port is taken, something is declared that the stage cannot rehearse, or
                Envoy has died.
        """
        if self._problem is not None:
            raise self._problem

    def expect(self, address: str) -> None:
        """Forget what was said of the last task that had a real address: a new one has it."""
        self._performer.put_back(address)

    def drop(self, address: str) -> None:
        """Send nothing more to a real address, at once; for a task that has died.

        It stays dropped until the API no longer lists it.
        """
        self._performer.take_out(address, FAILED)

    def retire(self, address: str, given_up: Callable[[], bool]) -> None:
        """Send nothing more to a real address; returns when no request can be routed there any more.

        For a deregistered target: on AWS, routing stops with the deregistration
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html).
        What is in flight goes on. However long Envoy takes, the caller waits, because whatever
        comes next may end the task.

        Args:
            address: The task's real address.
            given_up: Whether the caller has no more reason to wait.
        """
        self._performer.take_out(address, DRAINING)
        self.wake()
        self._performer.await_gone(address, given_up)

    def wake(self) -> None:
        """Read the registered targets now instead of half a second later."""
        self._woken.set()

    def request_counts(self) -> RequestCounts:
        """Totals since `start`, for each target group under the value of its dimension.

        Raises:
            OSError: Envoy does not answer.
        """
        topology = self._performer.topology
        counts = self._envoy.admin.request_counts(topology.load_balancer)
        dimensions = {group.name: group.dimension for group in topology.target_groups}
        groups = {dimensions[name]: one for name, one in counts.groups.items() if name in dimensions}
        return replace(counts, groups=groups)

    def healthy_hosts(self) -> dict[str, int]:
        """Healthy targets of each target group in use that has any registered, by its dimension."""
        topology, reported = self._performer.topology, self._performer.reported()
        return {
            group.dimension: sum(health == HEALTHY for health in registered)
            for group in topology.target_groups
            if topology.is_used(group)
            and (registered := [one for one in reported.get(group.arn, {}).values() if one != DRAINING])
        }

    def close(self) -> None:
        """Stop Envoy and the loop; in-flight requests are broken off."""
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            # Here, because Envoy lives as long as the thread that starts it.
            self._envoy.start()
            next_topology = next_targets = 0.0
            while not self._closing.is_set():
                now = time.monotonic()
                # Cleared before reading: what comes while we read wakes us again. Not cleared unless it
                # was set, or what comes in between would be lost.
                woken = self._woken.is_set()
                if woken:
                    self._woken.clear()
                if now >= next_topology:
                    next_topology, next_targets = now + _TOPOLOGY_SECONDS, now
                    self._try(self._report_refusals)
                    self._try(self._follow_topology)
                if woken or now >= next_targets:
                    next_targets = now + _TARGETS_SECONDS
                    self._try(self._follow_targets)
                self._try(self._report_health)
                self._first_pass.set()
                self._woken.wait(_HEALTH_SECONDS)
        except StageError as error:
            self._problem = error
        finally:
            self._first_pass.set()
            self._envoy.stop()

    def _try(self, step: Callable[[], None]) -> None:
        """Take one step of a pass; what fails for now is tried again on the next."""
        try:
            step()
        except StageError as error:
            # What was declared before stays in service, as it would on AWS.
            if str(error) != str(self._problem):
                _LOG.error("load balancer: %s", error)
            self._problem = error
        except (BotoCoreError, ClientError, OSError) as error:
            if not self._closing.is_set():
                _LOG.warning("load balancer: tries again after: %s", error)
        except Exception:  # noqa: BLE001 - a mistake must cost one pass, not the load balancer
            _LOG.exception("load balancer: a pass failed, the next one may go well")

    def _follow_topology(self) -> None:
        topology = read_topology(self._aws.elbv2)
        self._envoy.require_running()
        before = self._performer.bound
        bound: dict[str, Address] = {}
        for declared in topology.listeners:
            name = route_name(declared)
            taken = {**before, **bound}.values()
            bound[name] = before.get(name) or claim(
                declared, answers_at(declared, self._listen, taken, self._gateway)
            )
        self._performer.declare(topology, bound)
        self._answers_at = next(iter(bound.values()), None)
        self._problem = None

    def _follow_targets(self) -> None:
        groups = self._performer.topology.target_groups
        # Who leaves while we read may not be listed yet: that one is for the next pass to forget.
        out = self._performer.out()
        targets = {group.arn: read_targets(self._aws.elbv2, group.arn) for group in groups}
        self._performer.register(targets, out)
        for group in groups:
            delay = self._clock.real_seconds(group.deregistration_delay_seconds)
            self._states.registered(group, targets[group.arn], time.monotonic(), delay)

    def _report_health(self) -> None:
        topology = self._performer.topology
        self._states.note_failures(topology.target_groups, self._failures.new())
        seen = self._envoy.admin.endpoints()
        out = self._performer.out()
        for group in topology.target_groups:
            if topology.is_used(group):
                states = self._states.health(group, seen, out, time.monotonic())
            else:
                states = self._states.unused(group)
            self._performer.report(group, states)

    def _report_refusals(self) -> None:
        """Say so when Envoy goes on with an older configuration than it was given."""
        refused = self._envoy.admin.refused_updates()
        if refused > self._refused:
            _LOG.error("Envoy refused what it was configured with: see %s", self._envoy.log)
        self._refused = refused
