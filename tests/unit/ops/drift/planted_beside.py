"""Drifts by hand beside what is declared: who else sends, takes, filters and joins."""

from tests.unit.ops.drift.system import CLUSTER, TRUST, allow


def web_acl(system):
    """Have WAF decide who is answered."""
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "x"}
    waf = system.client("wafv2")
    acl = waf.create_web_acl(
        Name="x", Scope="REGIONAL", DefaultAction={"Block": {}}, VisibilityConfig=visibility
    )["Summary"]["ARN"]
    waf.associate_web_acl(WebACLArn=acl, ResourceArn=system.ids["balancer"])


def event_rule(system, target):
    """Have EventBridge send to what is ours."""
    events = system.client("events")
    events.put_rule(Name="by-hand", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="by-hand", Targets=[{"Id": "1", "Arn": target}])


def _scheduled_event(system):
    target = {"Arn": system.ids["queue_arn"], "RoleArn": "arn:aws:iam::123456789012:role/x"}
    system.client("scheduler").create_schedule(
        Name=f"{CLUSTER}-by-hand",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )


def function(system):
    """Have a function take messages of a queue."""
    trust = TRUST.replace("ecs-tasks", "lambda")
    role = system.client("iam").create_role(RoleName="x", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    functions = system.client("lambda")
    functions.create_function(
        FunctionName="taker", Runtime="python3.11", Role=role, Handler="x.x", Code={"ZipFile": b"x"}
    )
    functions.create_event_source_mapping(FunctionName="taker", EventSourceArn=system.ids["queue_arn"])


def pipe(system, source):
    """Have messages of a queue be taken elsewhere."""
    system.client("pipes").create_pipe(
        Name="taker",
        Source=source,
        Target="arn:aws:sqs:eu-central-1:123456789012:elsewhere",
        RoleArn="arn:aws:iam::123456789012:role/x",
    )


def peering(system, *, asked_by_us):
    """Join the VPC to another one."""
    ec2, ours = system.client("ec2"), system.ids["vpc"]
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    asks, is_asked = (ours, other) if asked_by_us else (other, ours)
    ec2.create_vpc_peering_connection(VpcId=asks, PeerVpcId=is_asked)


def _transit(system):
    ec2 = system.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=system.ids["vpc"], SubnetIds=system.ids["subnets"]
    )


def _vpn(system):
    ec2 = system.client("ec2")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=system.ids["vpc"])


def share_ledger(system):
    """Let somebody else read the ledger."""
    system.client("dynamodb").put_resource_policy(
        ResourceArn=system.ids["table_arn"], Policy=allow("dynamodb:GetItem")
    )


def _unsubscribe(system):
    sns = system.client("sns")
    (one,) = sns.list_subscriptions_by_topic(TopicArn=system.ids["topic"])["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


# As in planted.py.
PLANTED = (
    ("requests filtered", web_acl, "aws_lb.this", "web_acl_arn"),
    (
        "events sent to a queue",
        lambda s: event_rule(s, s.ids["queue_arn"]),
        "aws_sqs_queue.this",
        "event_rule[by-hand]",
    ),
    (
        "events sent to a topic",
        lambda s: event_rule(s, s.ids["topic"]),
        "aws_sns_topic.alarms",
        "event_rule[by-hand]",
    ),
    (
        "tasks started by events",
        lambda s: event_rule(s, s.declared("aws_ecs_cluster.this")["arn"]),
        "aws_ecs_cluster.this",
        "event_rule[by-hand]",
    ),
    (
        "event rule added",
        lambda s: s.client("events").put_rule(Name=f"{CLUSTER}-x", ScheduleExpression="rate(1 day)"),
        f"events: {CLUSTER}-x",
        "resource",
    ),
    ("schedule of events added", _scheduled_event, f"scheduler: {CLUSTER}-by-hand", "resource"),
    ("messages taken by a function", function, "aws_sqs_queue.this", "consumer[arn:aws:lambda:"),
    (
        "messages taken by a pipe",
        lambda s: pipe(s, s.ids["queue_arn"]),
        "aws_sqs_queue.this",
        "consumer[arn:aws:pipes:",
    ),
    ("peering asked for", lambda s: peering(s, asked_by_us=True), "pcx-", "resource"),
    ("peering asked of us", lambda s: peering(s, asked_by_us=False), "pcx-", "resource"),
    ("transit gateway attached", _transit, "tgw-attach-", "resource"),
    ("VPN attached", _vpn, "vgw-", "resource"),
    ("subscription taken away", _unsubscribe, "aws_sns_topic.alarms", "subscription[email:ops@"),
    (
        "ledger shared",
        share_ledger,
        "aws_dynamodb_table.this",
        "policy",
    ),
)
