"""Encryption that is taken away, or weakened."""

import re
from collections.abc import Iterator
from typing import Any

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import below, changed, from_one_of, removed, turned_off, turned_on
from ops.plan_check.finding import Finding, Kind, of_difference
from ops.plan_check.values import UNKNOWN

_KEY = re.compile(
    r"(.+\.)?\w*(kms|encryption|sse)\w*_(key|arn|id|key_id|key_arn|key_identifier)|(.+\.)?kms_key"
)
_WEAKER = below(
    (None, "", "NONE", "DISABLED", "disabled", "none", "UNENCRYPTED"),
    ("AES256", "SSE_S3", "SSE-S3"),
    ("KMS", "aws:kms", "SSE_KMS", "SSE-KMS"),
    ("KMS_DSSE", "aws:kms:dsse"),
)
_LESS_TLS = "Connections can be made with older or weaker encryption."

_TABLE = (
    Watched(
        r"(.+\.)?(sse_algorithm|encryption_type|encryption_mode|\w+_encryption_mode|server_side_encryption)",
        _WEAKER,
        "What is stored is encrypted with a weaker key, or not at all.",
    ),
    Watched(
        r"(.+\.)?(?!\w*disabled)(\w*encrypt\w*(\.enabled)?|sse_enabled)",
        turned_off,
        "What is stored or sent is not encrypted any more.",
    ),
    Watched(r"(.+\.)?encryption_disabled", turned_on, "What is stored or sent is not encrypted any more."),
    Watched(
        r"enable_key_rotation|(.+\.)?key_rotation_enabled",
        turned_off,
        "The key is not exchanged any more: once it leaks, it stays good for ever.",
    ),
    Watched(
        r"is_enabled|enabled",
        turned_off,
        "Nothing that is encrypted with the key can be read any more.",
        types=r"aws_kms_.+",
    ),
    Watched(
        r"certificate_arn", removed, "The listener has no certificate any more.", types=r"aws_a?lb_listener"
    ),
    Watched(
        r"protocol",
        from_one_of("HTTPS", "TLS"),
        "Requests, keys among them, travel without encryption.",
        types=r"aws_a?lb_(listener|target_group)",
    ),
    Watched(
        r"mutual_authentication\.mode",
        from_one_of("verify"),
        "Clients no longer have to show a certificate.",
        types=r"aws_a?lb_listener",
    ),
    Watched(
        r"(.+\.)?tls_policy",
        lambda before, after: str(before).upper() == "REQUIRE" and changed(before, after),
        "Mails are sent without encryption where the other side offers none.",
        types=r"aws_ses.+",
    ),
    Watched(
        r"dkim_signing_attributes\.next_signing_key_length",
        below(("RSA_1024_BIT",), ("RSA_2048_BIT",)),
        "Mails are signed with a shorter key.",
    ),
    Watched(
        r"service_connect_configuration\.service\.(.+\.)?tls\..*aws_pca_authority_arn|spec\..*tls\.(enforce|mode)",
        lambda before, after: removed(before, after) or turned_off(before, after),
        "Services talk to each other without encryption.",
    ),
    Watched(
        r"(.+\.)?(require_tls|enforce_https|require_ssl)",
        turned_off,
        "Connections can be made without encryption.",
    ),
    Watched(
        r"(.+\.)?(viewer_protocol_policy|origin_protocol_policy)",
        below(("allow-all", "http-only"), ("match-viewer",), ("redirect-to-https",), ("https-only",)),
        "Requests can be made without encryption.",
    ),
    Watched(
        r"type",
        from_one_of("SecureString"),
        "The parameter is stored in plain text.",
        types="aws_ssm_parameter",
    ),
)

encrypts_less = watch(Kind.ENCRYPTION, _TABLE)
"""Rule: encryption that is turned off or weakened."""


def key_is_removed(change: Change) -> Iterator[Finding]:
    """A key of one's own that is taken away, in whatever the service then encrypts with."""
    if not change.compared:
        return
    for difference in change.differences:
        before, after = difference.before, difference.after
        of_service = (
            str(after).startswith("alias/aws/") and before and not str(before).startswith("alias/aws/")
        )
        if _KEY.fullmatch(difference.pattern) and (removed(before, after) or of_service):
            yield of_difference(
                change,
                Kind.ENCRYPTION,
                "It is no longer encrypted with the key of its own, whose policy says who may read it.",
                difference,
            )


def queue_is_plain(change: Change) -> Iterator[Finding]:
    """A queue that neither SQS encrypts nor a key."""
    if change.type != "aws_sqs_queue" or not change.compared:
        return
    for difference in change.differences:
        if difference.pattern == "sqs_managed_sse_enabled" and turned_off(
            difference.before, difference.after
        ):
            key = change.after.get("kms_master_key_id")
            if not key:
                yield of_difference(
                    change,
                    Kind.ENCRYPTION,
                    "Messages are not encrypted any more while they wait.",
                    difference,
                )


def tls_is_weaker(change: Change) -> Iterator[Finding]:
    """A security policy that takes older versions of TLS, or weaker ciphers."""
    for difference in change.differences if change.compared else ():
        if not re.fullmatch(
            r"(.+\.)?(ssl_policy|(tls_)?security_policy|minimum_protocol_version|minimum_tls_version)",
            difference.pattern,
        ):
            continue
        before, after = difference.before, difference.after
        if before and after is not UNKNOWN and (not after or _strength(after) < _strength(before)):
            yield of_difference(change, Kind.ENCRYPTION, _LESS_TLS, difference)


def deleted_encryption(change: Change) -> Iterator[Finding]:
    """Settings of encryption that are deleted as a whole."""
    if change.deletes and re.fullmatch(
        r"aws_s3_bucket_server_side_encryption_configuration|aws_ebs_(encryption_by_default|default_kms_key)",
        change.type,
    ):
        yield Finding(
            change.address,
            Kind.ENCRYPTION,
            "The setting is deleted: what is written from now on has the service's own encryption alone.",
        )


def _strength(policy: Any) -> tuple[float, bool, int]:
    """Oldest version that a policy takes, whether it takes 1.3, and how choosy it is with ciphers.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    text = str(policy)
    oldest = re.search(r"(?:TLS13|TLS|FS)[-_v]?(1[-._][0-3])", text)
    version = float(re.sub(r"[-_]", ".", oldest[1])) if oldest else 1.0
    ciphers = 1 if "-Res-" in text else -1 if "-Ext2-" in text else -0.5 if "-Ext" in text else 0
    return version, "TLS13" in text, int(2 * ciphers)
