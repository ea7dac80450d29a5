"""Alarms, logs and detection that are taken away."""

import re
from collections.abc import Iterator

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import (
    changed,
    fewer,
    from_one_of,
    lowered,
    removed,
    to_zero,
    turned_off,
)
from ops.plan_check.finding import Finding, Kind

# Types, the word for one of them, and what follows. A dashboard is not among them: it tells nobody by itself.
_WATCHING = (
    (r"aws_cloudwatch_(metric|composite)_alarm", "alarm", "nobody is told when it happens"),
    ("aws_flow_log", "flow log", "who talked to whom is not written down any more"),
    (r"aws_cloudwatch_log_(metric|subscription)_filter", "filter", "what it finds in logs goes unnoticed"),
    (r"aws_cloudwatch_log_(destination|delivery.*)", "delivery of logs", "they do not arrive"),
    (r"aws_cloudtrail", "trail", "who called AWS is not written down any more"),
    (r"aws_(s3_bucket_logging|wafv2_web_acl_logging_configuration|route53_(resolver_)?query_log.*)", "log",
     "requests are not written down any more"),
    ("aws_route53_health_check", "health check", "an outage goes unnoticed"),
    ("aws_sesv2_configuration_set_event_destination", "destination of mail events",
     "bounces and complaints go unnoticed"),
    (r"aws_(guardduty|securityhub|inspector2|macie2|config|accessanalyzer|detective)_.+", "detection",
     "intrusions and misconfiguration go unnoticed"),
    (r"aws_(budgets_budget|ce_anomaly_(monitor|subscription))", "watch over costs", "they rise unnoticed"),
    (r"aws_synthetics_canary|aws_rum_app_monitor", "monitor", "an outage goes unnoticed"),
    ("aws_cloudwatch_log_account_policy", "policy of logs", "what it does with them is not done any more"),
)  # fmt: skip

_TABLE = (
    Watched(
        r"setting\.containerInsights\.value",
        from_one_of("enabled", "enhanced"),
        "The counts of desired and running tasks end, and with them the alarms that look at them.",
        types="aws_ecs_cluster",
    ),
    Watched(
        r"(access|connection)_logs\.enabled",
        turned_off,
        "Requests are not written down any more.",
    ),
    Watched(
        r"traffic_type",
        from_one_of("ALL"),
        "Only a part of the connections is written down.",
        types="aws_flow_log",
    ),
    Watched(
        r"event_destination\.enabled",
        turned_off,
        "What became of mails is not told any more.",
        types=r"aws_ses.*event_destination",
    ),
    Watched(
        r"event_destination\.matching_event_types|matching_types",
        fewer,
        "Some of what becomes of mails is not told any more.",
        types=r"aws_ses.*event_destination",
    ),
    Watched(
        r"(.+\.)?reputation_metrics_enabled",
        turned_off,
        "Bounces and complaints are not counted any more.",
    ),
    Watched(
        r"enable_logging|is_multi_region_trail|include_global_service_events|enable_log_file_validation",
        turned_off,
        "Calls to AWS are not written down any more, or not all of them.",
        types="aws_cloudtrail",
    ),
    Watched(
        r"enable|is_enabled|recording_group\.all_supported",
        turned_off,
        "Intrusions and misconfiguration go unnoticed.",
        types=r"aws_(guardduty|config|securityhub|inspector2|macie2)_.+",
    ),
    Watched(
        r"(.+\.)?(enabled_cloudwatch_logs_exports|enable_cloudwatch_logs_exports|enabled_cluster_log_types"
        r"|log_exports)",
        fewer,
        "Some logs are not written any more.",
    ),
    Watched(r"(.+\.)?monitoring_interval", to_zero, "Enhanced monitoring ends."),
    Watched(r"(.+\.)?performance_insights_enabled", turned_off, "Slow queries are not recorded any more."),
    Watched(r"(.+\.)?xray_tracing_enabled", turned_off, "Requests are not traced any more."),
    Watched(r"tracing_config\.mode", from_one_of("Active"), "Requests are not traced any more."),
    Watched(
        r"pattern|filter_pattern",
        changed,
        "The filter finds something else.",
        types=r"aws_cloudwatch_log_.+_filter",
    ),
    Watched(
        r"limit_amount",
        lambda before, after: lowered(after, before),
        "Costs can rise further unnoticed.",
        types="aws_budgets_budget",
    ),
    Watched(
        r"(.+\.)?(log|logging|logs)(_enabled|_options\.enabled|\.enabled|_config\.enabled)|(.+\.)?(enable_logging|"
        r"is_logging_enabled|flow_logs_enabled|access_logging_enabled)",
        turned_off,
        "A log is not written any more.",
    ),
    Watched(
        r"(.+\.)?(access_log_settings|logging_config|logging_configuration|logging)\..*"
        r"(destination_arn|bucket|log_group.*|destination)",
        removed,
        "A log is not written any more.",
    ),
)

logs_less = watch(Kind.WATCHING, _TABLE)
"""Rule: settings by which less is written down or counted."""


def no_longer_watches(change: Change) -> Iterator[Finding]:
    """Resources that watch and are deleted; a replacement does the same again, and is compared."""
    if not change.deletes or change.deposed:
        return
    for types, noun, effect in _WATCHING:
        if re.fullmatch(types, change.type):
            yield Finding(change.address, Kind.WATCHING, f"The {noun} is deleted: {effect}.")
            return
