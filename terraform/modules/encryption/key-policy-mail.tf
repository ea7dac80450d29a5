# SES publishes what became of mails to a topic that is encrypted with the key. AWS's documentation knows
# no condition here; the topic's own policy says whose events it takes:
# https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
data "aws_iam_policy_document" "mail" {
  statement {
    sid       = "PublishMailEvents"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["ses.amazonaws.com"]
    }
  }
}
