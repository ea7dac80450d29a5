locals {
  containers = [
    {
      sid = "ManageCluster"
      actions = [
        "ecs:CreateCluster",
        "ecs:CreateService",
        "ecs:DeleteCluster",
        "ecs:DeleteService",
        "ecs:PutClusterCapacityProviders",
        "ecs:RegisterTaskDefinition",
        "ecs:TagResource",
        "ecs:UntagResource",
        "ecs:UpdateCluster",
        "ecs:UpdateService",
      ]
      resources = [
        "${local.arn["ecs"]}:cluster/${local.prefix}",
        "${local.arn["ecs"]}:service/${local.prefix}/*",
        "${local.arn["ecs"]}:task-definition/${local.prefix}",
      ]
      conditions = []
    },
    {
      sid     = "RetireTaskDefinitions"
      actions = ["ecs:DeregisterTaskDefinition"]
      # Has no resource level.
      resources  = ["*"]
      conditions = []
    },
    {
      # A scalable target is numbered; its tags are the system's.
      sid        = "RegisterScaling"
      actions    = ["application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource"]
      resources  = ["${local.arn["application-autoscaling"]}:scalable-target/*"]
      conditions = local.requested_tags
    },
    {
      sid = "ManageScaling"
      actions = [
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:DeleteScheduledAction",
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:PutScheduledAction",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource",
        "application-autoscaling:UntagResource",
      ]
      resources  = ["${local.arn["application-autoscaling"]}:scalable-target/*"]
      conditions = local.own_tags
    },
    {
      sid = "ManageRepositoriesAndPushImages"
      actions = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:CreateRepository",
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepository",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
        "ecr:UploadLayerPart",
      ]
      resources  = ["${local.arn["ecr"]}:repository/${local.prefix}"]
      conditions = []
    },
    {
      sid     = "LogInToRegistry"
      actions = ["ecr:GetAuthorizationToken"]
      # Has no resource level.
      resources  = ["*"]
      conditions = []
    },
  ]
}
