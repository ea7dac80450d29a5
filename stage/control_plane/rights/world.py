"""Knowledge of the resources that are there, from moto's backends in this process."""

from collections.abc import Mapping, Sequence

from moto.ecs.models import ecs_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from stage.authorization.request import Value
from stage.control_plane.rights.arns import Where, parsed
from stage.control_plane.rights.encryption import key_told, owner_of
from stage.control_plane.rights.lookups import last, revision, role
from stage.control_plane.rights.names import arns_of
from stage.control_plane.rights.tags import tags_of

_ALIAS = "alias/"
# Aliases that only AWS can give
# (https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html).
_AWS_ALIAS = "alias/aws/"


class MotoWorld:
    """Resources of this process's moto; `stage.authorization.calls.world.World` says what each answer means.

    Safe for threads. Nothing is kept between two questions, and nothing is made by asking. Of a service that
    lives in another process there is nothing here.
    """

    def __init__(self, account: str, region: str, partition: str = "aws") -> None:
        """Get ready; nothing is looked at before it is asked for.

        Args:
            account: Number of the account that calls are made in.
            region: Region that they are made in.
            partition: Of AWS.
        """
        self._where = Where(partition, region, account)

    def arns(self, kind: str, identifier: str) -> Sequence[str]:
        """ARNs of the resources that an identifier stands for; none if there is no such thing."""
        return arns_of(kind, identifier, self._where)

    def tags(self, arn: str) -> Mapping[str, str]:
        """Tags of a resource; none of one that is not there."""
        found = parsed(arn)
        return tags_of(found) if found else {}

    def keys(self, arn: str) -> Mapping[str, Value]:
        """Condition keys about a key's aliases and a role's permissions boundary.

        moto gives no user a boundary.
        """
        found = parsed(arn)
        told: Mapping[str, Value | None] = {}
        if found and found.service == "kms" and (kms := found.where.backend(kms_backends)):
            told = {"kms:ResourceAliases": list(getattr(kms.keys.get(last(found)), "aliases", ()))}
        if found and found.service == "iam" and (iam := found.where.backend(iam_backends)):
            told = {"iam:PermissionsBoundary": getattr(role(iam, found), "permissions_boundary_arn", None)}
        return {key: value for key, value in told.items() if value}

    def passed_roles(self, task_definition: str) -> Sequence[str]:
        """ARNs of the roles that a task definition of ECS names, by its own ARN."""
        found = parsed(task_definition)
        backend = found.where.backend(ecs_backends) if found else None
        if found is None or backend is None:
            return ()
        definition = revision(backend, last(found))
        roles = (getattr(definition, name, None) for name in ("task_role_arn", "execution_role_arn"))
        return [one for one in roles if one]

    def encryption_key(self, arn: str) -> str:
        """ARN of the KMS key of the customer's own by which a resource is encrypted; "" for any other.

        Only an alias has to be looked up, by `arns`; a key that was told by its ARN or its id may be one
        that this process has not got.
        """
        found = parsed(arn)
        told = key_told(found) if found else ""
        if not told:
            return ""
        short = told.rpartition(":")[2]
        if short.startswith(_ALIAS):
            of_alias = () if short.startswith(_AWS_ALIAS) else self.arns("kms:key", short)
            return next(iter(of_alias), "")
        key = told if told.startswith("arn:") else self._where.arn("kms", f"key/{told}")
        return "" if self._is_managed_by_aws(key) else key

    def owner(self, bucket: str) -> str:
        """Number of the account whose an S3 bucket is, by its name; "" if there is none of that name."""
        return owner_of(bucket)

    def _is_managed_by_aws(self, key: str) -> bool:
        aliases = self.keys(key).get("kms:ResourceAliases", ())
        return isinstance(aliases, list) and any(one.startswith(_AWS_ALIAS) for one in aliases)
