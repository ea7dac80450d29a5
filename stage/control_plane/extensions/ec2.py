"""Descriptions of security group rules that name a group or a prefix list."""

from functools import cache
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from stage.control_plane.extensions.patching import replace

_moto_init = SecurityGroupRule.__init__


@cache
def install() -> None:
    """Keep the description of every rule; moto only has that of an address range."""
    replace(SecurityGroupRule, __init__=_init)


def _init(rule: SecurityGroupRule, *arguments: Any, **named: Any) -> None:
    _moto_init(rule, *arguments, **named)
    for given in arguments:
        # What a rule is about: a range, a group or a prefix list, each with the rule's description.
        if isinstance(given, dict) and "Description" in given:
            # Where moto looks for it, and puts it when it is changed.
            rule.ip_range = {**rule.ip_range, "Description": given["Description"]}
