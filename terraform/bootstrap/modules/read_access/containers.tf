locals {
  containers = [
    {
      sid = "ReadCluster"
      actions = [
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:ListTagsForResource",
      ]
      resources = [
        "${local.arn["ecs"]}:cluster/${local.prefix}",
        "${local.arn["ecs"]}:service/${local.prefix}/*",
        "${local.arn["ecs"]}:task-definition/${local.prefix}",
      ]
      conditions = []
    },
    {
      sid = "ReadTaskDefinitionsAndScaling"
      actions = [
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScheduledActions",
        "ecs:DescribeTaskDefinition",
      ]
      # None of these has a resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      sid        = "ReadScalingTags"
      actions    = ["application-autoscaling:ListTagsForResource"]
      resources  = ["${local.arn["application-autoscaling"]}:scalable-target/*"]
      conditions = []
    },
    {
      sid = "ReadRepositories"
      actions = [
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:ListTagsForResource",
      ]
      resources  = ["${local.arn["ecr"]}:repository/${local.prefix}"]
      conditions = []
    },
  ]
}
