locals {
  row_errors = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Requests that fail, in percent"
        stat  = "Sum"
        metrics = [
          [{ id = "rate", label = "failed", expression = "100 * failed / asked" }],
          [{ id = "asked", visible = false, expression = "MAX([FILL(requests, 0), failed])" }],
          [{ id = "failed", visible = false, expression = "FILL(target_errors, 0) + FILL(balancer_errors, 0)" }],
          concat(["AWS/ApplicationELB", "RequestCount"], local.from.load_balancer, [{ id = "requests", visible = false }]),
          concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.from.load_balancer, [{ id = "target_errors", visible = false }]),
          concat(["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"], local.from.load_balancer, [{ id = "balancer_errors", visible = false }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.error_rate }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "What requests fail of, a minute"
        stat  = "Sum"
        metrics = [
          concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.from.load_balancer, [{ label = "5xx of tasks" }]),
          concat(["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"], local.from.load_balancer, [{ label = "5xx of the load balancer" }]),
          concat([local.own_namespace, "NotificationsNotConfirmed"], local.from.api, [{ label = "not confirmed by the queue" }]),
          concat([local.own_namespace, "NotificationsRefused"], local.from.api, [{ label = "refused by the queue" }]),
          concat([local.own_namespace, "RequestsUnauthorized"], local.from.api, [{ label = "without a key that is known" }]),
          concat([local.own_namespace, "RequestsThrottled"], local.from.api, [{ label = "over their client's rate" }]),
          concat([local.own_namespace, "RequestsCutOff"], local.from.api, [{ label = "cut off: too slow, or their head too long" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Attempts to send that fail, in percent"
        stat  = "Sum"
        metrics = concat(
          [
            [{ id = "rate", label = "failed", expression = "100 * failed / attempts" }],
            [{ id = "attempts", visible = false, expression = local.send_failure_rate.attempts.expression }],
            [{ id = "failed", visible = false, expression = local.send_failure_rate.failed.expression }],
            concat([local.own_namespace, "MailsSent"], local.from.sender, [{ id = "sent", visible = false }]),
          ],
          [
            for id, name in local.send_failures :
            concat([local.own_namespace, name], local.from.sender, [{ id = id, visible = false }])
          ],
        )
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.send_failure_rate }] }
      })
    },
  ]
}
