# Locust's master, and its workers. No service runs them: a test starts them by RunTask and stops them, so that
# they cost nothing in between.
resource "aws_ecs_task_definition" "this" {
  for_each = local.roles

  family                   = "${local.full_name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = local.cpu
  memory                   = local.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task[each.key].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([local.containers[each.key]])

  # What Locust writes down until it is shipped: the rest of the file system is read-only.
  volume {
    name = "scratch"
  }
}

locals {
  full_name = "${var.name}-load-generator"

  # A process of Locust uses one core
  # (https://docs.locust.io/en/stable/running-distributed.html), and 2048 MiB are the least that Fargate has
  # with a whole vCPU
  # (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size).
  cpu    = 1024
  memory = 2048
}
