"""Ways from an identifier in a call's parameters to the ARNs that it stands for."""

from collections.abc import Callable, Iterable, Mapping
from email.utils import parseaddr

from stage.authorization.calls.call import Call
from stage.authorization.calls.forms import filled, new
from stage.authorization.calls.world import RECIPIENT, World
from stage.authorization.errors import UnplacedCallError

Reader = Callable[[str, str, Call, World], Iterable[str]]
"""Takes a type, such as "sqs:queue", an identifier, the call and what is there; gives ARNs."""

# EC2 begins an id with what it is of
# (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html).
_EC2 = {
    "acl": "network-acl",
    "dopt": "dhcp-options",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "vgw": "vpn-gateway",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
LINKED_ROLES = {
    "appmesh.amazonaws.com": "AWSServiceRoleForAppMesh",
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
}
"""Names of the roles that services of AWS make for themselves.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""


def name(kind: str, text: str, call: Call, _: World) -> Iterable[str]:
    """A name or id, as it stands in the ARN."""
    return (filled(kind, (text,), call.where),)


def last(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """An id behind a path: "/hostedzone/Z1"."""
    return name(kind, text.rpartition("/")[2], call, world)


def queue_url(kind: str, text: str, call: Call, world: World) -> Iterable[str]:  # noqa: ARG001
    """A queue's URL, which ends with account and name; or the name alone, which SQS takes too."""
    rest, _slash, short = text.rpartition("/")
    account = rest.rpartition("/")[2]
    return (filled(kind, (short,), {**call.where, "Account": account} if account.isdigit() else call.where),)


def parameter(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A parameter's name, with a version or label behind it or without.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    """
    return name(kind, text.partition(":")[0].removeprefix("/"), call, world)


def log_group(kind: str, text: str, call: Call, _: World) -> Iterable[str]:
    """A log group's name or ARN; what is about the group alone is authorized on its streams without a name.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    found = text if text.startswith("arn:") else filled(kind, (text,), call.where)
    return (f"{found.removesuffix(':*')}:log-stream:",)


def named_by_path(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A name in IAM with its path, which begins with a slash as in no ARN."""
    return name(kind, text.removeprefix("/"), call, world)


def without_scheme(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A provider's address."""
    return name(kind, text.partition("://")[2], call, world)


def linked_role(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """The role that a service of AWS makes for itself, by the service; nothing of a service unknown here."""
    role = LINKED_ROLES.get(text)
    return name(kind, f"aws-service-role/{text}/{role}", call, world) if role else ()


def key(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A KMS key by its id, its alias, or the ARN of either.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
    """
    alias = text.rpartition(":")[2]
    if alias.startswith("alias/"):
        return world.arns(kind, alias) or new(kind, call)
    return (text,) if text.startswith("arn:") else name(kind, text, call, world)


def alias(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """An alias with its "alias/"."""
    return name(kind, text.removeprefix("alias/"), call, world)


def sought(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A name that tells the ARN only together with what is there; of nothing, the ARN of the name alone."""
    return world.arns(kind, text) or name(kind, text, call, world)


def sought_or_new(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """An identifier like those of `sought`; of nothing, any ARN of the type, as AWS numbers what is made."""
    return world.arns(kind, text) or new(kind, call)


def sought_or_none(kind: str, text: str, _: Call, world: World) -> Iterable[str]:
    """An identifier like those of `sought`; of nothing, no ARN."""
    return world.arns(kind, text)


def new_secret(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A secret that is to be made: AWS puts a hyphen and six characters behind its name before it looks.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    return name(kind, f"{text}-NewOne", call, world)


def task_definition(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """A family of task definitions, with a revision or without."""
    family, _, revision = text.partition(":")
    return world.arns(kind, text) or (filled(kind, (family, revision or "*"), call.where),)


def ec2_id(_: str, text: str, call: Call, __: World) -> Iterable[str]:
    """Any id of EC2, which tells its type.

    Raises:
        UnplacedCallError: It is of a kind that nobody has here.
    """
    found = _EC2.get(text.partition("-")[0])
    if found is None:
        raise UnplacedCallError(f"nobody knows what {text} is an id of: say it in readers.py")
    return (filled(f"ec2:{found}", (text,), call.where),)


def new_listener(_: str, text: str, __: Call, ___: World) -> Iterable[str]:
    """A listener that is to be made at the load balancer with an ARN."""
    return (f"{text.replace(':loadbalancer/', ':listener/')}/*",)


def new_rule(_: str, text: str, __: Call, ___: World) -> Iterable[str]:
    """A rule that is to be made at the listener with an ARN."""
    return (f"{text.replace(':listener/', ':listener-rule/')}/*",)


def scaled_service(_: str, text: str, call: Call, __: World) -> Iterable[str]:
    """A service of ECS by its name in Application Auto Scaling: "service/cluster/name"."""
    first, *others = text.split("/")
    return (
        (filled("ecs:service", tuple(others), call.where),) if (first, len(others)) == ("service", 2) else ()
    )


def tracking_alarms(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """Alarms that Application Auto Scaling makes for a service of ECS.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
    """
    return name(kind, f"TargetTracking-{text}-*", call, world)


def passed_roles(_: str, text: str, call: Call, world: World) -> Iterable[str]:
    """Roles of a task definition."""
    found = (text,) if text.startswith("arn:") else task_definition("ecs:task-definition", text, call, world)
    return [role for one in found for role in world.passed_roles(one)]


def sender(kind: str, text: str, call: Call, world: World) -> Iterable[str]:
    """The identity by which SES sends for an address: itself if it is verified, or else its domain."""
    address = parseaddr(text)[1]
    return world.arns(kind, address) or name(kind, address.rpartition("@")[2], call, world)


def recipient(_: str, text: str, __: Call, world: World) -> Iterable[str]:
    """Identities of a recipient, as far as SES asks for them.

    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """
    return world.arns(RECIPIENT, text)


def copied_object(_: str, text: str, call: Call, __: World) -> Iterable[str]:
    """An object of S3 that is copied: bucket and key, with a version or without."""
    bucket, _, rest = text.removeprefix("/").partition("/")
    return (filled("s3:object", (bucket, rest.partition("?versionId=")[0]), call.where),)


READERS: Mapping[str, Reader] = {
    one.__name__: one
    for one in (
        *(
            alias,
            copied_object,
            ec2_id,
            key,
            last,
            linked_role,
            log_group,
            named_by_path,
            name,
            new_listener,
            new_rule,
            new_secret,
            parameter,
        ),
        *(passed_roles, queue_url, recipient, scaled_service, sender, sought, sought_or_new, sought_or_none),
        *(task_definition, tracking_alarms, without_scheme),
    )
}
"""By the name that a data file has for it."""
_OF_ARNS = (key, log_group, new_listener, new_rule, passed_roles)


def takes_arns(reader: Reader) -> bool:
    """Whether an ARN means something else to a reader than itself."""
    return reader in _OF_ARNS
