"""Starts a container as ECS starts a task: from its task definition, and with what Fargate adds."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import httpx

from stage.control_plane.aws import Aws
from stage.tasks.secret_values import read_secrets
from tests.integration.aws import AwsClients, access
from tests.integration.containers import Container
from tests.integration.declared import Declared
from tests.integration.waiting import ANSWER_SECONDS

_NANOSECONDS = 1e9
TRUSTED = "/trusted.pem"


def run_settings(
    declared: Declared, service: str, aws: AwsClients, more: Mapping[str, str]
) -> dict[str, Any]:
    """Arguments of `docker run` for a service.

    Args:
        declared: Has the task definition.
        service: E.g. "email-sender".
        aws: Where the values of its secrets are, read anew as ECS does for every task.
        more: Environment variables beside those of its task definition: `AWS_ENDPOINT_URL` and its like, as
            they are inside the network.
    """
    container = declared.container(service)
    stores = cast("Aws", SimpleNamespace(ssm=aws("ssm"), secretsmanager=aws("secretsmanager")))
    environment = {
        **container.environment,
        **read_secrets(container.secrets, stores),
        # What Fargate adds, as far as a program reads it.
        **access(),
        **more,
        # The mail server's certificate is no public authority's.
        "SSL_CERT_FILE": TRUSTED,
    }
    return {
        "environment": environment,
        "user": container.user,
        "read_only": container.readonlyRootFilesystem,
        "init": container.linuxParameters["initProcessEnabled"],
        "cap_drop": container.linuxParameters["capabilities"]["drop"],
        "mem_limit": f"{declared.memory(service)}m",
    }


class Task:
    """A running service.

    Args:
        container: What runs it.
        declared: Has its task definition.
        service: Its name there.
        aws: Where the values of its secrets are.
        more: As for `run_settings`.
    """

    def __init__(
        self,
        container: Container,
        declared: Declared,
        service: str,
        aws: AwsClients,
        more: Mapping[str, str],
    ) -> None:
        self.container = container
        self.definition = declared.container(service)
        self._settings = lambda: run_settings(declared, service, aws, more)

    @property
    def url(self) -> str:
        """Where it answers to the tests."""
        return self.container.url(self.definition.portMappings[0]["containerPort"])

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.container.start(**self._settings())
        self.container.wait_for(f"answer of {self.container.name} that it is ready", self.is_ready)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.container.remove()

    def stop(self) -> int:
        """SIGTERM, SIGKILL after the task definition's `stopTimeout`; its status, 137 if that was needed."""
        wrapped = self.container.wrapped
        wrapped.stop(timeout=self.definition.stopTimeout)
        return int(wrapped.wait()["StatusCode"])

    def cpu_seconds_of_a_start(self) -> float:
        """Replace it by a new one, and the CPU that this one has used when it is ready."""
        self.container.remove()
        self.start()
        usage = self.container.wrapped.stats(stream=False)["cpu_stats"]["cpu_usage"]["total_usage"]
        return float(usage) / _NANOSECONDS

    def is_ready(self) -> bool:
        """Whether it says so itself."""
        return bool(answers(f"{self.url}/readyz") == 200)

    def why_not_ready(self) -> str:
        """What it says instead of being ready."""
        return httpx.get(f"{self.url}/readyz", timeout=ANSWER_SECONDS).text


def answers(url: str) -> int:
    """The status of a GET; 0 if nobody answers."""
    try:
        return httpx.get(url, timeout=ANSWER_SECONDS).status_code
    except httpx.HTTPError:
        return 0
