# What tells how the system takes the load.
resource "aws_iam_role_policy" "load_observe" {
  for_each = local.loaded

  name   = "observe"
  role   = aws_iam_role.load[each.key].name
  policy = data.aws_iam_policy_document.load_observe[each.key].minified_json
}

data "aws_iam_policy_document" "load_observe" {
  for_each = local.loaded

  statement {
    sid     = "SeeServicesAndTasks"
    actions = ["ecs:DescribeServices", "ecs:DescribeTasks"]
    resources = [
      "${local.of["ecs"]}:service/${var.name}-${each.key}/*",
      "${local.of["ecs"]}:task/${var.name}-${each.key}/*",
    ]
  }

  # Tasks are listed by container instance, of which Fargate has none.
  statement {
    sid       = "ListTasks"
    actions   = ["ecs:ListTasks"]
    resources = ["*"]
    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = ["${local.of["ecs"]}:cluster/${var.name}-${each.key}"]
    }
  }

  # None of these has a resource level; in a narrower scope an alarm's history leaves composite alarms out
  # (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html).
  statement {
    sid = "SeeScalingMetricsAndAlarms"
    actions = [
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:DescribeScalingActivities",
      "application-autoscaling:DescribeScalingPolicies",
      "cloudwatch:DescribeAlarmHistory",
      "cloudwatch:GetMetricData",
      "ecs:DescribeTaskDefinition",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid     = "MeasureQueues"
    actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
    resources = [
      "${local.of["sqs"]}:${var.name}-${each.key}-mail",
      "${local.of["sqs"]}:${var.name}-${each.key}-mail-dead-letter",
    ]
  }

  # Item by item, by the id of a request that the load has made.
  statement {
    sid       = "ReadLedger"
    actions   = ["dynamodb:GetItem"]
    resources = ["${local.of["dynamodb"]}:table/${var.name}-${each.key}-*"]
  }

  statement {
    sid       = "ReadRequests"
    actions   = ["logs:GetLogEvents"]
    resources = ["${local.of["logs"]}:log-group:/ecs/${var.name}-${each.key}/load-generator:log-stream:*"]
  }
}
