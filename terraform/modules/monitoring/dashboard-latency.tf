locals {
  row_latency = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Answers of the API, in seconds"
        metrics = [
          concat(["AWS/ApplicationELB", "TargetResponseTime"], local.from.stable, [{ label = "p50", stat = "p50" }]),
          concat(["AWS/ApplicationELB", "TargetResponseTime"], local.from.stable, [{ label = "p99", stat = "p99" }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.p99_latency / 1000 }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Of it, until the queue has confirmed, in milliseconds"
        metrics = [
          concat([local.own_namespace, "AcceptDuration"], local.from.api, [{ label = "p50", stat = "p50" }]),
          concat([local.own_namespace, "AcceptDuration"], local.from.api, [{ label = "p99", stat = "p99" }]),
        ]
      })
    },
  ]
}
