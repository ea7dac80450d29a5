# What AWS's own policy allows, narrowed to this account, this region and the one CA:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity.html
resource "aws_iam_role_policy" "tls" {
  count = local.tls ? 1 : 0

  name   = "certificates"
  role   = aws_iam_role.tls[0].name
  policy = data.aws_iam_policy_document.tls[0].json

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "tls" {
  count = local.tls ? 1 : 0

  statement {
    sid       = "CreateSecrets"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
    resources = [local.tls_secrets]

    condition {
      test     = "ArnLike"
      variable = "aws:RequestTag/AmazonECSCreated"
      values = [for kind in ["service", "task-set"] :
      "arn:${var.aws.partition}:ecs:${var.aws.region}:${var.aws.account_id}:${kind}/*/*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/AmazonECSManaged"
      values   = ["true"]
    }
  }

  statement {
    sid = "RenewSecrets"
    actions = [
      "secretsmanager:DeleteSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:RotateSecret",
      "secretsmanager:UpdateSecret",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [local.tls_secrets]

    condition {
      test     = "StringEquals"
      variable = "secretsmanager:ResourceTag/aws:secretsmanager:owningService"
      values   = ["ecs-sc"]
    }
  }

  statement {
    sid       = "DescribeSecrets"
    actions   = ["secretsmanager:DescribeSecret"]
    resources = [local.tls_secrets]
  }

  statement {
    sid = "ReadCertificates"
    actions = [
      "acm-pca:DescribeCertificateAuthority",
      "acm-pca:GetCertificate",
      "acm-pca:GetCertificateAuthorityCertificate",
    ]
    resources = [var.certificate_authority_arn]
  }

  statement {
    sid       = "IssueCertificates"
    actions   = ["acm-pca:IssueCertificate"]
    resources = [var.certificate_authority_arn]

    # For the end of a chain: never for another authority.
    condition {
      test     = "StringEquals"
      variable = "acm-pca:TemplateArn"
      values   = ["arn:${var.aws.partition}:acm-pca:::template/EndEntityCertificate/V1"]
    }
  }
}

locals {
  # ECS names them so itself.
  tls_secrets = "arn:${var.aws.partition}:secretsmanager:${var.aws.region}:${var.aws.account_id}:secret:ecs-sc!*"
}
