import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/start"
OF_ECR = {"image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:1"}
LOGS = {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/api"}}}
SECRET = {"secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/key"}]}
FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
FOR_SECRETS = (
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
)
FOR_FARGATE = "Fargate requires task definition to have execution role ARN to support"


def register(cluster, container, **fields):
    """Register a task definition with two containers, the second of which is this."""
    plain = {"name": "plain", "image": "plain:1", "memory": 1}
    containers = [plain, {"name": "api", "image": "api:1", "memory": 1, **container}]
    return cluster.ecs.register_task_definition(family="mine", containerDefinitions=containers, **fields)


@pytest.mark.parametrize(
    ("container", "fields", "message"),
    [
        (OF_ECR, FARGATE, f"{FOR_FARGATE} ECR images."),
        (LOGS, FARGATE, f"{FOR_FARGATE} log driver awslogs."),
        (SECRET, FARGATE, FOR_SECRETS),
        (SECRET, {}, FOR_SECRETS),
    ],
    ids=["image", "logs", "secret", "secret on EC2"],
)
def test_what_ecs_does_for_a_container_needs_an_execution_role(cluster, container, fields, message):
    """ECS says so when it is registered, and not when its first task fails; with a role it is taken."""
    with pytest.raises(ClientError) as refused:
        register(cluster, container, **fields)

    assert ("ClientException", message) == (
        refused.value.response["Error"]["Code"],
        refused.value.response["Error"]["Message"],
    )
    assert register(cluster, container, executionRoleArn=ROLE, **fields)["taskDefinition"]["revision"]


@pytest.mark.parametrize(
    ("container", "fields"), [({}, FARGATE), (OF_ECR, {}), (LOGS, {})], ids=["nothing", "image", "logs"]
)
def test_a_container_that_needs_nothing_of_ecs_needs_no_role(cluster, container, fields):
    """On EC2 the instance's role pulls and logs."""
    assert register(cluster, container, **fields)["taskDefinition"]["revision"]
