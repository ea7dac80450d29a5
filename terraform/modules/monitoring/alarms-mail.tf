# What SES says of mails, and what it thinks of their sender.
locals {
  # Of the account and not of one configuration set, since AWS reviews an account from these rates on, and
  # may pause it: https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
  reputation = var.mail_events == null ? {} : {
    bounce-rate = {
      metric_name = "Reputation.BounceRate"
      threshold   = 0.05
      description = "5 % of the account's mails or more bounce: AWS may stop it from sending. Find out who is being written to, and stop that."
    }
    complaint-rate = {
      metric_name = "Reputation.ComplaintRate"
      threshold   = 0.001
      description = "0.1 % of the account's mails or more are called spam: AWS may stop it from sending. Find out which, and stop them."
    }
  }
}

# As AWS recommends it, by the hour and without an opinion of hours in which it said nothing:
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
resource "aws_cloudwatch_metric_alarm" "reputation" {
  for_each = local.reputation

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "${each.value.description} ${var.runbook_url}#${each.key}"

  namespace           = "AWS/SES"
  metric_name         = each.value.metric_name
  statistic           = "Average"
  period              = 3600
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "ignore"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

# Until an event is read, a dead mailbox gets more mails. Nobody waits for it, so it may take longer than a mail.
resource "aws_cloudwatch_metric_alarm" "mail_events_age" {
  count = var.mail_events == null ? 0 : 1

  alarm_name        = "${var.name}-mail-events-age"
  alarm_description = "What SES says of mails waits for more than 15 minutes: bounced addresses still get mail. See whether the Email Sender runs. ${var.runbook_url}#mail-events-age"

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = var.mail_events.queue_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  treat_missing_data  = "ignore"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "mail_events_dead_letters" {
  count = var.mail_events == null ? 0 : 1

  alarm_name        = "${var.name}-mail-events-dead-letters"
  alarm_description = "SES said something of a mail that nobody could read. Read why on the queue, mend it, then have it read again within 14 days. ${var.runbook_url}#mail-events-dead-letters"

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.mail_events.dead_letter_queue_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "ignore"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
