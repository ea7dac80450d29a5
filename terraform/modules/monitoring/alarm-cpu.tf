# Scaling out takes three datapoints, a cooldown and a task's start: a quarter of an hour above
# the threshold means that scaling is at its end. No datapoint means that no task runs, which the
# alarm on running tasks tells.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#ECS
resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each = var.services

  alarm_name        = "${var.name}-${each.key}-cpu"
  alarm_description = "${each.key} has used more than ${var.thresholds.cpu} % of its CPU for 15 minutes, so scaling did not help. Raise max_tasks if it is reached. ${var.runbook_url}#cpu"

  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = { ClusterName = var.cluster_name, ServiceName = each.key }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 15
  datapoints_to_alarm = 15
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.cpu
  treat_missing_data  = "notBreaching"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
