variable "alarm_emails" {
  description = "Addresses that alarms are mailed to; each has to confirm once. Example: [\"on-call@example.com\"]."
  type        = set(string)
  default     = []
}

variable "runbook_url" {
  description = "Where alarms point to for what to do. Example: \"https://github.com/example/notifications/blob/main/docs/runbook.md\"."
  type        = string
  default     = "docs/runbook.md"
}

variable "alarm_thresholds" {
  description = <<-EOT
    When alarms go off. Units: seconds, percent, milliseconds.
    Example: { queue_age = 120, p99_latency = 500 }
  EOT
  type = object({
    queue_age         = optional(number, 300)
    error_rate        = optional(number, 1)
    p99_latency       = optional(number, 1000)
    cpu               = optional(number, 90)
    send_failure_rate = optional(number, 5)
  })
  default = {}
}
