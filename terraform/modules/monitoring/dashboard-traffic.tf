locals {
  row_traffic = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Requests a minute"
        stat  = "Sum"
        metrics = [
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.load_balancer, [{ label = "requests" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Notifications accepted and mails sent a minute"
        stat  = "Sum"
        metrics = [
          concat([local.own_namespace, "NotificationsAccepted"], local.from.api, [{ label = "accepted" }]),
          concat([local.own_namespace, "MailsSent"], local.from.sender, [{ label = "sent" }]),
        ]
      })
    },
  ]
}
