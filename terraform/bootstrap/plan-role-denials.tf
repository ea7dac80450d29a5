# Whatever is attached to the plan role later: what users wrote and what services know stays closed to
# it. With SMTP credentials in the system, that takes a provider that refreshes a write-only secret
# without reading it (https://github.com/hashicorp/terraform-provider-aws/pull/44876).
resource "aws_iam_role_policy" "plan_denials" {
  name   = "denials"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.plan_denials.minified_json
}

data "aws_iam_policy_document" "plan_denials" {
  statement {
    sid    = "DenyContent"
    effect = "Deny"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PartiQLSelect",
      "dynamodb:Query",
      "dynamodb:Scan",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogRecord",
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetSecretValue",
      "sqs:ReceiveMessage",
      "ssm:GetParameterHistory",
      "sts:AssumeRole",
    ]
    resources = ["*"]
  }

  statement {
    sid           = "DenyObjectsOtherThanState"
    effect        = "Deny"
    actions       = ["s3:GetObject", "s3:GetObjectVersion"]
    not_resources = [for key in values(local.state_keys) : "${local.state_bucket_arn}/${key}*"]
  }

  # Parameter Store hands out plain settings; a secure string needs its key.
  statement {
    sid       = "DenyKeysOtherThanForS3"
    effect    = "Deny"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.aws.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }
}
