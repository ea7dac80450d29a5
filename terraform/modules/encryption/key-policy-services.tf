# Whoever may read a table, a secret, a parameter, an image or a topic may have that service decrypt it,
# and cannot decrypt anything without it
# (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
data "aws_iam_policy_document" "services" {
  statement {
    sid       = "UseThroughServices"
    resources = ["*"]

    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      "kms:RetireGrant",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = local.services
    }
  }

  # DynamoDB and ECR go on using the key after the call that created a table or a repository.
  statement {
    sid       = "GrantToServices"
    actions   = ["kms:CreateGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = local.services_with_grants
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}

locals {
  services = [
    for service in ["dynamodb", "ecr", "secretsmanager", "sns", "ssm"] :
    "${service}.${var.aws.region}.${var.aws.dns_suffix}"
  ]
  services_with_grants = [
    for service in ["dynamodb", "ecr"] : "${service}.${var.aws.region}.${var.aws.dns_suffix}"
  ]
}
