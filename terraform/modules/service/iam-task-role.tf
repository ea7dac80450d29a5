# What the service's own code may do.
resource "aws_iam_role" "task" {
  count = local.is_candidate ? 0 : 1

  name                 = "${local.full_name}-task"
  description          = "${var.name} runs with it"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

# AWS refuses a policy without a statement, which a service that may do nothing would have.
resource "aws_iam_role_policy" "task" {
  count = !local.is_candidate && (length(var.permissions) > 0 || var.mesh.app_mesh != null || var.execute_command) ? 1 : 0

  name   = "run"
  role   = aws_iam_role.task[0].name
  policy = data.aws_iam_policy_document.task.json
}

data "aws_iam_policy_document" "task" {
  dynamic "statement" {
    for_each = var.permissions

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = "StringEquals"
          variable = condition.key
          values   = condition.value
        }
      }
    }
  }

  # Envoy has the task's role too, and fetches the configuration of this service's nodes and of no other.
  dynamic "statement" {
    for_each = var.mesh.app_mesh[*]

    content {
      sid       = "ConfigureEnvoy"
      actions   = ["appmesh:StreamAggregatedResources"]
      resources = concat([statement.value.virtual_node_arn], statement.value.candidate_node_arns)
    }
  }

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
  dynamic "statement" {
    for_each = var.execute_command ? ["ExecuteCommand"] : []

    content {
      sid = statement.value
      actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      resources = ["*"] # None of the four knows a resource.
    }
  }
}
