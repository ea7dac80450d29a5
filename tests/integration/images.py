"""Builds the images: those of the services, and those of what stands in for AWS and a mail server."""

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound
from docker.models.images import Image

from common.budget import budget
from tests.integration.base_image import base_image
from tests.integration.engine import EngineUnavailableError, Say, client_program
from tests.integration.package_index import build_secrets

ROOT = Path(__file__).parents[2]
_DEFAULT_BASE = re.compile(r"^ARG BASE_IMAGE=(\S+)$", re.MULTILINE)
_COPY = re.compile(r"^COPY +(.+)$", re.MULTILINE)
# All of them on a slow machine with a slow network.
_BUILD_BUDGET_SECONDS = budget(3000.0)
DOCKERFILES = {
    "notification-api": "services/notification_api/Dockerfile",
    "email-sender": "services/email_sender/Dockerfile",
    "load-generator": "load_generator/Dockerfile",
    "localstack": "tests/integration/images/localstack/Dockerfile",
    "stand-ins": "tests/integration/images/stand_ins/Dockerfile",
}
CONTENT_LABEL = "notification-integration.content"


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
    """Build what has changed since the last time, side by side.

    Raises:
        EngineUnavailableError: A base image cannot be had here.
        RuntimeError: A build fails; the message has the end of what it said.
    """
    wanted = {
        name: path for name, path in DOCKERFILES.items() if name != "localstack" or not _chosen_localstack()
    }
    # One after the other: they may come from the same place.
    bases = {path: base_image(client, default_base(ROOT / path), say) for path in wanted.values()}
    builder = _Builder(client, docker_host, say)
    with ThreadPoolExecutor(len(wanted)) as pool:
        tags = dict(
            zip(
                wanted,
                pool.map(lambda name: builder(name, wanted[name], bases[wanted[name]]), wanted),
                strict=True,
            )
        )
    return Images(
        notification_api=tags["notification-api"],
        email_sender=tags["email-sender"],
        localstack=_chosen_localstack() or tags["localstack"],
        stand_ins=tags["stand-ins"],
    )


def _chosen_localstack() -> str | None:
    return os.environ.get("LOCALSTACK_IMAGE")


class _Builder:
    def __init__(self, client: docker.DockerClient, docker_host: str, say: Say) -> None:
        self._client = client
        self._say = say
        self._program = client_program()
        self._environment = build_environment(os.environ, docker_host)

    def __call__(self, name: str, dockerfile: str, base: str) -> str:
        """Build one image, unless it is there with the content that it would have; its name."""
        tag = f"notification-integration/{name}"
        before = self._image(tag)
        content = content_of(dockerfile, str(self._client.images.get(base).id))
        if before is not None and before.labels.get(CONTENT_LABEL) == content:
            return tag
        began = time.monotonic()
        self._say(f"building {name} on {base}")
        self._build(
            dockerfile,
            "--build-arg",
            f"BASE_IMAGE={base}",
            "--tag",
            tag,
            "--label",
            f"{CONTENT_LABEL}={content}",
        )
        self._say(f"built {name} in {time.monotonic() - began:.0f} s")
        now = self._image(tag)
        if before is not None and now is not None and before.id != now.id:
            # Nobody asks for it by its number; what builds share is kept in the builder's cache.
            with suppress(APIError):
                self._client.images.remove(before.id)
        return tag

    def _build(self, dockerfile: str, *arguments: str) -> None:
        with build_secrets() as secrets:
            done = subprocess.run(
                [
                    *(self._program, "build", "--progress", "plain", "--network", "host"),
                    *(*secrets, *arguments, "--file", str(ROOT / dockerfile), str(ROOT)),
                ],
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

    def _image(self, tag: str) -> Image | None:
        """What a name stands for at the moment."""
        try:
            return self._client.images.get(tag)
        except ImageNotFound:
            return None


def content_of(dockerfile: str, base: str, root: Path = ROOT) -> str:
    """Digest of everything that an image is made of: two builds with the same one are the same image.

    Args:
        dockerfile: Path below `root`.
        base: Id of the base image.
        root: The build's context.
    """
    digest = hashlib.sha256(f"{base}\n".encode())
    for path in [root / dockerfile, *copied_files(root / dockerfile, root)]:
        digest.update(
            f"{path.relative_to(root)} {path.stat().st_mode & 0o777:o} {path.stat().st_size}\n".encode()
        )
        digest.update(path.read_bytes())
    return digest.hexdigest()


def copied_files(dockerfile: Path, root: Path = ROOT) -> list[Path]:
    """Every file of the context that a Dockerfile copies, in order, but for what Python has compiled here."""
    sources = [
        root / source
        for arguments in _COPY.findall(dockerfile.read_text(encoding="utf-8"))
        if not arguments.startswith("--from=")
        for source in arguments.split()[:-1]
    ]
    files = {
        path
        for source in sources
        for path in ([source] if source.is_file() else source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(files)


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
