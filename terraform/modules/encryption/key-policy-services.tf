# Whoever may read a table, a secret, a parameter, an image or a topic may have that service decrypt it,
# and cannot decrypt anything without it
# (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
data "aws_iam_policy_document" "services" {
  dynamic "statement" {
    for_each = local.uses_through_services
    iterator = use

    content {
      sid       = use.value.sid
      actions   = use.value.actions
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
        values   = [for service in use.value.services : "${service}.${var.aws.region}.${var.aws.dns_suffix}"]
      }

      dynamic "condition" {
        for_each = use.value.grants ? ["true"] : []

        content {
          test     = "Bool"
          variable = "kms:GrantIsForAWSResource"
          values   = [condition.value]
        }
      }
    }
  }
}

locals {
  uses_through_services = [
    {
      sid      = "UseThroughServices"
      services = ["dynamodb", "ecr", "secretsmanager", "sns", "ssm"]
      grants   = false
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
    },
    # DynamoDB and ECR go on using the key after the call that created a table or a repository.
    {
      sid      = "GrantToServices"
      services = ["dynamodb", "ecr"]
      grants   = true
      actions  = ["kms:CreateGrant"]
    },
  ]
}
