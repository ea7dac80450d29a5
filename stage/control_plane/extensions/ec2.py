"""Descriptions of security group rules that name a group or a prefix list."""

from collections.abc import Iterator
from typing import Any

from moto.ec2 import models

from stage.control_plane.extensions.registration import Extension, Gap, overrides


class EC2Backend(models.EC2Backend):
    """EC2 that keeps the description of every rule; moto only has that of an address range."""

    @overrides
    def _iterate_security_rules(  # noqa: PLR0913, PLR0917 - moto's own signature
        self,
        ip_protocol: str,
        group_id: str,
        from_port: str,
        to_port: str,
        ip_ranges: list[Any],
        source_groups: list[dict[str, str]],
        prefix_list_ids: list[dict[str, str]],
        **options: Any,
    ) -> Iterator[Any]:
        """The rules that a permission asks for, in the order of what they are about."""
        rules = super()._iterate_security_rules(
            ip_protocol, group_id, from_port, to_port, ip_ranges, source_groups, prefix_list_ids, **options
        )
        for rule, about in zip(rules, [*ip_ranges, *source_groups, *prefix_list_ids], strict=True):
            if isinstance(about, dict) and "Description" in about:
                # moto looks for it there, and puts it there when it is changed.
                rule.ip_range = {**rule.ip_range, "Description": about["Description"]}
            yield rule


_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html"
EXTENSION = Extension(
    service="ec2",
    gaps=(
        Gap("description_of_group_rule", "A rule that names a group loses its description.", _PAGE),
        Gap(
            "description_of_prefix_list_rule", "A rule that names a prefix list loses its description.", _PAGE
        ),
    ),
    backend=EC2Backend,
)
