"""Bucket policies that tell a request's conditions from nobody's."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from stage.control_plane.extensions.patching import replace


def install() -> None:
    """Leave out what a bucket policy says under a condition.

    moto takes every condition for a refusal, also that of a statement which denies plain HTTP and so
    concerns nobody here: what the stage sends over the loopback stands for TLS.
    """
    replace(FakeBucket, get_permission=_get_permission)


def _get_permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    unconditional = [statement for statement in statements if not statement.get("Condition")]
    if not unconditional:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**policy, "Statement": unconditional})).is_action_permitted(action, resource)
