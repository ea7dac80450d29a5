resource "aws_ecs_cluster" "this" {
  name = var.name

  # Running and desired task counts, which load tests and dashboards read.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
