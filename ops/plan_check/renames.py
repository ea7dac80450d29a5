"""Resources that a plan makes anew under another name, so that what names them has to change with them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ops.plan_check.change import Change

_NAMES = ("name", "bucket", "alarm_name", "function_name", "identifier", "cluster_identifier")


def renames(changes: Sequence[Change]) -> Mapping[str, str]:
    """New names by the old ones, of what is made anew or renamed in place."""
    return {
        before: after
        for change in changes
        for before, after in ((change.before.get(name), change.after.get(name)) for name in _NAMES)
        if isinstance(before, str) and isinstance(after, str) and before and before != after
    }


def renamed_in_arns(text: Any, names: Mapping[str, str]) -> Any:
    """A policy in whose ARNs the old names are the new ones: who had one may have the other.

    Args:
        text: The policy; what is no text stays as it is.
        names: New names by the old ones.
    """
    if not isinstance(text, str):
        return text
    for before, after in names.items():
        # As a whole part of an ARN: a queue's name may be how another one's begins.
        old = rf"(?<=[:/]){re.escape(before)}(?=[\"/:*])"
        text = re.sub(old, after.replace("\\", r"\\"), text)
    return text
