resource "aws_ecs_cluster" "this" {
  # Container Insights makes the group as soon as there is something to write.
  depends_on = [aws_cloudwatch_log_group.container_insights]

  name = var.name

  # Running and desired task counts, which alarms, dashboards and load tests read.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
