locals {
  row_canary = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: requests a minute"
        stat  = "Sum"
        metrics = [
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.stable, [{ label = "stable" }]),
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.canary, [{ label = "canary" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: requests that fail, in percent"
        stat  = "Sum"
        metrics = [
          [{ label = "stable", expression = "100 * FILL(stable_errors, 0) / stable_requests", id = "stable" }],
          [{ label = "canary", expression = "100 * FILL(canary_errors, 0) / canary_requests", id = "canary" }],
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.stable, [{ id = "stable_requests", visible = false }]),
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.canary, [{ id = "canary_requests", visible = false }]),
          concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.from.stable, [{ id = "stable_errors", visible = false }]),
          concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.from.canary, [{ id = "canary_errors", visible = false }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.error_rate }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: p99, in seconds"
        stat  = "p99"
        metrics = [
          concat(["AWS/ApplicationELB", "TargetResponseTime"], local.from.stable, [{ label = "stable" }]),
          concat(["AWS/ApplicationELB", "TargetResponseTime"], local.from.canary, [{ label = "canary" }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.p99_latency / 1000 }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: healthy tasks"
        stat  = "Minimum"
        metrics = [
          concat(["AWS/ApplicationELB", "HealthyHostCount"], local.from.stable, [{ label = "stable" }]),
          concat(["AWS/ApplicationELB", "HealthyHostCount"], local.from.canary, [{ label = "canary" }]),
        ]
      })
    },
  ]
}
