locals {
  # Names, ARNs and tags of the system's parts all begin like this.
  prefix = "${var.name}-*"
  arn    = { for service in ["application-autoscaling", "appmesh", "cloudwatch", "dynamodb", "ecr", "ecs", "kms", "logs", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm"] : service => "arn:${var.aws.partition}:${service}:${var.aws.region}:${var.aws.account_id}" }

  # No read hangs on a tag: an apply reads what it made seconds ago, and a tag may not count yet
  # (https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html).

  # A policy holds 6,144 characters, so there is one for each part
  # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
  parts = {
    foundations = concat(local.network, local.traffic, local.requests, local.roles)
    services    = concat(local.containers, local.deployments, local.data, local.mail, local.mesh, local.monitoring)
  }
}

data "aws_iam_policy_document" "this" {
  for_each = local.parts

  dynamic "statement" {
    for_each = each.value

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
