"""Clients for the emulated AWS, and the environment that points other programs at it."""

import os
import threading
from functools import cached_property
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials
from botocore.exceptions import BotoCoreError, ClientError

from common.budget import budget
from stage.control_plane.callers import OWN_KEYS

(_ACCESS_KEY_ID,) = OWN_KEYS
_SECRET_ACCESS_KEY = "stage"  # noqa: S105 - the emulated AWS checks no signature
_OWN_CREDENTIALS = Credentials(_ACCESS_KEY_ID, _SECRET_ACCESS_KEY)

# Making a client is not thread-safe, using one is.
_MAKING = threading.Lock()
# More than the stage has loops and the observers have threads: nobody waits for a connection.
_CONNECTIONS = 32
# Longer than the longest long poll, 20 s
# (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html).
_READ_TIMEOUT_SECONDS = 60

# A person's own profile and files must neither be used nor get in the way.
_IGNORE_OWN_CONFIGURATION = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "ca_bundle": (None, None, None, None),
}
# botocore's name for what reads AWS's models, which takes longer than all else (measured: 100 ms of CPU for
# two clients, and 2 to 4 ms for each whose model is read already).
_LOADER = "data_loader"


class Aws:
    """boto3 clients for the emulated AWS, each made at its first use and kept.

    Safe to share between threads, as boto3 clients are
    (https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients).

    Attributes:
        endpoint_url: Where every service but SQS answers.
        sqs_endpoint_url: Where SQS answers; it carries the load, so it has a process of its own.
        region: Region of all clients.
    """

    def __init__(
        self,
        endpoint_url: str,
        sqs_endpoint_url: str,
        region: str = "eu-west-1",
        *,
        credentials: Credentials = _OWN_CREDENTIALS,
        like: botocore.session.Session | None = None,
    ) -> None:
        """Get ready; nothing is asked before a client is.

        Args:
            endpoint_url: Where every service but SQS answers.
            sqs_endpoint_url: Where SQS answers.
            region: Region of all clients.
            credentials: What clients act with; they are asked for the keys at each call.
            like: Session that has read AWS's models; None to read them anew.
        """
        self.endpoint_url = endpoint_url
        self.sqs_endpoint_url = sqs_endpoint_url
        self.region = region
        self._session = botocore.session.Session(session_vars=_IGNORE_OWN_CONFIGURATION)
        self._session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
        if like is not None:
            self._session.register_component(_LOADER, like.get_component(_LOADER))

    @cached_property
    def ecs(self) -> Any:
        """Amazon ECS."""
        return self._client("ecs")

    @cached_property
    def ecr(self) -> Any:
        """Amazon ECR."""
        return self._client("ecr")

    @cached_property
    def elbv2(self) -> Any:
        """Elastic Load Balancing, version 2."""
        return self._client("elbv2")

    @cached_property
    def cloudwatch(self) -> Any:
        """Amazon CloudWatch."""
        return self._client("cloudwatch")

    @cached_property
    def autoscaling(self) -> Any:
        """Application Auto Scaling."""
        return self._client("application-autoscaling")

    @cached_property
    def servicediscovery(self) -> Any:
        """AWS Cloud Map."""
        return self._client("servicediscovery")

    @cached_property
    def sqs(self) -> Any:
        """Amazon SQS, from its own process."""
        return self._client("sqs", self.sqs_endpoint_url)

    @cached_property
    def dynamodb(self) -> Any:
        """Amazon DynamoDB."""
        return self._client("dynamodb")

    @cached_property
    def logs(self) -> Any:
        """Amazon CloudWatch Logs."""
        return self._client("logs")

    @cached_property
    def ssm(self) -> Any:
        """AWS Systems Manager, for its Parameter Store."""
        return self._client("ssm")

    @cached_property
    def iam(self) -> Any:
        """AWS Identity and Access Management."""
        return self._client("iam")

    @cached_property
    def sts(self) -> Any:
        """AWS Security Token Service."""
        return self._client("sts")

    @cached_property
    def secretsmanager(self) -> Any:
        """AWS Secrets Manager."""
        return self._client("secretsmanager")

    def acting_as(self, credentials: Credentials) -> "Aws":
        """Clients for the same AWS that act with other credentials, such as those of a role's session."""
        return Aws(
            self.endpoint_url, self.sqs_endpoint_url, self.region, credentials=credentials, like=self._session
        )

    def environment(self) -> dict[str, str]:
        """Environment variables with which a program takes the emulated AWS for AWS.

        It has no proxy and no certificate bundle, so it must not be merged into an environment
        that has them.
        """
        return {
            **self.location(),
            "AWS_ACCESS_KEY_ID": _ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": _SECRET_ACCESS_KEY,
        }

    def location(self) -> dict[str, str]:
        """Of these variables, those that say where the emulated AWS is, and not who calls."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ENDPOINT_URL_SQS": self.sqs_endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _client(self, service: str, endpoint_url: str | None = None) -> Any:
        with _MAKING:
            return self._session.create_client(
                service,
                region_name=self.region,
                endpoint_url=endpoint_url or self.endpoint_url,
                config=Config(
                    proxies={},
                    max_pool_connections=_CONNECTIONS,
                    read_timeout=budget(_READ_TIMEOUT_SECONDS),
                    # The only error worth repeating here is a connection refused at start-up.
                    retries={"mode": "standard", "total_max_attempts": 3},
                ),
            )


def in_words(error: ClientError | BotoCoreError) -> str:
    """A failed call as a sentence: the error's code and what AWS says of it."""
    if isinstance(error, ClientError):
        told = error.response["Error"]
        return f"{told['Code']}: {told.get('Message', '')}"
    return f"RequestError: {error}"


class _Given(CredentialProvider):
    """Provider of credentials that are there already."""

    METHOD = "given"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        """Give them."""
        return self._credentials
