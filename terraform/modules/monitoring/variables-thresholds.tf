variable "thresholds" {
  description = <<-EOT
    When alarms go off: age of the oldest message in seconds; requests that fail, in percent; latency in
    milliseconds; CPU in percent; mails that fail, in percent.
    Example: { queue_age = 300, error_rate = 1, p99_latency = 1000, cpu = 90, send_failure_rate = 5 }
  EOT
  type = object({
    queue_age         = number
    error_rate        = number
    p99_latency       = number
    cpu               = number
    send_failure_rate = number
  })

  validation {
    condition     = var.thresholds.queue_age >= 60 && var.thresholds.queue_age <= 3600
    error_message = "thresholds.queue_age must lie between 60 seconds, which a retry takes, and 3600, when a password reset is of no use any more."
  }

  validation {
    condition     = var.thresholds.error_rate > 0 && var.thresholds.error_rate < 100
    error_message = "thresholds.error_rate must lie between 0 and 100 percent, without either."
  }

  validation {
    # The load balancer gives a request up after its idle timeout, 60 s unless set otherwise.
    condition     = var.thresholds.p99_latency >= 1 && var.thresholds.p99_latency < 60000
    error_message = "thresholds.p99_latency must lie between 1 and 60000 milliseconds."
  }

  validation {
    condition     = alltrue([for service in var.services : var.thresholds.cpu >= service.cpu_target]) && var.thresholds.cpu < 100
    error_message = "thresholds.cpu must be at least every service's cpu_target, which is no alarm, and below 100 percent, which nothing exceeds."
  }

  validation {
    condition     = var.thresholds.send_failure_rate > 0 && var.thresholds.send_failure_rate < 100
    error_message = "thresholds.send_failure_rate must lie between 0 and 100 percent, without either."
  }
}
