"""A stage of the whole system, as `python -m stage up` brings it up: the AWS that workflows meet here."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from common.budget import budget
from tests.waiting import LONG, START, eventually
from tests.workflows.declared import ROOT

# Real seconds: an apply of everything where nothing is kept of an earlier one.
_UP = budget(600.0)


@dataclass(frozen=True)
class Up:
    """A stage that is up.

    Attributes:
        name: What it is called.
        log: What it says.
    """

    name: str
    log: Path

    def ask(self, *words: str) -> Any:
        """Answer of one of its commands, as JSON."""
        told = subprocess.run(
            [sys.executable, "-m", "stage", *words, "--name", self.name, "--json"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=START,
        )
        return json.loads(told.stdout) if told.returncode == 0 else None

    @cached_property
    def reached(self) -> Any:
        """How it is reached, once others may apply there."""
        return eventually(lambda: (told := self.ask("status")) and told["terraform"] and told, LONG)

    @property
    def folder(self) -> Path:
        """Its copy of the root module, with its state and its variables."""
        return Path(self.reached["terraform"])

    @property
    def environment(self) -> dict[str, str]:
        """What the steps of a job need to reach it, and it alone."""
        region = self.reached["environment"]["AWS_REGION"]
        return {**self.reached["environment"], "AWS_DEFAULT_REGION": region, "OPS_FOLDER": str(self.folder)}

    def client(self, service: str) -> Any:
        """A client of boto3's."""
        given = self.reached["environment"]
        return boto3.client(
            service,
            region_name=given["AWS_REGION"],
            endpoint_url=given["AWS_ENDPOINT_URL"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def stage_up(folder: Path) -> Iterator[Up]:
    """Bring one up, and take it down.

    Args:
        folder: For what it says.
    """
    up = Up(f"workflows-{os.getpid()}", folder / "stage.log")
    with up.log.open("w") as log, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "stage", "up", "--name", up.name, "--port", str(port)),
                # Nothing is scaled here, and latencies scatter less where tasks have room.
                *("--vcpu-cores", "1"),
            ],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: process.poll() is not None or "stage is up" in up.log.read_text(), _UP)
        if process.poll() is not None:
            raise AssertionError(f"the stage did not come up: {up.log.read_text()}")
        yield up
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(LONG)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
