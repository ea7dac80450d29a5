locals {
  row_tasks = [
    for name in keys(var.services) : {
      type = "metric"
      properties = merge(local.graph, {
        title = "Tasks of ${name}"
        stat  = "Average"
        metrics = [
          ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster_name, "ServiceName", name, { label = "running" }],
          ["ECS/ContainerInsights", "DesiredTaskCount", "ClusterName", var.cluster_name, "ServiceName", name, { label = "desired" }],
        ]
      })
    }
  ]

  row_cpu = [
    for name, service in var.services : {
      type = "metric"
      properties = merge(local.graph, {
        title = "CPU of ${name}, in percent"
        stat  = "Average"
        metrics = [
          ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster_name, "ServiceName", name, { label = "used" }],
        ]
        annotations = {
          horizontal = [
            { label = "target", value = service.cpu_target },
            { label = "alarm", value = var.thresholds.cpu },
          ]
        }
      })
    }
  ]
}
