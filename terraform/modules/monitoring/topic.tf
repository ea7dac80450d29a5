locals {
  # From names, so that a plan knows it; the reference keeps the order of creation.
  topic_arn = local.sovereign ? aws_sns_topic.alarms.arn : "arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${aws_sns_topic.alarms.name}"

  # Before 6.16 the provider takes no ARN that it knows of the European Sovereign Cloud
  # (https://github.com/hashicorp/terraform-provider-aws/pull/44573).
  sovereign = var.aws.partition == "aws-eusc"

  topic_name      = "${var.name}-alarms"
  every_alarm_arn = "arn:${var.aws.partition}:cloudwatch:${var.aws.region}:${var.aws.account_id}:alarm:${var.name}-*"
}

resource "aws_sns_topic" "alarms" {
  name              = local.topic_name
  kms_master_key_id = var.kms_key_arn
  policy            = data.aws_iam_policy_document.topic.json
}

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsOfThisSystemPublish"
    actions   = ["sns:Publish"]
    resources = ["arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${local.topic_name}"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [local.every_alarm_arn]
    }
  }

  # https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
  statement {
    sid       = "NobodyPublishesWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = ["arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${local.topic_name}"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.subscribers

  topic_arn = local.topic_arn
  protocol  = "email"
  endpoint  = each.value
}
