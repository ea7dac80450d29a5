# Who may take the roles: tasks of this account's ECS, nobody else's
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
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
