# ECS makes the certificates' private keys with the key itself and not by way of another service, so
# the role needs it by name:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html
# A policy of its own, because the key's ARN is unknown in a first plan.
resource "aws_iam_role_policy" "tls_key" {
  count = local.tls ? 1 : 0

  name   = "key"
  role   = aws_iam_role.tls[0].name
  policy = data.aws_iam_policy_document.tls_key[0].json

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "tls_key" {
  count = local.tls ? 1 : 0

  statement {
    sid = "UseKey"
    actions = [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyPair",
    ]
    resources = [var.kms_key_arn]
  }
}
