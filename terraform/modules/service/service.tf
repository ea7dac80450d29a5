resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  launch_type     = "FARGATE"
  desired_count   = var.initial_count

  # A deployment starts the new tasks before it stops the old ones, and undoes itself when they fail.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # A task may fail the load balancer's checks this long while it starts.
  health_check_grace_period_seconds = var.load_balancer == null ? null : 60

  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true

  network_configuration {
    subnets          = var.network.private_subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.load_balancer[*]

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = var.name
      container_port   = var.port
    }
  }

  service_registries {
    registry_arn = var.discovery_service_arn
  }

  # Autoscaling owns it once the service exists.
  lifecycle {
    ignore_changes = [desired_count]
  }

  # Tasks start with their permissions and their way in and out, and keep them until they have stopped.
  depends_on = [
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_egress_rule.out,
    aws_vpc_security_group_egress_rule.load_balancer,
    aws_vpc_security_group_ingress_rule.load_balancer,
  ]
}
