locals {
  # By hand and not by a loop over all: the order is the order to read them in.
  alarm_names = concat(
    [aws_cloudwatch_composite_alarm.user_impact.alarm_name],
    local.felt_by_users,
    [
      aws_cloudwatch_metric_alarm.accept_failures.alarm_name,
      aws_cloudwatch_metric_alarm.dead_letters.alarm_name,
      aws_cloudwatch_metric_alarm.release_error_rate["notification-api"].alarm_name,
      aws_cloudwatch_metric_alarm.release_error_rate["notification-api-canary"].alarm_name,
      aws_cloudwatch_metric_alarm.release_latency["notification-api-canary"].alarm_name,
      aws_cloudwatch_metric_alarm.canary_health.alarm_name,
      aws_cloudwatch_metric_alarm.canary_send_failure_rate.alarm_name,
    ],
    values(aws_cloudwatch_metric_alarm.reputation)[*].alarm_name,
    aws_cloudwatch_metric_alarm.mail_events_age[*].alarm_name,
    aws_cloudwatch_metric_alarm.mail_events_dead_letters[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.running_tasks)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.cpu)[*].alarm_name,
  )

  headline = <<-EOT
    # ${var.name}

    **Look first at ${aws_cloudwatch_composite_alarm.user_impact.alarm_name}**, the first alarm on the right. While it is green, no user is affected, and the rest can wait for the day.

    If it is red, go down until a line crosses its threshold: requests that fail, answers that are late, mails that wait. What stands above is caused by what stands below it.

    Each alarm has its section in the [runbook](${var.runbook_url}).
  EOT

  row_headline = [
    {
      type       = "text"
      properties = { markdown = local.headline }
    },
    {
      type = "alarm"
      properties = {
        title  = "Alarms"
        alarms = [for name in local.alarm_names : "arn:${var.aws.partition}:cloudwatch:${var.aws.region}:${var.aws.account_id}:alarm:${name}"]
      }
    },
  ]
}
