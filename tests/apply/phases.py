"""What each phase leaves for tests to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.apply.clients import Clients
from tests.apply.mode import Mode
from tests.apply.rehearsal import Rehearsal


@dataclass(frozen=True)
class Applied:
    """What stands after the first apply; to be looked at, not to be touched.

    Attributes:
        mode: What was applied.
        variables: What was given beside the variable file.
        rehearsal: Takes it further.
        outputs: The root module's outputs.
        plan: Addresses that a second plan would change.
        steps: What the apply did, in order.
    """

    mode: Mode
    variables: Mapping[str, Any]
    rehearsal: Rehearsal
    outputs: Mapping[str, Any]
    plan: Sequence[str]
    steps: Sequence[str] = field(repr=False)

    @property
    def aws(self) -> Clients:
        """boto3 clients of the AWS that it was applied to."""
        return self.rehearsal.aws


@dataclass(frozen=True)
class Changed:
    """What became of a change of many variables at once.

    Attributes:
        announced: What the plan of it said, by address.
        plan: Addresses that a plan after it would change.
        steps: What the apply did, in order.
        written: Everything that Terraform keeps on disk of its own; too much for a failure's message.
    """

    announced: Mapping[str, str]
    plan: Sequence[str]
    steps: Sequence[str]
    written: str = field(repr=False)


@dataclass(frozen=True)
class Drifted:
    """What became of changes behind Terraform's back.

    Attributes:
        noticed: Addresses that a plan names.
        plan: Addresses that a plan names after the next apply.
    """

    noticed: Sequence[str]
    plan: Sequence[str]


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
class CanaryRemoved:
    """What became of an apply without the canary.

    Attributes:
        steps: What it did, in order.
        plan: Addresses that a plan after it would change.
    """

    steps: Sequence[str]
    plan: Sequence[str]


@dataclass(frozen=True)
class Destroyed:
    """What is left in the end.

    Attributes:
        left: Addresses in Terraform's state.
        aws: boto3 clients of the AWS that should be empty again.
    """

    left: Sequence[str]
    aws: Clients
