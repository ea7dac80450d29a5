locals {
  # Each release's attempts to send under ids of its own, as an expression needs them.
  attempts_by_release = [
    for attempt in setproduct(["stable", "canary"], [for id, name in local.send_attempts : { id = id, name = name }]) :
    concat([local.own_namespace, attempt[1].name], local.from["sender_${attempt[0]}"], [{ id = "${attempt[0]}_${attempt[1].id}", visible = false }])
  ]
  failed_by_release = {
    for release in ["stable", "canary"] :
    release => join(" + ", [for id in keys(local.send_failures) : "FILL(${release}_${id}, 0)"])
  }

  row_canary_mails = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: mails sent a minute"
        stat  = "Sum"
        metrics = [
          concat([local.own_namespace, "MailsSent"], local.from.sender_stable, [{ label = "stable" }]),
          concat([local.own_namespace, "MailsSent"], local.from.sender_canary, [{ label = "canary" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: attempts to send that fail, in percent"
        stat  = "Sum"
        metrics = concat(
          [
            for release, failed in local.failed_by_release :
            [{ label = release, id = release, expression = "100 * (${failed}) / (${failed} + FILL(${release}_sent, 0))" }]
          ],
          local.attempts_by_release,
        )
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.send_failure_rate }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Canary against stable: sending one mail, p99, in milliseconds"
        stat  = "p99"
        metrics = [
          concat([local.own_namespace, "SendDuration"], local.from.sender_stable, [{ label = "stable" }]),
          concat([local.own_namespace, "SendDuration"], local.from.sender_canary, [{ label = "canary" }]),
        ]
      })
    },
  ]
}
