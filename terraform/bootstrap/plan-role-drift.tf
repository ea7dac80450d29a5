# What `python -m ops drift` asks of AWS beside a plan: whether there is anything that nobody has declared, and
# who else may use what there is. Settings again, never content.
resource "aws_iam_role_policy" "plan_drift" {
  name   = "drift"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.plan_drift.minified_json
}

data "aws_iam_policy_document" "plan_drift" {
  # Of everything in the account, by names and tags: none of these has a resource level.
  statement {
    sid = "FindWhatNobodyDeclared"
    actions = [
      "cloudwatch:ListDashboards",
      "dynamodb:ListTables",
      "ec2:DescribeInstances",
      "ec2:DescribeTransitGatewayVpcAttachments",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpnGateways",
      "ecs:ListClusters",
      "elasticloadbalancing:DescribeListenerCertificates",
      "events:ListRuleNamesByTarget",
      "events:ListRules",
      "iam:ListPolicies",
      "iam:ListRoles",
      "lambda:ListEventSourceMappings",
      "pipes:ListPipes",
      "s3:ListAllMyBuckets",
      "scheduler:ListSchedules",
      "secretsmanager:ListSecrets",
      "servicediscovery:ListNamespaces",
      "servicediscovery:ListServices",
      "ses:ListConfigurationSets",
      "sns:ListTopics",
      "sqs:ListQueues",
      "tag:GetResources",
    ]
    resources = ["*"]
  }

  # Who asks for all repositories is asked for this.
  statement {
    sid       = "FindRepositories"
    actions   = ["ecr:DescribeRepositories"]
    resources = ["${local.of["ecr"]}:repository/*"]
  }

  # A secret that bears the system's tags and another name: whether it is still there.
  statement {
    sid       = "FindTaggedSecrets"
    actions   = ["secretsmanager:DescribeSecret"]
    resources = ["${local.of["secretsmanager"]}:secret:*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Application"
      values   = [var.name]
    }
  }

  statement {
    sid = "ReadWhoElseMayUseIt"
    actions = [
      "dynamodb:GetResourcePolicy",
      "ecr:GetRepositoryPolicy",
      "logs:DescribeMetricFilters",
      "logs:DescribeSubscriptionFilters",
      "s3:GetBucketNotification",
      "sns:ListSubscriptionsByTopic",
    ]
    resources = [
      "${local.of["dynamodb"]}:table/${var.name}-*",
      "${local.of["ecr"]}:repository/${var.name}-*",
      # Groups are named after a path: "/ecs/notifications-staging/email-sender".
      "${local.of["logs"]}:log-group:*${var.name}-*",
      "arn:${local.aws.partition}:s3:::${var.name}-*",
      "arn:${local.aws.partition}:sns:${local.in_region}:${var.name}-*",
    ]
  }

  statement {
    sid       = "FindWebAcls"
    actions   = ["wafv2:GetWebACLForResource"]
    resources = ["arn:${local.aws.partition}:elasticloadbalancing:${local.in_region}:loadbalancer/app/${var.name}-*/*"]
  }

  # Keys and services of Cloud Map are numbered.
  statement {
    sid     = "ReadGrantsAndInstances"
    actions = ["kms:ListGrants", "servicediscovery:ListInstances"]
    resources = [
      "${local.of["kms"]}:key/*",
      "arn:${local.aws.partition}:servicediscovery:${local.in_region}:service/*",
    ]
  }
}
