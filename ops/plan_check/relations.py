"""Resources that are parts of others in a plan."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ops.plan_check.change import Change
from ops.plan_check.values import UNKNOWN

# Types that are a part of another resource: the attribute that names that one, its types, and its attribute.
_PARTS = (
    (r"aws_s3_bucket_.+", "bucket", "aws_s3_bucket", "bucket"),
    ("aws_sqs_queue_policy", "queue_url", "aws_sqs_queue", "id"),
    ("aws_sns_topic_policy", "arn", "aws_sns_topic", "arn"),
    ("aws_secretsmanager_secret_policy", "secret_arn", "aws_secretsmanager_secret", "arn"),
    (r"aws_secretsmanager_secret_(version|rotation)", "secret_id", "aws_secretsmanager_secret", "id"),
    ("aws_kms_key_policy", "key_id", "aws_kms_key", "key_id"),
    (r"aws_ecr_(repository|lifecycle)_policy", "repository", "aws_ecr_repository", "name"),
    ("aws_dynamodb_resource_policy", "resource_arn", "aws_dynamodb_table", "arn"),
    (r"aws_iam_role_policy.*", "role", "aws_iam_role", "name"),
    (r"aws_iam_user_policy.*", "user", "aws_iam_user", "name"),
    (r"aws_iam_group_policy.*", "group", "aws_iam_group", "name"),
    ("aws_flow_log", "vpc_id", "aws_vpc", "id"),
    (r"aws_(route|route_table_association)", "route_table_id", "aws_route_table", "id"),
    ("aws_route_table_association", "subnet_id", "aws_subnet", "id"),
    ("aws_network_acl_rule", "network_acl_id", "aws_network_acl", "id"),
    (r"aws_cloudwatch_log_.+_filter", "log_group_name", "aws_cloudwatch_log_group", "name"),
    (r"aws_sesv2_configuration_set_.+", "configuration_set_name",
     "aws_sesv2_configuration_set", "configuration_set_name"),
    (r"aws_appautoscaling_(policy|scheduled_action)", "resource_id",
     "aws_appautoscaling_target", "resource_id"),
)  # fmt: skip


def is_new(changes: Iterable[Change], part: Change) -> bool:
    """Whether what a part belongs to is made by the same plan; False of what is no part of anything."""
    return any(
        part.after.get(link) is UNKNOWN
        or any(
            whole.creates
            and re.fullmatch(whole_types, whole.type)
            and _same(whole.after.get(name), part.after.get(link))
            for whole in changes
        )
        for types, link, whole_types, name in _PARTS
        if re.fullmatch(types, part.type)
    )


def joins_what_stands(changes: Iterable[Change], part: Change) -> bool:
    """Whether a part is new, and what it belongs to is not."""
    is_part = any(re.fullmatch(types, part.type) for types, *_ in _PARTS)
    return part.creates and is_part and not is_new(changes, part)


def goes_with_its_whole(changes: Sequence[Change], part: Change) -> bool:
    """Whether what a part belongs to is deleted by the same plan, which says it all."""
    if _scales_what_goes(changes, part):
        return True
    return any(
        whole.deletes
        and re.fullmatch(whole_types, whole.type)
        and _same(whole.before.get(name), part.before.get(link))
        for types, link, whole_types, name in _PARTS
        if re.fullmatch(types, part.type)
        for whole in changes
    )


def _scales_what_goes(changes: Sequence[Change], part: Change) -> bool:
    """Whether an ECS service that is deleted is what this scales."""
    resource = str(part.before.get("resource_id", ""))
    if not part.type.startswith("aws_appautoscaling_") or not resource.startswith("service/"):
        return False
    _, cluster, service = [*resource.split("/"), ""][:3]
    return any(
        one.type == "aws_ecs_service"
        and one.deletes
        and one.before.get("name") == service
        and str(one.before.get("cluster", "")).rpartition("/")[2] == cluster
        for one in changes
    )


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, str) and one != "" and one == other
