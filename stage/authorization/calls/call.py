"""A call of AWS as it arrives: an operation, its parameters, and the way that it took."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stage.authorization.request import Value


@dataclass(frozen=True)
class Call:
    """A call of AWS.

    Attributes:
        service: Name that it is signed for, such as "monitoring", or botocore's name of the service.
        operation: As botocore has it: "ListObjectsV2".
        parameters: As botocore takes them, and moto's parsers give them.
        region: That it is made in.
        account: Number of the caller's account, which is the resource's where nothing says otherwise.
        partition: Of the region.
        domain: Of AWS in that partition.
        way: Condition keys of how it came, such as `aws:SecureTransport`, `aws:SourceIp`, `s3:TlsVersion`;
            and of what it is made for, where a service of AWS makes it: `aws:SourceArn`, `aws:SourceAccount`.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str
    partition: str = "aws"
    domain: str = "amazonaws.com"
    way: Mapping[str, Value] = field(default_factory=dict)

    @cached_property
    def where(self) -> Mapping[str, str]:
        """Places of an ARN that say where it points, by the reference's names."""
        return {"Partition": self.partition, "Region": self.region, "Account": self.account}
