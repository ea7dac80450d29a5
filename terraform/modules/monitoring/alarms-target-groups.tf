# What one release does, apart from the other's: the stable service and the canary are watched by
# the same measure. Without a canary nobody asks its target group, and nothing is wrong with that.
locals {
  releases = {
    notification-api = {
      target_group = var.load_balancer.stable
      errors       = "Roll the release back if one has just gone out; else read the API's log."
      latency      = "See whether CPU is at its limit or SQS is slow to confirm."
    }
    notification-api-canary = {
      target_group = var.load_balancer.canary
      errors       = "Take the canary out: apply without it."
      latency      = "Compare it with the stable service, and take the canary out if it alone is slow."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "release_error_rate" {
  for_each = local.releases

  alarm_name        = "${var.name}-${each.key}-error-rate"
  alarm_description = "Tasks of ${each.key} answer more than ${var.thresholds.error_rate} % of requests with 5xx. ${each.value.errors} ${var.runbook_url}#${each.key}-error-rate"

  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.error_rate
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "rate"
    label       = "Failed requests in percent"
    expression  = "IF(FILL(requests, 0) >= ${local.min_requests}, 100 * FILL(errors, 0) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { requests = "RequestCount", errors = "HTTPCode_Target_5XX_Count" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = { LoadBalancer = var.load_balancer.load_balancer, TargetGroup = each.value.target_group }
        stat        = "Sum"
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "release_latency" {
  for_each = local.releases

  alarm_name        = "${var.name}-${each.key}-p99-latency"
  alarm_description = "One request in a hundred waits longer than ${var.thresholds.p99_latency} ms for ${each.key}. ${each.value.latency} ${var.runbook_url}#${each.key}-p99-latency"

  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  # The load balancer measures in seconds.
  threshold = var.thresholds.p99_latency / 1000

  metric_query {
    id          = "latency"
    label       = "p99 in seconds"
    expression  = "IF(FILL(requests, 0) >= ${local.min_requests}, response_time, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      requests      = { name = "RequestCount", stat = "Sum" }
      response_time = { name = "TargetResponseTime", stat = "p99" }
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value.name
        dimensions  = { LoadBalancer = var.load_balancer.load_balancer, TargetGroup = each.value.target_group }
        stat        = metric_query.value.stat
        period      = 60
      }
    }
  }

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}
