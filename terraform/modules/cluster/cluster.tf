resource "aws_ecs_cluster" "this" {
  name = var.name

  # Running and desired task counts, which alarms, dashboards and load tests read.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
