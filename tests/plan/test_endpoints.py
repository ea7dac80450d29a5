import json

import pytest

from tests.plan.module_view import references, resources_of

ENDPOINT = "module.network.aws_vpc_endpoint"
OWN = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
LOG_IN = ({"ecr:GetAuthorizationToken"}, {"*"}, OWN)
LAYERS = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
PULL = [LOG_IN, (LAYERS, {"arn:aws:ecr:eu-central-1:123456789012:repository/*"}, OWN)]
QUEUE_CALLS = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}
ALLOWED = {
    "ecr.api": PULL,
    "ecr.dkr": PULL,
    "logs": [
        (
            {"logs:CreateLogStream", "logs:PutLogEvents"},
            {"arn:aws:logs:eu-central-1:123456789012:log-group:*"},
            OWN,
        )
    ],
    "secretsmanager": [
        (
            {"secretsmanager:GetSecretValue"},
            {"arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"},
            OWN,
        )
    ],
    "sqs": [(QUEUE_CALLS, {"arn:aws:sqs:eu-central-1:123456789012:*"}, OWN)],
    "ssm": [({"ssm:GetParameters"}, {"arn:aws:ssm:eu-central-1:123456789012:parameter/*"}, OWN)],
    "dynamodb": [
        (
            {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
            {"arn:aws:dynamodb:eu-central-1:123456789012:table/*"},
            OWN,
        )
    ],
    "s3": [({"s3:GetObject"}, {"arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"}, {})],
}
SERVICES = ("notification_api", "email_sender")


def _endpoints(plan, module="network"):
    """Endpoints by the service's short name."""
    found = resources_of(plan, module, "aws_vpc_endpoint").values()
    return {one["service_name"].split(".", 3)[3]: one for one in found}


def _allows(endpoint):
    """What an endpoint's policy allows: actions, resources, conditions of each statement."""
    policy = json.loads(endpoint["policy"])
    assert "2012-10-17" == policy["Version"]
    assert {("Allow", "*")} == {(one["Effect"], one["Principal"]) for one in policy["Statement"]}
    return [
        (set(one["Action"]), set(one["Resource"]), one.get("Condition", {})) for one in policy["Statement"]
    ]


def test_services_of_aws_are_reached_inside_the_vpc(standalone):
    """Each endpoint is of the kind that its service has, in the region's own service."""
    endpoints = _endpoints(standalone)
    assert {name: one["vpc_endpoint_type"] for name, one in endpoints.items()} == {
        **dict.fromkeys(("dynamodb", "s3"), "Gateway"),
        **dict.fromkeys(("ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"), "Interface"),
    }
    assert {one["service_name"] for one in endpoints.values()} == {
        f"com.amazonaws.eu-central-1.{name}" for name in endpoints
    }


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("gateway", {"route_table_ids"}),
        ("interface", {"subnet_ids", "security_group_ids", "private_dns_enabled"}),
    ],
)
def test_endpoints_are_written_out(standalone, kind, own):
    """What an endpoint is does not hang on the provider's defaults."""
    common = {"vpc_id", "vpc_endpoint_type", "service_name", "policy", "tags"}
    assert set(standalone.written(f"{ENDPOINT}.{kind}")) == common | own


def test_the_system_has_every_endpoint_that_tasks_need(staging):
    """Pulling an image, reading settings and secrets, logging and queueing never leave the VPC."""
    assert set(_endpoints(staging)) == set(ALLOWED)


@pytest.mark.parametrize("service", sorted(ALLOWED))
def test_an_endpoint_serves_this_account_alone(standalone, service):
    """Foreign credentials carry nothing out, and no action passes that tasks have no use for."""
    assert _allows(_endpoints(standalone)[service]) == ALLOWED[service]


def test_image_layers_come_from_a_bucket_of_awss_own(standalone):
    """ECR signs its links to layers itself: a policy for this account's credentials would break pulls."""
    assert [
        ({"s3:GetObject"}, {"arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*"}, {})
    ] == _allows(_endpoints(standalone, "network_edge")["s3"])


@pytest.mark.parametrize("service", ["ecr.api", "ecr.dkr"])
def test_app_mesh_pulls_its_proxy_from_another_account(standalone, service):
    """Only with App Mesh's own endpoint is another account's repository open, and only Envoy's."""
    actions, resources, _ = _allows(_endpoints(standalone, "network_edge")[service])[1]
    assert LAYERS == actions
    assert {
        "arn:aws-us-gov:ecr:us-gov-west-1:111122223333:repository/*",
        "arn:aws-us-gov:ecr:us-gov-west-1:*:repository/aws-appmesh-envoy",
    } == resources


def test_operators_shells_pass_with_this_accounts_credentials(standalone):
    """ECS Exec opens its channels through an endpoint where there is one."""
    actions = {f"ssmmessages:{verb}{kind}" for verb in ("Create", "Open") for kind in ("Control", "Data")}
    assert _allows(_endpoints(standalone, "network_edge")["ssmmessages"]) == [
        (
            {f"{action}Channel" for action in actions},
            {"*"},
            {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
        )
    ]


def test_only_app_meshs_endpoint_has_no_policy(standalone):
    """It takes none; every other endpoint is limited."""
    endpoints = _endpoints(standalone, "network_edge")
    assert {"appmesh-envoy-management"} == {name for name, one in endpoints.items() if not one.get("policy")}
    assert set(endpoints) == {
        *("appmesh-envoy-management", "ecr.api", "ecr.dkr", "ssmmessages"),
        *("dynamodb", "s3"),
    }


@pytest.mark.parametrize("module", SERVICES)
@pytest.mark.parametrize("name", ["staging", "smtp", "production"])
def test_endpoints_let_through_what_tasks_may_do(name, module, request):
    """An action that a role gains is an action that its endpoint must know."""
    plan = request.getfixturevalue(name)
    policies = resources_of(plan, module, "aws_iam_role_policy").values()
    statements = [one for policy in policies for one in json.loads(policy["policy"])["Statement"]]
    granted = {action for one in statements for action in _as_set(one["Action"])}
    passed = {
        action for one in _endpoints(plan).values() for actions, _, _ in _allows(one) for action in actions
    }
    kept_inside = {action.split(":")[0] for action in passed}
    assert granted
    assert {action for action in granted if action.split(":")[0] in kept_inside} <= passed


def test_interface_endpoints_answer_to_the_services_usual_names(standalone):
    """A task needs no setting to find them."""
    private = {
        name: one["private_dns_enabled"]
        for name, one in _endpoints(standalone).items()
        if one["vpc_endpoint_type"] == "Interface"
    }
    assert private == dict.fromkeys(("ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "ssm"), True)


def test_interface_endpoints_stand_in_every_private_subnet(standalone):
    """The loss of a zone leaves the others' endpoints."""
    written = standalone.written(f"{ENDPOINT}.interface")
    assert ["aws_subnet.private"] == references(written["subnet_ids"])
    assert ["aws_security_group.endpoints[0].id"] == references(written["security_group_ids"])
    assert ["aws_vpc.this.id"] == references(written["vpc_id"])


def test_gateway_endpoints_serve_every_private_subnet(standalone):
    """Routes to S3 and DynamoDB are in the private route tables, where tasks are."""
    written = standalone.written(f"{ENDPOINT}.gateway")
    assert ["aws_route_table.private"] == references(written["route_table_ids"])
    assert ["aws_vpc.this.id"] == references(written["vpc_id"])


def test_the_endpoints_group_is_closed_by_itself(standalone):
    """Services open their own way in; the group carries no rule inline."""
    group = standalone.written("module.network.aws_security_group.endpoints")
    assert {"name", "description", "vpc_id", "tags"} == set(group)
    assert ["aws_vpc.this.id"] == references(group["vpc_id"])
    assert (
        "mail-endpoints" == resources_of(standalone, "network", "aws_security_group")["endpoints[0]"]["name"]
    )


def test_prefix_lists_are_of_both_gateway_endpoints(standalone, offline):
    """A task's way out to either is opened by its prefix list."""
    assert {'gateway["dynamodb"]', 'gateway["s3"]'} < set(
        resources_of(standalone, "network", "aws_vpc_endpoint")
    )
    assert "aws_vpc_endpoint.gateway[service].prefix_list_id" in offline.source("modules/network/outputs.tf")


COMMON = {"dynamodb", "logs", "s3", "secretsmanager", "ssm", "ssmmessages"}
OWN_NAMES = {
    "aws-cn": ("cn.com.amazonaws.cn-northwest-1", {"appmesh-envoy-management", "ecr.api", "ecr.dkr", "sqs"}),
    "aws-us-gov": ("com.amazonaws.us-gov-east-1", {"ecr.api", "ecr.dkr"}),
    "aws-eusc": ("eu.amazonaws.eusc-de-east-1", {"ecr.api", "ecr.dkr"}),
    "aws-iso": ("gov.ic.c2s.us-iso-east-1", {"ecr.api", "ecr.dkr", "sqs"}),
    "aws-iso-b": ("gov.sgov.sc2s.us-isob-east-1", {"ecr.api", "ecr.dkr", "sqs"}),
    "aws-iso-e": ("uk.adc-e.cloud.eu-isoe-west-1", {"ecr.api", "ecr.dkr"}),
}


@pytest.mark.parametrize("partition", OWN_NAMES)
def test_a_partition_names_some_endpoints_after_itself(standalone, partition):
    """China's are cn.com.amazonaws for ECR, SQS and App Mesh, and com.amazonaws for all else."""
    prefix, own = OWN_NAMES[partition]
    endpoints = resources_of(standalone, f'network_partitions_edge["{partition}"]', "aws_vpc_endpoint")
    region = prefix.rsplit(".", 1)[1]
    others = {*COMMON, "appmesh-envoy-management", "sqs"} - own
    assert {one["service_name"] for one in endpoints.values()} == {
        *(f"{prefix}.{service}" for service in own),
        *(f"com.amazonaws.{region}.{service}" for service in others),
    }


def test_gateway_endpoints_alone(standalone):
    """What is free of charge stays; there is no interface endpoint, and no group for one."""
    assert {"dynamodb", "s3"} == set(_endpoints(standalone, "network_small"))
    assert "endpoints[0]" not in resources_of(standalone, "network_small", "aws_security_group")


@pytest.mark.parametrize("service", ["dynamodb", "s3"])
def test_gateway_endpoints_alone_are_limited_alike(standalone, service):
    """What passes a gateway endpoint does not hang on the others."""
    assert _allows(_endpoints(standalone, "network_small")[service]) == ALLOWED[service]


def _as_set(value):
    return {value} if isinstance(value, str) else set(value)
