locals {
  # What users feel while it lasts. Dead letters are not among them: they stay until somebody has
  # seen to them, which can wait for the day.
  felt_by_users = [
    aws_cloudwatch_metric_alarm.error_rate.alarm_name,
    aws_cloudwatch_metric_alarm.release_latency["notification-api"].alarm_name,
    aws_cloudwatch_metric_alarm.queue_age["queue"].alarm_name,
    aws_cloudwatch_metric_alarm.queue_age["priority-queue"].alarm_name,
    aws_cloudwatch_metric_alarm.send_failure_rate.alarm_name,
    aws_cloudwatch_metric_alarm.provider_unavailable.alarm_name,
  ]
}

# The one to wake somebody by.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
resource "aws_cloudwatch_composite_alarm" "user_impact" {
  alarm_name        = "${var.name}-user-impact"
  alarm_description = "Users get errors, wait, or do not get their mails. See which of the alarms below it is on, and follow that one. ${var.runbook_url}#user-impact"
  alarm_rule        = join(" OR ", [for name in local.felt_by_users : "ALARM(\"${name}\")"])

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
