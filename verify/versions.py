"""Versions of the services to release: as they are, and each with one fault that a release has to find."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.shared_files import write_whole
from verify.errors import LoadError

_API, _SENDER = "notification_api", "email_sender"
_ACCEPTING = "        began = perf_counter()\n"
_LIVE = '        """Answer 200 as long as the process answers: what the load balancer asks."""\n'


@dataclass(frozen=True)
class Defect:
    """A defect that somebody has written into a service.

    Attributes:
        name: What is wrong with it, for a person.
        file: Where, below the folder of the services.
        before: Line that the fault is written behind.
        written: Lines of Python.
    """

    name: str
    file: str
    before: str
    written: str


FAILS = Defect(
    "answers one request in ten with 500",
    f"{_API}/routes.py",
    _ACCEPTING,
    '        if began * 1e6 % 10 < 1:\n            raise RuntimeError("a fault of this version")\n',
)
SLOW = Defect(
    "takes a quarter of a second longer",
    f"{_API}/routes.py",
    _ACCEPTING,
    '        await __import__("asyncio").sleep(0.25)\n',
)
LEAKS = Defect(
    "keeps two megabytes of each request",
    f"{_API}/routes.py",
    _ACCEPTING,
    '        request.app.extra.setdefault("kept", []).append(bytearray(b"x" * 2_000_000))\n',
)
CRASHES = Defect(
    "ends while it starts",
    f"{_API}/__main__.py",
    "import asyncio\n",
    'raise SystemExit("a fault of this version")\n',
)
UNHEALTHY = Defect(
    "never passes its health check",
    f"{_API}/health.py",
    _LIVE,
    '        raise unavailable("a fault of this version")\n',
)
OTHER_TYPE = Defect(
    "answers its health check with JSON",
    f"{_API}/health.py",
    _LIVE,
    '        return __import__("starlette.responses").responses.JSONResponse("ok")\n',
)
SENDER_CRASHES = Defect(
    "has an Email Sender that ends while it starts",
    f"{_SENDER}/__main__.py",
    "import sys\n",
    'raise SystemExit("a fault of this version")\n',
)


def write_version(services: Path, folder: Path, tag: str, fault: Defect | None = None) -> Mapping[str, Path]:
    """Write a version of both services; returns the folder of each by the name of its image's repository.

    Args:
        services: Folder with a folder of each service.
        folder: Where copies are written.
        tag: The version's; it stands in the code, so that no version is another one's image.
        fault: What is wrong with it; None for a good version.

    Raises:
        LoadError: The service has changed so that the fault cannot be written into it any more.
    """
    copies = {}
    for service in (_API, _SENDER):
        copy = folder / tag / service
        shutil.copytree(services / service, copy, ignore=shutil.ignore_patterns("__pycache__"))
        with (copy / "__init__.py").open("a", encoding="utf-8") as written:
            written.write(f"\n# Version {tag}\n")
        copies[service.replace("_", "-")] = copy
    if fault is not None:
        _write(fault, folder / tag)
    return copies


def _write(fault: Defect, folder: Path) -> None:
    file = folder / fault.file
    text = file.read_text("utf-8")
    if fault.before not in text:
        raise LoadError(
            f"{fault.file} lacks the line {fault.before.strip()!r}: change verify/versions.py, too"
        )
    write_whole(file, text.replace(fault.before, fault.before + fault.written, 1))
