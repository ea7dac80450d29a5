"""Carries out what was decided: writes Envoy's files, takes targets out, reports their health."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from stage.clock import Clock
from stage.control_plane.reports import Reporter, TargetHealth
from stage.errors import StageError
from stage.host.addresses import LoopbackBlock, why_not_free
from stage.load_balancer.decide import Address, Files, endpoint_files, topology_files
from stage.load_balancer.envoy import Envoy
from stage.load_balancer.model import Listener, Target, TargetGroup, Topology

_LOG = logging.getLogger(__name__)

_LEAVE_POLL_SECONDS = 0.02
# A starved machine may take that long; said once, then the wait goes on.
_LEAVE_WARNING_SECONDS = 30.0


class Performer:
    """Keeps Envoy's files as they were decided, for the loop and for the tasks that come and go meanwhile.

    Args:
        envoy: Gets the files.
        reporter: Takes target health.
        clock: Paces health checks.
        block: Real addresses of the targets.
        closing: Set once nobody waits for anything any more.

    Attributes:
        topology: What is declared, as it was written last.
        bound: Where each listener answers, by the name of its routes.
    """

    def __init__(
        self,
        envoy: Envoy,
        reporter: Reporter,
        clock: Clock,
        block: LoopbackBlock,
        closing: threading.Event,
    ) -> None:
        self.topology = Topology()
        self.bound: Mapping[str, Address] = {}
        self._envoy = envoy
        self._reporter = reporter
        self._clock = clock
        self._block = block
        self._closing = closing
        # Guards what tasks share with the loop: who is registered, who is out, endpoint files.
        self._lock = threading.Lock()
        self._targets: Mapping[str, Sequence[Target]] = {}
        # Real addresses that get no more requests, and what the API is told of them.
        self._out: dict[str, TargetHealth] = {}
        self._reported: dict[str, Mapping[tuple[str, int], TargetHealth]] = {}

    def out(self) -> Mapping[str, TargetHealth]:
        """Real addresses that get no requests any more, and what the API is told of them."""
        with self._lock:
            return dict(self._out)

    def take_out(self, address: str, health: TargetHealth) -> None:
        """Send no more requests to a real address, until the API no longer lists it."""
        with self._lock:
            self._out[address] = health
            self._write_endpoints()

    def put_back(self, address: str) -> None:
        """Forget that a real address was taken out."""
        with self._lock:
            self._out.pop(address, None)
            self._write_endpoints()

    def await_gone(self, address: str, given_up: Callable[[], bool]) -> None:
        """Wait until no request can be routed to an address that was taken out, or nobody waits for it."""
        warn_at = time.monotonic() + _LEAVE_WARNING_SECONDS
        while self._envoy.running and not self._closing.is_set() and not given_up():
            try:
                if not self._envoy.admin.knows(address):
                    self._envoy.admin.pass_through_worker()
                    return
            except OSError as error:
                _LOG.info("load balancer: %s has not left yet: %s", address, error)
            if time.monotonic() >= warn_at:
                _LOG.warning("load balancer: Envoy has not let go of %s yet: the machine is busy", address)
                warn_at = float("inf")
            self._closing.wait(_LEAVE_POLL_SECONDS)

    def declare(self, topology: Topology, bound: Mapping[str, Address]) -> None:
        """Have Envoy serve what is declared; returns when each listener answers.

        Raises:
            StageError: One did not in time.
        """
        with self._lock:
            before, self.topology = self.topology, topology
            new, self.bound = bound.keys() - self.bound.keys(), bound
            self._write_endpoints()
            self._write(topology_files(topology, before, bound, self._clock, self._envoy.folder))
        for name in new:
            self._envoy.await_listening(bound[name], self._closing)

    def register(self, targets: Mapping[str, Sequence[Target]], out: Mapping[str, TargetHealth]) -> None:
        """Have Envoy send requests to these targets.

        Args:
            targets: By the ARN of their group, as the API lists them.
            out: Who was out before they were read: of those, who is not listed any more is forgotten.
        """
        with self._lock:
            self._targets = targets
            listed = {self._block.of(target.ip) for found in targets.values() for target in found}
            for address in out.keys() - listed:
                self._out.pop(address, None)
            self._write_endpoints()

    def report(self, group: TargetGroup, states: Mapping[tuple[str, int], TargetHealth]) -> None:
        """Tell the API how the targets of a group are, if that is something else than before."""
        if states != self._reported.get(group.arn):
            self._reporter.target_health(group.arn, states)
            self._reported[group.arn] = states

    def reported(self) -> dict[str, Mapping[tuple[str, int], TargetHealth]]:
        """Health of the targets of each group, by its ARN, as the API was last told."""
        return dict(self._reported)

    def _write_endpoints(self) -> None:
        self._write(endpoint_files(self.topology, self._targets, self._out, self._block.of))

    def _write(self, files: Files) -> None:
        for name, content in files.items():
            self._envoy.write(name, content)


def claim(declared: Listener, address: Address) -> Address:
    """The address, if the listener can answer there.

    Raises:
        StageError: Somebody else listens there.
    """
    reason = why_not_free(address)
    if reason is not None:
        raise StageError(
            f"listener {declared.port} cannot answer on {address[0]}:{address[1]} ({reason}): free "
            "that port or choose another"
        )
    return address
