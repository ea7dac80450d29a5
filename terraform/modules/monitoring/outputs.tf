output "topic_arn" {
  description = "ARN of the SNS topic that alarms are sent to."
  value       = local.topic_arn
}

output "user_impact_alarm" {
  description = "Name of the composite alarm to wake somebody by."
  value       = aws_cloudwatch_composite_alarm.user_impact.alarm_name
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

# What a bad release sets off within minutes. Queue age, CPU and dead letters come late and have
# other causes: a deployment must not be undone for a burst of mails, nor for a provider that takes none.
# A service without a measure of its own is undone for tasks that do not stay.
output "rollback_alarms" {
  description = "Names of the alarms that undo a deployment, by service."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.running_tasks : name => [alarm.alarm_name] },
    {
      notification-api = [
        aws_cloudwatch_metric_alarm.release_error_rate["notification-api"].alarm_name,
        aws_cloudwatch_metric_alarm.release_latency["notification-api"].alarm_name,
      ]
      notification-api-canary = [
        aws_cloudwatch_metric_alarm.release_error_rate["notification-api-canary"].alarm_name,
        aws_cloudwatch_metric_alarm.release_latency["notification-api-canary"].alarm_name,
        aws_cloudwatch_metric_alarm.canary_health.alarm_name,
      ]
      email-sender        = [aws_cloudwatch_metric_alarm.send_failure_rate.alarm_name]
      email-sender-canary = [aws_cloudwatch_metric_alarm.canary_send_failure_rate.alarm_name]
    },
  )
}
