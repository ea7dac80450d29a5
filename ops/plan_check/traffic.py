"""Resources that serve traffic: deleted, or replaced."""

import re
from collections.abc import Iterator

from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, Kind

# Types, the word for one of them, and what follows while there is none. The first row that fits is the one.
_SERVING = (
    (r"aws_(a?lb|elb)", "load balancer", "its name and its addresses go, and no request reaches a service"),
    (r"aws_a?lb_listener", "listener", "the load balancer answers no request on its port"),
    (r"aws_a?lb_listener_rule", "listener rule", "the requests that it routes go to another target"),
    (r"aws_a?lb_listener_certificate", "certificate of a listener", "clients of its name get an error"),
    (r"aws_a?lb_target_group(_attachment)?", "target group", "requests find no task behind it"),
    ("aws_ecs_service", "ECS service", "all of its tasks stop"),
    ("aws_ecs_cluster", "ECS cluster", "every service in it stops"),
    (r"aws_ecs_(cluster_)?capacity_providers?", "capacity provider", "tasks have nowhere to start"),
    ("aws_ecs_task_set", "task set", "all of its tasks stop"),
    ("aws_vpc", "VPC", "everything in it is cut off"),
    ("aws_subnet", "subnet", "tasks and load balancers have to leave it"),
    ("aws_nat_gateway", "NAT gateway", "private subnets do not reach the internet through it"),
    ("aws_eip(_association)?", "public address", "whoever knows or allows it is cut off"),
    (r"aws_(egress_only_)?internet_gateway(_attachment)?", "internet gateway", "the VPC is cut off"),
    (r"aws_(default_)?route_table", "route table", "its subnets lose their routes"),
    (r"aws_(main_)?route_table_association", "route table's association", "the subnet loses its routes"),
    ("aws_route", "route", "what takes it does not arrive"),
    (r"aws_vpc_endpoint(_subnet_association|_route_table_association)?", "VPC endpoint",
     "calls to AWS from private subnets lose their way"),
    (r"aws_(vpn|dx|ec2_transit_gateway|vpc_peering|customer_gateway)(_.+)?", "connection",
     "the networks behind it are cut off"),
    (r"aws_service_discovery_.+", "Cloud Map entry", "callers find no task by its name"),
    (r"aws_route53_(record|zone|resolver_rule|resolver_endpoint)(_association)?", "DNS entry",
     "its names lead nowhere"),
    (r"aws_(acm|iam_server)_certificate", "certificate", "clients are refused or get an error"),
    (r"aws_appmesh_.+", "part of the mesh", "services do not reach each other through it"),
    (r"aws_vpclattice_.+", "part of the service network", "services do not reach each other through it"),
    (r"aws_ses(v2)?_(configuration_set|(email|domain)_identity)", "setting of SES", "mails are not sent"),
    (r"aws_sesv2_(dedicated_ip_pool|.+_mail_from_attributes)", "setting of SES", "mails are refused as spam"),
    ("aws_sns_topic_subscription", "subscription", "its endpoint is told nothing"),
    (r"aws_lambda_(function|alias|function_url|event_source_mapping)", "function", "nobody can call it"),
    (r"aws_api_gateway_(rest_api|stage|domain_name|base_path_mapping|resource|method|integration|vpc_link)",
     "part of an API", "its requests fail"),
    (r"aws_apigatewayv2_(api|stage|route|integration|domain_name|api_mapping|vpc_link)",
     "part of an API", "its requests fail"),
    (r"aws_(cloudfront_distribution|globalaccelerator_.+)", "way in from the edge", "requests do not arrive"),
    (r"aws_(instance|autoscaling_group|eks_.+|apprunner_service|elastic_beanstalk_environment)",
     "compute", "what runs on it stops"),
    (r"aws_(cloudwatch_event_(rule|target)|scheduler_schedule|sfn_state_machine|pipes_pipe)", "trigger",
     "what it starts does not start"),
)  # fmt: skip

# Gone they are missed; a replacement does the same again.
_SCALING = re.compile(
    r"aws_appautoscaling_(target|policy|scheduled_action)|aws_autoscaling_(policy|schedule)"
)


def no_longer_serves(change: Change) -> Iterator[Finding]:
    """Resources that serve traffic and are deleted or replaced."""
    noun, effect = next(
        ((noun, effect) for types, noun, effect in _SERVING if re.fullmatch(types, change.type)), ("", "")
    )
    # What is left of an earlier replacement serves nobody.
    if not noun or change.deposed:
        return
    if change.deletes:
        yield Finding(change.address, Kind.TRAFFIC, f"The {noun} is deleted: {effect}.")
    elif change.replaces:
        why = f", {change.why_replaced}" if change.why_replaced else ""
        yield Finding(
            change.address,
            Kind.TRAFFIC,
            f"The {noun} is deleted and made anew{why}: until the new one has taken over, {effect}.",
        )


def no_longer_scales(change: Change) -> Iterator[Finding]:
    """Scaling that is taken away."""
    if change.deletes and _SCALING.fullmatch(change.type):
        yield Finding(
            change.address,
            Kind.TRAFFIC,
            "Scaling is taken away: no tasks are added by it any more when the load grows.",
        )
