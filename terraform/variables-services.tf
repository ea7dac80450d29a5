variable "notification_api" {
  description = <<-EOT
    Size and scaling of the Notification API. Units: CPU units (1024 are one vCPU), MiB, tasks, percent, seconds.
    spot_share is the percentage of tasks beyond the first that run on Fargate Spot; scheduled_minimums raise or
    lower min_tasks at set times, by name.
    Example: { cpu = 512, memory = 1024, max_tasks = 10 }
  EOT
  type = object({
    cpu                = optional(number, 256)
    memory             = optional(number, 512)
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
    sends at a time, messages_per_task the backlog that one task is scaled to, send_timeout the seconds it gives the mail server for one.
    Example: { max_tasks = 8, concurrency = 50 }
  EOT
  type = object({
    cpu                = optional(number, 256)
    memory             = optional(number, 512)
    min_tasks          = optional(number, 1)
    max_tasks          = optional(number, 4)
    cpu_target         = optional(number, 70)
    scale_out_cooldown = optional(number, 60)
    scale_in_cooldown  = optional(number, 300)
    spot_share         = optional(number, 0)
    scheduled_minimums = optional(map(object({ schedule = string, time_zone = string, min_tasks = number })), {})
    messages_per_task  = optional(number, 500)
    concurrency        = optional(number, 20)
    send_timeout       = optional(number, 5)
  })
  default = {}

  validation {
    condition     = var.email_sender.concurrency >= 1 && floor(var.email_sender.concurrency) == var.email_sender.concurrency
    error_message = "email_sender.concurrency must be a whole number of mails, at least 1."
  }

  validation {
    condition     = var.email_sender.send_timeout >= 1 && var.email_sender.send_timeout <= 20
    error_message = "email_sender.send_timeout must lie between 1 and 20 seconds, so that a mail in hand is finished before a stopping task is killed."
  }
}

variable "mail" {
  description = <<-EOT
    How mails leave. provider is "ses" or "smtp"; from is the sender's address, whose domain must be an identity
    of SES when that is the provider. The SMTP fields count for smtp only; smtp_login says whether the server
    wants the credentials that lie in Secrets Manager.
    Example: { provider = "ses", from = "no-reply@example.com" }
    Example: { provider = "smtp", from = "no-reply@example.com", smtp_host = "smtp.example.com", smtp_port = 587 }
  EOT
  type = object({
    provider      = string
    from          = string
    smtp_host     = optional(string)
    smtp_port     = optional(number, 587)
    smtp_starttls = optional(bool, true)
    smtp_login    = optional(bool, true)
  })

  validation {
    condition     = contains(["ses", "smtp"], var.mail.provider)
    error_message = "mail.provider must be ses or smtp."
  }

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.mail.from))
    error_message = "mail.from must be an email address."
  }

  validation {
    condition     = var.mail.provider != "smtp" || try(length(var.mail.smtp_host) > 0, false)
    error_message = "mail.smtp_host is required when mail.provider is smtp."
  }

  validation {
    condition     = var.mail.smtp_port >= 1 && var.mail.smtp_port <= 65535
    error_message = "mail.smtp_port must lie between 1 and 65535."
  }

  validation {
    condition     = var.mail.provider != "smtp" || !var.mail.smtp_login || var.mail.smtp_starttls
    error_message = "mail.smtp_starttls must be true with mail.smtp_login: a password never goes over a connection that is not encrypted."
  }
}

variable "smtp_credentials" {
  description = "What the SMTP server wants; written to Secrets Manager, kept neither in a plan nor in the state."
  type = object({
    username = string
    password = string
  })
  sensitive = true
  ephemeral = true
  default   = null
}

variable "smtp_credentials_version" {
  description = "Raise it to write smtp_credentials anew; 0 leaves the secret's value to somebody else. Example: 1."
  type        = number
  default     = 0

  validation {
    condition     = var.smtp_credentials_version >= 0 && floor(var.smtp_credentials_version) == var.smtp_credentials_version
    error_message = "smtp_credentials_version must be a whole number, at least 0."
  }
}

variable "canary" {
  description = <<-EOT
    Release candidate of the Notification API and its percentage of requests; null for none. One apply a step.
    Example: { image_tag = "1.5.0", weight = 10 }
  EOT
  type = object({
    image_tag = string
    weight    = number
  })
  default = null

  validation {
    condition     = try(var.canary.weight >= 0 && var.canary.weight <= 100 && floor(var.canary.weight) == var.canary.weight, var.canary == null)
    error_message = "canary.weight must be a whole percentage from 0 to 100."
  }

  validation {
    condition     = try(var.canary.image_tag != "latest" && can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.canary.image_tag)), var.canary == null)
    error_message = "canary.image_tag must be a valid image tag other than latest."
  }
}
