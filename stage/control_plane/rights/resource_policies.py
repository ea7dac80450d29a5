"""Policies of resources and grants of KMS keys, from moto.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple, Self

from moto.dynamodb.models import dynamodb_backends
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from stage.authorization.grants import Grant
from stage.authorization.policy import Kind
from stage.authorization.request import Request
from stage.control_plane.rights.arns import parsed
from stage.control_plane.rights.documents import Document
from stage.control_plane.rights.lookups import role_by_name

_ALL = "*"


class Attached(NamedTuple):
    """All that hangs on a resource.

    Attributes:
        documents: Its policies; of a log group all of its region, of any other resource one at most.
        grants: Of a KMS key.
    """

    documents: tuple[Document, ...] = ()
    grants: tuple[Grant, ...] = ()

    def facts(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return {
            "documents": [one.facts() for one in self.documents],
            "grants": [asdict(one) | {"operations": sorted(one.operations)} for one in self.grants],
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """All that hangs on a resource, of its facts."""
        return cls(
            tuple(Document.of(one) for one in facts["documents"]),
            tuple(Grant(**{**one, "operations": frozenset(one["operations"])}) for one in facts["grants"]),
        )


NOTHING = Attached()
"""Of a resource without a policy."""


def holder_of(request: Request) -> str:
    """ARN of what has the policy for a request: a bucket for its objects, a table for its indexes.

    Returns:
        "" where nothing has one. A role's is about who takes the role, and not about who changes it.
    """
    if request.resource == _ALL:
        return ""
    before, partition, service, region, account, rest = request.resource.split(":", 5)
    kind, _, name = rest.partition("/")
    match service:
        case "s3":
            rest = kind
        case "dynamodb":
            table, _, below = name.partition("/")
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
            rest = f"table/{table}" if below.startswith("index/") else rest
        case "logs":
            rest = _ALL if rest.startswith("log-group:") else ""
        case "kms":
            rest = rest if kind == "key" else ""
        case "iam":
            rest = rest if kind == "role" and request.action.startswith("sts:") else ""
        case _:
            rest = rest if service in _FINDERS else ""
    return f"{before}:{partition}:{service}:{region}:{account}:{rest}" if rest else ""


def attached_to(holder: str, account: str) -> Attached:
    """Policies and grants of a resource, as this process has them; nothing of one that is not there.

    Args:
        holder: Its ARN, as `holder_of` gives it; "" for none.
        account: Number of the account that it belongs to.
    """
    arn = parsed(holder)
    if arn is None:
        return NOTHING
    backends, find = _FINDERS[arn.service]
    backend = arn.where._replace(account=account).backend(backends)
    return NOTHING if backend is None else find(backend, holder, arn.resource)


def service_of(arn: str) -> str:
    """Service that a resource is of: "sqs"."""
    return arn.split(":", 3)[2]


def _one(holder: str, text: str | None, kind: Kind = Kind.RESOURCE) -> Attached:
    return Attached((Document(kind, holder, text),)) if text else NOTHING


def _of_queue(sqs: Any, holder: str, name: str) -> Attached:
    queue = sqs.queues.get(name)
    return _one(holder, queue and queue.policy)


def _of_topic(sns: Any, holder: str, _name: str) -> Attached:
    topic = sns.topics.get(holder)
    return _one(holder, topic and topic.policy)


def _of_key(kms: Any, holder: str, key: str) -> Attached:
    found = kms.keys.get(key.removeprefix("key/"))
    if found is None:
        return NOTHING
    grants = tuple(_grant(one) for one in list(found.grants.values()))
    return Attached((Document(Kind.RESOURCE, holder, found.policy),), grants)


def _grant(grant: Any) -> Grant:
    constraints = grant.constraints or {}
    return Grant(
        grant.grantee_principal,
        frozenset(grant.operations),
        constraints.get("EncryptionContextEquals"),
        constraints.get("EncryptionContextSubset") or {},
        grant.retiring_principal or "",
        grant.id,
    )


def _of_secret(secrets_manager: Any, holder: str, secret: str) -> Attached:
    # Secrets Manager puts a hyphen and six characters of its own behind the name. moto's own `get` looks at
    # all secrets, which may change meanwhile.
    found: Any = dict.get(secrets_manager.secrets, secret.removeprefix("secret:")[:-7])
    if found is None or found.arn != holder:
        return NOTHING
    # A replica has none in moto.
    return _one(holder, getattr(found, "policy", None))


def _of_bucket(s3: Any, holder: str, name: str) -> Attached:
    bucket = s3.buckets.get(name)
    return _one(holder, bucket and bucket.policy and bucket.policy.decode())


def _of_repository(ecr: Any, holder: str, repository: str) -> Attached:
    found = ecr.repositories.get(repository.removeprefix("repository/"))
    return _one(holder, found and found.policy)


def _of_role(iam: Any, holder: str, role: str) -> Attached:
    found = role_by_name(iam, role.rpartition("/")[2])
    return _one(holder, found and found.arn == holder and found.assume_role_policy_document, Kind.TRUST)


def _of_log_groups(logs: Any, _holder: str, _all: str) -> Attached:
    """All of a region, each of which says about which log groups it is."""
    policies = list(logs.resource_policies.values())
    return Attached(tuple(Document(Kind.RESOURCE, one.policy_name, one.policy_document) for one in policies))


def _of_table(dynamodb: Any, holder: str, _table: str) -> Attached:
    policy = dynamodb.resource_policies.get(holder)
    return _one(holder, policy and policy.policy_doc)


_FINDERS: Mapping[str, tuple[Any, Callable[[Any, str, str], Attached]]] = {
    "dynamodb": (dynamodb_backends, _of_table),
    "ecr": (ecr_backends, _of_repository),
    "iam": (iam_backends, _of_role),
    "kms": (kms_backends, _of_key),
    "logs": (logs_backends, _of_log_groups),
    "s3": (s3_backends, _of_bucket),
    "secretsmanager": (secretsmanager_backends, _of_secret),
    "sns": (sns_backends, _of_topic),
    "sqs": (sqs_backends, _of_queue),
}
