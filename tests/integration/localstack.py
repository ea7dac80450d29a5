"""LocalStack, as the tests see it."""

from contextlib import AbstractContextManager, closing

import httpx

from tests.integration.aws import AwsClients
from tests.integration.containers import Container
from tests.integration.waiting import ANSWER_SECONDS, PATIENCE_SECONDS

PORT = 4566
_READS = {
    "cloudwatch": "describe_alarms",
    "events": "list_rules",
    "iam": "list_roles",
    "kms": "list_keys",
    "logs": "describe_log_groups",
    "secretsmanager": "list_secrets",
    "ses": "list_identities",
    "sns": "list_topics",
    "sqs": "list_queues",
    "ssm": "describe_parameters",
    "sts": "get_caller_identity",
}
"""Services that are needed, each with a call that changes nothing."""
SETTINGS = {
    "GATEWAY_LISTEN": f"0.0.0.0:{PORT}",
    "LOCALSTACK_HOST": f"localstack:{PORT}",
    "SERVICES": ",".join(_READS),
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
        self._attach_operations()

    def _attach_operations(self) -> None:
        """Ask each service once, and nothing beside it.

        A service's operations are attached by its first request, and one that comes meanwhile is answered
        with 501, "no handler for operation": the service is noted as loaded before its operations are
        (ServiceLoader in localstack/aws/handlers/service_plugin.py).
        """
        with closing(AwsClients({"AWS_ENDPOINT_URL": self.url})) as clients:
            for service, read in _READS.items():
                getattr(clients(service), read)()

    def _is_ready(self) -> bool:
        try:
            health = httpx.get(f"{self.url}/_localstack/health", timeout=ANSWER_SECONDS).json()
        except (httpx.HTTPError, ValueError):
            return False
        return all(health["services"].get(name) in {"available", "running"} for name in _READS)
