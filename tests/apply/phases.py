"""What each phase leaves for tests to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.apply.clients import Clients
from tests.apply.mode import Mode
from tests.apply.rehearsal import Rehearsal


@dataclass(frozen=True)
class Service:
    """An ECS service before or after an apply.

    Attributes:
        arn: Its ARN.
        created_at: When it was created, in seconds since the Unix epoch.
        desired: Tasks that are wanted of it.
    """

    arn: str
    created_at: float
    desired: int


@dataclass(frozen=True)
class Applied:
    """What stands once a mode is applied; to be looked at, not to be touched.

    Attributes:
        mode: What was applied.
        variables: What was given beside the variable file.
        rehearsal: Takes it further.
        outputs: The root module's outputs.
        announced: What the plan of it said, by address; empty for the first mode of an account.
        plan: Addresses that a second plan would change.
        steps: What the apply did, in order.
        before: Services as they were before, by name.
        after: Services as they were right after it, by name.
        fewest: The fewest tasks that ran of each service meanwhile.
        written: Everything that Terraform keeps on disk of its own; too much for a failure's message.
    """

    mode: Mode
    variables: Mapping[str, Any]
    rehearsal: Rehearsal
    outputs: Mapping[str, Any]
    announced: Mapping[str, str]
    plan: Sequence[str]
    steps: Sequence[str] = field(repr=False)
    before: Mapping[str, Service]
    after: Mapping[str, Service]
    fewest: Mapping[str, int]
    written: str = field(repr=False)

    @property
    def aws(self) -> Clients:
        """boto3 clients of the AWS that it was applied to."""
        return self.rehearsal.aws


@dataclass(frozen=True)
class Changed:
    """What became of a change within a mode, of some variables and behind Terraform's back.

    Attributes:
        announced: What the plan of it said, by address.
        plan: Addresses that a plan after it would change.
        written: Everything that Terraform keeps on disk of its own; too much for a failure's message.
    """

    announced: Mapping[str, str]
    plan: Sequence[str]
    written: str = field(repr=False)


@dataclass(frozen=True)
class RolledBack:
    """What became of a release whose tasks never got healthy.

    Attributes:
        error: What its apply ended with.
        running: Image of each service after it, by service.
        plan: Addresses that a plan with the bad release would change.
        taken_back: Addresses that a plan with the release before would change.
    """

    error: str
    running: Mapping[str, str]
    plan: Sequence[str]
    taken_back: Sequence[str]


@dataclass(frozen=True)
class Destroyed:
    """What is left in the end.

    Attributes:
        left: Addresses in Terraform's state.
        before: What stood in the account before the first apply, by kind.
        aws: boto3 clients of the AWS that should be empty again.
    """

    left: Sequence[str]
    before: Mapping[str, Sequence[Any]] = field(repr=False)
    aws: Clients
