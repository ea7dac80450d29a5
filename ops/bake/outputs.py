"""Names of canaries and of the stable services, as the root module's outputs have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import UsageError


@dataclass(frozen=True)
class Api:
    """The Notification API and its canary, behind one load balancer.

    Attributes:
        stable_service: Name of the stable ECS service.
        stable_target_group, canary_target_group: ARNs.
        canary_alarms: Names of the canary's alarms.
        share: The part of all requests that the canary is due, from 0 to 1.
    """

    stable_service: str
    stable_target_group: str
    canary_target_group: str
    canary_alarms: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Sender:
    """The Email Sender and its canary, on the same queues.

    Attributes:
        stable_service, canary_service: Names of the ECS services.
        cluster: Name of their cluster.
        environment: Value of the dimension `Environment` of what they count.
        canary_alarms: Names of the canary's alarms.
    """

    stable_service: str
    canary_service: str
    cluster: str
    environment: str
    canary_alarms: tuple[str, ...]


@dataclass(frozen=True)
class Deployed:
    """A release candidate and the stable services beside it.

    Attributes:
        region: AWS region.
        cluster: Name of the ECS cluster.
        api: The Notification API.
        sender: The Email Sender; None if it has no canary.
        without_canary: Names of services that have none.
    """

    region: str
    cluster: str
    api: Api
    sender: Sender | None = None
    without_canary: tuple[str, ...] = ()


def read_outputs(file: Path) -> Deployed:
    """The names in a file that `terraform output -json` has written.

    Raises:
        UsageError: It is no such file, or there is no canary.
    """
    try:
        return deployed({name: one["value"] for name, one in json.loads(file.read_text("utf-8")).items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"--outputs {file}: write it with `terraform output -json` in terraform/ ({error!r})"
        ) from error


def deployed(outputs: Mapping[str, Any]) -> Deployed:
    """The names in a root module's outputs.

    Raises:
        UsageError: There is no canary.
        KeyError: They are another module's.
    """
    stable, canary = outputs["notification_api"], outputs["canary"]
    if canary["service_name"] is None:
        raise UsageError("there is no canary: apply with canary = { image_tag, weight } first")
    sender = _sender(outputs)
    return Deployed(
        region=outputs["aws_region"],
        cluster=outputs["cluster_name"],
        api=Api(
            stable_service=stable["service_name"],
            stable_target_group=stable["target_group_arn"],
            canary_target_group=canary["target_group_arn"],
            canary_alarms=tuple(canary["alarms"]),
            share=canary["weight"] / 100,
        ),
        sender=sender,
        without_canary=() if sender else (outputs["email_sender"]["service_name"],),
    )


def _sender(outputs: Mapping[str, Any]) -> Sender | None:
    canary = outputs["canary"]
    # A root module from before the Email Sender had a canary does not have its name.
    name = canary.get("sender_service_name")
    if name is None:
        return None
    return Sender(
        stable_service=outputs["email_sender"]["service_name"],
        canary_service=name,
        cluster=outputs["cluster_name"],
        environment=outputs["environment"],
        canary_alarms=tuple(canary["sender_alarms"]),
    )
