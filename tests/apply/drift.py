"""Changes that somebody makes in the console."""

import json
from typing import Any

from common.pages import listed
from tests.apply.clients import Clients


def shift_all_requests_to_the_canary(aws: Clients) -> None:
    """Turn around the weights of the listener that forwards."""
    elbv2 = aws("elbv2")
    balancer = listed(elbv2, "describe_load_balancers", "LoadBalancers")[0]["LoadBalancerArn"]
    listener = next(
        one
        for one in listed(elbv2, "describe_listeners", "Listeners", LoadBalancerArn=balancer)
        if one["DefaultActions"][0]["Type"] == "forward"
    )
    groups: list[dict[str, Any]] = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    turned = [{**group, "Weight": 100 - group["Weight"]} for group in groups]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": turned}}
    elbv2.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[action])


def let_everybody_send(aws: Clients, queue: str) -> None:
    """Open a queue to the world."""
    url = aws("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def silence(aws: Clients, alarm: str) -> None:
    """Raise an alarm's threshold out of reach."""
    cloudwatch = aws("cloudwatch")
    (found,) = listed(cloudwatch, "describe_alarms", "MetricAlarms", AlarmNames=[alarm])
    put = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{key: found[key] for key in put if found.get(key)} | {"Threshold": 1e9})


def unprotect(aws: Clients, system: str) -> None:
    """Take off what keeps load balancer and ledger of a system from being deleted."""
    elbv2 = aws("elbv2")
    (balancer,) = [
        one["LoadBalancerArn"]
        for one in listed(elbv2, "describe_load_balancers", "LoadBalancers")
        if one["LoadBalancerName"].startswith(system)
    ]
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=balancer,
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    )
    aws("dynamodb").update_table(TableName=f"{system}-deliveries", DeletionProtectionEnabled=False)
