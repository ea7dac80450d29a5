"""Builds the images: those of the services, and those of what stands in for AWS and a mail server."""

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound

from tests.integration.base_image import base_image
from tests.integration.engine import EngineUnavailableError, Say, client_program
from tests.integration.package_index import build_secrets

ROOT = Path(__file__).parents[2]
_DEFAULT_BASE = re.compile(r"^ARG BASE_IMAGE=(\S+)$", re.MULTILINE)
_BUILD_BUDGET_SECONDS = 900.0


@dataclass(frozen=True)
class Images:
    """Names of the images, for the engine to run.

    Attributes:
        notification_api: The service, from its own Dockerfile.
        email_sender: The service, from its own Dockerfile.
        localstack: `LOCALSTACK_IMAGE`, or ours of LocalStack's open-source runtime.
        stand_ins: What LocalStack lacks (DynamoDB), and a mail server that keeps what it is given.
    """

    notification_api: str
    email_sender: str
    localstack: str
    stand_ins: str


def build_images(client: docker.DockerClient, docker_host: str, say: Say) -> Images:
    """Build what has changed since the last time.

    Raises:
        EngineUnavailableError: A base image cannot be had here.
        RuntimeError: A build fails; the message has the end of what it said.
    """
    build = _Builder(client, docker_host, say)
    return Images(
        notification_api=build("notification-api", "services/notification_api/Dockerfile"),
        email_sender=build("email-sender", "services/email_sender/Dockerfile"),
        localstack=os.environ.get("LOCALSTACK_IMAGE")
        or build("localstack", "tests/integration/images/localstack/Dockerfile"),
        stand_ins=build("stand-ins", "tests/integration/images/stand_ins/Dockerfile"),
    )


class _Builder:
    def __init__(self, client: docker.DockerClient, docker_host: str, say: Say) -> None:
        self._client = client
        self._say = say
        self._program = client_program()
        self._environment = build_environment(os.environ, docker_host)

    def __call__(self, name: str, dockerfile: str) -> str:
        """Build one image; its name."""
        path = ROOT / dockerfile
        base = base_image(self._client, default_base(path), self._say)
        tag = f"notification-integration/{name}"
        before = self._id(tag)
        self._say(f"building {name} on {base}")
        with build_secrets() as secrets:
            command = [
                *(self._program, "build", "--progress", "plain", "--network", "host"),
                *("--build-arg", f"BASE_IMAGE={base}", *secrets),
                *("--tag", tag, "--file", str(path), str(ROOT)),
            ]
            done = subprocess.run(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_BUILD_BUDGET_SECONDS,
            )
        if done.returncode != 0:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
            raise RuntimeError(f"docker build of {dockerfile} fails:\n{said}")
        if before not in {None, self._id(tag)}:
            # Nobody asks for it by its number; what builds share is kept in the builder's cache.
            with suppress(APIError):
                self._client.images.remove(before)
        return tag

    def _id(self, tag: str) -> str | None:
        """What a name stands for at the moment."""
        try:
            return str(self._client.images.get(tag).id)
        except ImageNotFound:
            return None


def default_base(dockerfile: Path) -> str:
    """The base image that a Dockerfile names itself.

    Raises:
        EngineUnavailableError: It names none.
    """
    found = _DEFAULT_BASE.search(dockerfile.read_text(encoding="utf-8"))
    if found is None:
        raise EngineUnavailableError(f"{dockerfile} has no line `ARG BASE_IMAGE=...`: add one")
    return found.group(1)


def build_environment(environ: Mapping[str, str], docker_host: str) -> dict[str, str]:
    """What the client is started with: BuildKit, since only that can hand secrets to a build."""
    return {**environ, "DOCKER_HOST": docker_host, "DOCKER_BUILDKIT": "1"}
