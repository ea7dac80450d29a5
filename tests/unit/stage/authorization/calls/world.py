"""What is there, in tests of calls."""

from dataclasses import dataclass, field

ACCOUNT = "111122223333"
REGION = "eu-west-1"


@dataclass
class Things:
    """A world of the few things that a test puts into it.

    Attributes:
        found: ARNs by type and identifier.
        tagged: Tags by ARN.
        told: Condition keys of their own by ARN.
        roles: Of a task definition by its ARN.
        encrypted: Key by what it encrypts.
        buckets: Number of the owner by the bucket's name.
    """

    found: dict = field(default_factory=dict)
    tagged: dict = field(default_factory=dict)
    told: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    encrypted: dict = field(default_factory=dict)
    buckets: dict = field(default_factory=dict)

    def arns(self, kind, identifier):
        """ARNs that an identifier stands for."""
        return self.found.get((kind, identifier), ())

    def tags(self, arn):
        """Tags of a resource."""
        return self.tagged.get(arn, {})

    def keys(self, arn):
        """Condition keys of a resource."""
        return self.told.get(arn, {})

    def passed_roles(self, task_definition):
        """Roles of a task definition."""
        return self.roles.get(task_definition, ())

    def encryption_key(self, arn):
        """The key of a resource."""
        return self.encrypted.get(arn, "")

    def owner(self, bucket):
        """The owner of a bucket."""
        return self.buckets.get(bucket, "")
