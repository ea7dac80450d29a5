locals {
  # From names, so that a plan knows them; the references keep the order of creation.
  topic_name = "${var.name}-mail-events"
  topic_arn  = local.sovereign ? aws_sns_topic.events.arn : "arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${aws_sns_topic.events.name}"

  # Before 6.16 the provider takes no ARN that it knows of the European Sovereign Cloud
  # (https://github.com/hashicorp/terraform-provider-aws/pull/44573).
  sovereign = var.aws.partition == "aws-eusc"

  configuration_set_arn = "arn:${var.aws.partition}:ses:${var.aws.region}:${var.aws.account_id}:configuration-set/${var.name}"
}

resource "aws_sns_topic" "events" {
  name              = local.topic_name
  kms_master_key_id = var.kms_key_arn
  policy            = data.aws_iam_policy_document.topic.json
}

# https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OwnMailsEventsArePublished"
    actions   = ["sns:Publish"]
    resources = ["arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${local.topic_name}"]

    principals {
      type        = "Service"
      identifiers = ["ses.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.configuration_set_arn]
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

resource "aws_sns_topic_subscription" "events" {
  topic_arn = local.topic_arn
  protocol  = "sqs"
  endpoint  = "${local.queue_arn_prefix}:${aws_sqs_queue.events.name}"

  # SES's record as it is: SNS's envelope around it would say nothing that anybody needs.
  raw_message_delivery = true

  # What SNS cannot hand to the queue.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
  redrive_policy = jsonencode({
    deadLetterTargetArn = "${local.queue_arn_prefix}:${aws_sqs_queue.dead_letter.name}"
  })
}
