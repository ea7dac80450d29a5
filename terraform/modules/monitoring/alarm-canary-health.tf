# A target group without targets has no datapoints: without a canary there is nothing to watch.
resource "aws_cloudwatch_metric_alarm" "canary_health" {
  alarm_name        = "${var.name}-notification-api-canary-unhealthy"
  alarm_description = "The canary has no healthy task, so its share of requests fails. Take the canary out: apply without it. ${var.runbook_url}#notification-api-canary-unhealthy"

  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = var.load_balancer.load_balancer, TargetGroup = var.load_balancer.canary }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
