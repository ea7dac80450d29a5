"""ARNs of what a call names in another way than by its ARN."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.servicediscovery.models import servicediscovery_backends
from moto.ses.models import ses_backends

from stage.authorization.calls.world import RECIPIENT
from stage.control_plane.rights.arns import Where
from stage.control_plane.rights.lookups import (
    key_by_alias,
    revision,
    role_by_name,
    secret_by_name,
)
from stage.control_plane.rights.networks import addresses, association, groups_of_default_vpc


def arns_of(kind: str, identifier: str, where: Where) -> list[str]:
    """ARNs of what is there by a kind of identifier that `World` lists; none of any other kind.

    Args:
        kind: Service and type.
        identifier: Of that kind.
        where: The place that the call is made at.
    """
    if kind not in _KINDS:
        return []
    backends, find = _KINDS[kind]
    at = where.everywhere if backends is iam_backends else where
    backend = at.backend(backends)
    return list(find(backend, identifier, at)) if backend is not None else []


def _of(*found: Any) -> list[str]:
    """ARNs of resources that know theirs; of nothing, none."""
    return [one.arn for one in found if one is not None]


def _policy(iam: Any, name: str, where: Where) -> Iterable[str]:
    """A policy of the account's own, of which a name tells one whatever its path.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    direct = where.arn("iam", f"policy/{name}")
    if direct in iam.managed_policies:
        return [direct]
    own = where.arn("iam", "policy/")
    return [
        arn for arn in list(iam.managed_policies) if arn.startswith(own) and arn.rpartition("/")[2] == name
    ]


def _task_definition(ecs: Any, name: str, _: Where) -> Iterable[str]:
    """A revision, or of a family the newest that is active.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    if ":" in name:
        return _of(revision(ecs, name))
    revisions = sorted(ecs.task_definitions.get(name, {}).copy().items(), reverse=True)
    return _of(next((one for _, one in revisions if one.status == "ACTIVE"), None))


def _scalable_target(autoscaling: Any, name: str, _where: Where) -> Iterable[str]:
    # The dimension begins with the namespace, too.
    resource, _, dimension = name.partition("/")[2].rpartition("/")
    return _of(autoscaling.targets.get(dimension, {}).get(resource))


def _elastic_ip(ec2: Any, identifier: str, where: Where) -> Iterable[str]:
    for one in addresses(ec2, identifier):
        yield where.arn("ec2", f"elastic-ip/{one.allocation_id}")


def _network_interface(ec2: Any, identifier: str, where: Where) -> Iterable[str]:
    for one in addresses(ec2, identifier):
        if one.eni is not None:
            yield where.arn("ec2", f"network-interface/{one.eni.id}")


def _route_table(ec2: Any, identifier: str, where: Where) -> Iterable[str]:
    table, _ = association(ec2, identifier)
    return [where.arn("ec2", f"route-table/{table}")] if table else ()


def _associated(kind: str, prefix: str) -> Callable[[Any, str, Where], Iterable[str]]:
    """Finds what a route table is associated with, if its id begins with `prefix`."""

    def find(ec2: Any, identifier: str, where: Where) -> Iterable[str]:
        _, target = association(ec2, identifier)
        return [where.arn("ec2", f"{kind}/{target}")] if target.startswith(prefix) else ()

    return find


def _security_group(ec2: Any, name: str, where: Where) -> Iterable[str]:
    for one in groups_of_default_vpc(ec2, name):
        yield where.arn("ec2", f"security-group/{one.id}")


def _hosted_zone(cloud_map: Any, namespace: str, where: Where) -> Iterable[str]:
    found = cloud_map.namespaces.get(namespace)
    told = found.dns_properties.get("HostedZoneId", "") if found is not None else ""
    zone = told.removeprefix("/hostedzone/")
    # The ARN of a zone has no account.
    return [f"arn:{where.partition}:route53:::hostedzone/{zone}"] if zone else ()


def _identity(ses: Any, address: str, where: Where) -> Iterable[str]:
    """The identity of an address: itself, or else its domain.

    https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """
    for name in (address, address.rpartition("@")[2]):
        if name in ses.email_identities:
            return [where.arn("ses", f"identity/{name}")]
    return ()


_KINDS: Mapping[str, tuple[Any, Callable[[Any, str, Where], Iterable[str]]]] = {
    "application-autoscaling:ScalableTarget": (applicationautoscaling_backends, _scalable_target),
    "ec2:elastic-ip": (ec2_backends, _elastic_ip),
    "ec2:internet-gateway": (ec2_backends, _associated("internet-gateway", "igw-")),
    "ec2:network-interface": (ec2_backends, _network_interface),
    "ec2:route-table": (ec2_backends, _route_table),
    "ec2:security-group": (ec2_backends, _security_group),
    "ec2:subnet": (ec2_backends, _associated("subnet", "subnet-")),
    "ecs:task-definition": (ecs_backends, _task_definition),
    "iam:instance-profile": (iam_backends, lambda iam, name, _: _of(iam.instance_profiles.get(name))),
    "iam:policy": (iam_backends, _policy),
    "iam:role": (iam_backends, lambda iam, name, _: _of(role_by_name(iam, name))),
    "iam:user": (iam_backends, lambda iam, name, _: _of(iam.users.get(name))),
    "kms:key": (kms_backends, lambda kms, alias, _: _of(key_by_alias(kms, alias))),
    "route53:hostedzone": (servicediscovery_backends, _hosted_zone),
    "secretsmanager:Secret": (
        secretsmanager_backends,
        lambda secrets, name, _: _of(secret_by_name(secrets, name)),
    ),
    "ses:identity": (ses_backends, _identity),
    # Every account begins in the sandbox, and moto knows no way out of it
    # (https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html).
    RECIPIENT: (ses_backends, _identity),
}
"""Backends, and the way to ARNs in one of them, by the kind."""
