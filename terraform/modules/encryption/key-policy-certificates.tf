# ECS makes the private keys of Service Connect's certificates with the key itself, in a role of this
# system: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html
# The role is there with TLS only, and KMS takes no principal that does not exist: so the account may
# allow it by IAM, and a condition names it.
data "aws_iam_policy_document" "certificates" {
  statement {
    sid       = "EncryptCertificates"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = ["arn:${var.aws.partition}:iam::${var.aws.account_id}:role/${var.name}-service-connect-tls"]
    }
  }
}
