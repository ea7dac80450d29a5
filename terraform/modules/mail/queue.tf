locals {
  queue_name       = "${var.name}-mail-events"
  dead_letter_name = "${var.name}-mail-events-dead-letter"
  queue_arn_prefix = "arn:${var.aws.partition}:sqs:${var.aws.region}:${var.aws.account_id}"
  seconds_a_day    = 24 * 60 * 60
}

# What became of mails, until the Email Sender has written it down.
resource "aws_sqs_queue" "events" {
  name                       = local.queue_name
  visibility_timeout_seconds = var.visibility_timeout
  sqs_managed_sse_enabled    = true
  policy                     = data.aws_iam_policy_document.queues[local.queue_name].json

  # As long as mails are kept: over a week and a weekend without a receiver, and still shorter than the dead
  # letters'.
  message_retention_seconds = 10 * local.seconds_a_day

  # An empty receive waits this long for a message instead of coming back at once.
  receive_wait_time_seconds = 20

  # The Email Sender itself puts aside what it cannot read; what is down costs no receive. This is for what
  # breaks it.
  redrive_policy = jsonencode({
    deadLetterTargetArn = "${local.queue_arn_prefix}:${aws_sqs_queue.dead_letter.name}"
    maxReceiveCount     = 20
  })
}

resource "aws_sqs_queue" "dead_letter" {
  name                      = local.dead_letter_name
  message_retention_seconds = 14 * local.seconds_a_day
  sqs_managed_sse_enabled   = true
  policy                    = data.aws_iam_policy_document.queues[local.dead_letter_name].json

  # No other queue of the account may use this one as its dead-letter queue.
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["${local.queue_arn_prefix}:${local.queue_name}"]
  })
}

# The topic may put messages into both, and nobody reaches either over plain HTTP.
# https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
data "aws_iam_policy_document" "queues" {
  for_each = toset([local.queue_name, local.dead_letter_name])

  statement {
    sid       = "OwnTopicSends"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.queue_arn_prefix}:${each.key}"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${local.topic_name}"]
    }
  }

  statement {
    sid       = "DenyPlainHttp"
    effect    = "Deny"
    actions   = ["sqs:*"] # A ban leaves nothing out.
    resources = ["${local.queue_arn_prefix}:${each.key}"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
