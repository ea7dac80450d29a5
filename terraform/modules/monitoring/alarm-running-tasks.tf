# A release never goes below the desired count (100/200 %), and a task that is scaled out runs
# within minutes: ten minutes with one too few is a task that does not start. A service without a
# running task may be silent about it, hence FILL; no datapoint at all means that Container Insights
# sees nothing, which is neither good nor bad.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
resource "aws_cloudwatch_metric_alarm" "running_tasks" {
  for_each = var.services

  alarm_name        = "${var.name}-${each.key}-running-tasks"
  alarm_description = "${each.key} has had fewer tasks than desired for 10 minutes. Read the service's events and why its last tasks stopped. ${var.runbook_url}#running-tasks"

  evaluation_periods  = 10
  datapoints_to_alarm = 10
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"

  metric_query {
    id          = "lacking"
    label       = "Tasks that do not run"
    expression  = "desired - FILL(running, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { desired = "DesiredTaskCount", running = "RunningTaskCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        dimensions  = { ClusterName = var.cluster_name, ServiceName = each.key }
        stat        = "Average"
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
