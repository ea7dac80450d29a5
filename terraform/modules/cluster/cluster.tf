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

# Container Insights writes here and would make the group itself, kept for ever and without the key
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-logs-ECS.html).
resource "aws_cloudwatch_log_group" "container_insights" {
  name              = "/aws/ecs/containerinsights/${var.name}/performance"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# Services say which share of their tasks runs on Spot; a task that is started by hand does not.
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 100
  }
}
