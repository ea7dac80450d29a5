locals {
  # What a wait for a steady service asks of ECS, and what tells why a deployment failed.
  deployments = [
    {
      sid     = "ReadDeployments"
      actions = ["ecs:DescribeServiceDeployments", "ecs:ListServiceDeployments"]
      resources = [for kind in ["service", "service-deployment"] :
      "${local.arn["ecs"]}:${kind}/${local.prefix}"]
      conditions = []
    },
    {
      sid        = "ReadTasks"
      actions    = ["ecs:DescribeTasks"]
      resources  = ["${local.arn["ecs"]}:task/${local.prefix}"]
      conditions = []
    },
    {
      sid     = "ListServicesAndTasks"
      actions = ["ecs:ListServices", "ecs:ListTasks"]
      # Tasks are listed by container instance and services by none: neither has a resource level here.
      resources  = ["*"]
      conditions = [{ test = "ArnLike", variable = "ecs:cluster", values = ["${local.arn["ecs"]}:cluster/${local.prefix}"] }]
    },
  ]
}
