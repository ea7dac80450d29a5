# What the Email Sender's canary does, apart from the stable service: attempts are counted by release, too. Without
# a canary nobody counts for it, and nothing is wrong with that.
resource "aws_cloudwatch_metric_alarm" "canary_send_failure_rate" {
  alarm_name        = "${var.name}-email-sender-canary-send-failure-rate"
  alarm_description = "More than ${var.thresholds.send_failure_rate} % of the canary's attempts to send fail. Take the canary out: apply without it. ${var.runbook_url}#email-sender-canary-send-failure-rate"

  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.send_failure_rate
  treat_missing_data  = "notBreaching"

  dynamic "metric_query" {
    for_each = local.send_failure_rate

    content {
      id          = metric_query.key
      label       = metric_query.value.label
      expression  = metric_query.value.expression
      return_data = metric_query.key == "rate" ? true : null
    }
  }

  dynamic "metric_query" {
    for_each = local.send_attempts

    content {
      id = metric_query.key

      metric {
        namespace   = local.own_namespace
        metric_name = metric_query.value
        dimensions  = { Service = "email-sender", Environment = var.environment, Release = "canary" }
        stat        = "Sum"
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
