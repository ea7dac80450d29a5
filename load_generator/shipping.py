"""Ships what Locust writes down to the task's output, which ECS takes to CloudWatch Logs."""

from pathlib import Path
from typing import BinaryIO

from common.growing_logs import Tail
from verify.request_log import GENERATOR, REQUESTS

GENERATOR_MARK = b'{"generator": '


class Shipper:
    """Copies each whole line of the request log once, and at the end the generator's own statistics."""

    def __init__(self, folder: Path, output: BinaryIO) -> None:
        self._requests = Tail(folder / REQUESTS)
        self._statistics = folder / GENERATOR
        self._output = output

    def ship(self) -> None:
        """Copy what was written since the last time."""
        lines = self._requests.new()
        if lines:
            self._output.write(b"\n".join(lines) + b"\n")
            self._output.flush()

    def finish(self) -> None:
        """Copy the rest and, if Locust left in order, its statistics: a line that nothing comes after."""
        self.ship()
        if self._statistics.exists():
            self._output.write(GENERATOR_MARK + self._statistics.read_bytes().strip() + b"}\n")
            self._output.flush()
