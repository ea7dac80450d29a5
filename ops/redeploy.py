"""`python -m ops.redeploy`: deploy again what ECS has given up, and wait for it.

A failed deployment starts no more tasks until a new one is forced
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html).
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from common.pages import described_services, listed
from ops.deployments import ENDED, rollout_state, why

_TERRAFORM = Path(__file__).resolve().parents[1] / "terraform"
_POLL_SECONDS = 10.0
# As long as Terraform waits for an update.
_BUDGET_SECONDS = 1800.0

Say = Callable[[str], None]


class RedeployError(Exception):
    """Failure of the command, in one line that says what is wrong and what to do about it."""


def redeploy(
    ecs: Any,
    cluster: str,
    say: Say,
    poll_seconds: float = _POLL_SECONDS,
    budget_seconds: float = _BUDGET_SECONDS,
) -> bool:
    """Force a new deployment of every service whose last one failed, and wait for all of them.

    Args:
        ecs: boto3 client.
        cluster: Name of the cluster.
        say: Told what is done and what became of it.
        poll_seconds: Seconds between two looks.
        budget_seconds: Seconds that all services get together.

    Returns:
        Whether every deployment completed.

    Raises:
        RedeployError: The cluster has no service.
    """
    services = _described(ecs, cluster)
    if not services:
        raise RedeployError(f"cluster {cluster} has no service: terraform apply makes them")
    failed = [one["serviceName"] for one in services if rollout_state(one) == "FAILED"]
    if not failed:
        say("No deployment has failed: nothing to do.")
        return True
    for name in failed:
        ecs.update_service(cluster=cluster, service=name, forceNewDeployment=True)
        say(f"{name}: deploying again")
    waiting = Retrying(
        retry=retry_if_result(lambda states: not ENDED.issuperset(states.values())),
        stop=stop_after_delay(budget_seconds),
        wait=wait_fixed(poll_seconds),
    )
    try:
        states = waiting(_states, ecs, cluster, failed)
    except RetryError as error:
        states = error.last_attempt.result()
    for name, state in states.items():
        say(f"{name}: {state}{'' if state == 'COMPLETED' else why(ecs, cluster, name)}")
    return set(states.values()) == {"COMPLETED"}


def applied(folder: Path = _TERRAFORM) -> tuple[str, str]:
    """Region and cluster of the system that a root module has applied.

    Raises:
        RedeployError: Terraform cannot tell.
    """
    try:
        told = subprocess.run(  # noqa: S603 - the folder is ours
            ["terraform", f"-chdir={folder}", "output", "-json"],  # noqa: S607 - whichever applied it
            capture_output=True,
            text=True,
            check=True,
        )
        outputs = json.loads(told.stdout)
        return outputs["aws_region"]["value"], outputs["cluster_name"]["value"]
    except FileNotFoundError:
        raise RedeployError("terraform is not on PATH: install Terraform 1.11 or newer") from None
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.split())
        raise RedeployError(f"terraform output fails in {folder}: {reason}") from None
    except (ValueError, KeyError):
        raise RedeployError(
            f"nothing is applied in {folder}: run terraform init and apply there first"
        ) from None


def main() -> int:
    """Deploy again; 0 if every deployment completed, 1 if one did not, 2 if it could not be tried."""
    try:
        region, cluster = applied()
        ecs = boto3.Session(region_name=region).client("ecs")
        return 0 if redeploy(ecs, cluster, _say) else 1
    except RedeployError as error:
        reason = str(error)
    except (BotoCoreError, ClientError) as error:
        reason = f"AWS: {error}"
    sys.stderr.write(f"redeploy: {reason}\n")
    return 2


def _described(ecs: Any, cluster: str) -> list[dict[str, Any]]:
    return described_services(ecs, cluster, listed(ecs, "list_services", "serviceArns", cluster=cluster))


def _states(ecs: Any, cluster: str, names: Sequence[str]) -> dict[str, str]:
    return {
        one["serviceName"]: rollout_state(one)
        for one in _described(ecs, cluster)
        if one["serviceName"] in names
    }


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
