locals {
  iam       = "arn:${var.aws.partition}:iam::${var.aws.account_id}"
  roles_arn = "${local.iam}:role/${local.prefix}"

  roles = [
    {
      # A role is made, and changed in what it may do, only while its boundary is the workloads' own.
      sid = "GrantWithinBoundary"
      actions = [
        "iam:CreateRole",
        "iam:DeleteRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
      ]
      resources  = [local.roles_arn]
      conditions = [{ test = "StringEquals", variable = "iam:PermissionsBoundary", values = [var.workload_boundary_arn] }]
    },
    {
      sid = "ManageRoles"
      actions = [
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      resources  = [local.roles_arn]
      conditions = []
    },
    {
      # Tasks take their roles from ECS, flow logs theirs from the VPC.
      sid       = "PassRoles"
      actions   = ["iam:PassRole"]
      resources = [local.roles_arn]
      conditions = [{
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
      }]
    },
    {
      # Services make their own roles on first use, in the name of whoever uses them.
      sid     = "LetServicesMakeTheirRoles"
      actions = ["iam:CreateServiceLinkedRole"]
      resources = [for role in [
        "appmesh.amazonaws.com/AWSServiceRoleForAppMesh",
        "ecs.amazonaws.com/AWSServiceRoleForECS",
        "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
        "elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing",
      ] : "${local.iam}:role/aws-service-role/${role}"]
      conditions = [{
        test     = "StringEquals"
        variable = "iam:AWSServiceName"
        values = [
          "appmesh.amazonaws.com",
          "ecs.amazonaws.com",
          "ecs.application-autoscaling.amazonaws.com",
          "elasticloadbalancing.amazonaws.com",
        ]
      }]
    },
  ]
}
