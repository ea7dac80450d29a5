"""Program of a task of the load generator: runs Locust, tells it what is wanted, ships what it writes."""

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.errors import SetupError
from load_generator import settings as settings_of
from load_generator.lease import Lease
from load_generator.settings import Settings
from load_generator.shipping import Shipper
from verify.locust_process import MASTER_PORT, LocustProcess

_log = logging.getLogger("load_generator")
_TURN_SECONDS = 1.0
# A call that hangs must not outlive the lease.
_CALLS = Config(connect_timeout=5, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})


def main() -> int:
    """Run until Locust has ended; its exit status, 0 for one that left in order."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        settings = settings_of.read(os.environ)
        key = _api_key(settings)
    except (SetupError, BotoCoreError, ClientError) as error:
        _log.error("%s", error)
        return 2
    with tempfile.TemporaryDirectory(prefix="load-", dir=Path.home()) as folder:
        return _run(settings, key, Path(folder), stopping)


def _run(settings: Settings, key: str, folder: Path, stopping: threading.Event) -> int:
    locust = LocustProcess(f"Locust's {settings.role}", folder, settings.plan)
    shipper = Shipper(folder, sys.stdout.buffer)
    lease = Lease(settings.lease_seconds)
    ssm = _client("ssm") if settings.control else None
    locust.start(settings.url, key, settings.role, (settings.master, MASTER_PORT))
    try:
        while locust.running:
            if stopping.wait(_TURN_SECONDS):
                locust.terminate()
                break
            shipper.ship()
            if ssm is not None:
                lease.control(_read(ssm, settings.control), time.monotonic()).write(folder)
        ended = locust.wait(settings.plan.stop_seconds + _GRACE_SECONDS)
    finally:
        locust.terminate()
        locust.kill()
        shipper.finish()
    if lease.ran_out:
        _log.error("nobody has renewed %s for %g s: the load has ended", settings.control, lease.seconds)
    left = ended and locust.left
    if not left:
        _log.error("%s did not leave by itself: %s", locust.name, locust.log_end())
    return 0 if left and not lease.ran_out else 1


# For Locust to leave after the last answer; all of it ends well before `stopTimeout` does.
_GRACE_SECONDS = 15.0


def _read(ssm: Any, name: str) -> str | None:
    """The control as it is written, None if that cannot be told: the lease then runs on."""
    try:
        found = ssm.get_parameters(Names=[name])["Parameters"]
    except (BotoCoreError, ClientError) as error:
        _log.warning("%s cannot be read: %s", name, error)
        return None
    return str(found[0]["Value"]) if found else None


def _api_key(settings: Settings) -> str:
    """The API key, which a worker reads itself: a task definition holds no secret."""
    if not settings.key_secret:
        return ""
    answer = _client("secretsmanager").get_secret_value(SecretId=settings.key_secret)
    return str(answer["SecretString"]).strip()


def _client(service: str) -> Any:
    return cast("Any", boto3.client)(service, config=_CALLS)


if __name__ == "__main__":
    sys.exit(main())
