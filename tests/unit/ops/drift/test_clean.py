"""Situations that the system brings about itself, none of which is drift."""

import json

import pytest

from ops.drift.finding import Finding
from ops.drift.sources import SOURCES, look
from ops.drift.state import State
from tests.unit.ops.drift.planted_beside import event_rule, function, peering, pipe, share_ledger, web_acl
from tests.unit.ops.drift.system import CLUSTER, RESOURCE, SECRET, TRUST, allow, start

_SCALED = [one for one in SOURCES if one[0] in {"ECS services", "scaling", "Cloud Map", "targets"}]

_BESIDE = (
    web_acl,
    lambda system: event_rule(system, system.ids["queue_arn"]),
    function,
    lambda system: pipe(system, source=system.ids["queue_arn"]),
    lambda system: peering(system, asked_by_us=False),
    share_ledger,
)


def findings(system):
    """All findings in AWS; every source must be read."""
    found, failed = look(system.client, State(system.document()))
    assert [] == failed
    return found


def test_what_was_just_applied_is_clean(system):
    """Every source is read, and none finds anything."""
    assert [] == findings(system)


def test_tasks_of_a_service_are_its_own_targets_and_instances(system):
    """Load balancer and Cloud Map know them by their addresses."""
    start(system, 3)

    assert [] == findings(system)


@pytest.mark.parametrize("count", [2, 5, 10])
def test_scaling_within_its_bounds_is_clean(system, count):
    """Autoscaling owns the desired count."""
    system.client("ecs").update_service(cluster=CLUSTER, service="notification-api", desiredCount=count)

    assert [] == findings(system)


def test_a_scheduled_minimum_in_force_is_clean(system):
    """The scalable target has the bounds of a declared action."""
    system.client("application-autoscaling").register_scalable_target(
        **system.ids["target"], MinCapacity=6, MaxCapacity=10
    )

    assert [] == findings(system)


def test_a_scheduled_minimum_of_nobody_is_drift(system):
    """Bounds that no action sets were set by hand."""
    system.client("application-autoscaling").register_scalable_target(
        **system.ids["target"], MinCapacity=5, MaxCapacity=10
    )

    assert ["min_capacity"] == [one.attribute for one in findings(system)]


@pytest.mark.parametrize("weight", [1, 5, 25, 50, 100])
def test_every_step_of_a_release_is_clean(system, weight):
    """The rule that shares requests with a canary is declared by then, and so is its service."""
    rule = system.client("elbv2").create_rule(
        ListenerArn=system.ids["listener"],
        Priority=100,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["*"]}}],
        Actions=[{"Type": "forward", "ForwardConfig": system.shares(100 - weight, weight)}],
    )["Rules"][0]
    system.declare(
        "aws_lb_listener_rule.canary[0]",
        arn=rule["RuleArn"],
        listener_arn=system.ids["listener"],
        priority=100,
        condition=[{"path_pattern": [{"values": ["*"]}], "host_header": []}],
        action=[{"type": "forward", "forward": system.declared_shares(100 - weight, weight)}],
    )
    service = system.client("ecs").create_service(
        cluster=CLUSTER,
        serviceName="notification-api-canary",
        taskDefinition=system.ids["definition"],
        desiredCount=1,
    )["service"]
    system.declare(
        "aws_ecs_service.canary",
        id=service["serviceArn"],
        name="notification-api-canary",
        task_definition=system.ids["definition"],
    )

    assert [] == findings(system)


def test_a_release_that_is_promoted_is_clean(system):
    """The older revision stays registered, for a deployment that has to go back to it."""
    new = system.register_task_definition("api:2")
    system.client("ecs").update_service(cluster=CLUSTER, service="notification-api", taskDefinition=new)
    system.declared("aws_ecs_service.this")["task_definition"] = new
    system.declared("aws_ecs_task_definition.this")["arn"] = new

    assert [] == findings(system)


def test_a_rotation_of_secrets_is_clean(system):
    """AWSCURRENT moves on, and the version before it stays for a while."""
    for value in ("neu", "neuer"):
        system.client("secretsmanager").put_secret_value(SecretId=system.ids["secret"], SecretString=value)

    assert [] == findings(system)


def test_a_redrive_is_clean(system):
    """Messages move; nothing is set."""
    sqs = system.client("sqs")
    sqs.send_message(QueueUrl=system.ids["dead"], MessageBody="{}")
    (message,) = sqs.receive_message(QueueUrl=system.ids["dead"])["Messages"]
    sqs.send_message(QueueUrl=system.ids["queue"], MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=system.ids["dead"], ReceiptHandle=message["ReceiptHandle"])

    assert [] == findings(system)


def test_a_hundred_checks_while_the_service_scales_find_nothing(system):
    """Tasks come and go between them."""
    state = State(system.document())
    ecs, found = system.client("ecs"), []
    for number in range(100):
        ecs.update_service(cluster=CLUSTER, service="notification-api", desiredCount=2 + number % 9)
        for _, source in _SCALED:
            found += source(system.client, state)

    assert [] == found


def test_the_bootstraps_roles_are_another_matter(system):
    """They are called alike, and lie in a folder of their own."""
    system.client("iam").create_role(
        RoleName=f"{CLUSTER}-deploy", Path="/notifications-bootstrap/", AssumeRolePolicyDocument=TRUST
    )

    assert [] == findings(system)


def test_what_two_looks_do_not_both_find_is_no_drift(system):
    """A task that stops between two calls, for one, or one that has just begun."""
    first = [Finding("a", "gone", "1", "2"), Finding("a", "stays", "1", "2")]
    second = [Finding("a", "stays", "1", "3"), Finding("a", "new", "1", "2")]
    answers = iter([first, second])

    found, _ = look(system.client, State(system.document()), [("one", lambda *_: iter(next(answers)))])

    assert [Finding("a", "stays", "1", "3", source="one")] == found


def test_what_target_tracking_makes_belongs_to_nobody(system):
    """Its alarms are in no state, but they must stay enabled."""
    (policy,) = system.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")[
        "ScalingPolicies"
    ]
    name = policy["Alarms"][0]["AlarmName"]
    system.client("cloudwatch").disable_alarm_actions(AlarmNames=[name])

    assert [(name, "actions_enabled")] == [(one.resource, one.attribute) for one in findings(system)]


def test_a_secret_without_a_current_version_is_drift(system):
    """Tasks that start cannot read it."""
    secrets = system.client("secretsmanager")
    secret = secrets.create_secret(Name="notifications-staging/smtp")["ARN"]
    system.declare("aws_secretsmanager_secret.smtp[0]", arn=secret, name="notifications-staging/smtp")
    assert [] == findings(system)

    system.declare("aws_secretsmanager_secret_version.smtp[0]", secret_id=secret)

    assert ["version_stages"] == [one.attribute for one in findings(system)]


def test_an_environment_that_is_called_alike_is_another_matter(system):
    """A name ends, or goes on behind a sign."""
    system.client("sqs").create_queue(QueueName="notifications-staging2-mail")

    assert [] == findings(system)


def test_a_key_that_a_service_of_aws_uses_is_clean(system):
    """Its grant is to the service's name."""
    system.client("kms").create_grant(
        KeyId=system.ids["key"],
        GranteePrincipal="dynamodb.eu-central-1.amazonaws.com",
        Operations=["Decrypt"],
    )

    assert [] == findings(system)


def test_a_target_tracking_alarm_must_tell_its_policy(system):
    """Without it a service does not scale."""
    name = f"TargetTracking-{RESOURCE}-AlarmHigh-x"
    system.alarm(AlarmName=name, AlarmActions=[])

    assert [(name, "alarm_actions")] == [(one.resource, one.attribute) for one in findings(system)]


def test_a_route_to_a_gateway_endpoint_is_clean(system):
    """AWS puts it into the tables that the endpoint names."""
    endpoint = system.client("ec2").create_vpc_endpoint(
        VpcId=system.ids["vpc"],
        ServiceName="com.amazonaws.eu-central-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[system.ids["table"]],
    )["VpcEndpoint"]["VpcEndpointId"]
    system.declare("aws_vpc_endpoint.s3", id=endpoint)

    assert [] == findings(system)


def test_a_policy_in_another_order_is_clean(system):
    """IAM keeps actions in whatever order."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sqs:b", "sqs:a"], "Resource": "*"}],
    }
    system.client("iam").put_role_policy(
        RoleName=system.ids["role"], PolicyName="run", PolicyDocument=json.dumps(policy)
    )
    policy["Statement"][0]["Action"].reverse()
    system.declared("aws_iam_role_policy.task")["policy"] = json.dumps(policy)

    assert [] == findings(system)


def test_what_is_declared_of_it_sends_takes_and_joins(system):
    """Whoever puts it into terraform/ has no drift of it, and whoever takes it away there has."""
    for plant in _BESIDE:
        plant(system)
    acl = system.client("wafv2").get_web_acl_for_resource(ResourceArn=system.ids["balancer"])["WebACL"]["ARN"]
    (mapping,) = system.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    (pipe,) = system.client("pipes").list_pipes()["Pipes"]
    (peering,) = system.client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert len(_BESIDE) == len(findings(system))

    system.declare("aws_wafv2_web_acl_association.this", resource_arn=system.ids["balancer"], web_acl_arn=acl)
    system.declare("aws_cloudwatch_event_rule.this", name="by-hand")
    system.declare("aws_lambda_event_source_mapping.this", uuid=mapping["UUID"])
    system.declare("aws_pipes_pipe.this", arn=pipe["Arn"])
    system.declare("aws_vpc_peering_connection.this", id=peering["VpcPeeringConnectionId"])
    system.declare(
        "aws_dynamodb_resource_policy.this",
        resource_arn=system.ids["table_arn"],
        policy=allow("dynamodb:GetItem"),
    )
    assert [] == findings(system)

    system.client("wafv2").disassociate_web_acl(ResourceArn=system.ids["balancer"])
    system.client("dynamodb").delete_resource_policy(ResourceArn=system.ids["table_arn"])
    assert [("aws_dynamodb_table.this", "policy"), ("aws_lb.this", "web_acl_arn")] == sorted(
        (one.resource, one.attribute) for one in findings(system)
    )


def test_a_peering_that_is_over_is_clean(system):
    """EC2 tells it for an hour yet."""
    ec2 = system.client("ec2")
    peering(system, asked_by_us=True)
    (one,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=one["VpcPeeringConnectionId"])

    assert [] == findings(system)


def test_networks_and_queues_of_others_are_another_matter(system):
    """A VPN and a peering of other VPCs, a pipe of a queue that is called like ours and goes on."""
    ec2 = system.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.98.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=other)
    third = ec2.create_vpc(CidrBlock="10.97.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=other, PeerVpcId=third)
    pipe(system, source=f"{system.ids['queue_arn']}2")

    assert [] == findings(system)


@pytest.mark.parametrize(
    "endpoint",
    [
        f"https://example.org/{SECRET}",
        f"https://example.org/x?{SECRET}",
        f"https://example.org?{SECRET}",
        f"https://me:{SECRET}@example.org/x",
    ],
)
def test_a_subscription_by_hand_is_told_without_what_its_address_knows(system, endpoint):
    """A pager's address is all that it knows its customer by."""
    topic = system.ids["topic"]
    system.client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint=endpoint)

    assert ["subscription[https:https://example.org/…]"] == [one.attribute for one in findings(system)]
