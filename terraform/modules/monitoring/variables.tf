variable "aws" {
  description = "Where ARNs point: partition, region, account_id. Example: { partition = \"aws\", region = \"eu-central-1\", account_id = \"111122223333\" }."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
}

variable "name" {
  description = "Name of the system; first part of every alarm's name. Example: \"notifications-staging\"."
  type        = string
}

variable "environment" {
  description = "Value of the dimension Environment of the services' own metrics. Example: \"staging\"."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that notifications of alarms are encrypted with; its policy must let CloudWatch use it."
  type        = string
}

variable "subscribers" {
  description = "Addresses that alarms are mailed to; each has to confirm once. Example: [\"on-call@example.com\"]."
  type        = set(string)

  validation {
    condition     = alltrue([for address in var.subscribers : can(regex("^[^@\\s,;<>]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", address))])
    error_message = "subscribers must be email addresses: not ${join(" ", var.subscribers)}."
  }
}

variable "runbook_url" {
  description = "Page that each alarm points to a section of. Example: \"https://github.com/example/notifications/blob/main/docs/runbook.md\"."
  type        = string

  validation {
    condition     = length(var.runbook_url) > 0 && !strcontains(var.runbook_url, "#")
    error_message = "runbook_url must be a page without an anchor: each alarm adds its own."
  }
}

variable "cluster_name" {
  description = "Cluster that the services run in. Example: \"notifications-staging\"."
  type        = string
}

variable "queue_name" {
  description = "Queue between the services. Example: \"notifications-staging-mail\"."
  type        = string
}

variable "priority_queue_name" {
  description = "Queue between the services for what overtakes the rest. Example: \"notifications-staging-mail-priority\"."
  type        = string
}

variable "dead_letter_queue_name" {
  description = "Queue that takes what could not be sent. Example: \"notifications-staging-mail-dead-letter\"."
  type        = string
}

variable "mail_events" {
  description = <<-EOT
    Queues of what SES says became of mails; null where mails leave by an SMTP server, which says nothing.
    Example: { queue_name = "notifications-staging-mail-events", dead_letter_queue_name = "notifications-staging-mail-events-dead-letter" }
  EOT
  type = object({
    queue_name             = string
    dead_letter_queue_name = string
  })
  default = null
}

variable "load_balancer" {
  description = "ARN suffixes of the load balancer and of its two target groups, as CloudWatch names them. Example: { load_balancer = \"app/notifications/50dc6c495c0c9188\", stable = \"targetgroup/stable/73e2d6bc24d8a067\", canary = \"targetgroup/canary/943f017f100becff\" }."
  type = object({
    load_balancer = string
    stable        = string
    canary        = string
  })
}

variable "services" {
  description = "CPU that scaling holds, in percent, by service. Example: { email-sender = { cpu_target = 70 } }."
  type = map(object({
    cpu_target = number
  }))
}
