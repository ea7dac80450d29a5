"""Part of what was observed: some roles alone, or the roles of several environments as one."""

import json
import re
from collections.abc import Collection

from verify.rights.observed import Observed, merged
from verify.rights.patterns import matches
from verify.rights.reasons import name_of

ENVIRONMENT = "ENVIRONMENT"
"""Stands for the name of any of the environments that are judged as one."""


def of_roles(observed: Observed, patterns: Collection[str]) -> Observed:
    """Only what is about roles whose names are as one of these patterns says."""
    return Observed(
        tuple(one for one in observed.decisions if _is_one_of(one.principal, patterns)),
        tuple(one for one in observed.roles if _is_one_of(one.arn, patterns)),
    )


def as_one(observed: Observed, environments: Collection[str]) -> Observed:
    """The same with `ENVIRONMENT` in the place of these names, wherever one stands as a word of its own.

    Roles that differ in it alone become one, which uses what any of them does.
    """
    word = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, environments))})(?![A-Za-z0-9])")
    return merged([Observed.read(json.loads(word.sub(ENVIRONMENT, observed.text())))])


def _is_one_of(principal: str, patterns: Collection[str]) -> bool:
    return any(matches(pattern, name_of(principal)) for pattern in patterns)
