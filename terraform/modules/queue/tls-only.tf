# Nobody reaches a queue over plain HTTP
# (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html).
# The queues take it as an argument: as a resource of its own the provider waits for the attributes of
# each queue a second time.
data "aws_iam_policy_document" "tls_only" {
  for_each = toset(concat(values(local.names), [local.dead_letter_name]))

  statement {
    sid       = "DenyPlainHttp"
    effect    = "Deny"
    actions   = ["sqs:*"] # A ban leaves nothing out.
    resources = ["${local.arn_prefix}:${each.key}"]

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
