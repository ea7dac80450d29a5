resource "aws_sqs_queue" "dead_letter" {
  name                      = local.dead_letter_name
  message_retention_seconds = var.dead_letter_retention_days * local.seconds_a_day
  sqs_managed_sse_enabled   = true
  policy                    = data.aws_iam_policy_document.tls_only[local.dead_letter_name].json

  # No other queue of the account may use this one as its dead-letter queue.
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [for name in values(local.names) : "${local.arn_prefix}:${name}"]
  })
}
