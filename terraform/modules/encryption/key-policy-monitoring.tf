# CloudWatch asks for itself and not for a caller, so it is named.
data "aws_iam_policy_document" "monitoring" {
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  statement {
    sid       = "EncryptLogs"
    resources = ["*"]

    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.aws.region}.${var.aws.dns_suffix}"]
    }

    # Log groups of this system: /ecs/<name>/email-sender, /vpc/<name> and the like.
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["${local.log_groups}:/*/${var.name}", "${local.log_groups}:/*/${var.name}/*"]
    }
  }

  # An alarm publishes to a topic that is encrypted with the key:
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  statement {
    sid       = "PublishAlarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }
  }
}

locals {
  log_groups = "arn:${var.aws.partition}:logs:${var.aws.region}:${var.aws.account_id}:log-group"
}
