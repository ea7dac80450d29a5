"""What the system's own root declares, from a plan of it: the tests take every value from there."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

from tests.plan.offline import ACCOUNT_ID, ROOT_MODULE, STAGING, OfflineTerraform
from tests.plan.view import Container, Plan

REGION = "eu-central-1"
MAIL_HOST = "smtp.notifications.example"
MAIL_PORT = 2525
CLIENT = "integration"

# Staging, with a mail server that wants a login.
VARIABLES: Mapping[str, object] = {
    "mail": {
        "provider": "smtp",
        "from": "no-reply@staging.notifications.example",
        "smtp_host": MAIL_HOST,
        "smtp_port": MAIL_PORT,
    },
}
# A mail of the tests takes as long as a small Python program at most.
_MAX_PYTHONS = 20
_TRIES = 3
_PYTHON = "import asyncio, email, http.client, json, logging, ssl"
# From the least that the variable allows to what a test can wait for.
_SEND_TIMEOUTS = (10, 20)
_SECONDS_A_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Declared:
    """A plan of the root module, in the words of whoever starts its tasks."""

    plan: Plan

    def container(self, service: str) -> Container:
        """The application's container in a service's task definition."""
        return self.plan.service(service).container

    def memory(self, service: str) -> int:
        """MiB of a task."""
        return self.plan.service(service).memory

    @property
    def name(self) -> str:
        """First part of every name."""
        return f"{self.plan.variables['name']}-{self.plan.variables['environment']}"

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """What tests/integration/terraform has to be given, to create what the plan says.

        Secrets are not among it: a plan does not know them.
        """
        sender = self.container("email-sender").environment
        queue = self.plan.one("aws_sqs_queue", name=sender["QUEUE_NAME"])
        letters = self.plan.one("aws_sqs_queue", name=sender["DEAD_LETTER_QUEUE_NAME"])
        settings = self._settings()
        return {
            "name": self.name,
            "environment": sender["ENVIRONMENT"],
            "aws_region": REGION,
            "aws_account_id": ACCOUNT_ID,
            "queue": {
                "name": queue["name"],
                "visibility_timeout": queue["visibility_timeout_seconds"],
                "max_receive_count": json.loads(queue["redrive_policy"])["maxReceiveCount"],
                "retention_days": queue["message_retention_seconds"] // _SECONDS_A_DAY,
                "dead_letter_retention_days": letters["message_retention_seconds"] // _SECONDS_A_DAY,
            },
            "mail_domain": settings["email-sender"]["MAIL_FROM"].rpartition("@")[2],
            "ledger_name": sender["LEDGER_TABLE"],
            "settings": settings,
        }

    def _settings(self) -> dict[str, dict[str, str]]:
        settings: dict[str, dict[str, str]] = {}
        for parameter in self.plan.all("aws_ssm_parameter").values():
            service, variable = parameter["name"].removeprefix(f"/{self.name}/").split("/")
            settings.setdefault(service, {})[variable] = parameter["insecure_value"]
        return settings


def send_timeout_for(python_seconds: float) -> int:
    """Seconds that the Email Sender gives the mail server on a machine that is so fast.

    A mail server that says nothing is waited for so long, so nobody waits for longer than the machine needs;
    on one that is too slow for it, a mail would have no known outcome for no fault of the services.

    Args:
        python_seconds: What a small Python program takes.
    """
    least, most = _SEND_TIMEOUTS
    return min(max(ceil(_MAX_PYTHONS * python_seconds), least), most)


def python_seconds() -> float:
    """What a small Python program takes here, the quickest of a few: to be asked before anything starts."""

    def once() -> float:
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", _PYTHON], check=True)
        return time.monotonic() - began

    return min(once() for _ in range(_TRIES))


def declared(folder: Path, send_timeout: int) -> Declared:
    """Plan the root module, offline.

    Args:
        folder: Takes the plan.
        send_timeout: Seconds that one mail may take.
    """
    sender = {"send_timeout": send_timeout, "unknown_outcome": "hold"}
    terraform = OfflineTerraform(folder)
    try:
        planned = terraform.plan("integration", STAGING, **VARIABLES, email_sender=sender)
        return Declared(Plan(planned, ROOT_MODULE))
    finally:
        terraform.stop()
