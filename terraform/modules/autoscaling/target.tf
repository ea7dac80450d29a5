# A scheduled minimum changes min_capacity behind Terraform's back: while one is in force a plan
# shows the difference, and an apply sets min_tasks until the schedule's next time.
resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster_name}/${var.service_name}"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}
