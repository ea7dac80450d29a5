"""Host of the tasks of one stage: the objects that all of them share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.cpu.quota import CpuQuota
from stage.host.addresses import LoopbackBlock
from stage.images.dockerfile import Image
from stage.tasks.credentials import Credentials
from stage.tasks.execution_role import ExecutionRole
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


class RoleCredentials(Protocol):
    """Credentials of the roles of tasks."""

    def environment(self, task_id: str, role_arn: str, /) -> dict[str, str]:
        """Variables by which a task finds its role's credentials; none for a task without a role."""

    def of_agent(self, task_id: str, role_arn: str, /) -> Credentials:
        """Credentials of a task's execution role."""

    def end(self, task_id: str, /) -> None:
        """End all sessions of a task, which has stopped."""


class Images(Protocol):
    """Source of images."""

    def pull(self, image: str, ecr: Callable[[], Any], /) -> Image:
        """Find an image by its name in a task definition; raises a StageError if there is none.

        The second argument gives the client with which an image of ECR is pulled.
        """


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
        images: What tasks are started from.
        credentials: Gives tasks those of their roles.
        run_dir: Folder for logs and the tasks' own folders.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
        routing: What sends requests to tasks.
        trusted: Certificates that tasks trust; None for the machine's.
        closing: Set once nothing is worth reporting any more.
    """

    aws: Aws
    reporter: Reporter
    clock: Clock
    block: LoopbackBlock
    quota: CpuQuota
    spawner: Spawner
    log_shipper: LogShipper
    images: Images
    credentials: RoleCredentials
    run_dir: Path
    cores_per_vcpu: float
    routing: Routing
    trusted: Path | None = None
    closing: threading.Event = field(default_factory=threading.Event)

    def environment(self, task_id: str, role_arn: str) -> dict[str, str]:
        """Variables that a task gets: where the emulated AWS is and by which credentials, and whom to trust.

        Args:
            task_id: The task's.
            role_arn: Its task role's; empty if it has none.
        """
        # OpenSSL's own name for the file, which Python's `ssl.create_default_context` heeds.
        trusted = {} if self.trusted is None else {"SSL_CERT_FILE": str(self.trusted)}
        return {**self.aws.location(), **self.credentials.environment(task_id, role_arn), **trusted}

    def execution_role(self, task_id: str, role_arn: str) -> ExecutionRole:
        """The role in which a task is prepared.

        Args:
            task_id: The task's.
            role_arn: Its execution role's; empty if it has none.
        """
        return ExecutionRole(self.aws, role_arn, lambda: self.credentials.of_agent(task_id, role_arn))
