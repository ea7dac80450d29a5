locals {
  row_queue = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Queue length, in messages"
        stat  = "Maximum"
        metrics = [
          concat(["AWS/SQS", "ApproximateNumberOfMessagesVisible"], local.from.queue, [{ label = "waiting" }]),
          concat(["AWS/SQS", "ApproximateNumberOfMessagesNotVisible"], local.from.queue, [{ label = "being sent" }]),
          concat(["AWS/SQS", "ApproximateNumberOfMessagesVisible"], local.from.priority_queue, [{ label = "high priority, waiting" }]),
          concat(["AWS/SQS", "ApproximateNumberOfMessagesNotVisible"], local.from.priority_queue, [{ label = "high priority, being sent" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Age of the oldest message, in seconds"
        stat  = "Maximum"
        metrics = [
          concat(["AWS/SQS", "ApproximateAgeOfOldestMessage"], local.from.queue, [{ label = "oldest" }]),
          concat(["AWS/SQS", "ApproximateAgeOfOldestMessage"], local.from.priority_queue, [{ label = "high priority, oldest" }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = var.thresholds.queue_age }] }
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Whether the mail provider takes no mails: 1 while a task finds so"
        stat  = "Maximum"
        metrics = [
          concat([local.own_namespace, "ProviderUnavailable"], local.from.sender, [{ label = "unavailable" }]),
        ]
        annotations = { horizontal = [{ label = "alarm", value = 1 }] }
      })
    },
  ]

  row_dead_letters = [
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "Dead letters, in messages"
        stat  = "Maximum"
        metrics = [
          concat(["AWS/SQS", "ApproximateNumberOfMessagesVisible"], local.from.dead_letters, [{ label = "given up" }]),
        ]
      })
    },
    {
      type = "metric"
      properties = merge(local.graph, {
        title = "What attempts to send ended as, a minute"
        stat  = "Sum"
        metrics = concat(
          [
            for name in concat(values(local.send_failures), local.not_attempted) :
            concat([local.own_namespace, name], local.from.sender)
          ],
          [
            concat([local.own_namespace, "MessagesMalformed"], local.from.sender),
            concat([local.own_namespace, "MessagesOfUnknownVersion"], local.from.sender),
            concat([local.own_namespace, "MessagesConflicting"], local.from.sender),
            concat([local.own_namespace, "MessagesDuplicate"], local.from.sender),
            concat([local.own_namespace, "MessagesReleased"], local.from.sender),
            concat([local.own_namespace, "DeadLetters"], local.from.sender),
          ],
        )
      })
    },
  ]

  # Nothing that was tried and failed: mails that wait because the provider takes none or takes them more
  # slowly, and those of which their caller has said that by now they are of no use.
  not_attempted = ["MailsUnavailable", "MailsThrottled", "MailsExpired"]
}
