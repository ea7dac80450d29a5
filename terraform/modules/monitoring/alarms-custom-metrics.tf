# From what the services themselves count (services/shared). A counter is written once there
# is something to count, so no datapoint means none.
locals {
  own_namespace = "Notifications"

  # Attempts that did not send: mails that the provider refused, for good or for now, or of which nobody knows
  # what it did with them. These alone undo a release.
  send_failures = {
    refused   = "MailsRefused"
    transient = "MailsTransientFailure"
    unknown   = "MailsUnknown"
  }
  send_attempts = merge({ sent = "MailsSent" }, local.send_failures)

  # Below so many attempts a minute a rate says nothing.
  min_attempts = 20

  # The rate of failures, of whichever releases' attempts.
  send_failure_rate = {
    rate = {
      label      = "Failed attempts in percent"
      expression = "IF(attempts >= ${local.min_attempts}, 100 * failed / attempts, 0)"
    }
    attempts = {
      label      = null
      expression = "failed + FILL(sent, 0)"
    }
    failed = {
      label      = null
      expression = join(" + ", [for id in keys(local.send_failures) : "FILL(${id}, 0)"])
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "send_failure_rate" {
  alarm_name        = "${var.name}-send-failure-rate"
  alarm_description = "More than ${var.thresholds.send_failure_rate} % of attempts to send fail. Read the reasons in the Email Sender's log, then the mail provider's own status. ${var.runbook_url}#send-failure-rate"

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
        dimensions  = { Service = "email-sender", Environment = var.environment }
        stat        = "Sum"
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

# Not among what undoes a release: no release of ours mends a relay, and one that goes out while a relay is
# down must not be taken back for it. A task that has noticed says so in each line of metrics, another that it
# has not: one of them is enough. Three minutes are longer than a relay that is restarted takes, and far
# shorter than a mail may wait. No datapoint means that no task runs, which the alarm on running tasks tells.
resource "aws_cloudwatch_metric_alarm" "provider_unavailable" {
  alarm_name        = "${var.name}-provider-unavailable"
  alarm_description = "The mail provider has taken no mails for 3 minutes: it cannot be reached, or refuses us. Mails wait, and go on by themselves. Read why, then see its own status, our credentials and our account. ${var.runbook_url}#provider-unavailable"

  namespace           = local.own_namespace
  metric_name         = "ProviderUnavailable"
  dimensions          = { Service = "email-sender", Environment = var.environment }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

# Each is a request that was answered 503, so that its caller tries again. A moment of it is a
# hiccup of SQS; three minutes out of five are not.
resource "aws_cloudwatch_metric_alarm" "accept_failures" {
  alarm_name        = "${var.name}-accept-failures"
  alarm_description = "The queue does not confirm notifications, and callers get 503. See whether SQS or the way to it is disturbed, and whether the API is overrun. ${var.runbook_url}#accept-failures"

  namespace           = local.own_namespace
  metric_name         = "NotificationsNotConfirmed"
  dimensions          = { Service = "notification-api", Environment = var.environment }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
