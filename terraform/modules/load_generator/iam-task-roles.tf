# What Locust's own tasks may do: the master reads how much load is wanted, a worker reads its key.
resource "aws_iam_role" "task" {
  for_each = local.roles

  name                 = "${local.full_name}-${each.key}"
  description          = "The load generator's ${each.key} runs with it"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "task" {
  for_each = local.roles

  name   = "run"
  role   = aws_iam_role.task[each.key].name
  policy = data.aws_iam_policy_document.task[each.key].json
}

data "aws_iam_policy_document" "task" {
  for_each = local.roles

  statement {
    sid       = each.value.permission.sid
    actions   = each.value.permission.actions
    resources = each.value.permission.resources
  }
}
