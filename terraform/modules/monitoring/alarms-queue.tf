# SQS counts once a minute. It stops when nobody has used a queue for six hours: an alarm then keeps
# the state it was in, for a message that nobody fetches has not gone away.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html

locals {
  queues = {
    queue          = { name = var.queue_name, waits = "Mails wait" }
    priority-queue = { name = var.priority_queue_name, waits = "Mails of high priority, which overtake all others, wait" }
  }
}

resource "aws_cloudwatch_metric_alarm" "queue_age" {
  for_each = local.queues

  alarm_name        = "${var.name}-${each.key}-age"
  alarm_description = "${each.value.waits} longer than ${var.thresholds.queue_age} s. See whether the Email Sender runs, scales and gets its mails accepted. ${var.runbook_url}#${each.key}-age"

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.queue_age
  treat_missing_data  = "ignore"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

# One dead letter is one mail that nobody got.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html
resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name        = "${var.name}-dead-letters"
  alarm_description = "Mails were given up. Read why in the Email Sender's log, mend it, then send them again within 14 days. ${var.runbook_url}#dead-letters"

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.dead_letter_queue_name }
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
