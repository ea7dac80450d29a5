"""Words for rights, the same on the terminal, in the report and in findings."""

from collections.abc import Iterable, Iterator, Sequence

from verify.rights.judge import Right
from verify.rights.observed import Decision

# Of what a wildcard stands for so many are told by name.
_MAX_NAMED = 5
# A bucket's objects would fill a screen.
_MAX_RESOURCES = 3
# arn, partition, service, region, account
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
_PARTS_BEFORE = 5


def named(actions: Sequence[str]) -> str:
    """Names of a few actions, and a number for the others."""
    more = len(actions) - _MAX_NAMED
    told = ", ".join(actions[:_MAX_NAMED])
    return f"{told} and {more} more" if more > 0 else told


def by_pattern(rights: Sequence[Right]) -> dict[tuple[str, str], list[str]]:
    """Actions by statement and by the pattern that stands for them there; by "" those named in full."""
    found: dict[tuple[str, str], list[str]] = {}
    for right in rights:
        if right.action:
            pattern = "" if right.written == right.action else right.written
            found.setdefault((right.statement, pattern), []).append(right.action)
    return found


def shown(resources: Sequence[str]) -> str:
    """A few resources by name, and a number for the others.

    Of an ARN the last part is told: service, region and account are clear from the action and the run.
    """
    more = len(resources) - _MAX_RESOURCES
    told = ", ".join(_own_name(one) for one in resources[:_MAX_RESOURCES])
    return told + (f" and {more} more" if more > 0 else "")


def _own_name(resource: str) -> str:
    return resource.split(":", _PARTS_BEFORE)[-1] if resource.startswith("arn:") else resource


def what(rights: Iterable[Right]) -> Iterator[tuple[str, str]]:
    """Statements, each with what of it: its actions together, those of a wildcard apart, and resources."""
    found = list(rights)
    for (statement, pattern), actions in by_pattern(found).items():
        yield statement, f"{pattern}: {named(actions)}" if pattern else named(actions)
    for right in found:
        if right.resource:
            yield right.statement, right.resource


def otherwise(decision: Decision) -> str:
    """Calls that were allowed by something else than the role's own policies."""
    by = f"by {decision.kind} {decision.policy}".rstrip() if decision.kind else "without any policy"
    return f"{decision.action} on {decision.resource} {by} ({decision.count} times)"
