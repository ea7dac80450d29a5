"""ARNs taken apart and put together, and moto's backends that have what they name."""

from typing import Any, NamedTuple

_PARTS = 6


class Where(NamedTuple):
    """A place that resources are in; without a region for those of a service that has none."""

    partition: str
    region: str
    account: str

    @property
    def everywhere(self) -> "Where":
        """The same without a region."""
        return self._replace(region="")

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource here, such as "key/1234" of "kms"."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def backend(self, backends: Any) -> Any:
        """A service's backend for this place; None if nobody has used it.

        Indexed, moto makes a backend that is missing, and takes a lock even for one that is there. Here it is
        only looked for: the process that has SQS to itself has no other service's.

        Args:
            backends: Of the service, as moto has them.
        """
        return (backends.get(self.account) or {}).get(self.region or self.partition)


class Arn(NamedTuple):
    """An ARN.

    Attributes:
        text: All of it.
        service: Such as "sqs".
        where: Partition, region and account; the last two "" where it has none.
        resource: What stands behind them, such as "table/ledger".
    """

    text: str
    service: str
    where: Where
    resource: str


def parsed(text: str) -> Arn | None:
    """An ARN taken apart; None of what is none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    parts = text.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[0] != "arn":
        return None
    _, partition, service, region, account, resource = parts
    return Arn(text, service, Where(partition, region, account), resource)
