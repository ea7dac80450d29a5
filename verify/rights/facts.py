"""Rights for machines, as types that JSON has."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from verify.rights.findings import findings
from verify.rights.judge import Excused, Refusal, Right, Rights, RoleRights, Used


def facts(rights: Rights) -> Mapping[str, Any]:
    """All roles with their rights, and the findings."""
    return {
        "findings": [asdict(one) for one in findings(rights)],
        "roles": [_role(one) for one in rights.roles],
        "others_refused": [_refusal(one) for one in rights.others_refused],
    }


def _role(role: RoleRights) -> Mapping[str, Any]:
    return {
        "arn": role.arn,
        "used": [_used(one) for one in role.used],
        "unused": [_right(one) for one in role.unused],
        "excused": [_excused(one) for one in role.excused],
        "otherwise": [asdict(one) for one in role.otherwise],
        "refused": [_refusal(one) for one in role.refused],
    }


def _right(right: Right) -> dict[str, str]:
    """A right without its role, which it stands below, and without what it is not about."""
    found = asdict(right)
    return {name: value for name, value in found.items() if value and name != "role"}


def _used(used: Used) -> Mapping[str, Any]:
    return {**_right(used.right), "count": used.count, "resources": list(used.resources)}


def _excused(excused: Excused) -> Mapping[str, str]:
    return {**_right(excused.right), "reason": excused.reason.reason, "place": excused.reason.place}


def _refusal(refusal: Refusal) -> Mapping[str, Any]:
    reason = refusal.reason
    return {**asdict(refusal.decision), "reason": reason.reason if reason else ""}
