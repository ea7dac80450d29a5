variable "notification_api" {
  description = <<-EOT
    Size and scaling of the Notification API. Units: CPU units (1024 are one vCPU), MiB, tasks, percent, seconds.
    spot_share is the percentage of tasks beyond the first that run on Fargate Spot; scheduled_minimums raise or
    lower min_tasks at set times, by name. Of cpu and memory, 256 units and 64 MiB are for Service Connect's proxy.
    Example: { cpu = 1024, memory = 2048, max_tasks = 10 }
  EOT
  # A proxy's share: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
  type = object({
    cpu                = optional(number, 512)
    memory             = optional(number, 1024)
    min_tasks          = optional(number, 2)
    max_tasks          = optional(number, 8)
    cpu_target         = optional(number, 70)
    scale_out_cooldown = optional(number, 60)
    scale_in_cooldown  = optional(number, 300)
    spot_share         = optional(number, 0)
    scheduled_minimums = optional(map(object({ schedule = string, time_zone = string, min_tasks = number })), {})
  })
  default = {}
}

variable "email_sender" {
  description = <<-EOT
    Size and scaling of the Email Sender, as for notification_api; concurrency is the number of mails a task
    sends at a time, messages_per_task the backlog that one task is scaled to, send_timeout the seconds that one
    mail may take as a whole. A mail that its receiver refuses for now is given up after max_attempts or after
    max_age_hours, whichever comes first; while the provider takes no mail at all, neither counts against one.
    send_rate is how many mails a second the whole account sends, 0 for as many as come. unknown_outcome is for a
    mail of which nobody can say whether the provider took it: "hold" sends it no second time, "resend" does.
    ledger_retention_days is how long it is known what became of a notification.
    Example: { max_tasks = 8, concurrency = 100, send_rate = 14 }
  EOT
  type = object({
    cpu                   = optional(number, 512)
    memory                = optional(number, 1024)
    min_tasks             = optional(number, 1)
    max_tasks             = optional(number, 4)
    cpu_target            = optional(number, 70)
    scale_out_cooldown    = optional(number, 60)
    scale_in_cooldown     = optional(number, 300)
    spot_share            = optional(number, 0)
    scheduled_minimums    = optional(map(object({ schedule = string, time_zone = string, min_tasks = number })), {})
    messages_per_task     = optional(number, 500)
    concurrency           = optional(number, 50)
    send_timeout          = optional(number, 100)
    max_attempts          = optional(number, 30)
    max_age_hours         = optional(number, 4)
    send_rate             = optional(number, 0)
    unknown_outcome       = optional(string, "hold")
    ledger_retention_days = optional(number, 30)
  })
  default = {}

  validation {
    # Each queue has one to itself; the Email Sender refuses more than 500.
    condition     = var.email_sender.concurrency >= 2 && var.email_sender.concurrency <= 500 && floor(var.email_sender.concurrency) == var.email_sender.concurrency
    error_message = "email_sender.concurrency must be a whole number of mails from 2, one for each queue, to 500."
  }

  validation {
    # Servers make a stranger wait before they answer, Exchange half a minute before it acknowledges a mail
    # (https://learn.microsoft.com/en-us/powershell/module/exchangepowershell/set-receiveconnector, MaxAcknowledgementDelay).
    condition     = var.email_sender.send_timeout >= 10 && var.email_sender.send_timeout <= 100
    error_message = "email_sender.send_timeout must lie between 10 seconds, which a slow mail server takes, and 100, so that a mail in hand is finished before a stopping task is killed."
  }

  validation {
    condition     = var.email_sender.max_attempts >= 1 && var.email_sender.max_attempts <= 1000 && floor(var.email_sender.max_attempts) == var.email_sender.max_attempts
    error_message = "email_sender.max_attempts must be a whole number from 1 to 1000."
  }

  validation {
    # Older than its queue's retention no mail gets: SQS would delete it first, and tell nobody.
    condition     = var.email_sender.max_age_hours >= 1 && var.email_sender.max_age_hours <= 72 && floor(var.email_sender.max_age_hours) == var.email_sender.max_age_hours
    error_message = "email_sender.max_age_hours must be whole hours from 1 to 72."
  }

  validation {
    condition     = var.email_sender.send_rate >= 0 && floor(var.email_sender.send_rate) == var.email_sender.send_rate
    error_message = "email_sender.send_rate must be a whole number of mails a second, or 0 for no limit."
  }

  validation {
    condition     = contains(["hold", "resend"], var.email_sender.unknown_outcome)
    error_message = "email_sender.unknown_outcome must be hold or resend."
  }

  validation {
    # A letter may be sent again on the dead-letter queue's last day, and then wait as long as any mail:
    # without its item in the ledger it would be a second mail.
    condition = (
      var.email_sender.ledger_retention_days > local.dead_letter_retention_days + local.mail_retention_days
      && floor(var.email_sender.ledger_retention_days) == var.email_sender.ledger_retention_days
    )
    error_message = "email_sender.ledger_retention_days must be whole days, more than the 24 that a mail may be away: 14 as a dead letter and 10 in the queue after that."
  }
}

variable "api_keys" {
  description = <<-EOT
    Who may call the Notification API; written to Secrets Manager, kept neither in a plan nor in the state.
    A caller sends "Authorization: Bearer <id>.<key>"; key_hashes are SHA-256 digests of its keys, several while
    it changes from one to the next. id_key never changes once it is written.
    Example: { id_key = "<32 hex digits>", clients = [{ id = "team-a", key_hashes = ["<64 hex digits>"], requests_per_second = 50, burst = 100 }] }
  EOT
  type = object({
    id_key = string
    clients = list(object({
      id                  = string
      key_hashes          = list(string)
      requests_per_second = number
      burst               = number
    }))
  })
  sensitive = true
  ephemeral = true
  default   = null
}

variable "api_keys_version" {
  description = "Raise it to write api_keys anew; 0 leaves the secret's value to somebody else. Example: 1."
  type        = number
  default     = 0

  validation {
    condition     = var.api_keys_version >= 0 && floor(var.api_keys_version) == var.api_keys_version
    error_message = "api_keys_version must be a whole number, at least 0."
  }
}

variable "canary" {
  description = <<-EOT
    Release candidate of both services; null for none. One apply a step.
    weight: percentage of requests that the Notification API's candidate gets.
    sender_tasks: tasks of the Email Sender's candidate; its share of the mails is its share of the tasks.
    Example: { image_tag = "1.5.0", weight = 10, sender_tasks = 1 }
  EOT
  type = object({
    image_tag    = string
    weight       = number
    sender_tasks = optional(number, 1)
  })
  default = null

  validation {
    condition     = try(var.canary.weight >= 0 && var.canary.weight <= 100 && floor(var.canary.weight) == var.canary.weight, var.canary == null)
    error_message = "canary.weight must be a whole percentage from 0 to 100."
  }

  validation {
    condition     = try(var.canary.sender_tasks >= 1 && floor(var.canary.sender_tasks) == var.canary.sender_tasks, var.canary == null)
    error_message = "canary.sender_tasks must be a whole number, at least 1."
  }

  validation {
    condition     = try(var.canary.image_tag != "latest" && can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.canary.image_tag)), var.canary == null)
    error_message = "canary.image_tag must be a valid image tag other than latest."
  }
}
