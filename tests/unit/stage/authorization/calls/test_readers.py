import pytest

from stage.authorization.calls.call import Call
from stage.authorization.calls.readers import READERS
from stage.authorization.errors import UnplacedCallError
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

CALL = Call("any", "Any", {}, REGION, ACCOUNT)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/task"
DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/api:7"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/front/1"
LISTENER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/front/1/2"
WORLD = Things(
    found={
        ("ecs:task-definition", "api"): [DEFINITION],
        ("iam:role", "task"): [ROLE],
        ("kms:key", "alias/mail"): [KEY],
        ("ses:identity", "mail@example.com"): [f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/mail@example.com"],
        ("ses:recipient", "you@example.org"): [f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.org"],
    },
    roles={DEFINITION: [ROLE]},
)


def of(service, rest):
    """An ARN of the account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


@pytest.mark.parametrize(
    ("reader", "kind", "text", "expected"),
    [
        ("name", "dynamodb:table", "ledger", [of("dynamodb", "table/ledger")]),
        ("last", "route53:hostedzone", "/hostedzone/Z1", ["arn:aws:route53:::hostedzone/Z1"]),
        ("last", "route53:hostedzone", "Z1", ["arn:aws:route53:::hostedzone/Z1"]),
        (
            "queue_url",
            "sqs:queue",
            "https://sqs.eu/444455556666/mail",
            [f"arn:aws:sqs:{REGION}:444455556666:mail"],
        ),
        ("queue_url", "sqs:queue", "mail", [of("sqs", "mail")]),
        ("parameter", "ssm:parameter", "/a/b:3", [of("ssm", "parameter/a/b")]),
        ("parameter", "ssm:parameter", "b", [of("ssm", "parameter/b")]),
        ("log_group", "logs:log-group", "/ecs/api", [of("logs", "log-group:/ecs/api:log-stream:")]),
        (
            "log_group",
            "logs:log-group",
            of("logs", "log-group:/ecs/api:*"),
            [of("logs", "log-group:/ecs/api:log-stream:")],
        ),
        ("without_scheme", "iam:oidc-provider", "https://a.b", [f"arn:aws:iam::{ACCOUNT}:oidc-provider/a.b"]),
        ("named_by_path", "iam:role", "/path/task", [ROLE]),
        ("named_by_path", "iam:role", "/task", [f"arn:aws:iam::{ACCOUNT}:role/task"]),
        ("key", "kms:key", "one", [KEY]),
        ("key", "kms:key", KEY, [KEY]),
        ("key", "kms:key", "alias/mail", [KEY]),
        ("key", "kms:key", of("kms", "alias/mail"), [KEY]),
        ("key", "kms:key", "alias/other", [of("kms", "key/*")]),
        ("alias", "kms:alias", "alias/mail", [of("kms", "alias/mail")]),
        ("sought", "iam:role", "task", [ROLE]),
        ("sought", "iam:role", "other", [f"arn:aws:iam::{ACCOUNT}:role/other"]),
        ("sought_or_new", "ec2:elastic-ip", "eipassoc-1", [of("ec2", "elastic-ip/*")]),
        ("sought_or_none", "ec2:elastic-ip", "eipassoc-1", []),
        ("task_definition", "ecs:task-definition", "api", [DEFINITION]),
        ("task_definition", "ecs:task-definition", "other:3", [of("ecs", "task-definition/other:3")]),
        ("task_definition", "ecs:task-definition", "other", [of("ecs", "task-definition/other:*")]),
        ("ec2_id", "ec2:vpc", "sgr-1", [of("ec2", "security-group-rule/sgr-1")]),
        ("new_listener", "elasticloadbalancing:listener/app", BALANCER, [f"{LISTENER.rpartition('/')[0]}/*"]),
        (
            "new_rule",
            "elasticloadbalancing:listener-rule/app",
            LISTENER,
            [of("elasticloadbalancing", "listener-rule/app/front/1/2/*")],
        ),
        ("scaled_service", "ecs:service", "service/mesh/api", [of("ecs", "service/mesh/api")]),
        ("scaled_service", "ecs:service", "table/ledger", []),
        (
            "tracking_alarms",
            "cloudwatch:alarm",
            "service/mesh/api",
            [of("cloudwatch", "alarm:TargetTracking-service/mesh/api-*")],
        ),
        ("passed_roles", "iam:role", "api", [ROLE]),
        ("passed_roles", "iam:role", DEFINITION, [ROLE]),
        ("sender", "ses:identity", "Us <mail@example.com>", [of("ses", "identity/mail@example.com")]),
        ("sender", "ses:identity", "other@example.com", [of("ses", "identity/example.com")]),
        ("recipient", "ses:identity", "you@example.org", [of("ses", "identity/example.org")]),
        ("recipient", "ses:identity", "other@example.net", []),
        ("copied_object", "s3:object", "/box/a/b?versionId=1", ["arn:aws:s3:::box/a/b"]),
        (
            "linked_role",
            "iam:role",
            "ecs.amazonaws.com",
            [f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"],
        ),
        ("linked_role", "iam:role", "other.amazonaws.com", []),
    ],
)
def test_an_identifier_stands_for_an_arn(reader, kind, text, expected):
    """Each service has identifiers of its own."""
    assert expected == list(READERS[reader](kind, text, CALL, WORLD))


def test_an_unknown_id_of_ec2_is_refused_by_name():
    """Among others it would be tagged without a right to it."""
    with pytest.raises(UnplacedCallError, match="zebra-1"):
        READERS["ec2_id"]("ec2:vpc", "zebra-1", CALL, WORLD)


def test_a_new_secret_gets_six_characters_of_aws():
    """A policy that counts them is matched, and one that ends with the name is not."""
    (found,) = READERS["new_secret"]("secretsmanager:Secret", "api-keys", CALL, WORLD)

    assert len(of("secretsmanager", "secret:api-keys-??????")) == len(found)
    assert found.startswith(of("secretsmanager", "secret:api-keys-"))
