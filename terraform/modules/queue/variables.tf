variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the queue; the one of high priority and the dead-letter queue are named after it. Example: \"notifications-staging-mail\"."
  type        = string
}

variable "visibility_timeout" {
  description = "Seconds that a received message stays hidden from other receivers. Example: 30."
  type        = number

  validation {
    condition     = var.visibility_timeout >= 1 && var.visibility_timeout <= 43200 && floor(var.visibility_timeout) == var.visibility_timeout
    error_message = "The visibility timeout must be whole seconds, from 1 second to 12 hours."
  }
}

variable "max_receive_count" {
  description = <<-EOT
    Receive count beyond which SQS itself puts a message aside, without a reason. A last resort and no number of
    attempts: a receive is counted for an outage and for a task that stops as well. Receivers give a message up
    by themselves, with a reason.
    Example: 1000
  EOT
  type        = number
  default     = 1000

  validation {
    # At one, a task that is killed while it sends would cost the message. The highest is SQS's:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    condition     = var.max_receive_count >= 2 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count must be a whole number from 2 to 1000."
  }
}

variable "retention_days" {
  description = "Days that an unread message is kept; then SQS deletes it and tells nobody. Example: 10."
  type        = number
  default     = 10

  validation {
    condition     = var.retention_days >= 1 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days must be whole days, at least 1, so that messages outlast a day's outage of the receivers."
  }
}

variable "dead_letter_retention_days" {
  description = "Days that a dead letter is kept. Example: 14."
  type        = number
  default     = 14

  validation {
    # A message keeps its age when it moves, so the dead-letter queue must outlast the queue:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    condition = (
      var.dead_letter_retention_days > var.retention_days && var.dead_letter_retention_days <= 14
      && floor(var.dead_letter_retention_days) == var.dead_letter_retention_days
    )
    error_message = "dead_letter_retention_days must be whole days, more than retention_days and at most 14."
  }
}
