# What makes and stops the load, and takes tasks away.
resource "aws_iam_role_policy" "load_drive" {
  for_each = local.loaded

  name   = "drive"
  role   = aws_iam_role.load[each.key].name
  policy = data.aws_iam_policy_document.load_drive[each.key].minified_json
}

data "aws_iam_policy_document" "load_drive" {
  for_each = local.loaded

  # Those of services too, to see whether they are replaced.
  statement {
    sid       = "StopTasks"
    actions   = ["ecs:StopTask"]
    resources = ["${local.of["ecs"]}:task/${var.name}-${each.key}/*"]
  }

  statement {
    sid       = "RunLoadGenerator"
    actions   = ["ecs:RunTask"]
    resources = ["${local.of["ecs"]}:task-definition/${var.name}-${each.key}-load-generator-*"]
    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = ["${local.of["ecs"]}:cluster/${var.name}-${each.key}"]
    }
  }

  statement {
    sid       = "PassItsRoles"
    actions   = ["iam:PassRole"]
    resources = ["${local.iam}:role/${var.name}-${each.key}-load-generator-*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    sid       = "ControlLoad"
    actions   = ["ssm:PutParameter"]
    resources = ["${local.of["ssm"]}:parameter/${var.name}-${each.key}/load-generator/control"]
  }

  # Dead letters of mails whose outcome is unknown, because their task was stopped; those in the queue itself are
  # the Email Sender's alone.
  statement {
    sid       = "TakeDeadLetters"
    actions   = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
    resources = ["${local.of["sqs"]}:${var.name}-${each.key}-mail-dead-letter"]
  }
}
