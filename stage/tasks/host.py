"""Host of the tasks of one stage: the objects that all of them share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.cpu.quota import CpuQuota
from stage.host.addresses import LoopbackBlock
from stage.tasks.logs import LogShipper
from stage.tasks.process import Spawner


class Routing(Protocol):
    """Load balancer as tasks call it directly, so that it need not find out from the API.

    Addresses are the loopback ones that stand for network interfaces.
    """

    def expect(self, address: str, /) -> None:
        """Expect a new task at this address; what was said of an earlier one no longer holds."""

    def wake(self) -> None:
        """Read the targets now, since some were registered or deregistered."""

    def retire(self, address: str, given_up: Callable[[], bool], /) -> None:
        """Return once no request can be sent to a deregistered task any more, or it is given up."""

    def drop(self, address: str, /) -> None:
        """Stop routing to a task whose process has ended. Called within milliseconds; must not wait."""


@dataclass(frozen=True)
class Host:
    """The machine that tasks run on, as far as they know it.

    Attributes:
        aws: The emulated AWS.
        reporter: Takes what AWS has no API for.
        clock: AWS time.
        block: Loopback addresses that stand for network interfaces.
        quota: Limits tasks to their vCPUs.
        spawner: Starts processes.
        log_shipper: Ships log files.
        services_root: Folder with one folder a service, each with its Dockerfile.
        run_dir: Folder for logs and the tasks' own folders.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
        routing: What sends requests to tasks.
        closing: Set once nothing is worth reporting any more.
    """

    aws: Aws
    reporter: Reporter
    clock: Clock
    block: LoopbackBlock
    quota: CpuQuota
    spawner: Spawner
    log_shipper: LogShipper
    services_root: Path
    run_dir: Path
    cores_per_vcpu: float
    routing: Routing
    closing: threading.Event = field(default_factory=threading.Event)
