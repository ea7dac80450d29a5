variable "health_check" {
  description = <<-EOT
    Command that ECS runs inside the container; null for services that the load balancer checks. Units: seconds.
    Example: { command = ["CMD", "python", "-m", "email_sender.healthcheck"], interval = 15, timeout = 5, retries = 3, start_period = 60 }
  EOT
  type = object({
    command      = list(string)
    interval     = number
    timeout      = number
    retries      = number
    start_period = number
  })
  default = null

  # Limits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
  validation {
    condition     = try(contains(["CMD", "CMD-SHELL"], var.health_check.command[0]), var.health_check == null)
    error_message = "health_check.command must begin with CMD or CMD-SHELL."
  }

  validation {
    condition     = try(var.health_check.interval >= 5 && var.health_check.interval <= 300, var.health_check == null)
    error_message = "health_check.interval must lie between 5 and 300 seconds."
  }

  validation {
    condition     = try(var.health_check.timeout >= 2 && var.health_check.timeout <= 60, var.health_check == null)
    error_message = "health_check.timeout must lie between 2 and 60 seconds."
  }

  validation {
    condition     = try(var.health_check.retries >= 1 && var.health_check.retries <= 10, var.health_check == null)
    error_message = "health_check.retries must lie between 1 and 10."
  }

  validation {
    condition     = try(var.health_check.start_period >= 0 && var.health_check.start_period <= 300, var.health_check == null)
    error_message = "health_check.start_period must lie between 0 and 300 seconds."
  }
}
