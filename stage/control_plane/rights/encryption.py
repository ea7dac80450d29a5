"""Keys that resources are encrypted by, as each service has been told them."""

from collections.abc import Callable, Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends

from stage.control_plane.rights.arns import Arn
from stage.control_plane.rights.lookups import parameter, secret


def key_told(arn: Arn) -> str:
    """Identifier of the key that a resource is encrypted by: an id, an alias with its "alias/", or an ARN.

    "" of a resource that is not there, and of one that the service encrypts by a key of its own. A key that
    AWS manages in the account may be told as well.
    """
    if arn.service == "s3":
        return _in_bucket(arn)
    if arn.service not in _PLACES:
        return ""
    backends, find = _PLACES[arn.service]
    backend = arn.where.backend(backends)
    return (find(backend, arn) or "") if backend is not None else ""


def owner_of(bucket: str) -> str:
    """Number of the account whose a bucket is; "" if there is none of that name."""
    _, account = s3_backends.bucket_accounts.get(bucket, ("", ""))
    return str(account)


def _in_bucket(arn: Arn) -> str:
    """Key of an object that is there, or else the one that the bucket has for new ones.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
    """
    name, _, key = arn.resource.partition("/")
    backend = arn.where._replace(account=owner_of(name)).backend(s3_backends)
    bucket = backend.buckets.get(name) if backend is not None else None
    if bucket is None:
        return ""
    stored = bucket.keys.get(key)
    if stored is not None:
        is_by_kms = str(getattr(stored, "encryption", "")).startswith("aws:kms")
        return (stored.kms_key_id or "") if is_by_kms else ""
    rule = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    return rule.get("KMSMasterKeyID") or ""


def _of_table(dynamodb: Any, arn: Arn) -> str:
    """Key of a table; an index has its table's, and each call about an index is about the table too."""
    table = dynamodb.tables.get(arn.resource.removeprefix("table/"))
    told = (table.sse_specification or {}) if table is not None else {}
    return told.get("KMSMasterKeyId", "") if told.get("Enabled") else ""


def _of_parameter(ssm: Any, arn: Arn) -> str:
    found = parameter(ssm, arn)
    return found.keyid if found and found.parameter_type == "SecureString" else ""


_PLACES: Mapping[str, tuple[Any, Callable[[Any, Arn], Any]]] = {
    "dynamodb": (dynamodb_backends, _of_table),
    "secretsmanager": (
        secretsmanager_backends,
        lambda secrets, arn: getattr(secret(secrets, arn), "kms_key_id", ""),
    ),
    "sns": (sns_backends, lambda sns, arn: getattr(sns.topics.get(arn.text), "kms_master_key_id", "")),
    "sqs": (sqs_backends, lambda sqs, arn: getattr(sqs.queues.get(arn.resource), "kms_master_key_id", "")),
    "ssm": (ssm_backends, _of_parameter),
}
"""Backends, and the way to what one of them was told, by the service in an ARN."""
