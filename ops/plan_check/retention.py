"""Data that is kept for a shorter time, or is easier to lose."""

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.comparisons import (
    changed,
    fewer,
    lowered,
    removed,
    shortened,
    to_zero,
    turned_off,
    turned_on,
)
from ops.plan_check.finding import Kind

_TABLE = (
    Watched(
        r"retention_in_days",
        shortened,
        "Log lines are kept for a shorter time, and those that are older by then are deleted.",
        types="aws_cloudwatch_log_group",
    ),
    Watched(
        r"message_retention_seconds",
        lowered,
        "Messages are kept for a shorter time: SQS deletes what nobody has received by then, without a word.",
        types="aws_sqs_queue",
    ),
    Watched(
        r"(policy\.)?redrive_policy",
        removed,
        "Messages that fail again and again are no longer put aside, and are lost once they are too old.",
        types=r"aws_sqs_queue(_redrive_policy)?|aws_sns_topic_subscription",
    ),
    Watched(
        r"visibility_timeout_seconds",
        to_zero,
        "A message is handed out again while somebody still works on it: everything is done many times.",
        types="aws_sqs_queue",
    ),
    Watched(
        r"deletion_window_in_days|recovery_window_in_days",
        lowered,
        "Less time is left to take a deletion back.",
    ),
    Watched(
        r"point_in_time_recovery(\.enabled)?|replica\.point_in_time_recovery",
        turned_off,
        "Continuous backups end: what is overwritten or deleted by mistake cannot be brought back.",
        types=r"aws_dynamodb_table.*",
    ),
    Watched(
        r"point_in_time_recovery\.recovery_period_in_days",
        lowered,
        "Continuous backups reach less far back.",
    ),
    Watched(
        r"ttl\.(enabled|attribute_name)",
        changed,
        "When items expire changes: DynamoDB deletes what is due by the new rule, or keeps what was due.",
        types=r"aws_dynamodb_table",
    ),
    Watched(
        r"replica\..*region_name",
        removed,
        "A replica of the table is deleted.",
        types=r"aws_dynamodb_table",
    ),
    Watched(
        r"(.+\.)?backup_retention_(period|enabled)|(.+\.)?automatic_backup_retention_days"
        r"|(.+\.)?snapshot_retention_limit|(.+\.)?automated_snapshot_retention_period",
        lambda before, after: lowered(before, after) or turned_off(before, after),
        "Backups are kept for a shorter time, or not made at all.",
    ),
    Watched(
        r"rule\.lifecycle\.(delete_after|cold_storage_after)",
        shortened,
        "Backups are deleted sooner.",
        types="aws_backup_plan",
    ),
    Watched(r"rule\..*target_vault_name", removed, "A backup is no longer made.", types="aws_backup_plan"),
    Watched(r"resources", fewer, "Something is no longer backed up.", types="aws_backup_selection"),
    Watched(
        r"(.+\.)?(force_destroy|force_delete)",
        turned_on,
        "Deleting it from now on deletes what it holds as well, without a question.",
    ),
    Watched(
        r"(.+\.)?(skip_final_snapshot|skip_final_backup|delete_automated_backups)",
        turned_on,
        "Deleting it from now on leaves no backup behind.",
    ),
    Watched(
        r"(.+\.)?delete_on_termination",
        turned_on,
        "The volume goes with the instance from now on.",
    ),
    Watched(
        r"skip_destroy|retain_on_delete",
        turned_off,
        "Removing it from the configuration deletes it from now on, where it stayed before.",
        types=r"aws_(?!ecs_task_definition).+",
    ),
    # Everything else that is called a retention: fewer days or hours are a shorter time.
    Watched(
        r"(.+\.)?(?!performance_insights_)\w*retention(_period|_in_days|_in_hours|_days|_hours|_period_hours"
        r"|_period_in_days|_period_in_hours|_seconds)?",
        lowered,
        "Data are kept for a shorter time.",
        types=r"(?!aws_cloudwatch_log_group).+",
    ),
)

kept_shorter = watch(Kind.DATA, _TABLE)
"""Rule: data that is kept for a shorter time, or is easier to lose."""
