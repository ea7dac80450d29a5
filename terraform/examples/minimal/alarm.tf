# A release that answers with errors is taken back by this alarm.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-web-errors"
  alarm_description   = "The service answers with errors: a release under way is rolled back; else look at its log."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"

  dimensions = {
    LoadBalancer = module.load_balancer.metric_dimensions.load_balancer
    TargetGroup  = module.load_balancer.metric_dimensions.stable
  }
}
