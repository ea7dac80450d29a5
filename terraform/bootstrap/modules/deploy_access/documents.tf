locals {
  # The system's resources are named after itself and the environment: "notifications-staging",
  # "notifications-staging-mail", "notifications-staging/email-sender".
  prefix = "${var.application}-${var.environment}*"
  arn    = { for service in ["application-autoscaling", "appmesh", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "elasticloadbalancing", "kms", "logs", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm"] : service => "arn:${var.aws.partition}:${service}:${var.aws.region}:${var.aws.account_id}" }

  # Where AWS numbers resources instead of naming them, the provider's default tags tell whose they
  # are: on what is to be made by the request, on what is there by the resource.
  requested_tags = [
    { test = "StringEquals", variable = "aws:RequestTag/Application", values = [var.application] },
    { test = "StringEquals", variable = "aws:RequestTag/Environment", values = [var.environment] },
  ]
  own_tags = [
    { test = "StringEquals", variable = "aws:ResourceTag/Application", values = [var.application] },
    { test = "StringEquals", variable = "aws:ResourceTag/Environment", values = [var.environment] },
  ]
  no_tag_yet = [{ test = "Null", variable = "aws:ResourceTag/Application", values = ["true"] }]

  # A policy holds 6,144 characters, so there is one for each part
  # (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
  parts = {
    network    = local.network
    traffic    = concat(local.traffic, local.requests)
    containers = concat(local.containers, local.mesh)
    data       = local.data
    monitoring = concat(local.monitoring, local.mail, local.state, local.release)
    roles      = local.roles
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
