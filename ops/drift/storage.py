"""The ledger, the repositories, the bucket of access logs, and the key that all is encrypted with."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws, unless_missing
from ops.drift.difference import differences
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.state import Declared, State

_BLOCKS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def tables(aws: Aws, state: State) -> Iterator[Finding]:
    """Tables without their protection, backups or expiry, or that somebody else may use."""
    dynamodb = aws("dynamodb")
    policies = {one["resource_arn"]: one["policy"] for one in state.of("aws_dynamodb_resource_policy")}
    for known in state.of("aws_dynamodb_table"):
        name = known["name"]
        asked = unless_missing(dynamodb.describe_table, "ResourceNotFoundException", TableName=name)
        if asked is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        yield from compared(known.address, _table(known, asked["Table"], backups, expiry))
        arn = asked["Table"]["TableArn"]
        policy = unless_missing(dynamodb.get_resource_policy, "PolicyNotFoundException", ResourceArn=arn)
        yield from compared(known.address, {"policy": (policies.get(arn), policy and policy["Policy"])})


def _table(
    known: Declared, found: dict[str, Any], backups: dict[str, Any], expiry: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    recovery = (known["point_in_time_recovery"] or [{}])[0]
    ttl = (known["ttl"] or [{}])[0]
    key = (known["server_side_encryption"] or [{}])[0].get("kms_key_arn")
    status = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    enabled = expiry.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    return {
        "deletion_protection_enabled": (
            bool(known["deletion_protection_enabled"]),
            bool(found.get("DeletionProtectionEnabled")),
        ),
        "point_in_time_recovery.enabled": (bool(recovery.get("enabled")), status == "ENABLED"),
        "ttl.enabled": (bool(ttl.get("enabled")), enabled),
        "ttl.attribute_name": (ttl.get("attribute_name"), expiry.get("AttributeName") if enabled else None)
        if ttl.get("enabled") and enabled
        else (None, None),
        "server_side_encryption.kms_key_arn": (key, found.get("SSEDescription", {}).get("KMSMasterKeyArn")),
        "billing_mode": (
            known["billing_mode"],
            found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        ),
        "stream_enabled": (
            bool(known["stream_enabled"]),
            bool(found.get("StreamSpecification", {}).get("StreamEnabled")),
        ),
    }


def repositories(aws: Aws, state: State) -> Iterator[Finding]:
    """Repositories whose tags may be moved, that are not scanned, or that somebody else may use."""
    ecr = aws("ecr")
    found = {one["repositoryName"]: one for one in listed(ecr, "describe_repositories", "repositories")}
    rules = {one["repository"]: one["policy"] for one in state.of("aws_ecr_lifecycle_policy")}
    policies = {one["repository"]: one["policy"] for one in state.of("aws_ecr_repository_policy")}
    for known in state.of("aws_ecr_repository"):
        name = known["name"]
        if name not in found:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        policy = unless_missing(
            ecr.get_repository_policy, "RepositoryPolicyNotFoundException", repositoryName=name
        )
        lifecycle = unless_missing(
            ecr.get_lifecycle_policy, "LifecyclePolicyNotFoundException", repositoryName=name
        )
        scans = (known["image_scanning_configuration"] or [{}])[0].get("scan_on_push")
        actual = found[name]
        yield from compared(
            known.address,
            {
                "image_tag_mutability": (known["image_tag_mutability"], actual["imageTagMutability"]),
                "image_scanning_configuration.scan_on_push": (
                    bool(scans),
                    bool(actual.get("imageScanningConfiguration", {}).get("scanOnPush")),
                ),
                "policy": (policies.get(name), policy and policy["policyText"]),
                "lifecycle_policy": (rules.get(name), lifecycle and lifecycle["lifecyclePolicyText"]),
            },
        )


def keys(aws: Aws, state: State) -> Iterator[Finding]:
    """Keys that are disabled or about to be deleted, that do not rotate, or that others may use."""
    kms = aws("kms")
    for known in state.of("aws_kms_key"):
        key = known["key_id"]
        found = kms.describe_key(KeyId=key)["KeyMetadata"]
        if found["KeyState"] != "Enabled":
            yield Finding(known.address, "is_enabled", "Enabled", found["KeyState"])
        document = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        for path, expected, actual in differences(known["policy"], document, path="policy"):
            yield Finding(known.address, path, expected, actual)
        aliases = {one["AliasName"] for one in listed(kms, "list_aliases", "Aliases", KeyId=key)}
        declared = {one["name"] for one in state.of("aws_kms_alias") if one["target_key_id"] == key}
        yield from compared(known.address, {"alias": (declared, aliases)})
        for grant in listed(kms, "list_grants", "Grants", KeyId=key):
            # Services of AWS have grants of their own, by the name of the service.
            if grant["GranteePrincipal"].startswith("arn:"):
                shown = text({"to": grant["GranteePrincipal"], "operations": grant["Operations"]})
                yield Finding(known.address, f"grant[{grant['GrantId']}]", NONE, shown)
        # AWS tells nothing about the rotation of a key that is to be deleted.
        if found["KeyState"] != "PendingDeletion":
            rotates = kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
            yield from compared(
                known.address, {"enable_key_rotation": (bool(known["enable_key_rotation"]), rotates)}
            )


def buckets(aws: Aws, state: State) -> Iterator[Finding]:
    """Buckets that are opened, that others may write into, or whose events go elsewhere."""
    s3 = aws("s3")
    policies = {one["bucket"]: one["policy"] for one in state.of("aws_s3_bucket_policy")}
    blocks = {one["bucket"]: one for one in state.of("aws_s3_bucket_public_access_block")}
    for known in state.of("aws_s3_bucket"):
        name = known["bucket"]
        found = unless_missing(s3.get_bucket_policy, "NoSuchBucketPolicy", Bucket=name)
        actual = found and found["Policy"]
        for path, wanted, is_ in differences(policies.get(name), actual, path="policy"):
            yield Finding(known.address, path, wanted, is_)
        if name in blocks:
            block = unless_missing(
                s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration", Bucket=name
            )
            open_to = block["PublicAccessBlockConfiguration"] if block else {}
            yield from compared(
                blocks[name].address,
                {item: (bool(blocks[name][item]), bool(open_to.get(key))) for item, key in _BLOCKS.items()},
            )
        told = s3.get_bucket_notification_configuration(Bucket=name)
        events = {item: value for item, value in told.items() if item != "ResponseMetadata"}
        yield from compared(known.address, {"notification": (None, sorted(events))})
