resource "aws_ecs_task_definition" "this" {
  family                   = local.full_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = local.execution_role_arn
  task_role_arn            = local.task_role_arn

  # An older revision stays registered, or a failed deployment could not be rolled back to it.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode(concat([local.container], local.envoy))

  dynamic "proxy_configuration" {
    for_each = local.app_mesh_proxy

    content {
      type           = "APPMESH"
      container_name = "envoy"
      properties     = proxy_configuration.value
    }
  }
}
