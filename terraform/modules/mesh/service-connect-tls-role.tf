# ECS issues and renews the proxies' certificates in this role
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html).
resource "aws_iam_role" "tls" {
  count = local.tls ? 1 : 0

  name                 = "${var.name}-service-connect-tls"
  description          = "ECS keeps Service Connect's certificates"
  assume_role_policy   = data.aws_iam_policy_document.tls_trust[0].json
  permissions_boundary = var.permissions_boundary_arn

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "tls_trust" {
  count = local.tls ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${var.aws.partition}:ecs:${var.aws.region}:${var.aws.account_id}:*"]
    }
  }
}

locals {
  tls = local.service_connect && var.certificate_authority_arn != null
}
