"""One process of the AWS provider for every Terraform that a worker starts.

Most of a short plan is the provider's start. Terraform works with a running one when it is told where
(https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode): that
takes more than half off the time of a plan, and changes nothing in it.
"""

import json
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import IO

from common.die_with_parent import launcher
from tests.waiting import SOON

_ANNOUNCEMENT = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")


class RunningProvider:
    """A provider that waits for Terraform, one at a time, until it is stopped.

    Two plans at once would share its configuration: a worker makes one after the other.

    Args:
        binary: The provider.
        env: Its environment; credentials and certificates of the person must not be in it.

    Raises:
        RuntimeError: It ended before it said where it listens.
    """

    def __init__(self, binary: Path, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [*launcher(), str(binary.resolve()), "-debug"],
            env=dict(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # Ctrl-C is for pytest, which stops this when the last Terraform has ended.
            start_new_session=True,
        )
        output = self._process.stdout
        assert output is not None, "its output is a pipe"
        try:
            self.address = _address(output)
        except RuntimeError:
            output.close()
            self._process.wait()
            raise
        # A full pipe would stop it.
        self._drain = Thread(target=_drain, args=(output,), daemon=True)
        self._drain.start()

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(SOON)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._drain.join(SOON)


def provider_binary(data_dir: Path) -> Path:
    """The AWS provider that `terraform init` has installed.

    Raises:
        FileNotFoundError: There is none.
    """
    found = sorted(data_dir.glob("providers/*/hashicorp/aws/*/*/terraform-provider-aws_*"))
    if not found:
        raise FileNotFoundError(f"terraform init has left no AWS provider in {data_dir}")
    return found[-1]


def _address(output: IO[str]) -> str:
    for line in output:
        announced = _ANNOUNCEMENT.search(line)
        if announced:
            json.loads(announced[1])
            return announced[1]
    raise RuntimeError("the AWS provider ended before it said where it listens")


def _drain(output: IO[str]) -> None:
    with output:
        output.read()
