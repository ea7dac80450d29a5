"""Protection against mistakes and attacks that is taken away."""

import re
from collections.abc import Iterator

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import below, fewer, from_one_of, removed, turned_off, turned_on
from ops.plan_check.finding import Finding, Kind

_DELETED = (
    ("aws_s3_bucket_versioning", "An object that is overwritten or deleted cannot be brought back."),
    (r"aws_s3_(account_|bucket_)public_access_block", "The bucket can be opened to the public."),
    ("aws_s3_bucket_ownership_controls", "Access control lists may count again."),
    ("aws_s3_bucket_object_lock_configuration", "Objects can be deleted before their time."),
    (r"aws_waf(v2|regional)?_web_acl(_association)?", "Requests that it refused get through."),
    (r"aws_(shield_protection|networkfirewall_firewall.*)", "Attacks that it stopped get through."),
    ("aws_secretsmanager_secret_rotation", "The secret is not exchanged any more."),
    ("aws_backup_vault_lock_configuration", "Backups can be deleted before their time."),
    (r"aws_ecr_registry_scanning_configuration", "Images are not scanned for known holes any more."),
    ("aws_cloudwatch_log_data_protection_policy", "Personal data in logs is not masked any more."),
    ("aws_iam_account_password_policy", "Users may choose weak passwords."),
)

_TABLE = (
    Watched(
        r"(.+\.)?(enable_|managed_)?(deletion|delete|termination|stop|subnet_change|firewall_policy_change)"
        r"_protect(ion|ed)(_enabled)?|disable_api_(termination|stop)|protect_from_scale_in",
        turned_off,
        "Nothing stops anybody any more from deleting it by mistake.",
    ),
    Watched(
        r"versioning_configuration\.status|versioning\.enabled",
        turned_off,
        "An object that is overwritten or deleted cannot be brought back.",
        types=r"aws_s3_.+",
    ),
    Watched(
        r"(.+\.)?mfa_delete",
        turned_off,
        "Versions can be deleted without a second factor.",
        types=r"aws_s3_.+",
    ),
    Watched(
        r"(.+\.)?object_lock_enabled|rule\.default_retention\.(mode|days|years)",
        lambda before, after: (
            turned_off(before, after)
            or removed(before, after)
            or (before, after) == ("COMPLIANCE", "GOVERNANCE")
        ),
        "Objects can be deleted before their time.",
        types=r"aws_s3_.+",
    ),
    Watched(
        r"image_tag_mutability",
        from_one_of("IMMUTABLE"),
        "A tag may come to name another image: what runs, and what a roll-back brings back, is not certain.",
        types=r"aws_ecr_.+",
    ),
    Watched(
        r"image_scanning_configuration\.scan_on_push",
        turned_off,
        "Images are not scanned for known holes any more.",
    ),
    Watched(
        r"drop_invalid_header_fields",
        turned_off,
        "Requests can be smuggled past the load balancer by invalid headers.",
    ),
    Watched(
        r"desync_mitigation_mode",
        below(("monitor",), ("defensive",), ("strictest",)),
        "Requests can be smuggled past the load balancer.",
    ),
    Watched(r"enable_waf_fail_open", turned_on, "Requests get through while the firewall does not answer."),
    Watched(
        r"metadata_options\.http_tokens",
        from_one_of("required"),
        "Whoever has the instance send a request gets its credentials.",
    ),
    Watched(
        r"suppression_options\.suppressed_reasons",
        fewer,
        "Mails go to addresses again that bounced or complained, which costs the sender's reputation.",
        types="aws_sesv2_configuration_set",
    ),
    Watched(
        r"rotation_enabled|rotation_rules\..+",
        removed,
        "The secret is not exchanged any more.",
        types=r"aws_secretsmanager_.+",
    ),
    Watched(r"(.+\.)?auto_minor_version_upgrade", turned_off, "Security fixes are not installed any more."),
    Watched(
        r"rule\..+\.name", removed, "A rule of the firewall is gone.", types=r"aws_wafv2_(web_acl|rule_group)"
    ),
    Watched(r"web_acl_id", removed, "No firewall stands before it any more."),
)

protects_less = watch(Kind.PROTECTION, _TABLE)
"""Rule: protection that is turned off."""


def protection_is_deleted(change: Change) -> Iterator[Finding]:
    """Settings that protect something and are deleted as a whole."""
    if change.deletes:
        for types, effect in _DELETED:
            if re.fullmatch(types, change.type):
                yield Finding(change.address, Kind.PROTECTION, f"The protection is deleted. {effect}")
                return
