locals {
  row_processing = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Processing time: sending one mail, in milliseconds"
        metrics = [
          concat([local.own_namespace, "SendDuration"], local.from.sender, [{ label = "p50", stat = "p50" }]),
          concat([local.own_namespace, "SendDuration"], local.from.sender, [{ label = "p99", stat = "p99" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Processing time: from accepted to sent, in milliseconds"
        metrics = [
          concat([local.own_namespace, "AcceptedToSent"], local.from.sender, [{ label = "p50", stat = "p50" }]),
          concat([local.own_namespace, "AcceptedToSent"], local.from.sender, [{ label = "p99", stat = "p99" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Processing time: mails sent within 10 s, in percent"
        stat  = "Average"
        metrics = [
          concat([local.own_namespace, "HandedOverInTime"], local.from.sender, [{ label = "in time" }]),
        ]
      })
    },
  ]
}
