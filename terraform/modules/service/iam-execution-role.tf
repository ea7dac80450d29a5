# What ECS does on the task's behalf: pull images, read settings, ship logs.
resource "aws_iam_role" "execution" {
  count = local.is_candidate ? 0 : 1

  name                 = "${local.full_name}-execution"
  description          = "ECS starts ${var.name} with it"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "execution" {
  count = local.is_candidate ? 0 : 1

  name   = "start-task"
  role   = aws_iam_role.execution[0].name
  policy = data.aws_iam_policy_document.execution[0].json
}

data "aws_iam_policy_document" "execution" {
  count = local.is_candidate ? 0 : 1

  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # The action knows no resource.
  }

  statement {
    sid       = "PullImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = concat([var.image_repository_arn], var.mesh.app_mesh[*].envoy_repository_arn)
  }

  dynamic "statement" {
    for_each = length(var.settings) == 0 ? [] : ["ReadSettings"]

    content {
      sid       = statement.value
      actions   = ["ssm:GetParameters"]
      resources = values(var.settings)
    }
  }

  statement {
    sid     = "ShipLogs"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      for log_group in local.log_groups :
      "arn:${var.aws.partition}:logs:${var.aws.region}:${var.aws.account_id}:log-group:${log_group}:*"
    ]
  }
}

locals {
  # The service's own, and its proxy's.
  log_groups = concat(
    [local.log_group],
    var.mesh.app_mesh[*].log_group,
    var.mesh.service_connect[*].log_group,
  )
}
