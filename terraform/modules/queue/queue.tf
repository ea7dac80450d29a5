locals {
  names            = { normal = var.name, priority = "${var.name}-priority" }
  dead_letter_name = "${var.name}-dead-letter"
  arn_prefix       = "arn:${var.aws.partition}:sqs:${var.aws.region}:${var.aws.account_id}"
  seconds_a_day    = 24 * 60 * 60
}

# Two queues alike: whoever receives looks into the one of high priority first, so that a password reset
# need not wait behind a newsletter. SQS itself knows no priority.
# Redrive is declared inside the queues: as resources of their own the provider waits for the
# attributes of each queue a second time.
resource "aws_sqs_queue" "this" {
  for_each = local.names

  name                       = each.value
  visibility_timeout_seconds = var.visibility_timeout
  message_retention_seconds  = var.retention_days * local.seconds_a_day
  sqs_managed_sse_enabled    = true
  policy                     = data.aws_iam_policy_document.tls_only[each.value].json

  # An empty receive waits this long for a message instead of coming back at once.
  receive_wait_time_seconds = 20

  # From the name, so that a plan knows it; the reference keeps the order of creation.
  redrive_policy = jsonencode({
    deadLetterTargetArn = "${local.arn_prefix}:${aws_sqs_queue.dead_letter.name}"
    maxReceiveCount     = var.max_receive_count
  })
}
