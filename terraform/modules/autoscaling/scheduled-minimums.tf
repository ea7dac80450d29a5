resource "aws_appautoscaling_scheduled_action" "minimum" {
  for_each = var.scheduled_minimums

  name               = "${var.service_name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id
  schedule           = each.value.schedule
  timezone           = each.value.time_zone

  scalable_target_action {
    min_capacity = each.value.min_tasks
    max_capacity = var.max_tasks
  }
}
