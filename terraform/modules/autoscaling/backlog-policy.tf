# Messages waiting a running task, by metric math as in AWS's own example:
# https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
# SQS goes silent about a queue that nobody has used for six hours. One that is polled is in use, so a
# queue without a datapoint is one that nobody knows about, and not an empty one: no FILL.
# With several policies a service is scaled out if any asks for it, and in only if all do.
resource "aws_appautoscaling_policy" "backlog" {
  count = var.backlog == null ? 0 : 1

  name               = "${var.service_name}-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.backlog.messages_per_task
    scale_out_cooldown = var.scale_out_cooldown
    scale_in_cooldown  = var.scale_in_cooldown

    customized_metric_specification {
      dynamic "metrics" {
        for_each = var.backlog.queue_names
        iterator = queue

        content {
          id          = "waiting${queue.key}"
          label       = "Messages in ${queue.value}"
          return_data = false

          metric_stat {
            stat = "Sum"

            metric {
              namespace   = "AWS/SQS"
              metric_name = "ApproximateNumberOfMessagesVisible"

              dimensions {
                name  = "QueueName"
                value = queue.value
              }
            }
          }
        }
      }

      metrics {
        id          = "running"
        label       = "Running tasks"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = var.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = var.service_name
            }
          }
        }
      }

      metrics {
        id          = "backlog"
        label       = "Backlog per task"
        expression  = "(${join(" + ", [for index, name in var.backlog.queue_names : "waiting${index}"])}) / running"
        return_data = true
      }
    }
  }
}
