"""LocalStack, as the tests see it."""

from contextlib import AbstractContextManager

import httpx

from tests.integration.containers import Container
from tests.integration.waiting import ANSWER_SECONDS, PATIENCE_SECONDS

PORT = 4566
SETTINGS = {
    "GATEWAY_LISTEN": f"0.0.0.0:{PORT}",
    "LOCALSTACK_HOST": f"localstack:{PORT}",
    "SERVICES": "cloudwatch,events,iam,kms,logs,secretsmanager,ses,sns,sqs,ssm,sts",
    "EAGER_SERVICE_LOADING": "1",
    # Nothing is asked of, or told to, anybody outside the network.
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    "DNS_ADDRESS": "0",
    # Seconds; AWS itself counts once a minute.
    "SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL": "10",
    # A queue that was just deleted may be made again at once.
    "SQS_DELAY_RECENTLY_DELETED": "0",
}


class LocalStack:
    """AWS but for what the stand-ins serve.

    Args:
        container: What runs it.
    """

    def __init__(self, container: Container) -> None:
        self._container = container

    @property
    def url(self) -> str:
        """Where it answers to the tests."""
        return self._container.url(PORT)

    def start(self) -> None:
        """Start it and wait until every service that is needed is there."""
        self._container.start()
        self.wait()

    def stop(self) -> None:
        """SIGTERM, and wait until what it holds is written down."""
        self._container.wrapped.stop(timeout=int(PATIENCE_SECONDS))

    def come_back(self) -> None:
        """Start the same container again, with what it held."""
        self._container.wrapped.start()
        self.wait()

    def frozen(self) -> AbstractContextManager[None]:
        """AWS is silent for the time of the block."""
        return self._container.frozen()

    def wait(self) -> None:
        """Wait until every service answers."""
        self._container.wait_for("LocalStack", self._is_ready)

    def _is_ready(self) -> bool:
        try:
            health = httpx.get(f"{self.url}/_localstack/health", timeout=ANSWER_SECONDS).json()
        except (httpx.HTTPError, ValueError):
            return False
        wanted = SETTINGS["SERVICES"].split(",")
        return all(health["services"].get(name) in {"available", "running"} for name in wanted)
