"""Containers by testcontainers: labelled, on loopback alone, their logs kept."""

import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container as Wrapped
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from common.shared_files import complete_lines
from tests.integration.waiting import wait_for

_ROOT = Path(__file__).parents[2]
# By working tree, so that two of them on one engine leave each other alone.
LABELS = {"notification-service.integration": hashlib.sha256(str(_ROOT).encode()).hexdigest()[:12]}
# How much of a log tells why a container has ended.
_LAST_LINES = 20
_ENDED = {"exited", "dead"}


def use_reaper_if_there_is_one(client: docker.DockerClient) -> None:
    """Have testcontainers' own reaper clean up, unless its image cannot be had."""
    image = testcontainers_config.ryuk_image
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.pull(image)
        except DockerException:
            testcontainers_config.ryuk_disabled = True


def remove_all(client: docker.DockerClient) -> None:
    """Remove what this working tree's tests have left, this time or when they were killed."""
    label = [f"{name}={value}" for name, value in LABELS.items()]
    for container in client.containers.list(all=True, filters={"label": label}):
        with suppress(NotFound, APIError):
            container.remove(force=True, v=True)
    for network in client.networks.list(filters={"label": label}):
        with suppress(NotFound, APIError):
            network.remove()


def make_network() -> Network:
    """The network that all of them share."""
    return Network(docker_network_kw={"labels": LABELS})


def free_port() -> int:
    """A TCP port of the loopback interface that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Container:
    """One container, which may be stopped, killed and started again under the same addresses.

    Args:
        name: Name for logs.
        image: Image.
        network: Network that it joins.
        aliases: Its host names there.
        ports: Ports of the container that the tests ask; each gets one on loopback, for good.
        logs: Folder for its log.
        settings: Further arguments of `docker run`, in docker-py's words.
    """

    def __init__(
        self,
        name: str,
        image: str,
        network: Network,
        aliases: tuple[str, ...],
        ports: tuple[int, ...],
        logs: Path,
        **settings: Any,
    ) -> None:
        self.name = name
        self._log = logs / f"{name}.log"
        self._log.unlink(missing_ok=True)
        self._ports = {port: free_port() for port in ports}
        self._image, self._network, self._aliases, self._settings = image, network, aliases, settings
        self._container: DockerContainer | None = None

    @property
    def wrapped(self) -> Wrapped:
        """The container in docker-py's words."""
        assert self._container is not None, f"{self.name} is not started"
        return self._container.get_wrapped_container()

    def url(self, port: int) -> str:
        """Where a port of the container answers to the tests."""
        return f"http://127.0.0.1:{self._ports[port]}"

    def start(self, **changes: Any) -> None:
        """Run a new container.

        Args:
            changes: Arguments of `docker run` for this one alone.
        """
        container = DockerContainer(self._image)
        container.with_network(self._network).with_network_aliases(*self._aliases)
        settings = {**self._settings, **changes}
        container.with_envs(**settings.pop("environment", {}))
        for host, inside in settings.pop("files", {}).items():
            container.with_volume_mapping(host, inside, "ro")
        if (command := settings.pop("command", None)) is not None:
            container.with_command(command)
        for port, at in self._ports.items():
            container.ports[port] = ("127.0.0.1", at)
        container.with_kwargs(labels=LABELS, **settings)
        container.start()
        self._container = container

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its processes do nothing for the time of the block: connections are taken, and nothing answers."""
        self.wrapped.pause()
        try:
            yield
        finally:
            self.wrapped.unpause()

    def lines(self) -> list[str]:
        """All lines that it and those before it have said so far, without one that is still being written."""
        kept = self._log.read_bytes() if self._log.exists() else b""
        return [line.decode(errors="replace") for line in complete_lines(kept + self._said())]

    def events(self) -> list[dict[str, Any]]:
        """The lines that are JSON objects, as every line of a service is but for what a kill has cut off."""
        return [event for event in map(event_in, self.lines()) if event is not None]

    def wait_for(self, what: str, ask: Callable[[], Any]) -> None:
        """Wait for something that this container brings about.

        Args:
            what: What is waited for, for the failure's message.
            ask: Asked again and again until it answers something true.

        Raises:
            AssertionError: Nothing came in time, or the container has ended: the message has its last lines.
        """
        wait_for(what, lambda: ask() or self._still_runs(what))

    def _still_runs(self, what: str) -> None:
        self.wrapped.reload()
        if self.wrapped.status in _ENDED:
            status = self.wrapped.wait()["StatusCode"]
            end = "\n".join(self.lines()[-_LAST_LINES:])
            raise AssertionError(f"no {what}: {self.name} has ended with status {status}\n{end}")

    def remove(self) -> None:
        """End it at once and keep its log."""
        if self._container is None:
            return
        with suppress(NotFound, APIError):
            self.wrapped.kill()
        said = self._said()
        with self._log.open("ab") as log:
            # A process that is killed within a line leaves half of it: the next one's lines are its own.
            log.write(said + b"\n" if said and not said.endswith(b"\n") else said)
        self._container.stop(force=True, delete_volume=True)
        self._container = None

    def replace(self, **changes: Any) -> None:
        """Kill it, as `kill -9` does, and run a new one in its place."""
        self.remove()
        self.start(**changes)

    def _said(self) -> bytes:
        if self._container is None:
            return b""
        try:
            return bytes(self.wrapped.logs())
        except NotFound:
            return b""


def event_in(line: str) -> dict[str, Any] | None:
    """A line's JSON object; None if it is none, or half of one."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
