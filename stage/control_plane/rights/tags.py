"""Tags of resources, which moto keeps in another place for each service.

Where moto forgets to drop them with their resource, they are nobody's.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.appmesh.models import appmesh_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.servicediscovery.models import servicediscovery_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends

from stage.control_plane.rights.arns import Arn
from stage.control_plane.rights.lookups import last, parameter, revision, role, secret
from stage.control_plane.rights.networks import is_there


def tags_of(arn: Arn) -> dict[str, str]:
    """Tags that a resource has at this moment; none of one that is not there.

    A bucket's are left out: S3 looks at them once ABAC is enabled for the bucket, which it cannot be here
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging.html).
    """
    if arn.service not in _PLACES:
        return {}
    backends, find = _PLACES[arn.service]
    backend = arn.where.backend(backends)
    return _by_key(find(backend, arn)) if backend is not None else {}


def _by_key(found: Any) -> dict[str, str]:
    """Tags as texts, whichever way moto keeps them: by key, or one after the other."""
    if not found:
        return {}
    if isinstance(found, dict):
        return {key: value or "" for key, value in found.copy().items()}
    return dict(_pair(one) for one in list(found))


def _pair(tag: Mapping[str, str]) -> tuple[str, str]:
    if "Key" in tag:
        return tag["Key"], tag.get("Value") or ""
    return tag["key"], tag.get("value") or ""


def _of(found: Any, attribute: str = "tags") -> Any:
    """Tags of a resource that has them itself; None if there is no such resource."""
    return getattr(found, attribute, None)


def _scalable_target(autoscaling: Any, arn: Arn) -> Any:
    of_dimensions = list(autoscaling.targets.values())
    is_registered = any(one.arn == arn.text for targets in of_dimensions for one in list(targets.values()))
    return autoscaling.tags.get(arn.text) if is_registered else None


def _alarm(cloudwatch: Any, arn: Arn) -> Any:
    kind, _, name = arn.resource.partition(":")
    is_known = kind == "alarm" and name in cloudwatch.alarms
    return cloudwatch.tagger.tags.get(arn.text) if is_known else None


def _table(dynamodb: Any, arn: Arn) -> Any:
    """Tags of a table, which are its indexes' too, but not its streams'.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
    """
    kind, name, *part = arn.resource.split("/")
    return _of(dynamodb.tables.get(name)) if kind == "table" and part[:1] in ([], ["index"]) else None


def _part_of_network(ec2: Any, arn: Arn) -> Any:
    kind, _, identifier = arn.resource.partition("/")
    return ec2.tags.get(identifier) if is_there(ec2, kind, identifier) else None


def _of_ecs(ecs: Any, arn: Arn) -> Any:
    kind, _, name = arn.resource.partition("/")
    match kind:
        case "cluster":
            return _of(ecs.clusters.get(name))
        case "service":
            return _of(ecs.services.get(name.replace("/", ":")))
        case "task":
            return ecs.state.tasks.get(arn.text, {}).get("tags")
        case "task-definition":
            return _of(revision(ecs, name))
    return None


def _of_load_balancing(elbv2: Any, arn: Arn) -> Any:
    kind, _, rest = arn.resource.partition("/")
    if kind == "targetgroup":
        found = elbv2.target_groups.get(arn.text)
    else:
        # What lies within a load balancer goes on behind the load balancer's own id.
        family, *ids = rest.split("/")
        whole = arn.where.arn(arn.service, "/".join(["loadbalancer", family, *ids[:2]]))
        found = elbv2.load_balancers.get(whole)
        if found is not None and kind != "loadbalancer":
            listener = arn.where.arn(arn.service, "/".join(["listener", family, *ids[:3]]))
            found = found.listeners.get(listener)
        if found is not None and kind == "listener-rule":
            found = found.rules.get(arn.text)
    return elbv2.tagging_service.tags.get(arn.text) if found is not None else None


def _of_iam(iam: Any, arn: Arn) -> Any:
    match arn.resource.partition("/")[0]:
        case "role":
            return _of(role(iam, arn))
        case "user":
            return iam.tagger.tags.get(arn.text)
        case "policy":
            return _values(_of(iam.managed_policies.get(arn.text)))
        case "oidc-provider":
            return _values(_of(iam.open_id_providers.get(arn.text)))
        case "instance-profile":
            found = iam.instance_profiles.get(last(arn))
            return _of(found) if found is not None and found.arn == arn.text else None
    return None


def _values(tags: dict[str, Any] | None) -> Iterable[Any]:
    return list(tags.values()) if tags else ()


def _log_group(logs: Any, arn: Arn) -> Any:
    """Tags of a group, which are those of its streams too.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    kind, name, *_ = [*arn.resource.split(":"), ""]
    found = logs.groups.get(name) if kind == "log-group" else None
    return logs.tagger.tags.get(found.arn) if found is not None else None


def _of_cloud_map(cloud_map: Any, arn: Arn) -> Any:
    kind, _, identifier = arn.resource.partition("/")
    among = {"namespace": cloud_map.namespaces, "service": cloud_map.services}.get(kind, {})
    return cloud_map.tagger.tags.get(arn.text) if identifier in among else None


def _of_ses(ses: Any, arn: Arn) -> Any:
    kind, _, name = arn.resource.partition("/")
    among = {"identity": ses.email_identities, "configuration-set": ses.config_sets}.get(kind, {})
    return ses.tagger.tags.get(arn.text) if name in among else None


def _parameter(ssm: Any, arn: Arn) -> Any:
    found = parameter(ssm, arn)
    return ssm._resource_tags.get("Parameter", {}).get(found.name) if found else None  # noqa: SLF001 - moto has no other


_PLACES: Mapping[str, tuple[Any, Callable[[Any, Arn], Any]]] = {
    "application-autoscaling": (applicationautoscaling_backends, _scalable_target),
    "appmesh": (appmesh_backends, lambda appmesh, arn: appmesh.store.tags.get(arn.text)),
    "cloudwatch": (cloudwatch_backends, _alarm),
    "dynamodb": (dynamodb_backends, _table),
    "ec2": (ec2_backends, _part_of_network),
    "ecr": (ecr_backends, lambda ecr, arn: ecr.tagger.tags.get(arn.text)),
    "ecs": (ecs_backends, _of_ecs),
    "elasticloadbalancing": (elbv2_backends, _of_load_balancing),
    "iam": (iam_backends, _of_iam),
    "kms": (kms_backends, lambda kms, arn: kms.tagger.tags.get(last(arn))),
    "logs": (logs_backends, _log_group),
    "secretsmanager": (secretsmanager_backends, lambda secrets, arn: _of(secret(secrets, arn))),
    "servicediscovery": (servicediscovery_backends, _of_cloud_map),
    "ses": (ses_backends, _of_ses),
    "sns": (sns_backends, lambda sns, arn: _of(sns.topics.get(arn.text), "_tags")),
    "sqs": (sqs_backends, lambda sqs, arn: _of(sqs.queues.get(arn.resource))),
    "ssm": (ssm_backends, _parameter),
}
"""Backends, and the way to a resource's tags in one of them, by the service in an ARN."""
