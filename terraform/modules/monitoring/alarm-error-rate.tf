locals {
  # Below so many a minute a rate says nothing: one failure at night must wake nobody.
  min_requests = 20
}

# Requests that find no target are errors of the load balancer and no requests of its own count
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html),
# so with every task gone the rate is taken of the errors themselves. A count of zero is not written
# at all: FILL puts it there, and missing data are a minute without requests.
resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name        = "${var.name}-error-rate"
  alarm_description = "More than ${var.thresholds.error_rate} % of requests fail. Undo the release or the canary if there is one; else find out which service behind the API fails. ${var.runbook_url}#error-rate"

  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.error_rate
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "rate"
    label       = "Failed requests in percent"
    expression  = "IF(asked >= ${local.min_requests}, 100 * failed / asked, 0)"
    return_data = true
  }

  metric_query {
    id         = "asked"
    expression = "MAX([FILL(requests, 0), failed])"
  }

  metric_query {
    id         = "failed"
    expression = "FILL(target_errors, 0) + FILL(balancer_errors, 0)"
  }

  dynamic "metric_query" {
    for_each = {
      requests        = "RequestCount"
      target_errors   = "HTTPCode_Target_5XX_Count"
      balancer_errors = "HTTPCode_ELB_5XX_Count"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = { LoadBalancer = var.load_balancer.load_balancer }
        stat        = "Sum"
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
