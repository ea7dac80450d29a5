"""A look at what is there, for what the parameters of a call do not tell."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from stage.authorization.request import Value

RECIPIENT = "ses:recipient"
"""In the place of a type: identities of a recipient that SES authorizes too while it is in the sandbox."""


class World(Protocol):
    """Knowledge of the resources that are there, asked for each call anew."""

    def arns(self, kind: str, identifier: str) -> Sequence[str]:
        """ARNs of the resources that an identifier stands for; none if there is no such thing.

        Args:
            kind: Service and type, by the reference's names.
            identifier: That a caller may use. The kinds and their identifiers are:
                "iam:role", "iam:user", "iam:policy", "iam:instance-profile": a name without its path.
                "kms:key": a name that an alias has, with its "alias/".
                "secretsmanager:Secret": a name.
                "ecs:task-definition": a family, whose newest revision it is, or a family and a revision.
                "application-autoscaling:ScalableTarget": namespace, resource and dimension, with slashes.
                "ec2:elastic-ip", "ec2:network-interface": an association's id, or a public address.
                "ec2:route-table", "ec2:subnet", "ec2:internet-gateway": a route table association's id.
                "ec2:security-group": a name.
                "route53:hostedzone": the id of a namespace of Cloud Map, which may have none.
                "ses:identity": a sender's address; the address itself if it is verified, or else its domain.
                "ses:recipient": an address; nothing where the account may send to everybody.
        """
        ...

    def tags(self, arn: str) -> Mapping[str, str]:
        """Tags of a resource; none of one that is not there."""
        ...

    def keys(self, arn: str) -> Mapping[str, Value]:
        """Condition keys about a resource itself, other than its tags.

        They are `kms:ResourceAliases` of a key and `iam:PermissionsBoundary` of a role or user that has one.
        """
        ...

    def passed_roles(self, task_definition: str) -> Sequence[str]:
        """ARNs of the roles that a task definition of ECS names, by its own ARN."""
        ...

    def encryption_key(self, arn: str) -> str:
        """ARN of the KMS key of the customer's own by which a resource is encrypted; "" for any other."""
        ...

    def owner(self, bucket: str) -> str:
        """Number of the account whose an S3 bucket is, by its name; "" if there is none of that name."""
        ...
