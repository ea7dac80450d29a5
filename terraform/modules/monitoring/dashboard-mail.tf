locals {
  # There with SES alone.
  rows_mail = [for events in var.mail_events[*] : [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "What became of mails, a minute"
        stat  = "Sum"
        metrics = [
          concat([local.own_namespace, "MailsDelivered"], local.from.sender, [{ label = "delivered" }]),
          concat([local.own_namespace, "MailsDelayed"], local.from.sender, [{ label = "delayed" }]),
          concat([local.own_namespace, "MailsBounced"], local.from.sender, [{ label = "bounced" }]),
          concat([local.own_namespace, "MailsComplained"], local.from.sender, [{ label = "complained" }]),
          concat([local.own_namespace, "MailsRejected"], local.from.sender, [{ label = "rejected by SES" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Bounces and complaints of the account, as a part of its mails"
        stat  = "Average"
        metrics = [
          ["AWS/SES", "Reputation.BounceRate", { label = "bounces" }],
          ["AWS/SES", "Reputation.ComplaintRate", { label = "complaints" }],
        ]
        annotations = { horizontal = [
          { label = "alarm of bounces", value = local.reputation["bounce-rate"].threshold },
          { label = "alarm of complaints", value = local.reputation["complaint-rate"].threshold },
        ] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "What SES says of mails: age of the oldest, in seconds"
        stat  = "Maximum"
        metrics = [
          ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", events.queue_name, { label = "oldest" }],
        ]
        annotations = { horizontal = [{ label = "alarm", value = 900 }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "What SES said and nobody could read, in messages"
        stat  = "Maximum"
        metrics = [
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", events.dead_letter_queue_name, { label = "put aside" }],
          concat([local.own_namespace, "MailEventsMalformed"], local.from.sender, [{ label = "put aside a minute", stat = "Sum" }]),
        ]
      })
    },
  ]]
}
