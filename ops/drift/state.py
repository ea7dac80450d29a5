"""State of an environment: resources that Terraform owns, with their attributes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ops.errors import OpsError

# Attributes by which a resource is known, or parts that come with it.
_IDENTITIES = (
    *("id", "arn", "name", "name_prefix", "bucket", "url", "key_id", "alarm_name", "dashboard_name"),
    *("arn_without_revision", "security_group_rule_id", "allocation_id", "association_id", "hosted_zone"),
    *("default_network_acl_id", "default_route_table_id", "default_security_group_id"),
    *("configuration_set_name", "target_key_arn", "vpc_id"),
)
_LISTS = ("network_interface_ids", "alarm_arns")
OUR_TAGS = ("Application", "Environment", "ManagedBy")
"""Tags that every resource has: `default_tags` of terraform/provider.tf."""


@dataclass(frozen=True)
class Declared:
    """A resource of the state.

    Attributes:
        address: Terraform's.
        type: Such as aws_ecs_service.
        values: Attributes by name.
    """

    address: str
    type: str
    values: Mapping[str, Any]

    def __getitem__(self, attribute: str) -> Any:
        """An attribute; None if it has no such one."""
        return self.values.get(attribute)


class State:
    """All resources of a state.

    Args:
        document: `terraform show -json` of a state.

    Raises:
        OpsError: It has no ECS cluster, from which everything is named.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        root = (document.get("values") or {}).get("root_module") or {}
        self.resources = tuple(_walk(root))
        clusters = self.of("aws_ecs_cluster")
        if not clusters:
            raise OpsError(
                "the state holds no ECS cluster: apply the environment first (terraform/README.md)"
            )
        self.cluster: str = clusters[0]["name"]
        tags = clusters[0]["tags_all"] or {}
        self.tags = {name: tags[name] for name in OUR_TAGS if name in tags}

    def of(self, *types: str) -> list[Declared]:
        """Resources of these types."""
        return [one for one in self.resources if one.type in types]

    def one_by(self, kind: str, attribute: str, value: object) -> Declared | None:
        """The resource of a type with this value; None if there is none."""
        return next((one for one in self.of(kind) if one[attribute] == value), None)

    def names(self, text: str) -> bool:
        """Whether a name is one of this environment, by how it begins: `notifications-staging-…`."""
        return re.search(rf"(^|/){re.escape(self.cluster)}($|[-/.:])", text) is not None

    def owns(self, identity: str) -> bool:
        """Whether a resource of this id, ARN or name is in the state."""
        return identity in self._identities or identity.removesuffix(":*") in self._identities

    @cached_property
    def _identities(self) -> frozenset[str]:
        found = set()
        for one in self.resources:
            found |= {one[name] for name in _IDENTITIES if isinstance(one[name], str)}
            found |= {text for name in _LISTS for text in one[name] or []}
        return frozenset(found)


def _walk(module: Mapping[str, Any]) -> Iterator[Declared]:
    for one in module.get("resources", []):
        if one.get("mode", "managed") == "managed":
            yield Declared(one["address"], one["type"], one.get("values") or {})
    for child in module.get("child_modules", []):
        yield from _walk(child)
